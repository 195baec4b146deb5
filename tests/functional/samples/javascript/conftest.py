"""JavaScript samples of rendered projects, with golden vectors for inputs that the tests choose."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

from modelpress.model.golden import GoldenVectors
from modelpress.model.golden.document import golden_json, value_document
from modelpress.model.golden.ort_values import run_session
from modelpress.model.golden.values import Value
from modelpress.model.signature import inspect_model
from modelpress.packaging.chosen import Request, candidate_of_rank, choose
from modelpress.packaging.golden import NO_GOLDEN, Golden
from modelpress.packaging.rendering import Rendering
from modelpress.pipeline import Target, execute, plan_project
from modelpress.templating import ProjectContext, search_path

TOOLCHAIN = Path(__file__).parents[4] / ".toolchains" / "javascript"
EXACT = {"absolute": 0, "relative": 0}


@dataclass(frozen=True)
class Outcome:
    """What a run of the sample gave."""

    code: int
    stdout: str
    stderr: str

    @property
    def outputs(self) -> list[dict[str, Any]]:
        assert self.code == 0, self.stderr
        document = json.loads(self.stdout)
        assert list(document) == ["outputs"]
        return list(document["outputs"])

    @property
    def error(self) -> str:
        """The message of a run that had to fail."""
        assert (self.code, self.stdout) == (1, ""), self
        return self.stderr.partition("error: ")[2]


@dataclass(frozen=True)
class Program:
    """The sample of a rendered project."""

    node: str
    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "samples" / "javascript"

    @property
    def model(self) -> Path:
        return self.root / "model" / "model.onnx"

    def call(self, *arguments: object) -> Outcome:
        command = [self.node, "sample.mjs", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def on_inputs(self, document: object) -> Outcome:
        file = self.root / "inputs.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        return self.call("--inputs", file)

    def on_settings(self, settings: object, *arguments: object) -> Outcome:
        file = self.root / "settings.json"
        file.write_text(json.dumps(settings), encoding="utf-8")
        return self.call("--config", file, *arguments)

    @property
    def golden(self) -> dict[str, Any]:
        document = json.loads((self.root / "golden" / "golden.json").read_text(encoding="utf-8"))
        assert isinstance(document, dict)
        return document

    def change_golden(self, document: object) -> None:
        (self.root / "golden" / "golden.json").write_text(json.dumps(document), encoding="utf-8")


def golden_for(model: Path, feeds: Mapping[str, Any]) -> Golden:
    """Golden vectors for these inputs; floats may differ by little."""
    specs = {spec.name: spec.type for spec in inspect_model(model).inputs}
    inputs = [Value(name, specs[name], np.asarray(feed)) for name, feed in feeds.items()]
    session = ort.InferenceSession(str(model))
    outputs = run_session(session, {value.name: value for value in inputs})
    lists = {
        "inputs": list(map(value_document, inputs)),
        "outputs": [{**value_document(value), "tolerance": tolerance_of(value), "stable": True} for value in outputs],
    }
    document = golden_json({"format": 1}, lists)
    return Golden(GoldenVectors({"golden.json": document}, {}, (), (), "", ""))


def tolerance_of(value: Value) -> dict[str, float]:
    is_float = (value.type.dtype or "").startswith("float")
    return {"absolute": 1e-6, "relative": 1e-4} if is_float else EXACT


def sums() -> onnx.ModelProto:
    """Of floats x [n, 2] and whole numbers k: x + k, and k."""
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["k"], ["f"], to=TensorProto.FLOAT),
            helper.make_node("Add", ["x", "f"], ["sum"]),
            helper.make_node("Identity", ["k"], ["same"]),
        ],
        "graph",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2]),
            helper.make_tensor_value_info("k", TensorProto.INT64, [1]),
        ],
        [
            helper.make_tensor_value_info("sum", TensorProto.FLOAT, ["n", 2]),
            helper.make_tensor_value_info("same", TensorProto.INT64, [1]),
        ],
    )
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])


@pytest.fixture(scope="session")
def node(require_tool: Callable[[str], str]) -> str:
    """Node, where the packages that the samples need are there too."""
    path = require_tool("node")
    if not (TOOLCHAIN / ".ready").is_file():
        required = set(os.environ.get("MODELPRESS_REQUIRE", "").split(",")) & {"javascript", "all"}
        (pytest.fail if required else pytest.skip)("the packages are not installed: run toolchains/javascript.sh")
    return path


@pytest.fixture(scope="session")
def packages(node: str) -> Path:
    """The node_modules of the toolchain."""
    assert node
    return TOOLCHAIN / "node_modules"


@pytest.fixture(scope="session")
def open_project(node: str, packages: Path) -> Callable[[Path], Program]:
    """The JavaScript sample of a rendered project, with the packages that it needs."""

    def opened(root: Path) -> Program:
        program = Program(node, root)
        (program.folder / "node_modules").symlink_to(packages)
        return program

    return opened


@pytest.fixture(scope="session")
def render_program(
    open_project: Callable[[Path], Program], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Path, Mapping[str, Any] | None], Program]:
    """Render the sample of a model file, with golden vectors for these inputs."""
    rendering = Rendering.of(ProjectContext("sample test", "1"), search_path(), ["samples"], {})

    def render(path: Path, feeds: Mapping[str, Any] | None = None) -> Program:
        chosen = choose(Request(path), candidate_of_rank(1))
        target = tmp_path_factory.mktemp("rendered") / "project"
        golden = NO_GOLDEN if feeds is None else golden_for(path, feeds)
        execute(plan_project(chosen, rendering, Target(target), golden))
        return open_project(target)

    return render


@pytest.fixture(scope="session")
def make_program(
    tmp_path_factory: pytest.TempPathFactory, render_program: Callable[..., Program]
) -> Callable[[onnx.ModelProto, Mapping[str, Any] | None], Program]:
    """The same from a model in memory."""

    def make(model: onnx.ModelProto, feeds: Mapping[str, Any] | None = None) -> Program:
        path = tmp_path_factory.mktemp("made") / "made.onnx"
        path.write_bytes(model.SerializeToString())
        return render_program(path, feeds)

    return make


@pytest.fixture(scope="session")
def program(make_program: Callable[..., Program]) -> Program:
    """The sample of a model of two inputs and outputs, which tests call in many ways."""
    return make_program(sums(), {"x": np.array([[1, 2]], np.float32), "k": np.array([2**60])})


@pytest.fixture
def changed(program: Program) -> Iterator[Program]:
    """The same, whose golden vectors a test may change."""
    kept = program.golden
    yield program
    program.change_golden(kept)
