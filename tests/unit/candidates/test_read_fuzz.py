"""Whatever stands in a file, reading it ends in candidates or in one error of ours."""

import copy
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.candidates import CandidateSet, ModelSearch, rank, read
from modelpress.errors import ModelpressError

OLIVE = Path(__file__).parents[2] / "data" / "olive"
LIST = {
    "metrics": {"a": {"priority": 1, "higher_is_better": True}},
    "input_metrics": {"a": 1.0},
    "candidates": [
        {"id": "x", "model": "x.onnx", "metrics": {"a": 1.0}, "history": [{"model_id": "y", "config": {}}]},
        {"model": "z", "accelerator": "gpu-cuda", "metrics": {"a": {"value": 2.0}}, "inference_settings": {}},
    ],
}

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["..", "/", "C:\\x", "a\0b", "cpu-cpu", "onnxmodel", "586a48e5", "\ud800", -1, 10**400])
)
KEYS = st.sampled_from(["model_config", "config", "model_path", "type", "metrics", "value", "candidates"]) | st.text(
    max_size=5
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def read_all(source: Path) -> CandidateSet | None:
    """Read, rank and search all models: none may raise anything but our own errors."""
    try:
        found = read(source)
    except ModelpressError:
        return None
    search = ModelSearch(found)
    for candidate in found.candidates:
        with suppress(ModelpressError):
            search.locate(candidate.model)
    with suppress(ModelpressError):
        rank(found)
    assert all(candidate.id and candidate.accelerator for candidate in found.candidates)
    assert len({candidate.id for candidate in found.candidates}) == len(found.candidates)
    return found


def paths_in(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, child in children:
        yield from paths_in(child, (*path, key))


def replaced(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.copy(data)
    changed[path[0]] = replaced(data[path[0]], path[1:], value)
    return changed


@st.composite
def substituted(draw: st.DrawFn, original: Any) -> str:
    """The original with one to three values replaced by any others."""
    data = original
    for _ in range(draw(st.integers(1, 3))):
        data = replaced(data, draw(st.sampled_from(list(paths_in(data)))), draw(VALUES))
    return json.dumps(data)


def load(name: str) -> Any:
    return json.loads((OLIVE / name).read_text())


@settings(max_examples=150, deadline=None)
@given(substituted(load("0.9.1-search-zip/footprints.json")))
def test_any_value_in_a_footprint(folder: Path, text: str) -> None:
    run = folder / "run"
    if not run.exists():
        shutil.copytree(OLIVE / "0.9.1-search-zip", run, ignore=shutil.ignore_patterns("olive_cache"))
    (run / "footprints.json").write_text(text)
    read_all(run)


@settings(max_examples=60, deadline=None)
@given(
    substituted(load("0.13.0-composite-nopkg/footprint.json")),
    substituted(load("0.13.0-composite-nopkg/model_config.json")),
)
def test_any_value_in_a_composite_and_its_saved_configuration(folder: Path, footprint: str, config: str) -> None:
    run = folder / "composite"
    run.mkdir(exist_ok=True)
    (run / "footprint.json").write_text(footprint)
    (run / "model_config.json").write_text(config)
    read_all(run)


@settings(max_examples=60, deadline=None)
@given(substituted(load("0.7.1.1-search-flows-zip/config.json")))
def test_any_value_in_a_workflow(folder: Path, text: str) -> None:
    (folder / "workflow").mkdir(exist_ok=True)
    shutil.copy(OLIVE / "0.13.0-noeval-zip" / "footprint.json", folder / "workflow")
    (folder / "workflow" / "config.json").write_text(text)
    read_all(folder / "workflow" / "config.json")
    assert read_all(folder / "workflow") is not None


@settings(max_examples=100, deadline=None)
@given(substituted(LIST), st.sampled_from([".json", ".yaml"]))
def test_any_value_in_a_list(folder: Path, text: str, suffix: str) -> None:
    (folder / f"list{suffix}").write_text(text)
    read_all(folder / f"list{suffix}")


RANKED = [
    {
        "rank": n,
        "model_config": {"type": "onnxmodel", "config": {"model_path": f"model/{n}.onnx"}},
        "metrics": {"a": {"value": n}},
    }
    for n in (1, 2)
]
PACKAGED = ("configurations.json", "inference_config.json", "metrics.json", "model_info.json")


@settings(max_examples=60, deadline=None)
@given(substituted(RANKED))
def test_any_value_in_a_rank_file(folder: Path, text: str) -> None:
    (folder / "models_rank.json").write_text(text)
    read_all(folder / "models_rank.json")


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_value_in_a_package(folder: Path, data: st.DataObject) -> None:
    package = folder / "package"
    place = package / "CandidateModels" / "cpu-cpu" / "BestCandidateModel_1"
    if not place.exists():
        place.mkdir(parents=True)
        (place / "model.onnx").write_bytes(b"x")
    original = OLIVE / "0.13.0-composite-nopkg" / "model_config.json"
    config = json.loads(original.read_text())
    contents = {
        "configurations.json": {"a": None, "b": {"c": 1}},
        "inference_config.json": {"execution_provider": ["CPUExecutionProvider"], "provider_options": [{}]},
        "metrics.json": {"input_model_metrics": {"a": {"value": 1}}, "candidate_model_metrics": {"a": {"value": 1}}},
        "model_info.json": {"rank": 1, "model_config": config, "metrics": {"a": {"value": 1}}},
    }
    for name in PACKAGED:
        (place / name).write_text(data.draw(substituted(contents[name])))
    (package / "models_rank.json").write_text(data.draw(substituted(RANKED)))
    read_all(package)


NAMES = [
    "footprint.json",
    "footprints.json",
    "cpu-cpu_footprints.json",
    "models_rank.json",
    "model_config.json",
    "genai_config.json",
    "config.json",
    "candidates.csv",
    "candidates.yaml",
    "OutputModels.zip",
    "model.onnx",
]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(NAMES), st.binary(max_size=200) | st.text(max_size=100).map(lambda t: t.encode(errors="replace"))
)
def test_any_bytes_in_any_file(folder: Path, name: str, content: bytes) -> None:
    place = folder / "bytes" / name.replace(".", "_")
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(content)
    read_all(place / name)
    read_all(place)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=20), st.booleans())
def test_a_damaged_zip(folder: Path, position: int, patch: bytes, cut: bool) -> None:  # noqa: FBT001 - drawn by name
    original = (OLIVE / "0.13.0-noeval-zip" / "OutputModels.zip").read_bytes()
    at = len(original) - 1 - position % min(len(original), 4000)  # most of what counts is at the end
    damaged = original[:at] if cut else original[:at] + patch + original[at + len(patch) :]
    (folder / "damaged.zip").write_bytes(damaged)
    read_all(folder / "damaged.zip")
