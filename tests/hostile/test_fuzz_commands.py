"""Damaged and made-up input never ends in a traceback, and never writes outside the target.

Hypothesis damages the files of a small run, a list, a zip and a model, by bytes and by values,
and the commands run on what is left.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import math
import os
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as examples
from hypothesis import strategies as st

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the alarm that ends a hung command is POSIX's")

EXIT_CODES = {0, 1, 2, 4, 5}
OUT = "out"
fuzzed = partial(
    settings,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

PLACES = st.integers(0, 999).map(lambda number: number / 1000)  # spread more evenly than floats are
BYTES = st.one_of(
    st.binary(max_size=8), st.sampled_from([b"\0" * 64, b"[" * 200, b'{"a":' * 200, b"\xff" * 9, b"..", b'"'])
)
DAMAGE = st.lists(
    st.tuples(st.sampled_from(["replace", "insert", "delete", "cut"]), PLACES, BYTES), min_size=1, max_size=3
)
TEXTS = [
    "",
    ".",
    "..",
    "../../x",
    "/etc/passwd",
    "C:\\x",
    "a\0b",
    "\x1b[2J",
    "\udce9",
    "x" * 300,
    "nul",
    "{{ 7 * 7 }}",
    "1",
]
NUMBERS = [0, -1, 1 << 70, 10**400, 1e308, math.nan, math.inf, True, None]
VALUES = st.sampled_from([*TEXTS, *NUMBERS, [], {}, [[]], [None], {"a": {}}, {"type": "x", "config": {}}])
CHANGES = st.lists(
    st.tuples(st.sampled_from(["value", "key", "drop", "twice"]), PLACES, VALUES), min_size=1, max_size=4
)


def damaged(content: bytes, damage: list[tuple[str, float, bytes]]) -> bytes:
    """The bytes with parts replaced, inserted, deleted and cut off."""
    for how, place, part in damage:
        at = int(place * len(content))
        skipped = {"replace": len(part), "insert": 0, "delete": 1 + len(part), "cut": len(content)}[how]
        content = content[:at] + (part if how in {"replace", "insert"} else b"") + content[at + skipped :]
    return content


def spots(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in JSON data: what holds it, and its key or position there."""
    for key in list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield data, key
        yield from spots(data[key])


def changed(data: Any, changes: list[tuple[str, float, Any]]) -> Any:
    """JSON data with values replaced, keys renamed, and entries dropped or repeated."""
    root = [json.loads(json.dumps(data))]
    for how, place, value in changes:
        found = list(spots(root))
        holder, key = found[int(place * len(found))]
        if how == "value" or holder is root:
            holder[key] = copy.deepcopy(value)
        elif how == "drop":
            del holder[key]
        elif isinstance(holder, dict):
            holder[str(value)] = holder.pop(key) if how == "key" else copy.deepcopy(holder[key])
        else:
            holder.append(copy.deepcopy(holder[key]))
    return root[0]


@dataclass(frozen=True)
class Bench:
    """Sound input in `inputs.folder`; a test damages a copy of it."""

    inputs: Any
    sound: Path

    def reset(self) -> None:
        for path in self.inputs.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.sound, self.inputs.folder, dirs_exist_ok=True)

    def check(self, command: str, *, as_json: bool) -> None:
        """Run the command, whose target is the folder `out`, and look at what it did."""
        before = self.inputs.snapshot(folder_times=False)
        outcome = self.inputs.command(f"{command} --format {'json' if as_json else 'text'}")
        after = self.inputs.snapshot(folder_times=False)
        assert outcome.exit_code in EXIT_CODES, outcome
        made = after.keys() - before.keys()
        assert {path: after.get(path) for path in before} == before
        outside = sorted(path for path in made if not path.startswith(f"here/{OUT}/"))
        assert outside == []
        assert outcome.exit_code == 0 or not made, made
        assert all(line.isprintable() for line in (outcome.stdout + outcome.stderr).split("\n"))
        if as_json:
            assert "error" in json.loads(outcome.stdout) or outcome.exit_code == 0
        elif outcome.exit_code:
            assert outcome.stderr.count("\nerror: ") + outcome.stderr.startswith("error: ") == 1, outcome.stderr
            assert "\nhint: " in outcome.stderr
        self.check_content()

    def check_content(self) -> None:
        """What was written is whole, and its JSON and Python are just that, whatever names are in it."""
        contents = {path.name: path.read_bytes() for path in self.inputs.path(OUT).rglob("*") if path.is_file()}
        for archive in [content for name, content in contents.items() if name.endswith(".zip")]:
            with zipfile.ZipFile(io.BytesIO(archive)) as opened:
                assert opened.testzip() is None
                contents |= {name: opened.read(name) for name in opened.namelist()}
        for name, content in contents.items():
            if name.endswith(".json"):
                json.loads(content)
            if name.endswith(".py"):
                compile(content, name, "exec")


@pytest.fixture
def bench(given: Any, tmp_path: Path) -> Bench:
    """A run with its workflow, lists in three forms, a zip with two candidates, and models."""
    given.external_model("run/models/a/model.onnx", location="weights.bin", offset="0", length="16")
    given.bytes("run/models/a/weights.bin", bytes(range(16)))
    given.model("run/models/b.onnx")
    given.footprint(
        aaaa={"type": "ONNXModel", "config": {"model_path": "models/a/model.onnx", "inference_settings": {}}},
        bbbb={"type": "ONNXModel", "config": {"model_path": "models", "onnx_file_name": "b.onnx"}},
    )
    given.json(
        "run/config.json", {"input_model": {"type": "x"}, "packaging_config": [{"type": "Zipfile", "config": {}}]}
    )
    given.listing("candidates.json", inference_settings={"execution_provider": ["CPUExecutionProvider"]})
    given.text("candidates.yaml", given.path("candidates.json").read_text())
    given.text("candidates.csv", "id,model,accelerator,latency:min\none,model.onnx,cpu-cpu,1.5\ntwo,model.onnx,,2\n")
    assert given.command("package run -o .").exit_code == 0
    given.path("OutputModels.zip").rename(given.path("packed.zip"))
    given.path(OUT).mkdir()
    sound = tmp_path.parent / f"{tmp_path.name}-sound"
    shutil.copytree(given.folder, sound)
    return Bench(given, sound)


RANK, PACKAGE, RENDER = (
    "rank {} --explain",
    f"package {{}} -o {OUT} --no-runtime-packages",
    f"render {{}} -o {OUT}/deploy",
)
COMMANDS = st.sampled_from([RANK, PACKAGE, RENDER])
FILES = {
    "run/footprint.json": "run",
    "run/config.json": "run/config.json",
    "run/models/a/model.onnx": "run",
    "run/models/b.onnx": "run",
    "candidates.yaml": "candidates.yaml",
    "candidates.csv": "candidates.csv",
    "packed.zip": "packed.zip",
}
"""What is damaged, and the SOURCE that it belongs to."""


@examples(file=st.sampled_from(sorted(FILES)), damage=DAMAGE, command=COMMANDS, as_json=st.booleans())
@fuzzed(max_examples=150)
def test_damaged_bytes(bench: Bench, file: str, damage: Any, command: str, *, as_json: bool) -> None:
    bench.reset()
    place = bench.inputs.path(file)
    place.write_bytes(damaged(place.read_bytes(), damage))
    bench.check(command.format(FILES[file]), as_json=as_json)


@examples(
    file=st.sampled_from(["run/footprint.json", "run/config.json", "candidates.json"]),
    changes=CHANGES,
    command=COMMANDS,
    as_json=st.booleans(),
)
@fuzzed(max_examples=150)
def test_made_up_values(bench: Bench, file: str, changes: Any, command: str, *, as_json: bool) -> None:
    bench.reset()
    place = bench.inputs.path(file)
    place.write_text(json.dumps(changed(json.loads(place.read_text()), changes)))
    bench.check(command.format("run" if file.endswith("footprint.json") else file), as_json=as_json)


@examples(member=PLACES, changes=CHANGES, damage=DAMAGE, command=COMMANDS)
@fuzzed(max_examples=150)
def test_members_of_a_zip(bench: Bench, member: float, changes: Any, damage: Any, command: str) -> None:
    """One member is another: a JSON file with other values, anything else with other bytes."""
    bench.reset()
    place = bench.inputs.path("packed.zip")
    with zipfile.ZipFile(place) as archive:
        members = [
            (name, archive.read(name)) for name in archive.namelist() if name.startswith(("Cand", "models_rank"))
        ]
    number = int(member * len(members))
    name, content = members[number]
    is_json = name.endswith(".json")
    new = json.dumps(changed(json.loads(content), changes)).encode() if is_json else damaged(content, damage)
    members[number] = (name, new)
    bench.inputs.zip("packed.zip", members)
    bench.check(command.format("packed.zip"), as_json=False)


@examples(cells=st.lists(st.tuples(PLACES, PLACES, VALUES), min_size=1, max_size=4), command=COMMANDS)
@fuzzed(max_examples=50)
def test_cells_of_a_table(bench: Bench, cells: Any, command: str) -> None:
    bench.reset()
    place = bench.inputs.path("candidates.csv")
    rows = list(csv.reader(io.StringIO(place.read_text())))
    for row, column, value in cells:
        of_row = rows[int(row * len(rows))]
        of_row[int(column * len(of_row))] = str(value)
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    place.write_text(text.getvalue(), errors="surrogateescape")
    bench.check(command.format("candidates.csv"), as_json=False)


@examples(damage=DAMAGE, as_json=st.booleans())
@fuzzed(max_examples=100)
def test_inspecting_a_damaged_model(bench: Bench, damage: Any, *, as_json: bool) -> None:
    bench.reset()
    place = bench.inputs.path("run/models/a/model.onnx")
    place.write_bytes(damaged(place.read_bytes(), damage))
    bench.check("inspect run/models/a/model.onnx", as_json=as_json)
