"""The page of the JavaScript sample in a browser, and the server that gives it out."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

Make = Callable[..., Any]

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
WEB = ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
ISOLATING = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}

tensor = helper.make_tensor_value_info


@contextlib.contextmanager
def serve(program: Any) -> Iterator[str]:
    """The address of the page while its server runs."""
    command = [program.node, "serve.mjs", "--port", "0"]
    with subprocess.Popen(command, cwd=program.folder, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def install_web(program: Any, packages: Path) -> None:
    """The files that a browser loads, in the project itself: the server gives out nothing from elsewhere."""
    (program.folder / "node_modules").unlink()
    target = program.folder / "node_modules" / "onnxruntime-web" / "dist"
    target.mkdir(parents=True)
    for name in WEB:
        shutil.copy(packages / "onnxruntime-web" / "dist" / name, target)


FEEDS = {
    "float32": np.array([0.1, np.nan, -np.inf], np.float32),
    "float16": np.array([0.1, 6e-8, np.inf], np.float16),
    "float64": np.array([0.1, 1e300, -0.0]),
    "int64": np.array([-(2**63), 2**63 - 1, 0]),
    "uint64": np.array([2**64 - 1, 0, 1], np.uint64),
    "int8": np.array([-128, 127, 0], np.int8),
    "bool": np.array([True, False, True]),
    "string": np.array(["é€😀", "", "<b>"], object),
}


def every_type() -> onnx.ModelProto:
    """Each type as it is, and a sequence that JavaScript cannot read."""
    numbers = {name: helper.np_dtype_to_tensor_dtype(feed.dtype) for name, feed in FEEDS.items()}
    element = helper.make_tensor_type_proto(TensorProto.FLOAT, [3])
    graph = helper.make_graph(
        [
            *(helper.make_node("Identity", [name], [f"<i>{name}"]) for name in FEEDS),
            helper.make_node("SequenceConstruct", ["float32"], ["many"]),
        ],
        "graph",
        [tensor(name, number, [3]) for name, number in numbers.items()],
        [
            *(tensor(f"<i>{name}", number, ["n"]) for name, number in numbers.items()),
            helper.make_value_info("many", helper.make_sequence_type_proto(element)),
        ],
    )
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])


@pytest.fixture(scope="module")
def typed(make_program: Make, packages: Path) -> Any:
    program = make_program(every_type(), FEEDS)
    install_web(program, packages)
    configure(program, {})
    return program


@pytest.fixture(scope="module")
def with_data(tmp_path_factory: pytest.TempPathFactory, render_program: Make, packages: Path) -> Any:
    """A model whose weights lie in a file of their own, and settings that ask for two threads."""
    weights = np.arange(4096, dtype=np.float32).reshape(64, 64)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "graph",
        [tensor("x", TensorProto.FLOAT, ["n", 64])],
        [tensor("y", TensorProto.FLOAT, ["n", 64])],
        [onnx.numpy_helper.from_array(weights, "w")],
    )
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])
    folder = tmp_path_factory.mktemp("external")
    (folder / "data").mkdir()
    location = "data/weights of #1.bin"
    onnx.save(model, folder / "model.onnx", save_as_external_data=True, location=location, size_threshold=0)
    program = render_program(folder / "model.onnx", {"x": np.ones((2, 64), np.float32)})
    install_web(program, packages)
    configure(program, {"session_options": {"intra_op_num_threads": 2, "graph_optimization_level": "ORT_ENABLE_ALL"}})
    return program


def configure(program: Any, settings: dict[str, Any]) -> None:
    (program.root / "model" / "inference_config.json").write_text(json.dumps(settings))


@pytest.fixture(scope="module")
def drive(node: str, packages: Path, require_tool: Callable[[str], str]) -> Callable[..., list[dict[str, Any]]]:
    """Visit pages one after the other, and choose a file on some."""
    command = [node, str(Path(__file__).with_name("drive_page.mjs")), str(packages), require_tool("chromium"), *FLAGS]

    def visit(*tasks: dict[str, str]) -> list[dict[str, Any]]:
        done = subprocess.run(
            command, input=json.dumps(tasks), capture_output=True, text=True, check=False, timeout=240
        )
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout))

    return visit


def test_the_page_runs_golden_inputs_and_a_chosen_file(typed: Any, drive: Make, tmp_path: Path) -> None:
    values = {value["name"]: value["data"] for value in typed.golden["inputs"]} | {"float32": [1, 2, 3]}
    (tmp_path / "chosen.json").write_text(json.dumps(values))
    (tmp_path / "wrong.json").write_text("{}")
    changed = typed.golden
    changed["outputs"][4]["data"][0] = "5"
    with serve(typed) as page:
        files = [None, tmp_path / "chosen.json", tmp_path / "wrong.json"]
        golden, chosen, wrong = drive(*({"url": page, "file": file and str(file)} for file in files))
        kept = typed.golden
        typed.change_golden(changed)
        (different,) = drive({"url": page})
        typed.change_golden(kept)
    assert (golden["state"], golden["status"], golden["errors"]) == ("done", "check passed: 8 outputs", [])
    assert golden["isolated"]
    assert any(note.startswith("left out the output many") for note in golden["notes"])
    assert [row[0] for row in golden["rows"]] == [f"<i>{name}" for name in FEEDS]
    assert golden["rows"][-1][1:] == ["string", "[3]", '"é€😀", "", "<b>"']
    for output, expected in zip(golden["document"]["outputs"], kept["outputs"], strict=False):
        assert {**expected, **output} == expected
    assert (chosen["state"], chosen["status"]) == ("done", "8 outputs")
    assert chosen["rows"][0] == ["<i>float32", "float32", "[3]", "1, 2, 3"]
    assert wrong["state"] == "failed"
    assert "no value for the input" in wrong["status"]
    assert (different["state"], different["status"]) == ("failed", "Error: check failed: 1 differences")
    assert any('output <i>uint64: at index 0 is "18446744073709551615", expected "5"' in n for n in different["notes"])


def test_external_data_and_settings_in_a_browser(with_data: Any, drive: Make) -> None:
    with serve(with_data) as page:
        (plain,) = drive({"url": page})
        configure(with_data, {"execution_provider": ["CUDAExecutionProvider", "CPUExecutionProvider"]})
        refused, fallen_back = drive({"url": page}, {"url": f"{page}?allow-fallback"})
        configure(with_data, {"execution_provider": ["WebGpuExecutionProvider"]})
        (without_gpu,) = drive({"url": page})
    assert (plain["state"], plain["status"], plain["errors"]) == ("done", "check passed: 1 outputs", [])
    assert any(note.startswith("onnxruntime-web 1.") and note.endswith(" on cpu") for note in plain["notes"])
    assert refused["state"] == "failed"
    assert "the execution provider cuda is not in this ONNX Runtime" in refused["status"]
    assert fallen_back["status"] == "check passed: 1 outputs"
    assert "the execution provider webgpu is not in" in without_gpu["status"]


def status(address: str, path: str, method: str = "GET", host: str | None = None) -> int:
    """Of a request whose path is sent as it is."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=10)
    with contextlib.closing(connection):
        connection.putrequest(method, path, skip_host=host is not None)
        if host is not None:
            connection.putheader("Host", host)
        connection.endheaders()
        return connection.getresponse().status


def test_the_server_gives_out_this_project_only(typed: Any, tmp_path: Path) -> None:
    (typed.root / "linked").symlink_to(tmp_path)
    (tmp_path / "secret").write_text("secret")
    (typed.root / ".hidden").write_text("secret")
    (typed.root.parent / "project-beside").write_text("secret")
    with serve(typed) as page:
        assert status(page, "/model/model.onnx") == 200
        assert status(page, "/model/model.onnx", "HEAD") == 200
        outside = ["/../project-beside", "/%2e%2e/project-beside", "/model/..%2f..%2fproject-beside", "/linked/secret"]
        for path in [*outside, "/.hidden", "/model/%00", "/model/%zz", "/model", "//model/model.onnx", "/none"]:
            assert status(page, path) == 404, path
        assert status(page, "/model/model.onnx", "POST") == 403
        assert status(page, "/model/model.onnx", host="example.com") == 403
        with urllib.request.urlopen(page.partition("/samples")[0]) as answer:  # noqa: S310 - it is http
            assert answer.geturl() == page
            assert {name: answer.headers[name] for name in ISOLATING} == ISOLATING
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("arguments", [["--port", "x"], ["--port", "70000"], ["--host", "all"]], ids=str)
def test_wrong_options_of_the_server(typed: Any, arguments: list[str]) -> None:
    command = [typed.node, "serve.mjs", *arguments]
    done = subprocess.run(command, cwd=typed.folder, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage: node serve.mjs" in done.stderr
