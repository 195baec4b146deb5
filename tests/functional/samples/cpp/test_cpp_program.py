"""The C++ sample as a program: golden outputs, settings, errors, hostile names, libraries."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

Make = Callable[..., Any]

tensor = helper.make_tensor_value_info
node = helper.make_node
FLOAT = TensorProto.FLOAT
HERE = Path(__file__).parent
CPU = "CPUExecutionProvider"
AZURE = "AzureExecutionProvider"
CUDA = "CUDAExecutionProvider"


@pytest.fixture
def case(make_case: Make) -> Any:
    """Outputs of each kind: tensors of floats and of integers, a sequence of maps, an optional."""
    pair = helper.make_optional_type_proto(helper.make_tensor_type_proto(FLOAT, [2, 2]))
    key, value = TensorProto.INT64, helper.make_tensor_type_proto(FLOAT, [])
    maps = helper.make_sequence_type_proto(helper.make_map_type_proto(key, value))
    graph = helper.make_graph(
        [
            node("Identity", ["x"], ["y"]),
            node("Cast", ["x"], ["whole"], to=TensorProto.INT64),
            node("ZipMap", ["x"], ["classes"], domain="ai.onnx.ml", classlabels_int64s=[3, 4]),
            node("Optional", ["x"], ["maybe"]),
        ],
        "graph",
        [tensor("x", FLOAT, ["rows", 2])],
        [
            tensor("y", FLOAT, ["rows", 2]),
            tensor("whole", TensorProto.INT64, ["rows", 2]),
            helper.make_value_info("classes", maps),
            helper.make_value_info("maybe", pair),
        ],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, ir_version=10, opset_imports=opsets)
    return make_case(model, {"x": np.array([[1, 2], [3, 4]], np.float32)})


def checked(case: Any, called: str, **changes: Any) -> tuple[int, str]:
    """The exit code of a check with a changed golden output, and what it said."""
    document = case.golden
    next(output for output in document["outputs"] if output["name"] == called).update(changes)
    outcome = case.on_inputs(document, "--check")
    assert json.loads(outcome.stdout)["outputs"]
    return outcome.code, outcome.stderr.splitlines()[-1]


def close(absolute: float, relative: float) -> dict[str, float]:
    return {"absolute": absolute, "relative": relative}


DIFFERENT: list[tuple[str, dict[str, Any], str]] = [
    ("y", {"data": [1, 2, 3.5, 4]}, "output 'y' at [1, 0]: got 3.0, expected 3.5"),
    ("y", {"data": [1, "NaN", 3, 4]}, "output 'y' at [0, 1]: got 2.0, expected \"NaN\""),
    ("y", {"data": [1, 2, 3, "Infinity"], "tolerance": close(1, 1)}, 'got 4.0, expected "Infinity"'),
    ("y", {"data": [1, 2, 3, 4.3], "tolerance": close(0.1, 0.04)}, "at [1, 1]: got 4.0, expected 4.3"),
    ("y", {"data": [1, 2, 3]}, "output 'y': 4 elements, expected 3"),
    ("y", {"shape": [4]}, "output 'y': the shape is [2,2], expected [4]"),
    ("y", {"dtype": "float64", "stable": False}, 'the dtype is "float32", expected "float64"'),
    ("y", {"kind": "map"}, 'the kind is "tensor", expected "map"'),
    ("y", {"name": "z"}, "output 'y' is not expected"),
    ("whole", {"data": ["1", "2", "3", "5"]}, 'output \'whole\' at [1, 1]: got "4", expected "5"'),
    ("classes", {"elements": []}, "output 'classes': 2 elements, expected 0"),
    ("maybe", {"value": None}, "output 'maybe': a value, expected none"),
]


@pytest.mark.parametrize(("name", "changes", "said"), DIFFERENT, ids=[said for _, _, said in DIFFERENT])
def test_what_differs_is_named(case: Any, name: str, changes: dict[str, Any], said: str) -> None:
    code, line = checked(case, name, **changes)
    assert code == 1
    assert line.startswith("check failed: ")
    assert said in line


def test_what_is_near_enough_passes(case: Any) -> None:
    passed = (0, "check passed: 4 outputs")
    assert checked(case, "y", data=[1, 2, 3, 4.3], tolerance=close(0.1, 0.05)) == passed
    assert checked(case, "y", data=[0, "NaN", 0, 0], stable=False) == passed
    assert checked(case, "whole", data=["1", "2", "3", "5"], tolerance=close(1, 0)) == passed


def test_maps_are_compared_by_key(case: Any) -> None:
    elements = next(output for output in case.golden["outputs"] if output["name"] == "classes")["elements"]
    first = elements[0]
    turned = first | {"keys": ["4", "3"], "values": [2, 1]}
    assert checked(case, "classes", elements=[turned, elements[1]]) == (0, "check passed: 4 outputs")
    for changed, said in (
        ({"values": [1, 9]}, "output 'classes'[0] at \"4\": got 2.0, expected 9"),
        ({"keys": ["3", "5"]}, "output 'classes'[0]: the key \"4\" is not expected"),
        ({"value_dtype": "float64"}, 'the value_dtype is "float32", expected "float64"'),
    ):
        code, line = checked(case, "classes", elements=[first | changed, elements[1]])
        assert code == 1
        assert said in line


def test_64_bits_are_compared_exactly(make_case: Make) -> None:
    graph = helper.make_graph(
        [node("Identity", ["x"], ["y"])],
        "graph",
        [tensor("x", TensorProto.UINT64, [1])],
        [tensor("y", TensorProto.UINT64, [1])],
    )
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])
    case = make_case(model, {"x": np.array([2**64 - 1], np.uint64)})
    assert case.check().code == 0
    assert checked(case, "y", data=[str(2**64 - 2)])[0] == 1


SETTINGS: list[dict[str, Any]] = [
    {},
    {"execution_provider": [CPU], "provider_options": [{}]},
    {"execution_provider": CPU},
    {"execution_provider": [[CPU, {"use_arena": True}]]},
    {"execution_provider": [[AZURE, None], [CPU, {}]], "io_bind": None},
    {"execution_provider": [AZURE, CPU], "provider_options": [{"extra": 1, "none": None}, {}]},
    {"execution_provider": [CPU, CUDA]},
    {
        "session_options": {
            "execution_mode": 1,
            "graph_optimization_level": 99,
            "intra_op_num_threads": 1,
            "inter_op_num_threads": 2,
            "extra_session_config": {"session.intra_op.allow_spinning": "0", "session.set_denormal_as_zero": True},
        }
    },
    {"session_options": {"execution_mode": "parallel", "graph_optimization_level": "ORT_DISABLE_ALL"}},
    {
        "session_options": {
            "enable_mem_pattern": False,
            "enable_cpu_mem_arena": False,
            "use_deterministic_compute": True,
            "log_severity_level": 4,
            "logid": "me",
            "intra_op_num_threads": None,
        }
    },
]


@pytest.mark.parametrize("settings", SETTINGS, ids=json.dumps)
def test_settings_that_work(case: Any, settings: dict[str, Any]) -> None:
    outcome = case.on_settings(settings)
    assert outcome.code == 0, outcome.stderr
    providers = f"{AZURE}, {CPU}" if AZURE in json.dumps(settings) else CPU
    assert outcome.stderr.splitlines()[0].endswith(f" on {providers}")


def test_session_options_have_their_effect(make_case: Make, tmp_path: Path) -> None:
    graph = helper.make_graph(
        [node("Identity", ["x"], ["a"]), node("Identity", ["a"], ["b"]), node("Neg", ["b"], ["y"])],
        "graph",
        [tensor("x", FLOAT, [1])],
        [tensor("y", FLOAT, [1])],
    )
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])
    case = make_case(model, {"x": np.ones(1, np.float32)})
    written = tmp_path / "optimized.onnx"
    for level, count in (("ORT_DISABLE_ALL", 3), (0, 3), ("enable_all", 1), (1, 1)):
        options = {"optimized_model_filepath": str(written), "graph_optimization_level": level}
        assert case.on_settings({"session_options": options}).code == 0
        assert len(onnx.load(written).graph.node) == count
        written.unlink()


WRONG_SETTINGS: list[tuple[Any, str]] = [
    ({"execution_provider": [CUDA]}, f"cannot use {CUDA}: it is not in this ONNX Runtime, which has {AZURE}, {CPU}"),
    ({"execution_provider": ["QNN", CPU]}, "cannot use QNN: "),
    ({"execution_provider": 7}, "inference_config.json: execution_provider cannot be 7"),
    ({"execution_provider": [7]}, "not a provider and its options: 7"),
    ({"execution_provider": [[CPU, 7]]}, "not a provider and its options"),
    ({"session_options": []}, "session_options cannot be []"),
    ({"session_options": {"threads": 1}}, "this program does not know the session option threads"),
    ({"session_options": {"execution_mode": "both"}}, 'execution_mode="both": expected one of ORT_PARALLEL, ORT_SEQ'),
    ({"session_options": {"graph_optimization_level": 7}}, "graph_optimization_level=7: expected one of ORT_DISABLE"),
    ({"session_options": {"intra_op_num_threads": "two"}}, 'session option intra_op_num_threads="two": '),
    ({"session_options": {"extra_session_config": 1}}, "session option extra_session_config=1: not an object"),
    ([], "holds no JSON object"),
]


@pytest.mark.parametrize(("settings", "said"), WRONG_SETTINGS, ids=[said for _, said in WRONG_SETTINGS])
def test_settings_that_do_not_work(case: Any, settings: Any, said: str) -> None:
    assert said in case.on_settings(settings).error


def test_a_fallback_has_to_be_allowed(case: Any) -> None:
    outcome = case.on_settings({"execution_provider": [CUDA, "\x1b[31m", CPU]}, "--allow-fallback")
    assert outcome.code == 0
    lines = outcome.stderr.splitlines()
    assert lines[0].startswith(f"without {CUDA}: it is not in this ONNX Runtime")
    assert lines[1].startswith("without \\u001b[31m: ")
    assert lines[2].endswith(f" on {CPU}")


def test_settings_lie_beside_the_model_or_elsewhere(case: Any, tmp_path: Path) -> None:
    assert "default settings" in case.check().stderr
    elsewhere = tmp_path / "other.json"
    elsewhere.write_text(json.dumps({"execution_provider": [CUDA]}))
    assert f"cannot use {CUDA}" in case.check("--config", elsewhere).error
    assert "cannot open" in case.check(f"--config={tmp_path / 'none.json'}").error


DESCRIBED = {"name": "x", "kind": "tensor", "dtype": "float32", "shape": [1, 2], "data": [1, 2]}
INPUT = "input 'x' (float32 [rows, 2]): "
WRONG_INPUTS: list[tuple[Any, str]] = [
    ({}, "there is no value for the input 'x' (float32 [rows, 2])"),
    ({"x": [[1, 2]], "z": 1}, "the model has no input 'z'; it has 'x' (float32 [rows, 2])"),
    ({"x": [[1, 2, 3]]}, INPUT + "the shape [1,3]"),
    ({"x": 1}, INPUT + "the shape []"),
    ({"x": [[1, 2], [3]]}, INPUT + "lists of different lengths"),
    ({"x": [[1, 2], [3, [4]]]}, INPUT + "lists of different depth"),
    ({"x": [[1, 2], 3]}, INPUT + "lists of different lengths"),
    ({"x": [[1, "two"]]}, INPUT + 'element 1: "two" is not a number'),
    ({"x": [[1, None]]}, INPUT + "element 1: null is not a number"),
    ({"x": [[1, 1e39]]}, INPUT + "element 1: 1e+39 is out of range"),
    ({"x": {"a": 1}}, INPUT + "lists of different depth"),
    ({"inputs": [DESCRIBED | {"dtype": "int32"}]}, INPUT + 'dtype "int32" instead of float32'),
    ({"inputs": [DESCRIBED | {"kind": "map"}]}, INPUT + 'kind "map" instead of tensor'),
    ({"inputs": [DESCRIBED | {"data": [1]}]}, INPUT + "1 elements for the shape [1,2]"),
    ({"inputs": [DESCRIBED | {"shape": [2**62, 2]}]}, INPUT + "2 elements for the shape [4611686018427387904,2]"),
    ({"inputs": [DESCRIBED | {"shape": [-1, 2]}]}, INPUT + "a shape cannot hold -1"),
    ({"inputs": [DESCRIBED | {"shape": 2}]}, INPUT + "shape is not a list"),
    ({"inputs": [{"name": "x", "kind": "tensor"}]}, INPUT + 'its description has no "dtype"'),
    ({"inputs": [DESCRIBED | {"name": "z"}]}, "the model has no input 'z'"),
    ([1], "holds no JSON object"),
]


@pytest.mark.parametrize(("document", "said"), WRONG_INPUTS, ids=[said for _, said in WRONG_INPUTS])
def test_inputs_that_do_not_fit(case: Any, document: Any, said: str) -> None:
    assert said in case.on_inputs(document).error


def test_deep_and_broken_documents(case: Any, tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    for text, said in (
        ('{"x": ' + "[" * 100_000 + "]" * 100_000 + "}", "lists are nested too deep"),
        ('{"x": [1, ', f"cannot read {file}: "),
        ('{"x": "\udcff"}', f"cannot read {file}: "),
        ("", f"cannot read {file}: "),
    ):
        file.write_text(text, encoding="utf-8", errors="surrogateescape")
        assert said in case.call("--inputs", file).error


@pytest.mark.parametrize(
    ("number", "value", "said"),
    [
        (TensorProto.INT8, 128, "128 is out of range"),
        (TensorProto.UINT8, -1, "-1 is not an integer of this type"),
        (TensorProto.INT32, 1.5, "1.5 is not an integer"),
        (TensorProto.INT64, "9223372036854775808", "is out of range"),
        (TensorProto.INT64, "1x", "is not an integer"),
        (TensorProto.BOOL, 1, "1 is neither true nor false"),
        (TensorProto.STRING, 1, "element 0: not text"),
    ],
)
def test_values_that_do_not_fit_their_type(make_case: Make, number: int, value: Any, said: str) -> None:
    graph = helper.make_graph(
        [node("Identity", ["x"], ["y"])], "graph", [tensor("x", number, [])], [tensor("y", number, [])]
    )
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])
    case = make_case(
        model, {"x": np.array(0, object if number == TensorProto.STRING else helper.tensor_dtype_to_np_dtype(number))}
    )
    message = case.on_inputs({"x": value}).error
    assert message.startswith("input 'x' (")
    assert said in message


def test_an_empty_sequence_is_refused(make_case: Make) -> None:
    kind = helper.make_sequence_type_proto(helper.make_tensor_type_proto(FLOAT, [1]))
    graph = helper.make_graph(
        [node("SequenceLength", ["x"], ["y"])],
        "graph",
        [helper.make_value_info("x", kind)],
        [tensor("y", TensorProto.INT64, [])],
    )
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])
    case = make_case(model, {"x": [np.ones(1, np.float32)]})
    assert "input 'x' (a sequence of float32 [1]): ONNX Runtime's C API makes no empty sequence" in (
        case.on_inputs({"x": []}).error
    )


def test_models_that_cannot_be_loaded(case: Any) -> None:
    (case.folder / "model.onnx").write_bytes(b"<html>")
    assert f"cannot load {case.folder / 'model.onnx'}: " in case.check().error
    (case.folder / "model.onnx").unlink()
    assert f"there is no model file {case.folder / 'model.onnx'}" in case.check().error


def test_a_project_checks_its_golden_outputs(program: Any) -> None:
    """The model has external data, and ran on the CPU of another process."""
    outcome = program.call("--check")
    assert outcome.outputs["logits"]["shape"] == [2, 10]
    assert outcome.stderr.splitlines()[-1] == "check passed: 1 outputs"
    assert program.call().outputs == outcome.outputs


def test_usage(program: Any, case: Any) -> None:
    for arguments, said in (
        (["--inputs"], "--inputs needs a path"),
        (["--wrong\n"], "unknown option --wrong\\n"),
        (["--check=yes"], "unknown option --check=yes"),
    ):
        outcome = program.call(*arguments)
        assert (outcome.code, outcome.stdout) == (2, "")
        assert outcome.stderr.splitlines() == [f"error: {said}", "--help lists the options"]
    outcome = case.on_inputs({"x": [[1, 2]]}, "--check")
    assert (outcome.code, outcome.stdout) == (2, "")
    assert "--check needs golden outputs" in outcome.stderr


def test_help_names_every_option_of_the_page(program: Any) -> None:
    told = program.call("--help")
    assert told.code == 0
    page = (program.path.parents[1] / "project" / "samples" / "cpp" / "README.md").read_text(encoding="utf-8")
    options = {word for word in told.stdout.split() if word.startswith("--")}
    assert options == {word.strip("`.") for word in page.split() if word.startswith("`--")}


def compiled(source: str, target: Path, toolchain: Path) -> Path:
    command = ["g++", "-std=c++17", "-shared", "-fPIC", "-isystem", toolchain / "include", HERE / source, "-o", target]
    subprocess.run(command, check=True, timeout=120)
    return target


def test_a_library_older_than_the_headers_is_named(program: Any, toolchain: Path, tmp_path: Path) -> None:
    old = compiled("old_library.cpp", tmp_path / "old.so", toolchain)
    outcome = program.call(LD_PRELOAD=str(old))
    assert "of ONNX Runtime and needs that or a later one, but found 1.2.3" in outcome.error


def test_hostile_names_and_custom_operators(hostile_program: Any, toolchain: Path, tmp_path: Path) -> None:
    message = "cannot run this model because it has operators of ai.onnx.contrib, which ONNX Runtime lacks"
    assert message in hostile_program.call("--check").error
    missing = hostile_program.call("--custom-ops", tmp_path / "none.so").error
    assert f"cannot register {tmp_path / 'none.so'}: " in missing
    library = compiled("custom_ops.cpp", tmp_path / "ops.so", toolchain)
    outcome = hostile_program.call("--check", "--custom-ops", library)
    assert len(outcome.outputs) == 7
    named = hostile_program.call("--check", MODEL_CUSTOM_OPS=str(library))
    assert named.outputs == outcome.outputs
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    message = hostile_program.call("--custom-ops", library, "--inputs", wrong).stderr
    assert all(line.isprintable() for line in message.splitlines())
    assert "std::abort" in message


def test_hostile_names_on_the_page(hostile_program: Any) -> None:
    page = hostile_program.path.parents[1] / "a zip's \u00e9" / "SampleCode" / "cpp" / "README.md"
    text = page.read_text(encoding="utf-8")
    assert "The model has operators of `ai.onnx.contrib`, which ONNX Runtime lacks." in text
    assert all(line.isprintable() for line in text.splitlines())


@pytest.mark.parametrize("run", ["0.13.0-genai-zip", "0.13.0-composite-nopkg"])
def test_there_is_no_sample_for_other_formats(render_source: Callable[[Path], Any], run: str) -> None:
    project = render_source(HERE.parents[2] / "data" / "olive" / run)
    assert (project.root / "samples" / "python").is_dir()
    assert not (project.root / "samples" / "cpp").exists()


def test_a_folder_without_onnx_runtime_is_named(program: Any, tmp_path: Path) -> None:
    source = program.path.parents[1] / "project" / "samples" / "cpp"
    configure = ["cmake", "-S", source, "-B", tmp_path / "build", f"-DORT_ROOT={tmp_path}"]
    done = subprocess.run(configure, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode != 0
    assert "include/onnxruntime_cxx_api.h" in done.stderr
