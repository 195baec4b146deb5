"""C++ samples of rendered projects, built by CMake, and cases for them: a model, inputs and golden outputs."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

from modelpress.model.golden import GoldenVectors, Wishes
from modelpress.model.golden.document import golden_json, value_document
from modelpress.model.golden.ort_values import run_session
from modelpress.model.golden.values import Value
from modelpress.model.signature import inspect_model
from modelpress.packaging.chosen import Request, candidate_of_rank, choose
from modelpress.packaging.golden import Golden, golden_of
from modelpress.packaging.rendering import Rendering
from modelpress.pipeline import Target, execute, plan_project, plan_zip
from modelpress.templating import ProjectContext, search_path

ROOT = Path(__file__).parents[4]
TOOLCHAIN = ROOT / ".toolchains" / "cpp"
DIGITS = ROOT / "tests" / "data" / "models" / "digits" / "digits.onnx"
EXACT = {"tolerance": {"absolute": 0, "relative": 0}, "stable": True}
HOSTILE = [
    'x"); std::abort(); //',
    "two\nlines\r\\",
    "??/ trigraph",
    'R"(raw)"',
    "\N{PARTY POPPER} \N{RIGHT-TO-LEFT OVERRIDE}",
    "{{ 7*7 }} %s ${x} $<1:y>",
    "\x1b[31m",
]

# What a project's own CMake package of ONNX Runtime says, in the form of those of its releases.
PACKAGE = """
add_library(onnxruntime::onnxruntime SHARED IMPORTED)
set_target_properties(onnxruntime::onnxruntime PROPERTIES
  IMPORTED_LOCATION "{root}/lib/libonnxruntime.so.1"
  INTERFACE_INCLUDE_DIRECTORIES "{root}/include")
"""


@dataclass(frozen=True)
class Outcome:
    """What a run of the sample gave."""

    code: int
    stdout: str
    stderr: str

    @property
    def outputs(self) -> dict[str, Any]:
        assert self.code == 0, self.stderr
        document = json.loads(self.stdout)
        assert list(document) == ["outputs"]
        return {output["name"]: output for output in document["outputs"]}

    @property
    def error(self) -> str:
        """The message of a run that had to fail."""
        assert (self.code, self.stdout) == (1, ""), self
        return self.stderr.partition("error: ")[2]


@dataclass(frozen=True)
class Program:
    """A built sample."""

    path: Path

    def call(self, *arguments: object, **variables: str) -> Outcome:
        command = [str(self.path), *map(str, arguments)]
        environment = {**os.environ, **variables}
        done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False, timeout=60)
        return Outcome(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Case:
    """A model with golden vectors in a folder of its own."""

    program: Program
    folder: Path

    @property
    def golden(self) -> dict[str, Any]:
        document = json.loads((self.folder / "golden.json").read_text(encoding="utf-8"))
        assert isinstance(document, dict)
        return document

    def call(self, *arguments: object) -> Outcome:
        return self.program.call("--model", self.folder / "model.onnx", *arguments)

    def on_inputs(self, document: object, *arguments: object) -> Outcome:
        (self.folder / "inputs.json").write_text(json.dumps(document), encoding="utf-8")
        return self.call("--inputs", self.folder / "inputs.json", *arguments)

    def on_settings(self, settings: object, *arguments: object) -> Outcome:
        (self.folder / "inference_config.json").write_text(json.dumps(settings), encoding="utf-8")
        return self.check(*arguments)

    def check(self, *arguments: object) -> Outcome:
        return self.call("--inputs", self.folder / "golden.json", "--check", *arguments)


def golden_document(inputs: list[Value], outputs: list[Value]) -> bytes:
    lists = {
        "inputs": map(value_document, inputs),
        "outputs": ({**value_document(value), **EXACT} for value in outputs),
    }
    return golden_json({"format": 1}, lists)


@pytest.fixture(scope="session")
def toolchain(require_tool: Callable[[str], str]) -> Path:
    """ORT_ROOT, where all that the sample is built with is there."""
    for tool in ("cmake", "g++", "make"):
        require_tool(tool)
    asked = set(os.environ.get("MODELPRESS_REQUIRE", "").split(",")) & {"cpp", "all"}
    look = ["g++", "-M", "-include", "nlohmann/json.hpp", "-x", "c++", os.devnull]
    for there, missing in (
        (subprocess.run(look, capture_output=True, check=False).returncode == 0, "install nlohmann-json3-dev"),
        ((TOOLCHAIN / ".ready").is_file(), "run toolchains/cpp.sh"),
    ):
        if not there:
            (pytest.fail if asked else pytest.skip)(f"not all that builds C++ samples is there: {missing}")
    return TOOLCHAIN


@pytest.fixture(scope="session")
def build_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Program]:
    """Renders and builds a sample, for all processes of the test run once."""
    shared = tmp_path_factory.getbasetemp()
    shared = (shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared) / "cpp"
    shared.mkdir(exist_ok=True)

    def build(name: str, render: Callable[[Path], Path], *options: str) -> Program:
        work = shared / name
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (work / "built").exists():
                shutil.rmtree(work, ignore_errors=True)  # another process may have failed
                work.mkdir()
                _build(render(work), work / "build", [option.format(work=work) for option in options])
                (work / "built").touch()
        return Program(work / "build" / "model_sample")

    return build


def _build(source: Path, target: Path, options: list[str]) -> None:
    configure = ["cmake", "-S", source, "-B", target, "-DCMAKE_COMPILE_WARNING_AS_ERROR=ON", *options]
    for command in (configure, ["cmake", "--build", target, "--parallel", "2"]):
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def program(build_once: Callable[..., Program], toolchain: Path) -> Program:
    """The sample of a project for a model with external data, with golden vectors as everybody gets them."""

    def render(folder: Path) -> Path:
        rendering = Rendering.of(ProjectContext("digits", "1"), search_path(), ["candidate", "samples"], {})
        chosen = choose(Request(DIGITS), candidate_of_rank(1))
        execute(
            plan_project(chosen, rendering, Target(folder / "project"), golden_of(chosen, Wishes(dims={"batch": 2})))
        )
        return folder / "project" / "samples" / "cpp"

    return build_once("digits", render, f"-DORT_ROOT={toolchain}")


def _numbers(index: int) -> np.ndarray[Any, Any]:
    return np.array([index + 0.5, -index], np.float32)


def _hostile_model() -> onnx.ModelProto:
    graph = helper.make_graph(
        [helper.make_node("Twice", [f"in {name}"], [name], domain="ai.onnx.contrib") for name in HOSTILE],
        "graph",
        [helper.make_tensor_value_info(f"in {name}", TensorProto.FLOAT, [name]) for name in HOSTILE],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [name]) for name in HOSTILE],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.contrib", 1)]
    return helper.make_model(graph, ir_version=10, opset_imports=opsets)


@pytest.fixture(scope="session")
def hostile_program(build_once: Callable[..., Program], toolchain: Path) -> Program:
    """The sample of a zip for a model with hostile names and a custom operator; ONNX Runtime is a CMake package."""

    def render(folder: Path) -> Path:
        path = folder / "made.onnx"
        path.write_bytes(_hostile_model().SerializeToString())
        specs = {spec.name: spec.type for spec in (*inspect_model(path).inputs, *inspect_model(path).outputs)}
        inputs = [Value(f"in {name}", specs[f"in {name}"], _numbers(index)) for index, name in enumerate(HOSTILE)]
        outputs = [Value(name, specs[name], 2 * _numbers(index)) for index, name in enumerate(HOSTILE)]
        vectors = GoldenVectors({"golden.json": golden_document(inputs, outputs)}, {}, (), (), "", "")
        rendering = Rendering.of(ProjectContext("hostile", "1"), search_path(), ["candidate", "samples"], {})
        execute(plan_zip(choose(Request(path)), rendering, Target(folder / "packed.zip"), Golden(vectors)))
        with zipfile.ZipFile(folder / "packed.zip") as archive:
            archive.extractall(folder / "a zip's \u00e9")
        (folder / "package").mkdir()
        (folder / "package" / "onnxruntimeConfig.cmake").write_text(PACKAGE.format(root=toolchain))
        return folder / "a zip's \u00e9" / "SampleCode" / "cpp"

    return build_once("hostile", render, "-DCMAKE_BUILD_TYPE=None", "-Donnxruntime_DIR={work}/package")


@pytest.fixture
def make_case(program: Program, tmp_path: Path) -> Callable[[onnx.ModelProto, Mapping[str, Any]], Case]:
    """A model with these inputs, and the outputs that Python's runtime gives for them."""

    def make(model: onnx.ModelProto, feeds: Mapping[str, Any]) -> Case:
        path = tmp_path / "model.onnx"
        path.write_bytes(model.SerializeToString())
        specs = {spec.name: spec.type for spec in inspect_model(path).inputs}
        inputs = [Value(name, specs[name], feed) for name, feed in feeds.items()]
        outputs = run_session(ort.InferenceSession(str(path)), {value.name: value for value in inputs})
        (tmp_path / "golden.json").write_bytes(golden_document(inputs, outputs))
        return Case(program, tmp_path)

    return make
