"""The batch scoring script: its results for files and tables, what it leaves out, and what proves it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from modelpress.proving import batch_driver
from modelpress.proving.mini_batches import prove_batch_script

Make = Callable[..., onnx.ModelProto]
Render = Callable[..., Path]
Run = Callable[..., tuple[int, dict[str, Any], Path]]
tensor = helper.make_tensor_value_info


@pytest.fixture
def batch(python: Path, tmp_path: Path) -> Run:
    """Run a project's batch script on the items of a folder: the exit code, what is printed, the results' folder."""

    def run(project: Path, items: Path, *options: object) -> Any:
        script = project / "scoring" / "batch_score.py"
        given = ["--model", project / "model", "--mini-batch-size", 2, *options]
        command = [python, batch_driver.__file__, script, items, tmp_path / "out", *given]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, timeout=120)
        return done.returncode, json.loads(done.stdout or "{}") | {"log": done.stderr}, tmp_path / "out"

    return run


@pytest.fixture(scope="module")
def features(make_model: Make, render: Render) -> Path:
    """A model of one table of features: x [batch, 3] to the sum of each row and its doubles."""
    model = make_model(
        [
            helper.make_node("ReduceSum", ["x", "axis"], ["sum"], keepdims=0),
            helper.make_node("Add", ["x", "x"], ["double"]),
        ],
        [tensor("x", TensorProto.FLOAT, ["batch", 3])],
        [tensor("sum", TensorProto.FLOAT, ["batch"]), tensor("double", TensorProto.FLOAT, ["batch", 3])],
        [helper.make_tensor("axis", TensorProto.INT64, [1], [1])],
    )
    return render(model)


def rows(folder: Path) -> dict[str, Any]:
    lines = (folder / "predictions.csv").read_text().splitlines()
    return {one["file"]: one["outputs"] for one in map(json.loads, lines)}


def test_files_of_every_kind_are_scored_and_the_others_left_out(features: Path, batch: Run, tmp_path: Path) -> None:
    items = tmp_path / "items"
    (items / "below").mkdir(parents=True)
    array = np.array([[1, 2, 3], [4, 5, 6.5]], np.float32)
    outputs = {"sum": [6.0, 15.5], "double": [[2.0, 4.0, 6.0], [8.0, 10.0, 13.0]]}
    np.savez(items / "a.npz", x=array)
    np.save(items / "b.npy", array)
    (items / "c.json").write_text(json.dumps({"x": array.tolist()}))
    (items / "below" / "d.json").write_text(json.dumps({"inputs": {"x": array.tolist()}}))
    (items / "e.csv").write_text("any,name,will do\n1,2,3\n4,5,6.5\n")
    shutil.copy(features / "golden" / "golden.json", items / "f.json")
    bad = {
        "bad.json": b'{"x": [1]}',
        "bad.npz": b"PK",
        "bad.npy": b"",
        "bad.csv": b"",
        "bad.csv.gz": b"\x1f",
        "x.json": b"{",
    }
    for name, content in bad.items():
        (items / name).write_bytes(content)
    code, told, out = batch(features, items, "--error-threshold", len(bad))
    assert (code, told["items"], told["succeeded"], told["failed"]) == (0, 12, 6, 6), told
    assert told["errors"] == []
    found = rows(out)
    assert {found.pop("f.json")["sum"][0]} != {0}
    assert found == dict.fromkeys(["a.npz", "b.npy", "c.json", "d.json", "e.csv"], outputs)
    assert "bad.json: input 'x' (float32 [batch, 3]): got the shape [1]" in told["log"]
    assert "bad.csv.gz: not one of .json, .npz, .npy, .csv, .parquet" in told["log"]
    assert batch(features, items, "--error-threshold", len(bad) - 1)[0] == 1


def test_rows_of_tables_are_scored_one_by_one_where_some_are_bad(features: Path, batch: Run, tmp_path: Path) -> None:
    items = tmp_path / "items"
    items.mkdir()
    (items / "table.csv").write_text("a,b,c\n1,2,3\n4,oops,6\n7,8,9.5\n")
    code, told, out = batch(features, items, "--tabular", "--mini-batch-size", 10)
    assert (code, told["succeeded"], told["failed"], told["retries"]) == (0, 2, 1, 0), told
    assert (out / "predictions.csv").read_text().splitlines() == ["6.0 2.0 4.0 6.0", "24.5 14.0 16.0 19.0"]
    assert "row [1]: input 'x' (float32 [batch, 3]): got str" in told["log"]


def test_a_table_has_a_column_for_each_input(make_model: Make, render: Render, batch: Run, tmp_path: Path) -> None:
    model = make_model(
        [
            helper.make_node("Add", ["age", "bonus"], ["sum"]),
            helper.make_node("Identity", ["city"], ["town"]),
        ],
        [
            tensor("age", TensorProto.FLOAT, ["batch"]),
            tensor("bonus", TensorProto.FLOAT, ["batch"]),
            tensor("city", TensorProto.STRING, ["batch", 1]),
        ],
        [tensor("sum", TensorProto.FLOAT, ["batch"]), tensor("town", TensorProto.STRING, ["batch", 1])],
    )
    items = tmp_path / "items"
    items.mkdir()
    (items / "table.csv").write_text("id,city,bonus,age\n7,Ulm,0.5,1\n8,Köln,1.5,2\n")
    code, told, out = batch(render(model), items, "--tabular")
    assert (code, told["succeeded"]) == (0, 2), told
    assert (out / "predictions.csv").read_text().splitlines() == ["1.5 Ulm", "3.5 Köln"]
    (items / "table.csv").write_text("id,city\n7,Ulm\n")
    told = batch(render(model), items, "--tabular", "--max-retries", 0)[1]
    assert told["errors"][0].endswith("no column for each of the inputs, only id, city")


def test_maps_become_columns(make_model: Make, render: Render, batch: Run, tmp_path: Path) -> None:
    value = helper.make_tensor_type_proto(TensorProto.FLOAT, [])
    maps = helper.make_sequence_type_proto(helper.make_map_type_proto(TensorProto.STRING, value))
    model = make_model(
        [helper.make_node("ZipMap", ["x"], ["p"], domain="ai.onnx.ml", classlabels_strings=["cat", "dog"])],
        [tensor("x", TensorProto.FLOAT, ["batch", 2])],
        [helper.make_value_info("p", maps)],
    )
    items = tmp_path / "items"
    items.mkdir()
    (items / "table.csv").write_text("a,b\n0.25,0.75\n0.5,0.5\n")
    code, told, out = batch(render(model), items, "--tabular")
    assert code == 0, told
    assert (out / "predictions.csv").read_text().splitlines() == ["0.25 0.75", "0.5 0.5"]


@pytest.mark.parametrize("action", ["append_row", "summary_only"])
def test_results_are_rows_or_files(
    linear: onnx.ModelProto, render: Render, batch: Run, tmp_path: Path, action: str
) -> None:
    project = render(linear, variables={"azure-batch": {"output_action": action}})
    items = tmp_path / "items"
    for number, folder in enumerate(("one", "two"), start=1):
        (items / folder).mkdir(parents=True)
        (items / folder / "same.json").write_text(json.dumps({"x": [[number, 0, 0]], "n": [[3]]}))
    code, told, out = batch(project, items, "--output-action", action)
    assert (code, told["succeeded"]) == (0, 2)
    written = [path for path in out.iterdir() if path.suffix == ".json"]
    if action == "append_row":
        assert written == []
    else:
        results = sorted(json.loads(path.read_text())["outputs"]["y"] for path in written)
        assert results == [[[4.0, 5.0]], [[5.0, 7.0]]]
        assert all(path.name.startswith("same.json-") for path in written)


@pytest.mark.parametrize("action", ["append_row", "summary_only"])
def test_the_script_is_proved_and_what_is_wrong_is_found(
    linear: onnx.ModelProto, render: Render, python: Path, tmp_path: Path, action: str
) -> None:
    project = render(linear, variables={"azure-batch": {"output_action": action}})
    script = project / "scoring" / "batch_score.py"

    def proved(work: str) -> str | None:
        return prove_batch_script(project, tmp_path / work, script, python)

    assert proved("right") is None
    service = project / "scoring" / "model_serving" / "service.py"
    source = service.read_text()
    for name, text, instead, told in MUTATIONS:
        assert text in source
        service.write_text(source.replace(text, instead))
        found = proved(name)
        assert found is not None
        assert told in found


MUTATIONS = [
    (
        "doubled",
        "return self.model.run(inputs)",
        "return self.model.run({**inputs, 'x': inputs['x'] * 2})",
        "output 'y'",
    ),
    ("dropped", "return self.model.run(inputs)", "return self.model.run(inputs)[1:]", 'the outputs are ["next"]'),
    ("failing", "return self.model.run(inputs)", "return 1 / 0", "the batch job failed:"),
    (
        "raising",
        "        inputs = convert_inputs(",
        "        raise OSError('gone')\n        inputs = convert_inputs(",
        "gone",
    ),
]
