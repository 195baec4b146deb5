"""Projects rendered for models that the tests make, and the runs of their samples."""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper

from modelpress.model.golden import Wishes
from modelpress.packaging.chosen import Request, candidate_of_rank, choose
from modelpress.packaging.golden import golden_of
from modelpress.packaging.rendering import Rendering
from modelpress.pipeline import Target, execute, plan_project, plan_zip
from modelpress.templating import ProjectContext, search_path

IR_VERSION = 10
OPSETS = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3)]


def plain(value: Mapping[str, Any]) -> Any:
    """A value of the printed document as nested lists, a list, a dictionary or None."""
    if value["kind"] == "tensor":
        dtype, data = value["dtype"], value["data"]
        numbers = [int(item) for item in data] if dtype in ("int64", "uint64") else data
        return np.array(numbers, object).reshape(value["shape"]).tolist()
    if value["kind"] == "sequence":
        return [plain(item) for item in value["elements"]]
    if value["kind"] == "map":
        return dict(zip(value["keys"], value["values"], strict=True))
    return None if value["value"] is None else plain(value["value"])


@dataclass(frozen=True)
class Outcome:
    """What a run of the sample gave."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        assert self.code == 0, self.stderr
        found = json.loads(self.stdout)
        assert isinstance(found, dict)
        return found

    @property
    def outputs(self) -> dict[str, dict[str, Any]]:
        return {output["name"]: output for output in self.document["outputs"]}

    @property
    def values(self) -> dict[str, Any]:
        return {name: plain(output) for name, output in self.outputs.items()}

    @property
    def inputs(self) -> dict[str, Any]:
        return {value["name"]: plain(value) for value in self.document["inputs"]}

    @property
    def error(self) -> str:
        """The message of a run that had to fail."""
        assert (self.code, self.stdout) == (1, ""), self
        return self.stderr.partition("error: ")[2]


@dataclass(frozen=True)
class Project:
    """A rendered project, or an unpacked zip."""

    root: Path
    samples: str = "samples"

    @property
    def folder(self) -> Path:
        return self.root / self.samples / "python"

    @property
    def model(self) -> Path:
        return self.root / "model" / "model.onnx"

    @property
    def golden(self) -> dict[str, Any]:
        found = json.loads((self.root / "golden" / "golden.json").read_text(encoding="utf-8"))
        assert isinstance(found, dict)
        return found

    def change_golden(self, change: Callable[[dict[str, Any]], object]) -> None:
        golden = self.golden
        change(golden)
        (self.root / "golden" / "golden.json").write_text(json.dumps(golden), encoding="utf-8")

    def configure(self, settings: Mapping[str, Any]) -> None:
        (self.root / "model" / "inference_config.json").write_text(json.dumps(settings))

    def call(self, *arguments: object) -> Outcome:
        """Run the program in this process."""
        stdout, stderr = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            code = self.program()["main"]([str(argument) for argument in arguments])
        return Outcome(code, stdout.getvalue(), stderr.getvalue())

    def program(self) -> dict[str, Any]:
        """The names of the program, imported with the modules beside it as Python itself does."""
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(str(self.folder))
            return runpy.run_path(str(self.folder / "sample.py"))

    def call_json(self, *arguments: object) -> Outcome:
        return self.call("--format", "json", *arguments)

    def command(self, *arguments: object, options: Sequence[str] = ("-W", "error")) -> Outcome:
        """Run the program as a user does."""
        program = [sys.executable, *options, str(self.folder / "sample.py"), *map(str, arguments)]
        done = subprocess.run(program, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)
        return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def render_source(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Project]:
    """Render the winner of a source of candidates with the sample set."""
    rendering = Rendering.of(ProjectContext("sample test", "1"), search_path(), ["samples"], {})

    def render(source: Path) -> Project:
        chosen = choose(Request(source), candidate_of_rank(1))
        target = tmp_path_factory.mktemp("rendered") / "project"
        execute(plan_project(chosen, rendering, Target(target)))
        return Project(target)

    return render


@pytest.fixture(scope="session")
def render_golden(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Project]:
    """Render a model, or the winner of a source, with the sample set and golden vectors."""
    rendering = Rendering.of(ProjectContext("sample test", "1"), search_path(), ["samples"], {})

    def render(source: Path | onnx.ModelProto, **wishes: Any) -> Project:
        folder = tmp_path_factory.mktemp("golden")
        if isinstance(source, onnx.ModelProto):
            (folder / "made.onnx").write_bytes(source.SerializeToString())
            source = folder / "made.onnx"
        chosen = choose(Request(source), candidate_of_rank(1))
        golden = golden_of(chosen, Wishes(**wishes))
        execute(plan_project(chosen, rendering, Target(folder / "project"), golden))
        return Project(folder / "project")

    return render


@pytest.fixture(scope="session")
def unpack_zip(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Project]:
    """Package a source in Olive's layout, and unpack that elsewhere."""
    rendering = Rendering.of(ProjectContext("sample test", "1"), search_path(), ["candidate", "samples"], {})

    def unpack(source: Path) -> Project:
        folder = tmp_path_factory.mktemp("unpacked")
        execute(plan_zip(choose(Request(source)), rendering, Target(folder / "packed.zip")))
        with zipfile.ZipFile(folder / "packed.zip") as archive:
            archive.extractall(folder / "here")
        return Project(folder / "here", "SampleCode")

    return unpack


@pytest.fixture(scope="session")
def render_model(
    tmp_path_factory: pytest.TempPathFactory, render_source: Callable[[Path], Project]
) -> Callable[[onnx.ModelProto], Project]:
    def render(model: onnx.ModelProto) -> Project:
        path = tmp_path_factory.mktemp("made") / "made.onnx"
        path.write_bytes(model.SerializeToString())
        return render_source(path)

    return render


SPEECH = {"input": np.sin(np.arange(512, dtype=np.float32) / 9).reshape(1, 512), "sr": np.array(16000, np.int64)}
REAL_MODELS: dict[str, dict[str, Any]] = {
    "basic_pitch/nmp": {"unk__749": 1},
    "magika/model": {"unk__214": 2},
    "rapidocr_onnxruntime/ch_PP-OCRv4_det_infer": {"x:0": 1, "x:2": 64, "x:3": 96},
    "rapidocr_onnxruntime/ch_PP-OCRv4_rec_infer": {"x:0": 1, "x:2": 48, "x:3": 96},
    "rapidocr_onnxruntime/ch_ppocr_mobile_v2.0_cls_infer": {"x:0": 1, "x:2": 48, "x:3": 192},
    "silero_vad/silero_vad": {"state:1": 1, **SPEECH},
    "silero_vad/silero_vad_16k_op15": {"batch": 1, "sequence": 512},
    "silero_vad/silero_vad_16k_sequence": {"sequence_length": 2},
    "silero_vad/silero_vad_half": {"batch": 1, "sequence": 512},
    "silero_vad/silero_vad_op18_ifless": {"state:1": 1, **SPEECH},
    "silero_vad/silero_vad_openvino_16k": {},
}
"""Models by package and name, each with sizes of its free dimensions and the inputs that are not made up."""


@pytest.fixture(scope="session", params=REAL_MODELS)
def real_project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of a real model, with golden vectors."""
    models = Path(__file__).parents[3] / ".toolchains" / "real-models"
    if not (models / ".ready").is_file():
        required = set(os.environ.get("MODELPRESS_REQUIRE", "").split(",")) & {"real-models", "all"}
        (pytest.fail if required else pytest.skip)("there are no real models: run toolchains/real_models.sh")
    given = REAL_MODELS[request.param]
    arrays = {name: value for name, value in given.items() if isinstance(value, np.ndarray)}
    folder = tmp_path_factory.mktemp("real")
    if arrays:
        np.savez(folder / "inputs.npz", **arrays)
    chosen = choose(Request(models / f"{request.param}.onnx"), candidate_of_rank(1))
    sizes = {name: value for name, value in given.items() if isinstance(value, int)}
    golden = golden_of(chosen, Wishes(sizes, folder / "inputs.npz" if arrays else None))
    assert golden.vectors is not None
    assert golden.warnings == ()
    rendering = Rendering.of(ProjectContext("real", "1"), search_path(), ["candidate", "samples"], {})
    execute(plan_project(chosen, rendering, Target(folder / "project"), golden))
    return folder / "project"


@pytest.fixture(scope="session")
def custom_model() -> Callable[[str, str], onnx.ModelProto]:
    """A model of one operator, from texts to texts, of a domain that ONNX Runtime lacks."""

    def make(operator: str, domain: str) -> onnx.ModelProto:
        texts, result = (helper.make_tensor_value_info(name, onnx.TensorProto.STRING, ["n"]) for name in ("texts", "y"))
        node = helper.make_node(operator, ["texts"], ["y"], domain=domain)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(domain, 1)]
        graph = helper.make_graph([node], "graph", [texts], [result])
        return helper.make_model(graph, ir_version=8, opset_imports=opsets)

    return make


@pytest.fixture(scope="session")
def extensions_library() -> str:
    """The library of onnxruntime-extensions in the Python package."""
    import onnxruntime_extensions

    return str(onnxruntime_extensions.get_library_path())


@pytest.fixture(scope="session")
def python_around() -> dict[str, str]:
    """Variables that put Python's own library around that of the package in a program that is not Python."""
    folder, name = map(sysconfig.get_config_var, ("LIBDIR", "INSTSONAME"))
    library = Path(folder or "", name or "")
    if not library.is_file():
        required = set(os.environ.get("MODELPRESS_REQUIRE", "").split(",")) & {"libpython", "all"}
        (pytest.fail if required else pytest.skip)(f"there is no {library}: install libpython of this version")
    return {"LD_PRELOAD": str(library)}


@pytest.fixture(scope="session")
def make_model() -> Callable[..., onnx.ModelProto]:
    """A model of IR 10 and opset 21."""

    def make(
        nodes: Sequence[onnx.NodeProto],
        inputs: Sequence[onnx.ValueInfoProto],
        outputs: Sequence[onnx.ValueInfoProto],
        initializers: Sequence[onnx.TensorProto] = (),
    ) -> onnx.ModelProto:
        graph = helper.make_graph(list(nodes), "graph", list(inputs), list(outputs), list(initializers))
        return helper.make_model(graph, ir_version=IR_VERSION, opset_imports=OPSETS)

    return make
