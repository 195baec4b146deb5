"""Golden vectors of every kind of value: computed, fed to the Python sample, and compared by it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

Make = Callable[..., onnx.ModelProto]
Render = Callable[..., Any]

DATA = Path(__file__).parents[2] / "data"
NUMPY = ("float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "float64")
NUMPY = (*NUMPY, "uint32", "uint64")
SMALL_FLOATS = ("bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz")
NAMES = {"float32": "FLOAT", "float64": "DOUBLE"}

tensor = helper.make_tensor_value_info


def number_of(dtype: str) -> int:
    number: int = getattr(TensorProto, NAMES.get(dtype, dtype.upper()))
    return number


def identities(make_model: Make, dtypes: Sequence[str], shape: list[Any]) -> onnx.ModelProto:
    return make_model(
        [helper.make_node("Identity", [f"in {name}"], [f"out {name}"]) for name in dtypes],
        [tensor(f"in {name}", number_of(name), shape) for name in dtypes],
        [tensor(f"out {name}", number_of(name), shape) for name in dtypes],
    )


def scaled(make_model: Make, factors: list[float], shape: list[Any] | None = None) -> onnx.ModelProto:
    """y = x * factors."""
    initializer = helper.make_tensor("factors", TensorProto.FLOAT, [len(factors)], factors)
    shape = shape or ["batch", len(factors)]
    return make_model(
        [helper.make_node("Mul", ["x", "factors"], ["y"])],
        [tensor("x", TensorProto.FLOAT, shape)],
        [tensor("y", TensorProto.FLOAT, shape)],
        [initializer],
    )


def check_passes(project: Any, outputs: int) -> None:
    outcome = project.call("--check", "--format", "json")
    assert outcome.code == 0, outcome.stderr
    assert f"check passed: {outputs} outputs" in outcome.stderr.splitlines()
    assert [one["name"] for one in outcome.document["outputs"]] == [one["name"] for one in project.golden["outputs"]]


@pytest.mark.parametrize("shape", [[2, 3], [], [0, 3], ["batch", None]], ids=str)
@pytest.mark.parametrize("dtypes", [NUMPY, SMALL_FLOATS], ids=["numpy's", "others"])
def test_every_element_type(make_model: Make, render_golden: Render, shape: list[Any], dtypes: tuple[str]) -> None:
    project = render_golden(identities(make_model, dtypes, shape))
    golden = project.golden
    assert [value["dtype"] for value in golden["outputs"]] == list(dtypes)
    for given, found in zip(golden["inputs"], golden["outputs"], strict=True):
        assert (given["data"], given["shape"]) == (found["data"], found["shape"])
        assert found["stable"] is True
    check_passes(project, len(dtypes))


def test_elements_of_four_bits(make_model: Make, render_golden: Render) -> None:
    model = make_model(
        [
            helper.make_node("DequantizeLinear", ["signed", "scale"], ["floats"]),
            helper.make_node("QuantizeLinear", ["floats", "scale"], ["back"], output_dtype=TensorProto.INT4),
            helper.make_node("DequantizeLinear", ["unsigned", "scale"], ["positive"]),
            helper.make_node("QuantizeLinear", ["positive", "scale"], ["again"], output_dtype=TensorProto.UINT4),
        ],
        [tensor("signed", TensorProto.INT4, [3, 5]), tensor("unsigned", TensorProto.UINT4, [7])],
        [tensor("back", TensorProto.INT4, [3, 5]), tensor("again", TensorProto.UINT4, [7])],
        [helper.make_tensor("scale", TensorProto.FLOAT, [], [1.0])],
    )
    project = render_golden(model)
    golden = project.golden
    assert [value["data"] for value in golden["outputs"]] == [value["data"] for value in golden["inputs"]]
    assert min(golden["inputs"][0]["data"]) < 0
    check_passes(project, 2)


def test_golden_inputs_are_inputs_in_both_forms(make_model: Make, render_golden: Render) -> None:
    project = render_golden(identities(make_model, NUMPY, [2, 3]))
    folder = project.root / "golden"
    printed = [
        project.call_json("--inputs", folder / name).document["outputs"] for name in ("golden.json", "inputs.npz")
    ]
    assert printed[0] == printed[1]
    golden = [{key: value[key] for key in printed[0][0]} for value in project.golden["outputs"]]
    assert printed[0] == golden
    with np.load(folder / "outputs.npz") as outputs:
        assert outputs["out int64"].tolist() == [[int(x) for x in row] for row in outputs["out int64"]]
        assert outputs["out string"].shape == (2, 3)


def structures(make_model: Make) -> onnx.ModelProto:
    held = helper.make_tensor_type_proto(TensorProto.FLOAT, [2])
    sequence = helper.make_sequence_type_proto(held)
    optional = helper.make_optional_type_proto(held)
    mapping = helper.make_map_type_proto(TensorProto.STRING, helper.make_tensor_type_proto(TensorProto.FLOAT, []))
    maps = helper.make_sequence_type_proto(
        helper.make_map_type_proto(TensorProto.INT64, helper.make_tensor_type_proto(TensorProto.FLOAT, []))
    )
    info = helper.make_value_info
    return make_model(
        [
            helper.make_node("SequenceInsert", ["many", "one"], ["more"]),
            helper.make_node("Identity", ["maybe"], ["same"]),
            helper.make_node("OptionalHasElement", ["maybe"], ["has"]),
            helper.make_node("DictVectorizer", ["words"], ["v"], domain="ai.onnx.ml", string_vocabulary=["0", "1"]),
            helper.make_node("ZipMap", ["scores"], ["classes"], domain="ai.onnx.ml", classlabels_int64s=[5, 2**60]),
        ],
        [
            info("many", sequence),
            tensor("one", TensorProto.FLOAT, [2]),
            info("maybe", optional),
            info("words", mapping),
            tensor("scores", TensorProto.FLOAT, [1, 2]),
        ],
        [
            info("more", sequence),
            info("same", optional),
            tensor("has", TensorProto.BOOL, []),
            tensor("v", TensorProto.FLOAT, None),
            info("classes", maps),
        ],
    )


def test_sequences_maps_and_optionals(make_model: Make, render_golden: Render) -> None:
    project = render_golden(structures(make_model))
    outputs = {value["name"]: value for value in project.golden["outputs"]}
    assert [one["shape"] for one in outputs["more"]["elements"]] == [[2]] * 3
    assert outputs["same"]["value"]["kind"] == "tensor"
    assert outputs["has"]["data"] == [True]
    (classes,) = outputs["classes"]["elements"]
    assert (classes["keys"], classes["key_dtype"]) == (["5", str(2**60)], "int64")
    check_passes(project, 5)


@pytest.mark.parametrize(
    ("output", "path", "message"),
    [
        ("more", ["elements", 2, "data", 1], "'more'[2][1] is "),
        ("same", ["value", "data", 0], "'same'[0] is "),
        ("has", ["data", 0], "'has' is True, expected 99.0"),
        ("classes", ["elements", 0, "values", 1], f"'classes'[0]['{2**60}'] is "),
    ],
)
def test_a_difference_deep_inside_is_found(
    make_model: Make, render_golden: Render, output: str, path: list[Any], message: str
) -> None:
    project = render_golden(structures(make_model))

    def change(golden: dict[str, Any]) -> None:
        (value,) = [one for one in golden["outputs"] if one["name"] == output]
        for key in path[:-1]:
            value = value[key]
        value[path[-1]] = 99.0 if output != "has" else False

    project.change_golden(change)
    assert f"check failed: {message}".replace("99.0", "False") in project.call("--check").error


def test_a_mutated_model_is_caught(make_model: Make, render_golden: Render) -> None:
    project = render_golden(scaled(make_model, [1.0, 2.0, 3.0]))
    check_passes(project, 1)
    project.model.write_bytes(scaled(make_model, [1.0, 2.001, 3.0]).SerializeToString())
    error = project.call("--check").error
    assert "check failed: 'y'[0, 1] is " in error
    expected = project.golden["outputs"][0]["data"][1]
    assert f", expected {expected!r}" in error


def test_a_model_that_agrees_within_the_tolerance_passes(make_model: Make, render_golden: Render) -> None:
    project = render_golden(scaled(make_model, [1.0, 2.0, 3.0]))
    project.model.write_bytes(scaled(make_model, [1.0, 2.00001, 3.0]).SerializeToString())
    check_passes(project, 1)


def test_a_swapped_axis_is_caught(make_model: Make, render_golden: Render) -> None:
    project = render_golden(scaled(make_model, [1.0, 1.0, 1.0], [3, 3]))
    code = project.folder / "model_runner" / "inference.py"
    text = code.read_text()
    changed = text.replace("given = {n: values[n] for n", "given = {n: values[n].T.copy() for n")
    assert changed != text
    code.write_text(changed)
    assert "check failed: 'y'[0, 1] is " in project.command("--check").error


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda golden: golden["outputs"][0]["data"].__setitem__(1, 7.5), "'y'[0, 1] is "),
        (lambda golden: golden["outputs"][0].update(shape=[2, 1]), "the shape of 'y' is [1, 2], expected [2, 1]"),
        (lambda golden: golden["outputs"][0].update(dtype="float64"), "the type of 'y' is 'float32'"),
        (lambda golden: golden["outputs"].append({**golden["outputs"][0], "name": "z"}), "expected ['y', 'z']"),
        (lambda golden: golden["outputs"][0].pop("tolerance"), "is damaged: KeyError('tolerance')"),
        (lambda golden: golden["outputs"][0]["data"].append(1), "the number of elements of 'y' is 2, expected 3"),
        (lambda golden: golden.update(format=2), "is not of the form"),
        (lambda golden: golden["inputs"][0].update(shape=[3, 2]), "not inputs of golden.json's form"),
        (lambda golden: golden["inputs"][0].update(name="other"), "the model has no input 'other'"),
    ],
)
def test_a_changed_golden_file_is_caught(
    make_model: Make, render_golden: Render, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    project = render_golden(scaled(make_model, [1.0, 2.0]))
    project.change_golden(change)
    assert message in project.call("--check").error


def test_a_golden_file_that_is_no_json(make_model: Make, render_golden: Render) -> None:
    project = render_golden(scaled(make_model, [1.0, 2.0]))
    (project.root / "golden" / "golden.json").write_text('{"format": 1, "outp')
    assert "cannot read" in project.call("--check").error


def test_nan_and_infinity_equal_themselves(make_model: Make, render_golden: Render) -> None:
    project = render_golden(
        make_model(
            [
                helper.make_node("Sub", ["x", "x"], ["zero"]),
                helper.make_node("Div", ["one", "zero"], ["infinite"]),
                helper.make_node("Neg", ["infinite"], ["negative"]),
                helper.make_node("Add", ["infinite", "negative"], ["nan"]),
                helper.make_node("Concat", ["infinite", "negative", "nan", "one"], ["y"], axis=0),
            ],
            [tensor("x", TensorProto.FLOAT, [1])],
            [tensor("y", TensorProto.FLOAT, [4])],
            [helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0])],
        )
    )
    (output,) = project.golden["outputs"]
    assert output["data"] == ["Infinity", "-Infinity", "NaN", 1.0]
    check_passes(project, 1)
    project.change_golden(lambda golden: golden["outputs"][0]["data"].__setitem__(0, "-Infinity"))
    assert "check failed: 'y'[0] is inf, expected -inf" in project.call("--check").error


def test_an_unstable_output_is_marked_and_checked_by_its_shape(make_model: Make, render_golden: Render) -> None:
    model = make_model(
        [
            helper.make_node("RandomNormalLike", ["x"], ["noise"]),
            helper.make_node("Identity", ["x"], ["same"]),
        ],
        [tensor("x", TensorProto.FLOAT, [2, 2])],
        [tensor("noise", TensorProto.FLOAT, [2, 2]), tensor("same", TensorProto.FLOAT, [2, 2])],
    )
    project = render_golden(model)
    assert {one["name"]: one["stable"] for one in project.golden["outputs"]} == {"noise": False, "same": True}
    check_passes(project, 2)
    project.change_golden(lambda golden: golden["outputs"][0].update(shape=[4]))
    assert "the shape of 'noise' is [2, 2], expected [4]" in project.call("--check").error


def test_external_data_and_components(render_golden: Render) -> None:
    check_passes(render_golden(DATA / "models" / "digits" / "digits.onnx", dims={"batch": 2}), 1)
    composite = render_golden(DATA / "olive" / "0.13.0-composite-nopkg")
    assert [one["name"] for one in composite.golden["outputs"]] == ["logits"]
    check_passes(composite, 1)


def test_a_model_inside_a_zip(render_golden: Render, tmp_path: Path) -> None:
    shutil.copy(DATA / "olive" / "0.13.0-extdata-search-zip" / "OutputModels.zip", tmp_path / "Packed.zip")
    project = render_golden(tmp_path / "Packed.zip")
    check_passes(project, len(project.golden["outputs"]))


def test_real_inputs(make_model: Make, render_golden: Render, tmp_path: Path) -> None:
    np.savez(tmp_path / "real.npz", x=np.array([[1, 2], [3, 4], [5, 6]]))
    project = render_golden(scaled(make_model, [1.0, 2.0]), inputs=tmp_path / "real.npz")
    assert project.golden["inputs"][0]["data"] == [1, 2, 3, 4, 5, 6]
    assert project.golden["dimensions"] == {"batch": {"size": 3, "origin": "given"}}
    check_passes(project, 1)


def test_a_project_without_golden_vectors_says_so(make_model: Make, render_model: Render) -> None:
    project = render_model(scaled(make_model, [1.0, 2.0]))
    assert "without golden vectors" in project.call("--check").error
    assert "nothing to compare with" in (project.folder / "README.md").read_text()


def test_check_and_inputs_exclude_each_other(make_model: Make, render_golden: Render) -> None:
    project = render_golden(scaled(make_model, [1.0, 2.0]))
    outcome = project.command("--check", "--inputs", project.root / "golden" / "golden.json")
    assert (outcome.code, outcome.stdout) == (2, "")
    assert "leave --inputs out" in outcome.stderr


def test_hostile_names(make_model: Make, render_golden: Render) -> None:
    names = ["file", 'x"); import os #', "../../escape", "a\nb", "/abs/é", "\N{RIGHT-TO-LEFT OVERRIDE}"]
    model = make_model(
        [helper.make_node("Identity", [name], [f"{name} out"]) for name in names],
        [tensor(name, TensorProto.FLOAT, [name]) for name in names],
        [tensor(f"{name} out", TensorProto.FLOAT, [name]) for name in names],
    )
    project = render_golden(model)
    assert [one["name"] for one in project.golden["inputs"]] == names
    assert set(project.golden["dimensions"]) == set(names)
    check_passes(project, len(names))
    with np.load(project.root / "golden" / "inputs.npz") as inputs:
        assert sorted(inputs.files) == sorted(names)
    readme = (project.folder / "README.md").read_text(encoding="utf-8")
    assert all(line.isprintable() for line in readme.splitlines())
    project.change_golden(lambda golden: golden["outputs"][3]["data"].__setitem__(0, 9))
    assert "'a\\nb out'[0] is " in project.call("--check").error


def test_the_json_document_is_strict(make_model: Make, render_golden: Render) -> None:
    project = render_golden(scaled(make_model, [1.0, 2.0]))

    def refuse(text: str) -> float:
        raise AssertionError(text)

    text = (project.root / "golden" / "golden.json").read_text(encoding="utf-8")
    json.loads(text, parse_constant=refuse)
    json.loads(project.call_json("--check").stdout, parse_constant=refuse)
