"""What the Python sample is fed: files, made-up values, sizes of free dimensions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

Make = Callable[..., onnx.ModelProto]
Render = Callable[[onnx.ModelProto], Any]

tensor = helper.make_tensor_value_info


@pytest.fixture(scope="module")
def adder(make_model: Make, render_model: Render) -> Any:
    """y = x + w with a free batch, where w has a default; and an integer, a string and a half-precision scalar."""
    return render_model(
        make_model(
            [
                helper.make_node("Add", ["x", "w"], ["y"]),
                helper.make_node("Identity", ["n"], ["n_out"]),
                helper.make_node("Identity", ["s"], ["s_out"]),
                helper.make_node("Identity", ["k"], ["k_out"]),
            ],
            [
                tensor("x", TensorProto.FLOAT, ["batch", 2]),
                tensor("n", TensorProto.UINT8, ["batch"]),
                tensor("s", TensorProto.STRING, [None]),
                tensor("k", TensorProto.FLOAT16, []),
                tensor("w", TensorProto.FLOAT, [2]),
            ],
            [
                tensor("y", TensorProto.FLOAT, ["batch", 2]),
                tensor("n_out", TensorProto.UINT8, ["batch"]),
                tensor("s_out", TensorProto.STRING, [None]),
                tensor("k_out", TensorProto.FLOAT16, []),
            ],
            [helper.make_tensor("w", TensorProto.FLOAT, [2], [10, 20])],
        )
    )


def npz(path: Path, **arrays: Any) -> Path:
    np.savez(path / "inputs.npz", **arrays)
    return path / "inputs.npz"


def js(path: Path, document: object) -> Path:
    (path / "inputs.json").write_text(document if isinstance(document, str) else json.dumps(document))
    return path / "inputs.json"


def test_arrays_and_lists_give_the_same(adder: Any, tmp_path: Path) -> None:
    values = {"x": [[1.0, 2.0], [3.0, 4.0]], "n": [7, 255], "s": ["a", 'é "'], "k": 0.5}
    from_lists = adder.call_json("--inputs", js(tmp_path, values)).values
    assert from_lists == {"y": [[11, 22], [13, 24]], "n_out": [7, 255], "s_out": ["a", 'é "'], "k_out": 0.5}
    arrays = {name: np.array(value) for name, value in values.items()}
    assert arrays["x"].dtype == np.float64
    assert adder.call_json("--inputs", npz(tmp_path, **arrays)).values == from_lists


def test_an_initializer_can_be_replaced(adder: Any, tmp_path: Path) -> None:
    assert adder.call_json("--inputs", js(tmp_path, {"x": [[1, 1]], "w": [5, 6]})).values["y"] == [[6, 7]]


def test_what_a_file_leaves_out_is_made_up_to_fit(adder: Any, tmp_path: Path) -> None:
    outcome = adder.call_json("--inputs", npz(tmp_path, n=np.array([1, 2, 3])))
    assert outcome.outputs["y"]["shape"] == [3, 2]
    assert "made up 'x' (float32 [batch, 2])" in outcome.stderr
    assert "made up 'n'" not in outcome.stderr
    assert outcome.document["free_dimensions"] == {"s:0": 1}


def test_fortran_order_and_empty_lists_are_fine(adder: Any, tmp_path: Path) -> None:
    array = np.asfortranarray([[1.0, 2.0], [3.0, 4.0]], np.float32)
    assert adder.call_json("--inputs", npz(tmp_path, x=array)).values["y"] == [[11, 22], [13, 24]]
    assert adder.call_json("--inputs", js(tmp_path, {"s": []})).outputs["s_out"]["shape"] == [0]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"z": 1}, "has no input 'z', but 'x' (float32 [batch, 2]), 'n' (uint8 [batch]), 's' (string [?]), 'k' ("),
        ({"x": [[1, 2, 3]]}, "input 'x' (float32 [batch, 2]): got the shape [1, 3]"),
        ({"x": [1, 2]}, "input 'x' (float32 [batch, 2]): got the shape [2]"),
        ({"k": [1]}, "input 'k' (float16 []): got the shape [1]"),
        ({"x": [["a", "b"]]}, "input 'x' (float32 [batch, 2]): got str"),
        ({"x": [[1, 2], [3]]}, "input 'x' (float32 [batch, 2]): setting an array element"),
        ({"x": [[1e300, 0]]}, "input 'x' (float32 [batch, 2]): it has values beyond the range of float32"),
        ({"n": [256]}, "input 'n' (uint8 [batch]): it has values beyond the range of uint8"),
        ({"n": [-1]}, "input 'n' (uint8 [batch]): it has values beyond the range of uint8"),
        ({"n": [1.5]}, "input 'n' (uint8 [batch]): got float64"),
        ({"n": [True]}, "input 'n' (uint8 [batch]): got bool"),
        ({"n": None}, "input 'n' (uint8 [batch]): got object"),
        ({"s": [1]}, "input 's' (string [?]): got int64"),
        ("[1]", "holds no JSON object"),
        ("{", "cannot read"),
        ("[" * 100_000, "cannot read"),
    ],
)
def test_bad_values_are_refused_by_name(adder: Any, tmp_path: Path, document: object, message: str) -> None:
    assert message in adder.call("--inputs", js(tmp_path, document)).error


def test_bad_files_are_refused(adder: Any, tmp_path: Path) -> None:
    pickled = npz(tmp_path, x=np.array([{"a": 1}], object))
    assert "as a .npz file: Object arrays cannot be loaded" in adder.call("--inputs", pickled).error
    pickled.write_bytes(pickled.read_bytes()[:50])
    assert "as a .npz file: " in adder.call("--inputs", pickled).error
    np.save(tmp_path / "one.npy", np.zeros(2))
    (tmp_path / "one.npy").rename(tmp_path / "one.npz")
    assert "as a .npz file: " in adder.call("--inputs", tmp_path / "one.npz").error
    assert "neither a .npz nor a .json file" in adder.call("--inputs", tmp_path / "x.csv").error
    assert "cannot read" in adder.call("--inputs", tmp_path / "missing.json").error
    assert "cannot read" in adder.call("--inputs", tmp_path / "missing.npz").error
    bytes_file = npz(tmp_path, s=np.array([b"a"]))
    assert "input 's' (string [?]): got bytes8" in adder.call("--inputs", bytes_file).error


def test_a_seed_decides_made_up_values(adder: Any) -> None:
    first, same, other = (adder.call_json("--seed", seed).document["inputs"] for seed in (1, 1, 2))
    assert first == same
    assert first != other
    assert any(other[0]["data"])


def test_sizes_by_name_and_by_axis(adder: Any) -> None:
    outcome = adder.call_json("--dim", "batch=3", "--dim", "s:0=0")
    assert [outcome.outputs[name]["shape"] for name in ("y", "n_out", "s_out")] == [[3, 2], [3], [0]]
    assert outcome.document["free_dimensions"] == {}
    assert "assumed" not in outcome.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("batch", "expected NAME=N or INPUT:AXIS=N"),
        ("batch=-1", "expected NAME=N or INPUT:AXIS=N"),
        ("batch=x", "expected NAME=N or INPUT:AXIS=N"),
        ("x:1=5", "no such free dimension in 'x' (float32 [batch, 2])"),
        ("x:2=5", "no such free dimension"),
        ("k:0=5", "no such free dimension"),
        ("z:0=5", "no such free dimension"),
        ("height=5", "no such free dimension"),
        ("x:0=99999999", "input 'x' (float32 [batch, 2]): [99999999, 2] is too much to make up"),
    ],
)
def test_bad_sizes_are_refused(adder: Any, text: str, message: str) -> None:
    assert message in adder.call("--dim", text).error


def windowed(make_model: Make, least: int) -> onnx.ModelProto:
    """A model that takes at least so many values: it cuts them at fixed places."""
    return make_model(
        [helper.make_node("Conv", ["x", "kernel"], ["y"])],
        [tensor("x", TensorProto.FLOAT, ["batch", 1, "samples"])],
        [tensor("y", TensorProto.FLOAT, None)],
        [helper.make_tensor("kernel", TensorProto.FLOAT, [1, 1, least], [1.0] * least)],
    )


@pytest.mark.parametrize(("least", "found"), [(1, 1), (5, 8), (30, 32), (100, 160), (400, 512)])
def test_sizes_are_tried_until_the_model_runs(make_model: Make, render_model: Render, least: int, found: int) -> None:
    project = render_model(windowed(make_model, least))
    outcome = project.call_json()
    assert outcome.document["free_dimensions"] == {"batch": found, "samples": found}
    assert f"assumed samples = {found}; --dim changes it" in outcome.stderr
    chosen = project.call_json("--dim", "batch=2", "--dim", f"samples={least + 1}")
    assert chosen.outputs["y"]["shape"] == [2, 1, 2]


def test_a_model_that_no_size_suits(make_model: Make, render_model: Render) -> None:
    project = render_model(windowed(make_model, 600))
    error = project.call().error
    assert error.startswith("the model does not run with any of (1, 8, 32, 160, 512) for batch, samples: ")
    assert error.endswith("Give values with --inputs and sizes with --dim.\n")
    assert project.call_json("--dim", "samples=600").outputs["y"]["shape"] == [1, 1, 1]


def test_an_unknown_rank_takes_its_axes_from_sizes(make_model: Make, render_model: Render, tmp_path: Path) -> None:
    project = render_model(
        make_model(
            [helper.make_node("Transpose", ["x"], ["y"], perm=[1, 0])],
            [tensor("x", TensorProto.FLOAT, None)],
            [tensor("y", TensorProto.FLOAT, None)],
        )
    )
    assert "the model does not run" in project.call().error
    assert project.call_json("--dim", "x:0=2", "--dim", "x:1=3").outputs["y"]["shape"] == [3, 2]
    assert project.call_json("--inputs", npz(tmp_path, x=np.zeros((4, 5)))).outputs["y"]["shape"] == [5, 4]


def test_a_seed_must_be_a_natural_number(adder: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        adder.program()["main"](["--seed", "-1"])
    assert stopped.value.code == 2
    assert "'-1' is not a natural number" in capsys.readouterr().err
