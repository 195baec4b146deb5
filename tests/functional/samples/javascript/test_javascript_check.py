"""Inputs of the user in the JavaScript sample, and its comparison with golden outputs."""

from __future__ import annotations

from typing import Any

import pytest


def test_golden_inputs_are_the_default(program: Any) -> None:
    outcome = program.call()
    total, same = outcome.outputs
    assert [list(map(float, total["data"])), same["data"]] == [[2.0**60, 2.0**60], [str(2**60)]]
    assert "check" not in outcome.stderr


def test_a_difference_is_named(changed: Any) -> None:
    document = changed.golden
    document["outputs"][0]["data"][1] = 2.0**61
    document["outputs"][1]["data"][0] = str(2**60 + 1)
    changed.change_golden(document)
    outcome = changed.call("--check")
    assert outcome.code == 1
    assert "output sum: at index 1 is 1152921504606847000, expected 2305843009213694000" in outcome.stderr
    assert f'output same: at index 0 is "{2**60}", expected "{2**60 + 1}"' in outcome.stderr
    assert "check failed: 2 differences" in outcome.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dtype": "float64"}, "output sum: is a tensor of float32, expected a tensor of float64"),
        ({"kind": "sequence"}, "expected a sequence of"),
        ({"shape": [2, 1]}, "output sum: has the shape [1,2], expected [2,1]"),
        ({"data": [2.0**60]}, "another number of values"),
        ({"data": ["NaN", 0]}, 'at index 0 is 1152921504606847000, expected "NaN"'),
        ({"data": ["Infinity", 0]}, 'expected "Infinity"'),
        ({"name": "other"}, "output sum: not expected\noutput other: missing"),
        ({"tolerance": None}, "lack a tolerance"),
        ({"name": 5}, "not of a form that this sample knows"),
    ],
    ids=str,
)
def test_outputs_of_another_form_are_named(changed: Any, change: dict[str, Any], message: str) -> None:
    document = changed.golden
    document["outputs"][0] |= change
    changed.change_golden(document)
    outcome = changed.call("--check")
    assert outcome.code == 1
    assert message in outcome.stderr


def test_of_unstable_outputs_the_form_is_compared_and_of_others_within_the_tolerance(changed: Any) -> None:
    document = changed.golden
    document["outputs"][0] |= {"stable": False, "data": [0, 0]}
    document["outputs"][1] |= {"tolerance": {"absolute": 1, "relative": 0}, "data": [str(2**60 + 1)]}
    changed.change_golden(document)
    assert changed.call("--check").code == 0
    document["outputs"][0]["shape"] = [2, 1]
    changed.change_golden(document)
    assert changed.call("--check").code == 1


INPUTS = [
    ({"x": [[1, 2]]}, "no value for the input 'k' (int64 [1])"),
    ({"x": [[1, 2]], "k": [1], "z": 0}, "no input 'z', but 'x' (float32 [n, 2]), 'k' (int64 [1])"),
    ({"x": [1, 2], "k": [1]}, "input 'x' (float32 [n, 2]): got the shape [2]"),
    ({"x": [[1, 2, 3]], "k": [1]}, "input 'x' (float32 [n, 2]): got the shape [1, 3]"),
    ({"x": [[1, 2], [3]], "k": [1]}, "input 'x' (float32 [n, 2]): got lists of different lengths"),
    ({"x": [[1, "a"]], "k": [1]}, "input 'x' (float32 [n, 2]): 'a' is not of type float32"),
    ({"x": [[1, True]], "k": [1]}, "true is not of type float32"),
    ({"x": [[1, 1e39]], "k": [1]}, "1e+39 is beyond the range of float32"),
    ({"x": [[1, 2]], "k": [1.5]}, "input 'k' (int64 [1]): 1.5 is not of type int64"),
    (
        {"x": [[1, 2]], "k": [2**60]},
        "input 'k' (int64 [1]): JSON numbers as large as 1152921504606847000 are not exact",
    ),
    ({"x": [[1, 2]], "k": [str(2**63)]}, "9223372036854775808 is beyond the range of int64"),
    ({"x": None, "k": [1]}, "input 'x' (float32 [n, 2]): JavaScript cannot leave out"),
    ([], "holds no JSON object"),
]


@pytest.mark.parametrize(("document", "message"), INPUTS, ids=[str(document) for document, _ in INPUTS])
def test_inputs_that_do_not_fit_are_named(program: Any, document: Any, message: str) -> None:
    assert message in program.on_inputs(document).error.replace('"', "'")


def test_inputs_in_both_forms(program: Any) -> None:
    outputs = program.on_inputs({"k": ["-3"], "x": [[1, 2], [3.5, "Infinity"]]}).outputs
    assert [output["data"] for output in outputs] == [[-2, -1, 0.5, "Infinity"], ["-3"]]
    values = [
        {"name": "x", "kind": "tensor", "dtype": "float32", "shape": [0, 2], "data": []},
        {"name": "k", "kind": "optional", "value": {"kind": "tensor", "dtype": "int64", "shape": [1], "data": [7]}},
    ]
    assert [output["shape"] for output in program.on_inputs({"inputs": values}).outputs] == [[0, 2], [1]]
    values[0]["dtype"] = "float64"
    assert "got a tensor of float64" in program.on_inputs({"inputs": values}).error
