"""Comparing an answer with golden.json: what agrees, and what each difference is called."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from modelpress.errors import ModelpressError
from modelpress.golden_documents import GoldenDocument, difference, read_golden

WITHIN = {"tolerance": {"absolute": 0.01, "relative": 0.01}, "stable": True}
EXACT = {"tolerance": {"absolute": 0, "relative": 0}, "stable": True}


def tensor(data: list[Any], dtype: str = "float32", shape: list[int] | None = None) -> dict[str, Any]:
    return {"kind": "tensor", "dtype": dtype, "shape": [len(data)] if shape is None else shape, "data": data}


OUTPUTS = [
    {"name": "y", **tensor([0.5, -100.0, "NaN", "Infinity"], shape=[2, 2]), **WITHIN},
    {"name": "label", **tensor(["9007199254740993"], "int64"), **EXACT},
    {"name": "text", **tensor(["a", ""], "string"), **EXACT},
    {"name": "flag", **tensor([True], "bool", []), **EXACT},
    {
        "name": "scores",
        "kind": "sequence",
        "elements": [
            {"kind": "map", "key_dtype": "int64", "value_dtype": "float32", "keys": ["0", "1"], "values": [0.25, 0.75]}
        ],
        **WITHIN,
    },
    {"name": "maybe", "kind": "optional", "value": tensor([1], "int32"), **EXACT},
    {"name": "nothing", "kind": "optional", "value": None, **EXACT},
    {"name": "noise", **tensor([1.0, 2.0]), **WITHIN, "stable": False},
]
GOLDEN = GoldenDocument(({"name": "x", **tensor([1.0])},), tuple(OUTPUTS))


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    outputs = {output["name"]: copy.deepcopy(output) for output in OUTPUTS}
    change(outputs)
    return {"outputs": list(outputs.values())}


def put(output: str, **fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda outputs: outputs[output].update(fields)


AGREE = {
    "nothing changed": lambda _: None,
    "within the tolerance": put("y", data=[0.514, -101.0, "NaN", "Infinity"]),
    "an unstable output's elements": put("noise", data=[5.0, "NaN"]),
    "whole floats": put("noise", data=[1, 2]),
    "another order of keys": lambda outputs: outputs["scores"]["elements"][0].update(
        keys=["1", "0"], values=[0.75, 0.25]
    ),
}


@pytest.mark.parametrize("change", AGREE.values(), ids=AGREE)
def test_what_agrees(change: Callable[[dict[str, Any]], object]) -> None:
    assert difference(changed(change), GOLDEN) is None


DIFFER = [
    (put("y", data=[0.516, -100.0, "NaN", "Infinity"]), "output 'y'[0, 0]: got 0.516, expected 0.5"),
    (put("y", data=[0.5, -100.0, 0.0, "Infinity"]), "output 'y'[1, 0]: got 0.0, expected NaN"),
    (put("y", data=[0.5, -100.0, "NaN", "-Infinity"]), "output 'y'[1, 1]: got -Infinity, expected Infinity"),
    (put("y", data=[0.5, -100.0, "NaN", True]), "output 'y'[1, 1]: got true, expected Infinity"),
    (put("y", shape=[4]), "output 'y': got the shape [4], expected [2, 2]"),
    (put("y", dtype="float64"), "output 'y': got the dtype float64, expected float32"),
    (put("y", data=[0.5]), "output 'y': got 1 elements, expected 4"),
    (put("y", kind="map"), "output 'y': got a map, expected a tensor"),
    (put("label", data=["9007199254740992"]), "output 'label'[0]: got 9007199254740992, expected 9007199254740993"),
    (put("text", data=["a", " "]), "output 'text'[1]: got  , expected "),
    (put("flag", data=[1]), "output 'flag': got 1, expected true"),
    (put("scores", elements=[]), "output 'scores': got 0 elements, expected 1"),
    (
        lambda outputs: outputs["scores"]["elements"][0].update(values=[0.75, 0.25]),
        "output 'scores'[0]['0']: got 0.75, expected 0.25",
    ),
    (
        lambda outputs: outputs["scores"]["elements"][0].update(keys=["0", "2"]),
        'output \'scores\'[0]: got the keys ["0", "2"], expected ["0", "1"]',
    ),
    (put("maybe", value=None), "output 'maybe': got no value, expected a tensor"),
    (put("nothing", value=tensor([1])), "output 'nothing': got a tensor, expected no value"),
    (lambda outputs: outputs.pop("y"), "the outputs are "),
    (lambda outputs: outputs["y"].pop("data"), "the answer is not of golden.json's form: KeyError: 'data'"),
    (put("y", data=[[0.5], -100.0, "NaN", 0]), "the answer is not of golden.json's form: TypeError: "),
]


@pytest.mark.parametrize(("change", "message"), DIFFER, ids=[message for _, message in DIFFER])
def test_what_differs_is_told_with_its_place(change: Callable[[dict[str, Any]], object], message: str) -> None:
    assert str(difference(changed(change), GOLDEN)).startswith(message)


@pytest.mark.parametrize("answer", [None, [], "text", {}, {"outputs": None}, {"outputs": [1]}])
def test_an_answer_of_another_form_differs(answer: object) -> None:
    assert str(difference(answer, GOLDEN)).startswith("the answer is no")


def test_a_request_holds_the_golden_inputs() -> None:
    golden = read_golden(json.dumps({"format": 1, "inputs": [{"name": "x"}], "outputs": OUTPUTS}).encode(), "golden")
    assert json.loads(golden.request) == {"format": 1, "inputs": [{"name": "x"}]}
    assert difference({"outputs": OUTPUTS}, golden) is None


@pytest.mark.parametrize("content", ["", "[]", '{"format": 2, "inputs": [], "outputs": []}', '{"outputs": []}'])
def test_a_damaged_golden_file_is_an_error_that_names_it(content: str) -> None:
    with pytest.raises(ModelpressError, match=r"golden/golden\.json is damaged") as caught:
        read_golden(content.encode(), "golden/golden.json")
    assert caught.value.file == "golden/golden.json"
