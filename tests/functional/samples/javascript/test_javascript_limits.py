"""Models for the JavaScript sample with files of their own, with names of any kind, and of types that it lacks."""

from __future__ import annotations

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
of_type = helper.make_value_info
FLOAT = TensorProto.FLOAT
PAIR = helper.make_tensor_type_proto(FLOAT, [2])


@pytest.mark.parametrize("folder", ["", "data/"])
def test_external_data_is_loaded(tmp_path: Path, make_model: Make, render_program: Make, folder: str) -> None:
    weights = np.arange(512, dtype=np.float32)
    model = make_model(
        [node("Add", ["x", "w"], ["y"])],
        [tensor("x", FLOAT, [512])],
        [tensor("y", FLOAT, [512])],
        [onnx.numpy_helper.from_array(weights, "w")],
    )
    (tmp_path / "data").mkdir()
    file = tmp_path / "model.onnx"
    onnx.save(model, file, save_as_external_data=True, location=f"{folder}weights of it.bin", size_threshold=0)
    program = render_program(file, {"x": weights})
    assert program.call("--check").outputs[0]["data"] == (2 * weights).tolist()


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (TensorProto.BFLOAT16, "of x: it does not load models that take or return bfloat16"),
        (TensorProto.FLOAT8E4M3FN, "of x: it does not load models that take or return float8e4m3fn"),
        (TensorProto.INT4, "of the input x: it cannot make a tensor of this type"),
    ],
    ids=["bfloat16", "float8", "int4"],
)
def test_types_that_javascript_lacks_are_named(make_model: Make, make_program: Make, number: int, message: str) -> None:
    to_float = [node("DequantizeLinear", ["x", "scale"], ["y"])] if number == TensorProto.INT4 else []
    program = make_program(
        make_model(
            to_float or [node("Cast", ["x"], ["y"], to=FLOAT)],
            [tensor("x", number, [2])],
            [tensor("y", FLOAT, [2])],
            [helper.make_tensor("scale", FLOAT, [], [0.5])],
        )
    )
    assert message in program.on_inputs({"x": [1, 2]}).error
    assert "cannot run this model" in (program.folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("domain", ["ai.onnx.contrib", "my.own"])
def test_operators_that_onnx_runtime_lacks_are_named(
    custom_model: Callable[[str, str], onnx.ModelProto], make_program: Make, domain: str
) -> None:
    program = make_program(custom_model("StringUpper", domain))
    message = f"cannot run this model because it has operators of {domain}, whose library it cannot register"
    assert message in program.on_inputs({"texts": []}).error
    assert "cannot run this model" in (program.folder / "README.md").read_text(encoding="utf-8")


def test_sequences_in_and_nothing_to_read_are_named(make_model: Make, make_program: Make) -> None:
    many = of_type("many", helper.make_sequence_type_proto(PAIR))
    takes = make_model([node("SequenceLength", ["many"], ["n"])], [many], [tensor("n", TensorProto.INT64, [])])
    assert "of the input many: it cannot make a sequence" in make_program(takes).on_inputs({"many": []}).error
    gives = make_model([node("SequenceConstruct", ["x"], ["many"])], [tensor("x", FLOAT, [2])], [many])
    assert "can read none of the outputs" in make_program(gives).on_inputs({"x": [1, 2]}).error


def test_the_documents_are_json_whatever_the_names(make_model: Make, make_program: Make) -> None:
    name = "a\\b\n\u2028€😀"
    program = make_program(
        make_model(
            [node("Identity", [name], [f"{name} out"])], [tensor(name, FLOAT, [1])], [tensor(f"{name} out", FLOAT, [1])]
        )
    )
    (output,) = program.on_inputs({name: [2]}).outputs
    assert output == {"name": f"{name} out", "kind": "tensor", "dtype": "float32", "shape": [1], "data": [2]}
    refused = program.on_inputs({"\x1b[31m": [1]}).error
    assert "\\u001b[31m" in refused
    assert refused.count("\n") == 1
