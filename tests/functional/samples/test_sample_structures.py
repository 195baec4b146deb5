"""The Python sample on sequences, maps and optionals, and on models without inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper

Make = Callable[..., onnx.ModelProto]
Render = Callable[[onnx.ModelProto], Any]

tensor = helper.make_tensor_value_info


def sequence(name: str, number: int, shape: list[Any]) -> onnx.ValueInfoProto:
    return helper.make_value_info(name, helper.make_sequence_type_proto(helper.make_tensor_type_proto(number, shape)))


@pytest.mark.parametrize("number", [TensorProto.FLOAT, TensorProto.STRING], ids=["float", "string"])
def test_sequences(make_model: Make, render_model: Render, tmp_path: Any, number: int) -> None:
    model = make_model(
        [helper.make_node("SequenceInsert", ["many", "one"], ["more"])],
        [sequence("many", number, [2, 3]), tensor("one", number, [2, 3])],
        [sequence("more", number, [2, 3])],
    )
    project = render_model(model)
    made = project.call_json()
    assert made.outputs["more"]["kind"] == "sequence"
    assert [item["shape"] for item in made.outputs["more"]["elements"]] == [[2, 3]] * 3
    one = [[1, 2, 3], [4, 5, 6]] if number == TensorProto.FLOAT else [["a", "b", "c"], ["d", "e", "é"]]
    file = tmp_path / "inputs.json"
    file.write_text(f'{{"many": [], "one": {one}}}'.replace("'", '"'))
    assert project.call_json("--inputs", file).values["more"] == [one]
    table = project.call().stdout.splitlines()
    assert table[1].split() == ["more", "sequence", "[3]"]
    assert [line.split()[0] for line in table[2:]] == ["more[0]", "more[1]", "more[2]"]


def mapping(name: str, key: int) -> onnx.ValueInfoProto:
    value = helper.make_tensor_type_proto(TensorProto.FLOAT, [])
    return helper.make_value_info(name, helper.make_map_type_proto(key, value))


def test_maps_in(make_model: Make, render_model: Render, tmp_path: Any) -> None:
    model = make_model(
        [
            helper.make_node("DictVectorizer", ["words"], ["a"], domain="ai.onnx.ml", string_vocabulary=["x", "y"]),
            helper.make_node("DictVectorizer", ["ids"], ["b"], domain="ai.onnx.ml", int64_vocabulary=[0, 7]),
        ],
        [mapping("words", TensorProto.STRING), mapping("ids", TensorProto.INT64)],
        [tensor("a", TensorProto.FLOAT, None), tensor("b", TensorProto.FLOAT, None)],
    )
    project = render_model(model)
    made = project.call_json()
    assert made.values["b"] == [[pytest.approx(made.inputs["ids"]["0"]), 0]]
    file = tmp_path / "inputs.json"
    file.write_text('{"words": {"y": 2.5}, "ids": {"7": 1, "0": 3}}')
    assert project.call_json("--inputs", file).values == {"a": [[0, 2.5]], "b": [[3, 1]]}


@pytest.mark.parametrize("labels", [{"classlabels_strings": ["cat", "dog"]}, {"classlabels_int64s": [5, 6]}], ids=str)
@pytest.mark.parametrize("io_bind", [False, True])
def test_maps_out(make_model: Make, render_model: Render, labels: dict[str, list[Any]], *, io_bind: bool) -> None:
    (names,) = labels.values()
    key = TensorProto.STRING if isinstance(names[0], str) else TensorProto.INT64
    maps = helper.make_sequence_type_proto(mapping("", key).type)
    model = make_model(
        [helper.make_node("ZipMap", ["scores"], ["classes"], domain="ai.onnx.ml", **labels)],
        [tensor("scores", TensorProto.FLOAT, [3, 2])],
        [helper.make_value_info("classes", maps)],
    )
    project = render_model(model)
    project.configure({"io_bind": io_bind})
    outcome = project.call_json()
    scores = outcome.inputs["scores"]
    keys = [str(name) for name in names]  # JSON has int64 as text
    assert outcome.values["classes"] == [dict(zip(keys, row, strict=True)) for row in scores]
    types = {(one["key_dtype"], one["value_dtype"]) for one in outcome.outputs["classes"]["elements"]}
    assert types == {("string" if isinstance(names[0], str) else "int64", "float32")}
    assert ("not bound" in outcome.stderr) is io_bind
    assert f"{names[1]}: " in project.call().stdout


def test_optionals(make_model: Make, render_model: Render, tmp_path: Any) -> None:
    of_tensor = helper.make_optional_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT, [2]))
    of_sequence = helper.make_optional_type_proto(sequence("", TensorProto.FLOAT, [2]).type)
    model = make_model(
        [
            helper.make_node("OptionalHasElement", ["a"], ["has_a"]),
            helper.make_node("Identity", ["a"], ["same_a"]),
            helper.make_node("Identity", ["b"], ["same_b"]),
        ],
        [helper.make_value_info("a", of_tensor), helper.make_value_info("b", of_sequence)],
        [
            tensor("has_a", TensorProto.BOOL, []),
            helper.make_value_info("same_a", of_tensor),
            helper.make_value_info("same_b", of_sequence),
        ],
    )
    project = render_model(model)
    left_out = project.call_json()
    assert left_out.values == {"has_a": False, "same_a": None, "same_b": None}
    assert left_out.outputs["same_a"]["kind"] == "optional"
    assert "none" in project.call().stdout
    file = tmp_path / "inputs.json"
    file.write_text('{"a": [1, 2], "b": [[3, 4]]}')
    given = project.call_json("--inputs", file)
    assert given.outputs["same_a"] == {
        "name": "same_a",
        "kind": "optional",
        "value": {"kind": "tensor", "dtype": "float32", "shape": [2], "data": [1, 2]},
    }
    assert given.values["same_b"] == [[3, 4]]
    file.write_text('{"a": null}')
    assert project.call_json("--inputs", file).values["has_a"] is False


def test_a_model_without_inputs(make_model: Make, render_model: Render) -> None:
    value = helper.make_tensor("value", TensorProto.INT64, [2], [3, 2**62])
    model = make_model(
        [helper.make_node("Constant", [], ["y"], value=value)], [], [tensor("y", TensorProto.INT64, [2])]
    )
    assert render_model(model).call_json().values == {"y": [3, 2**62]}


def test_types_that_cannot_be_returned_together_are_named(make_model: Make, render_model: Render) -> None:
    model = make_model(
        [helper.make_node("Cast", ["x"], ["y"], to=TensorProto.BFLOAT16), helper.make_node("Identity", ["s"], ["t"])],
        [tensor("x", TensorProto.FLOAT, [1]), tensor("s", TensorProto.STRING, [1])],
        [tensor("y", TensorProto.BFLOAT16, [1]), tensor("t", TensorProto.STRING, [1])],
    )
    assert "cannot return tensor(bfloat16)" in render_model(model).call().error
