"""The C# sample as a program: its options and settings, the comparison, and what it says of bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

Render = Callable[..., Any]

tensor = helper.make_tensor_value_info
FLOAT = TensorProto.FLOAT
OPSETS = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3)]


def model_of(nodes: list[Any], inputs: list[Any], outputs: list[Any]) -> onnx.ModelProto:
    graph = helper.make_graph(nodes, "graph", inputs, outputs)
    return helper.make_model(graph, ir_version=10, opset_imports=OPSETS)


@pytest.fixture(scope="module")
def program(render: Render) -> Any:
    """y = a + b, rounded n = a."""
    return render(
        model_of(
            [helper.make_node("Add", ["a", "b"], ["y"]), helper.make_node("Cast", ["a"], ["n"], to=TensorProto.INT32)],
            [tensor("a", FLOAT, ["rows", 2]), tensor("b", FLOAT, [2])],
            [tensor("y", FLOAT, ["rows", 2]), tensor("n", TensorProto.INT32, ["rows", 2])],
        )
    )


INPUTS = {"a": [[1, 2], [3, 4]], "b": [0.5, 0.25]}


def test_the_project_is_found_from_anywhere(program: Any, tmp_path: Path) -> None:
    assert program.call("--check").code == 0
    assert program.call("--check", folder=program.root).code == 0
    elsewhere = program.call("--check", folder=tmp_path)
    assert elsewhere.error == "there is no model/model.onnx here or above; --model says where the model is\n"
    assert program.call("--model", program.model, folder=tmp_path).error.startswith("there are no golden inputs")


def test_the_zip_layout(program: Any, unpack_zip: Callable[[Path], Any]) -> None:
    outcome = unpack_zip(program.model).call("--check")
    assert "check passed: 2 outputs" in outcome.stderr


def test_another_model(program: Any, tmp_path: Path) -> None:
    model = onnx.load(program.model)
    model.graph.node[0].op_type = "Mul"
    onnx.save(model, tmp_path / "other.onnx")
    file = tmp_path / "inputs.json"
    file.write_text(json.dumps(INPUTS))
    outcome = program.call("--model", tmp_path / "other.onnx", "--inputs", file)
    assert outcome.outputs["y"]["data"] == [0.5, 0.5, 1.5, 1]
    assert program.call("--model", tmp_path / "none.onnx").error == f"there is no model file {tmp_path / 'none.onnx'}\n"
    (tmp_path / "bad.onnx").write_bytes(b"no model")
    assert program.call("--model", tmp_path / "bad.onnx").error.startswith(f"cannot load {tmp_path / 'bad.onnx'}: ")


def test_without_golden_vectors(render: Render) -> None:
    model = model_of([helper.make_node("Neg", ["x"], ["y"])], [tensor("x", FLOAT, [1])], [tensor("y", FLOAT, [1])])
    program = render(model, golden=False)
    assert program.call().error == "there are no golden inputs; --inputs gives others\n"
    assert program.on({"x": [2]}).outputs["y"]["data"] == [-2]
    assert "--check needs golden outputs" in program.on({"x": [2]}, "--check").error


@pytest.mark.parametrize(
    ("name", "change", "finding"),
    [
        ("y", {"data": [1.5, 3]}, "'y' at [0, 1]: got 2.25, expected 3"),
        ("n", {"data": [7, 2]}, "'n' at [0, 0]: got 1, expected 7"),
        ("y", {"data": ["NaN", 2.25]}, "'y' at [0, 0]: got 1.5, expected NaN"),
        ("y", {"data": ["Infinity", 2.25]}, "'y' at [0, 0]: got 1.5, expected Infinity"),
        ("n", {"dtype": "int64"}, "'n': got int32[1, 2], expected int64[1, 2]"),
        ("y", {"shape": [2, 1]}, "'y': got float32[1, 2], expected float32[2, 1]"),
        ("n", {"name": "m"}, "'m': missing\noutput 'n': not expected"),
        ("n", {"kind": "sequence", "elements": []}, "'n': got a tensor, expected a sequence"),
    ],
)
def test_a_changed_golden_file_is_noticed(program: Any, name: str, change: dict[str, Any], finding: str) -> None:
    golden = program.golden_for({"a": np.array([[1, 2]], np.float32), "b": np.array([0.5, 0.25], np.float32)})
    assert program.on(golden, "--check").code == 0
    next(output for output in golden["outputs"] if output["name"] == name).update(change)
    outcome = program.on(golden, "--check")
    assert outcome.code == 1
    assert [output["name"] for output in json.loads(outcome.stdout)["outputs"]] == ["y", "n"]
    assert outcome.stderr.endswith(f"error: check failed\noutput {finding}\n")


def test_tolerances(program: Any) -> None:
    golden = program.golden_for({"a": np.array([[100, -3]], np.float32), "b": np.array([0, 0], np.float32)})
    y, n = golden["outputs"]
    y["data"], n["data"] = [101, -3.25], [102, -3]
    y["tolerance"], n["tolerance"] = {"absolute": 0.25, "relative": 0.0075}, {"absolute": 2, "relative": 0}
    assert program.on(golden, "--check").code == 0
    y["tolerance"]["relative"] = 0.007
    assert program.on(golden, "--check").code == 1
    y["stable"] = False
    assert program.on(golden, "--check").code == 0
    y["dtype"] = "float64"
    assert program.on(golden, "--check").code == 1


def test_maps_are_compared_by_key(render: Render) -> None:
    scores = helper.make_map_type_proto(TensorProto.STRING, helper.make_tensor_type_proto(FLOAT, []))
    row = helper.make_value_info("rows", helper.make_sequence_type_proto(scores))
    node = helper.make_node("ZipMap", ["x"], ["rows"], domain="ai.onnx.ml", classlabels_strings=["b", "a"])
    program = render(model_of([node], [tensor("x", FLOAT, ["n", 2])], [row]))
    golden = program.golden_for({"x": np.array([[1, 2], [3, 4]], np.float32)})
    first = golden["outputs"][0]["elements"][1]
    first["keys"].reverse()
    first["values"].reverse()
    assert program.on(golden, "--check").code == 0
    first["values"][0] = 9
    assert "'rows' element 1 at key 'b': got 3, expected 9" in program.on(golden, "--check").stderr
    first["keys"][0] = "c"
    assert "'rows' element 1: there is no key 'c'" in program.on(golden, "--check").stderr
    del golden["outputs"][0]["elements"][0]
    assert "'rows': got 2 elements, expected 1" in program.on(golden, "--check").stderr


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"a": [[1, 2]]}, "there is no value for the input 'b' (float32[2])"),
        ({**INPUTS, "c\u202e": 1}, "the model has no input 'c\\u202e', but 'a' (float32[rows, 2]), 'b' (float32[2])"),
        ({**INPUTS, "a": [[1, 2, 3]]}, "input 'a' (float32[rows, 2]): got the shape [1, 3]"),
        ({**INPUTS, "a": [1, 2]}, "input 'a' (float32[rows, 2]): got the shape [2]"),
        ({**INPUTS, "a": [[1, 2], [3]]}, "input 'a' (float32[rows, 2]): the lists in it are of unequal lengths"),
        ({**INPUTS, "b": ["x", 1]}, "input 'b' (float32[2]): \"x\" is no float32"),
        ({**INPUTS, "b": [None, True]}, "input 'b' (float32[2]): null is no float32"),
        ({**INPUTS, "b": [1e39, 1]}, "input 'b' (float32[2]): 1e+39 is beyond the range of float32"),
        ([], "{file} holds no JSON object"),
        ('{"a": ', "cannot read {file}: "),
        (
            {"format": 1, "inputs": [{"name": "a", "kind": "queue"}]},
            "input 'a' (float32[rows, 2]): there is no kind of",
        ),
        (
            {"format": 1, "inputs": [{"name": "a", "kind": "tensor", "dtype": "int64", "shape": [0, 2], "data": []}]},
            "input 'a' (float32[rows, 2]): got int64",
        ),
        (
            {
                "format": 1,
                "inputs": [{"name": "a", "kind": "tensor", "dtype": "float32", "shape": [3, 2], "data": [1]}],
            },
            "input 'a' (float32[rows, 2]): the shape [3, 2] does not fit 1 elements",
        ),
    ],
    ids=lambda value: None if isinstance(value, str) else "",
)
def test_bad_inputs(program: Any, inputs: Any, message: str) -> None:
    error = program.on(inputs).error
    assert error.startswith(
        message.format(file=program.root.with_name("inputs.json")) if "{file}" in message else message
    )


def test_integers_out_of_range(render: Render) -> None:
    model = model_of(
        [helper.make_node("Identity", ["x"], ["y"])],
        [tensor("x", TensorProto.INT8, [1])],
        [tensor("y", TensorProto.INT8, [1])],
    )
    program = render(model, golden=False)
    assert program.on({"x": ["-128"]}).outputs["y"]["data"] == [-128]
    assert program.on({"x": [128]}).error == "input 'x' (int8[1]): 128 is beyond the range of int8\n"
    assert program.on({"x": [1.5]}).error == "input 'x' (int8[1]): 1.5 is no int8\n"


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"execution_provider": None, "provider_options": None, "session_options": None, "io_bind": True},
        {"execution_provider": ["CPUExecutionProvider"], "provider_options": [{}]},
        {"execution_provider": [["CPUExecutionProvider", {"a": None}], "CUDAExecutionProvider"]},
        {"execution_provider": ["AzureExecutionProvider", "CPUExecutionProvider"]},
        {"session_options": {"execution_mode": 1, "graph_optimization_level": 99, "intra_op_num_threads": 2}},
        {"session_options": {"execution_mode": "parallel", "graph_optimization_level": "ORT_ENABLE_BASIC"}},
        {"session_options": {"inter_op_num_threads": 1, "extra_session_config": {"session.dynamic_block_base": 4}}},
        {"session_options": {"enable_mem_pattern": False, "enable_cpu_mem_arena": False, "log_severity_level": None}},
    ],
    ids=json.dumps,
)
def test_settings(program: Any, settings: Any) -> None:
    outcome = program.configured(settings, "--check")
    assert outcome.code == 0, outcome.stderr
    named = (settings.get("execution_provider") or [""])[0]
    assert ("on AzureExecutionProvider, CPUExecutionProvider" in outcome.stderr) is (named == "AzureExecutionProvider")


def test_settings_have_their_effect(program: Any, tmp_path: Path) -> None:
    optimized = tmp_path / "optimized.onnx"
    assert program.configured({"session_options": {"optimized_model_filepath": str(optimized)}}).code == 0
    assert optimized.is_file()
    outcome = program.configured({"session_options": {"use_deterministic_compute": True}})
    assert "left out: ONNX Runtime's C# API has no session option use_deterministic_compute" in outcome.stderr


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"session_options": {"execution_mode": 7}}, "session option execution_mode=7: expected one of ORT_SEQ"),
        ({"session_options": {"graph_optimization_level": "most"}}, 'session option graph_optimization_level="most": '),
        ({"session_options": {"intra_op_num_threads": "two"}}, 'session option intra_op_num_threads="two": '),
        ({"session_options": {"extra_session_config": {"": ""}}}, "session option extra_session_config="),
        ({"session_options": []}, "{file}: expected an object"),
        ({"execution_provider": "CPUExecutionProvider"}, "{file}: execution_provider is no list"),
        ({"execution_provider": [["CPUExecutionProvider", 1]]}, "{file}: expected an object"),
        ({"execution_provider": [1]}, "{file}: not a provider and its options: 1"),
    ],
    ids=str,
)
def test_bad_settings(program: Any, settings: Any, message: str) -> None:
    error = program.configured(settings).error
    assert error.startswith(message.replace("{file}", str(program.root.with_name("settings.json"))))


def test_the_provider_asked_for_must_be_in_use(program: Any) -> None:
    settings = {"execution_provider": ["CUDAExecutionProvider", "CPUExecutionProvider"]}
    error = program.configured(settings, "--check").error
    assert error.startswith("CUDAExecutionProvider is not in this onnxruntime, which has ")
    assert "--allow-fallback" in error
    outcome = program.configured(settings, "--check", "--allow-fallback")
    assert outcome.code == 0
    assert "left out: CUDAExecutionProvider is not in this onnxruntime" in outcome.stderr
    second = program.configured({"execution_provider": ["AzureExecutionProvider", "CUDAExecutionProvider"]}, "--check")
    assert second.code == 0, second.stderr


def test_settings_beside_the_model(program: Any, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(program.model.read_bytes())
    (tmp_path / "inference_config.json").write_text('\ufeff{"execution_provider": ["TensorrtExecutionProvider"]}')
    assert program.call("--model", tmp_path / "model.onnx").error.startswith("TensorrtExecutionProvider is not in")
    (tmp_path / "inference_config.json").write_text("{")
    assert "inference_config.json: " in program.call("--model", tmp_path / "model.onnx").error
    assert "none.json" in program.call("--config", tmp_path / "none.json").error


@pytest.mark.parametrize("arguments", [["--chek"], ["--inputs"], ["model.onnx"]], ids=str)
def test_wrong_usage(program: Any, arguments: list[str]) -> None:
    outcome = program.call(*arguments)
    assert (outcome.code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith("error: ")
    assert "usage: Sample" in outcome.stderr


def test_help(program: Any) -> None:
    outcome = program.call("--help")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert "--allow-fallback" in outcome.stdout


def test_project_file(program: Any) -> None:
    project = ET.parse(program.folder / "Sample.csproj").getroot()  # noqa: S314 - rendered by us
    assert project.attrib == {"Sdk": "Microsoft.NET.Sdk"}
    assert project.findtext("PropertyGroup/TargetFramework") == "net8.0"
    (package,) = project.findall("ItemGroup/PackageReference")
    assert package.attrib["Include"] == "Microsoft.ML.OnnxRuntime"
    assert package.attrib["Version"].count(".") == 2
