"""C# samples of rendered projects, compiled and ready to run."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import onnx
import onnxruntime as ort
import pytest

from modelpress.model.golden import Wishes
from modelpress.model.golden.document import golden_json, value_document
from modelpress.model.golden.ort_values import run_session
from modelpress.model.golden.values import Value
from modelpress.model.signature import inspect_model
from modelpress.packaging.chosen import Request, candidate_of_rank, choose
from modelpress.packaging.golden import NO_GOLDEN, golden_of
from modelpress.packaging.rendering import Rendering
from modelpress.pipeline import Target, execute, plan_project, plan_zip
from modelpress.templating import ProjectContext, search_path

TOOLCHAIN = Path(__file__).parents[4] / ".toolchains" / "csharp"


@dataclass(frozen=True)
class Outcome:
    """What a run of the sample gave."""

    code: int
    stdout: str
    stderr: str

    @property
    def outputs(self) -> dict[str, dict[str, Any]]:
        assert self.code == 0, self.stderr
        document = json.loads(self.stdout)
        assert list(document) == ["outputs"]
        return {output["name"]: output for output in document["outputs"]}

    @property
    def error(self) -> str:
        """The message of a run that had to fail before it gave anything."""
        assert (self.code, self.stdout) == (1, ""), self
        return self.stderr.partition("error: ")[2]


@dataclass(frozen=True)
class Toolchain:
    """What compiles and runs a sample."""

    folder: Path
    library: Path  # a folder with libonnxruntime.so

    def compile(self, source: Path, target: Path) -> None:
        command = [str(self.folder / "compile"), str(source), str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr

    def run(self, program: Path, arguments: tuple[object, ...], folder: Path, variables: Mapping[str, str]) -> Outcome:
        command = [str(self.folder / "dotnet"), str(program / "Sample.dll"), *map(str, arguments)]
        environment = {**os.environ, "LD_LIBRARY_PATH": str(self.library), **variables}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=60
        )
        return Outcome(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Program:
    """The sample of a rendered project; compiled when it is first called."""

    toolchain: Toolchain
    root: Path
    samples: str = "samples"

    @property
    def folder(self) -> Path:
        return self.root / self.samples / "csharp"

    @property
    def model(self) -> Path:
        return self.root / "model" / "model.onnx"

    @cached_property
    def compiled(self) -> Path:
        target = self.root.with_name("compiled")
        self.toolchain.compile(self.folder, target)
        return target

    def call(self, *arguments: object, folder: Path | None = None, **variables: str) -> Outcome:
        return self.toolchain.run(self.compiled, arguments, folder or self.folder, variables)

    def on(self, document: object, *arguments: object) -> Outcome:
        """Run it on a file of inputs."""
        file = self.root.with_name("inputs.json")
        file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return self.call("--inputs", file, *arguments)

    def configured(self, settings: object, *arguments: object) -> Outcome:
        """Run it with other settings."""
        file = self.root.with_name("settings.json")
        file.write_text(json.dumps(settings), encoding="utf-8")
        return self.call("--config", file, *arguments)

    @property
    def golden(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.root / "golden" / "golden.json").read_text(encoding="utf-8"))
        return document

    def golden_for(self, feeds: Mapping[str, Any]) -> dict[str, Any]:
        """A document of golden.json's form for these inputs; its outputs must be met exactly."""
        types = {spec.name: spec.type for spec in inspect_model(self.model).inputs}
        inputs = [Value(name, types[name], feed) for name, feed in feeds.items()]
        outputs = run_session(ort.InferenceSession(str(self.model)), {value.name: value for value in inputs})
        exact = {"tolerance": {"absolute": 0, "relative": 0}, "stable": True}
        lists = {
            "inputs": [value_document(value) for value in inputs],
            "outputs": [{**value_document(value), **exact} for value in outputs],
        }
        document: dict[str, Any] = json.loads(golden_json({"format": 1}, lists))
        return document


@pytest.fixture(scope="session")
def toolchain(require_tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Toolchain:
    require_tool("mcs")
    if not (TOOLCHAIN / ".ready").is_file():
        required = set(os.environ.get("MODELPRESS_REQUIRE", "").split(",")) & {"csharp", "all"}
        (pytest.fail if required else pytest.skip)("the C# toolchain is not set up: run toolchains/csharp.sh")
    (found,) = (Path(ort.__file__).parent / "capi").glob("libonnxruntime.so.*")
    library = tmp_path_factory.mktemp("library")
    (library / "libonnxruntime.so").symlink_to(found)
    return Toolchain(TOOLCHAIN, library)


@pytest.fixture(scope="session")
def open_project(toolchain: Toolchain) -> Callable[[Path], Program]:
    """The C# sample of a rendered project."""
    return lambda root: Program(toolchain, root)


@pytest.fixture(scope="session")
def render_file(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Program]:
    """Render the project of a model file, with golden vectors unless told otherwise."""
    rendering = Rendering.of(ProjectContext("sample test", "1"), search_path(), ["samples"], {})

    def render(path: Path, *, golden: bool = True) -> Program:
        chosen = choose(Request(path), candidate_of_rank(1))
        vectors = golden_of(chosen, Wishes()) if golden else NO_GOLDEN
        assert (vectors.vectors is not None) is golden, vectors.warnings
        root = tmp_path_factory.mktemp("rendered") / "project"
        execute(plan_project(chosen, rendering, Target(root), vectors))
        return Program(toolchain, root)

    return render


@pytest.fixture(scope="session")
def unpack_zip(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Program]:
    """Package a model file in Olive's layout, and unpack that."""
    rendering = Rendering.of(ProjectContext("sample test", "1"), search_path(), ["candidate", "samples"], {})

    def unpack(path: Path) -> Program:
        chosen = choose(Request(path))
        folder = tmp_path_factory.mktemp("unpacked")
        execute(plan_zip(chosen, rendering, Target(folder / "packed.zip"), golden_of(chosen, Wishes())))
        with zipfile.ZipFile(folder / "packed.zip") as archive:
            archive.extractall(folder / "here")
        return Program(toolchain, folder / "here", "SampleCode")

    return unpack


@pytest.fixture(scope="session")
def render(tmp_path_factory: pytest.TempPathFactory, render_file: Callable[..., Program]) -> Callable[..., Program]:
    """The same for a model in memory."""

    def make(model: onnx.ModelProto, *, golden: bool = True) -> Program:
        path = tmp_path_factory.mktemp("made") / "made.onnx"
        path.write_bytes(model.SerializeToString())
        return render_file(path, golden=golden)

    return make
