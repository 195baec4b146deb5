"""What the Java sample does with its options, its settings and bad input."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper

from modelpress.model.golden import Wishes
from modelpress.packaging.chosen import Request, choose
from modelpress.packaging.golden import golden_of
from modelpress.packaging.rendering import Rendering
from modelpress.pipeline import Target, execute, plan_zip
from modelpress.templating import Layer, ProjectContext

Make = Callable[..., Any]

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
DEEP = "[" * 100_000 + "]" * 100_000

tensor = helper.make_tensor_value_info


def sums(weight: float = 1) -> onnx.ModelProto:
    """y = x + i + (weight + weight) and the same i, which graph optimization makes fewer additions."""
    graph = helper.make_graph(
        [
            helper.make_node("Add", ["w", "w"], ["ww"]),
            helper.make_node("Cast", ["i"], ["f"], to=TensorProto.FLOAT),
            helper.make_node("Add", ["x", "f"], ["s"]),
            helper.make_node("Add", ["s", "ww"], ["y"]),
            helper.make_node("Identity", ["i"], ["same"]),
        ],
        "graph",
        [tensor("x", TensorProto.FLOAT, ["n", 2]), tensor("i", TensorProto.INT32, [])],
        [tensor("y", TensorProto.FLOAT, ["n", 2]), tensor("same", TensorProto.INT32, [])],
        [helper.make_tensor("w", TensorProto.FLOAT, [1], [weight])],
    )
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])


@pytest.fixture(scope="module")
def project(java_project: Make) -> Any:
    return java_project(sums(), Wishes(dims={"n": 2}))


@pytest.fixture
def configured(project: Any) -> Any:
    """The project, whose settings a test may change."""
    yield project
    (project.root / "model" / "inference_config.json").unlink(missing_ok=True)


@pytest.fixture
def given(project: Any, tmp_path: Path) -> Callable[[object], Any]:
    """Run the sample on inputs of this JSON."""

    def call(document: object) -> Any:
        file = tmp_path / "inputs.json"
        file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return project.call("--inputs", file)

    return call


def test_maven_builds_it_and_java_runs_it(maven_built: Path, tmp_path: Path) -> None:
    def java(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["java", "-jar", str(maven_built / "target" / "sample.jar"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=tmp_path)

    done = java("--check")
    assert (done.returncode, done.stderr) == (0, "check passed: 1 outputs\n")
    assert [output["name"] for output in json.loads(done.stdout)["outputs"]] == ["logits"]
    wrong = java("--no-such-option")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("error: there is no option --no-such-option\nusage: ")


def test_the_release_of_onnx_runtime_is_that_of_the_context(render_java: Make) -> None:
    pom = (render_java(sums(), None) / "samples" / "java" / "pom.xml").read_text(encoding="utf-8")
    assert re.search(r"<artifactId>onnxruntime</artifactId>\s*<version>1\.29\.0</version>", pom)


def test_in_a_zip_of_olives_layout(java_project: Make, java_set: Path, tmp_path: Path) -> None:
    (tmp_path / "made.onnx").write_bytes(sums().SerializeToString())
    chosen = choose(Request(tmp_path / "made.onnx"))
    sets = Rendering.of(ProjectContext("zip", "1"), [Layer("test", java_set)], ["samples"], {})
    execute(plan_zip(chosen, sets, Target(tmp_path / "packed.zip"), golden_of(chosen, Wishes())))
    with zipfile.ZipFile(tmp_path / "packed.zip") as archive:
        archive.extractall(tmp_path / "here")
    machine, folder = java_project(sums()).machine, tmp_path / "here" / "SampleCode" / "java"
    assert machine.ask(folder, compile=True).code == 0
    assert machine.ask(folder, arguments=["--check"]).stderr == "check passed: 2 outputs\n"


@pytest.mark.parametrize("arguments", [["--inputs"], ["--check=1"], ["model.onnx"], ["-x"], ["--model"]], ids=str)
def test_wrong_usage(project: Any, arguments: list[str]) -> None:
    answer = project.call(*arguments)
    assert (answer.code, answer.stdout) == (2, "")
    assert "usage: " in answer.stderr


def test_help(project: Any) -> None:
    answer = project.call("--help")
    assert (answer.code, answer.stderr) == (0, "")
    assert answer.stdout.startswith("usage: ")


def test_nested_lists(given: Make) -> None:
    outputs = given({"x": [[1, 2.5], [-3e2, "Infinity"], ["NaN", 0]], "i": 7}).outputs
    assert outputs["y"]["shape"] == [3, 2]
    assert outputs["y"]["data"] == [10, 11.5, -291, "Infinity", "NaN", 9]
    assert outputs["same"] == {"name": "same", "kind": "tensor", "dtype": "int32", "shape": [], "data": [7]}
    assert given({"x": [], "i": 7}).error.startswith("input 'x' (float32[n, 2]): got the shape [0]")


def test_described_values(given: Make, project: Any) -> None:
    inputs = {value["name"]: value for value in project.golden["inputs"]}
    inputs["i"]["data"] = [-(2**31)]
    inputs["x"] |= {"shape": [0, 2], "data": []}
    outputs = given({"inputs": list(inputs.values())}).outputs
    assert (outputs["y"]["shape"], outputs["y"]["data"]) == ([0, 2], [])
    assert outputs["same"]["data"] == [-(2**31)]


X = {"name": "x", "kind": "tensor", "dtype": "float32", "shape": [1, 2], "data": [1, 2]}
I = {"name": "i", "kind": "tensor", "dtype": "int32", "shape": [], "data": [1]}  # noqa: E741 - the model's name


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"x": [[1, 2]]}, "there is no value for input 'i' (int32[])"),
        ({"x": [[1, 2]], "i": None}, "input 'i' (int32[]): expected int32, got null"),
        ({"x": [[1, 2]], "i": 1, "z": 1}, "the model has no input 'z', but ['x' (float32[n, 2]), 'i' (int32[])]"),
        ({"x": [1, 2], "i": 1}, "input 'x' (float32[n, 2]): got the shape [2]"),
        ({"x": [[1, 2, 3]], "i": 1}, "input 'x' (float32[n, 2]): got the shape [1, 3]"),
        ({"x": [[1, 2], [3]], "i": 1}, "its lists are not of one length: [3]"),
        ({"x": [[1, "two"]], "i": 1}, 'expected float32, got "two"'),
        ({"x": [[1, True]], "i": 1}, "expected float32, got true"),
        ({"x": [[1, 1e39]], "i": 1}, "1e+39 is beyond the range of float32"),
        ({"x": [[1, 2]], "i": [1]}, "input 'i' (int32[]): got the shape [1]"),
        ({"x": [[1, 2]], "i": 1.5}, "expected int32, got 1.5"),
        ({"x": [[1, 2]], "i": 2**31}, "2147483648 is beyond the range of int32"),
        ('{"x": [[1, 2]], "i": 1e999999999}', "1e999999999 is beyond the range of int32"),
        ({"inputs": [X]}, "there is no value for input 'i' (int32[])"),
        ({"inputs": [X, I | {"dtype": "int64", "data": ["1"]}]}, "input 'i' (int32[]): got int64"),
        ({"inputs": [X, I | {"dtype": "int4"}]}, "has no elements of type int4"),
        ({"inputs": [X, I | {"kind": "sequence", "elements": [I]}]}, "input 'i' (int32[]): expected a tensor, got {"),
        ({"inputs": [X, I | {"kind": "\x1b[2J"}]}, "there are no values of the kind \\u{1b}[2J"),
        ({"inputs": [X | {"shape": [2, 2]}, I]}, "the shape [2,2] needs 4 elements, there are 2"),
        ({"inputs": [X | {"shape": [2**32 - 1] * 3}, I]}, "input 'x' (float32[n, 2]): "),
        ({"inputs": [X | {"shape": [-1, 2]}, I]}, "-1 is beyond the range of uint32"),
        ({"inputs": [X | {"data": None}, I]}, '"data" is not a list but null'),
        ({"inputs": [{"kind": "tensor"}]}, '"name" is not a text but null'),
        ([1], "inputs.json holds no JSON object: "),
        ("", "inputs.json holds no JSON object: "),
        ("{]", "inputs.json holds no JSON object: "),
        ('{"x": NaN}', "inputs.json holds no JSON object: "),
        ('{"x": ' + DEEP + "}", "inputs.json holds no JSON object: "),
    ],
    ids=lambda value: str(value)[:60],
)
def test_bad_inputs_are_refused(given: Make, document: object, message: str) -> None:
    assert message in given(document).error


def test_texts_that_the_java_api_would_damage_are_refused(java_project: Make, tmp_path: Path) -> None:
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        "graph",
        [tensor("x", TensorProto.STRING, [1])],
        [tensor("y", TensorProto.STRING, [1])],
    )
    project = java_project(helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)]), None)
    file = tmp_path / "inputs.json"
    for text in ("\0", "\U0001f600"):
        file.write_text(json.dumps({"x": [text]}), encoding="utf-8")
        assert "input 'x': ONNX Runtime's Java API damages texts with" in project.call("--inputs", file).error
    file.write_text(json.dumps({"x": ["é"]}), encoding="utf-8")
    assert project.call("--inputs", file).outputs["y"]["data"] == ["é"]


def test_without_golden_vectors_inputs_are_asked_for(java_project: Make) -> None:
    project = java_project(sums(), None)
    for arguments in ([], ["--check"]):
        assert project.call(*arguments).error == "this project has no golden vectors: give values with --inputs FILE\n"


@pytest.mark.parametrize(
    ("output", "change", "message"),
    [
        (0, {"data": [0, 0, 0, 0]}, r"check failed: output 'y'\[0, 0\]: got [-\d.]+, expected 0.0$"),
        (1, {"data": [-5]}, r"check failed: output 'same'\[\]: got \d, expected -5$"),
        (0, {"dtype": "float64"}, "check failed: output 'y' has another element type: got float32, expected float64$"),
        (0, {"shape": [1, 4]}, r"check failed: output 'y' has another shape: got \[2, 2\], expected \[1, 4\]$"),
        (1, {"name": "other"}, "check failed: there is no output 'other'$"),
        (1, {"kind": "optional", "value": None}, "check failed: output 'same' is of another kind: got Tensor, "),
        (1, {"kind": "optional", "value": 1}, "the golden output 'same' is malformed: "),
        (1, {"tolerance": {}}, "the golden output 'same' is malformed: "),
    ],
    ids=str,
)
def test_a_difference_is_named(project: Any, tmp_path: Path, output: int, change: dict[str, Any], message: str) -> None:
    golden = project.golden
    golden["outputs"][output] |= change
    file = tmp_path / "golden.json"
    file.write_text(json.dumps(golden), encoding="utf-8")
    answer = project.call("--check", "--inputs", file)
    assert answer.code == 1
    assert re.search(f"^error: {message}", answer.stderr.rstrip()), answer.stderr
    assert len(json.loads(answer.stdout)["outputs"]) == 2


def test_a_difference_in_a_structure_is_named(java_project: Make, tmp_path: Path) -> None:
    held = helper.make_map_type_proto(TensorProto.STRING, helper.make_tensor_type_proto(TensorProto.FLOAT, []))
    graph = helper.make_graph(
        [helper.make_node("ZipMap", ["x"], ["m"], domain="ai.onnx.ml", classlabels_strings=["a", 'b"'])],
        "graph",
        [tensor("x", TensorProto.FLOAT, [2, 2])],
        [helper.make_value_info("m", helper.make_sequence_type_proto(held))],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3)]
    project = java_project(helper.make_model(graph, ir_version=10, opset_imports=opsets))
    file = tmp_path / "golden.json"

    def check(change: Callable[[list[dict[str, Any]]], None]) -> str:
        golden = project.golden
        change(golden["outputs"][0]["elements"])
        file.write_text(json.dumps(golden), encoding="utf-8")
        answer = project.call("--check", "--inputs", file)
        assert answer.code == 1
        return str(answer.stderr)

    assert check(lambda maps: maps[1]["values"].__setitem__(1, 9)).startswith(
        'error: check failed: output \'m\'[1]["b\\""]: got '
    )
    assert "output 'm'[0] has other keys: got [a, b\"], expected [b\", c]" in check(
        lambda maps: maps[0]["keys"].__setitem__(0, "c")
    )
    assert "output 'm' has another length: got 2, expected 1" in check(lambda maps: maps.pop())


def test_what_is_not_stable_is_compared_by_type_and_shape(project: Any, tmp_path: Path) -> None:
    golden = project.golden
    golden["outputs"][0] |= {"data": [0, 0, 0, 0], "stable": False}
    file = tmp_path / "golden.json"
    file.write_text(json.dumps(golden), encoding="utf-8")
    assert project.call("--check", "--inputs", file).code == 0
    golden["outputs"][0]["shape"] = [4, 1]
    file.write_text(json.dumps(golden), encoding="utf-8")
    assert "has another shape" in project.call("--check", "--inputs", file).stderr


def test_an_output_without_a_golden_one_is_a_difference(project: Any, tmp_path: Path) -> None:
    golden = project.golden
    del golden["outputs"][1]
    file = tmp_path / "golden.json"
    file.write_text(json.dumps(golden), encoding="utf-8")
    answer = project.call("--check", "--inputs", file)
    assert answer.stderr == "error: check failed: 2 outputs, 1 golden ones\n"
    del golden["outputs"]
    file.write_text(json.dumps(golden), encoding="utf-8")
    assert project.call("--check", "--inputs", file).error.startswith("--check needs golden outputs")


def test_another_model_is_caught(project: Any, tmp_path: Path) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes(sums(2).SerializeToString())
    answer = project.call("--check", "--model", other)
    assert (answer.code, answer.stderr.startswith("error: check failed: output 'y'[0, 0]: got ")) == (1, True)
    assert project.call("--model", other).code == 0
    other.write_bytes(b"no model")
    assert project.call("--model", other).error.startswith(f"cannot load {other}: ")
    assert project.call("--model", tmp_path / "none.onnx").error == f"there is no model file {tmp_path / 'none.onnx'}\n"


@pytest.mark.parametrize(
    "settings",
    [
        {"execution_provider": [CPU], "provider_options": [{"use_arena": False}]},
        {"execution_provider": [CPU], "provider_options": None},
        {"execution_provider": [[CPU, {"a": 1, "b": None}]]},
        {"execution_provider": [[CPU]]},
        {"execution_provider": None, "session_options": None},
        {"session_options": {"execution_mode": 1, "inter_op_num_threads": 2, "intra_op_num_threads": None}},
        {"session_options": {"execution_mode": "ORT_PARALLEL", "log_severity_level": 3, "enable_mem_pattern": False}},
        {"session_options": {"extra_session_config": {"session.x": 3, "session.y": None, "session.z": True}}},
    ],
    ids=str,
)
def test_settings_are_used(configured: Any, settings: dict[str, Any]) -> None:
    configured.configure(settings)
    answer = configured.call("--check")
    assert (answer.code, answer.stderr) == (0, "check passed: 2 outputs\n")


@pytest.mark.parametrize("level", [0, "disable_all", 1, "ORT_ENABLE_BASIC", 2, 3, 99, "ENABLE_ALL"])
def test_the_session_is_made_with_them(configured: Any, tmp_path: Path, level: object) -> None:
    optimized = tmp_path / "optimized.onnx"
    options = {"graph_optimization_level": level, "optimized_model_filepath": str(optimized)}
    configured.configure({"session_options": options})
    assert configured.call().code == 0
    left = [node.op_type for node in onnx.load(optimized).graph.node].count("Add")
    assert left == (3 if level in (0, "disable_all") else 2)


@pytest.mark.parametrize("how", ["names", "pairs", "file", "unknown"])
def test_a_provider_that_is_not_there_is_an_error(configured: Any, tmp_path: Path, how: str) -> None:
    name = "NoSuchExecutionProvider" if how == "unknown" else CUDA
    arguments: list[object] = []
    settings = {"execution_provider": [[name, {"device_id": 0}], [CPU, {}]] if how == "pairs" else [name, CPU]}
    if how == "file":
        (tmp_path / "other.json").write_text(json.dumps(settings), encoding="utf-8")
        arguments = ["--config", tmp_path / "other.json"]
    else:
        configured.configure(settings)
    message = f"{name} cannot be used: it is not in this ONNX Runtime, which has {CPU}\n"
    assert configured.call(*arguments).error.startswith(message)
    allowed = configured.call("--allow-fallback", "--check", *arguments)
    assert (allowed.code, allowed.stderr) == (0, f"{message}check passed: 2 outputs\n")


def test_a_second_choice_may_be_missing(configured: Any) -> None:
    configured.configure({"execution_provider": [CPU, CUDA]})
    answer = configured.call("--check")
    assert (answer.code, answer.stderr.startswith(f"{CUDA} cannot be used: ")) == (0, True)


def test_what_the_java_api_does_not_have_is_said(configured: Any) -> None:
    configured.configure({"io_bind": True, "tuning_op_result": [], "session_options": {"enable_mem_reuse": False}})
    assert configured.call("--check").stderr.splitlines() == [
        "not used, ONNX Runtime's Java API does not have it: io_bind",
        "not used, ONNX Runtime's Java API does not have it: session option enable_mem_reuse=false",
        "check passed: 2 outputs",
    ]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"session_options": {"graph_optimization_level": 7}}, "graph_optimization_level=7: expected one of ORT_DIS"),
        ({"session_options": {"execution_mode": "fast"}}, 'execution_mode="fast": expected ORT_SEQUENTIAL or '),
        ({"session_options": {"intra_op_num_threads": "two"}}, 'session option intra_op_num_threads="two": '),
        ({"session_options": {"intra_op_num_threads": 1.5}}, "session option intra_op_num_threads=1.5: "),
        ({"session_options": {"enable_mem_pattern": "perhaps"}}, 'enable_mem_pattern="perhaps": expected true or '),
        ({"session_options": {"no_such_option": 1}}, "session option no_such_option=1: there is no such option"),
        ({"session_options": {"extra_session_config": [1]}}, "session option extra_session_config=[1]: "),
        ({"session_options": [1]}, "session_options cannot be [1]"),
        ({"execution_provider": CPU}, f'execution_provider cannot be "{CPU}"'),
        ({"execution_provider": [5]}, "not a provider and its options: [5,null]"),
        ({"execution_provider": [[]]}, "not a provider and its options: []"),
        ({"execution_provider": [[CPU, [1]]]}, "not a provider and its options: "),
        ({"execution_provider": [CPU], "provider_options": [{}, {}]}, "there are more provider_options than providers"),
        ({"provider_options": 1}, "provider_options cannot be 1"),
        ([], "inference_config.json holds no JSON object"),
    ],
    ids=str,
)
def test_bad_settings_are_refused(configured: Any, settings: object, message: str) -> None:
    configured.configure(settings)
    assert message in configured.call().error


def test_a_missing_settings_file_is_an_error_where_it_was_asked_for(project: Any, tmp_path: Path) -> None:
    assert project.call("--config", tmp_path / "none.json").error.startswith(f"cannot read {tmp_path / 'none.json'}: ")
