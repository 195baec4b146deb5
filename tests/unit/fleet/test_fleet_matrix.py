"""The matrix: which projects it makes, what they are called, and what is wrong with a wrong one."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.errors import UsageError
from modelpress.fleet.form import matrix_schema
from modelpress.fleet.matrix import read_matrix


def write(folder: Path, content: object) -> Path:
    path = folder / "matrix.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def names(folder: Path, content: object) -> list[str]:
    return [member.name for member in read_matrix(write(folder, content)).members]


def test_every_combination_is_a_project_named_by_its_labels(tmp_path: Path) -> None:
    axes = {"source": ["runs/digits", "runs/faces.zip"], "rank": [1, 2], "render.golden": {"with": True, "bare": False}}
    assert names(tmp_path, {"axes": axes}) == [
        f"{source}-{rank}-{golden}" for source in ("digits", "faces") for rank in (1, 2) for golden in ("with", "bare")
    ]


def test_paths_start_from_the_file_and_urls_stay(tmp_path: Path) -> None:
    content = {
        "output": "out",
        "common": {"templates": ["team", {"zip": "sets.zip", "sha256": "0" * 64}], "model_roots": ["/models"]},
        "axes": {"source": ["runs/a", "s3://bucket/b"]},
    }
    matrix = read_matrix(write(tmp_path, content))
    assert matrix.output == str(tmp_path / "out")
    assert [member.telling.source for member in matrix.members] == [str(tmp_path / "runs/a"), "s3://bucket/b"]
    common = matrix.members[0].telling.common
    assert common == {
        ("templates",): [str(tmp_path / "team"), {"zip": str(tmp_path / "sets.zip"), "sha256": "0" * 64}],
        ("model_roots",): ["/models"],
    }


def test_settings_lie_at_their_keys_however_deep_they_are_named(tmp_path: Path) -> None:
    own: dict[str, Any] = {"render.variables.samples.languages": ["python"], "render.dims": {"batch": 4}}
    content = {"common": {"render.variables": {"docker": {"port": 1}}}, "include": [{"name": "one", "with": own}]}
    (member,) = read_matrix(write(tmp_path, content)).members
    assert member.telling.common == {("render", "variables", "docker", "port"): 1}
    assert member.telling.own == {
        ("render", "variables", "samples", "languages"): ["python"],
        ("render", "dims", "batch"): 4,
    }


def test_exclude_takes_combinations_away_by_value_or_label(tmp_path: Path) -> None:
    axes = {"rank": [1, 2, 3], "project.version": {"old": "1", "new": "2"}}
    exclude = [{"rank": 3}, {"rank": 2, "project.version": "old"}, {"rank": 1, "project.version": "2"}]
    assert names(tmp_path, {"axes": axes, "exclude": exclude}) == ["1-old", "2-new"]


def test_only_names_projects(tmp_path: Path) -> None:
    matrix = read_matrix(write(tmp_path, {"axes": {"rank": [1, 2]}}))
    assert [member.name for member in matrix.only(("2",))] == ["2"]
    with pytest.raises(UsageError, match="no project '3'"):
        matrix.only(("3",))


WRONG = [
    ({}, "no project is left"),
    ([], "a matrix must be a mapping"),
    ({"axis": {"rank": [1]}}, "axis: unknown key"),
    ({"axes": {"rank": [0]}}, r"axes.rank\[0\]: must be a whole number, 1 or more"),
    ({"axes": {"rank": [True]}}, r"axes.rank\[0\]: must be a whole number"),
    ({"axes": {"rank": []}}, "axes.rank"),
    ({"axes": {"sourc": ["a"]}}, "is no setting that has a say"),
    ({"axes": {"azure.workspace_name": ["a"]}}, "is no setting that has a say"),
    ({"axes": {"source": [""]}}, "must be text, and not empty"),
    ({"axes": {"source": ["a\0b"]}}, "must be text"),
    ({"axes": {"source": ["x/run", "y/run"]}}, "run and run would lie in one folder"),
    ({"axes": {"source": ["x/run", "y/RUN"]}}, "run and RUN would lie in one folder"),
    ({"axes": {"rank": {"../up": 1}}}, "must be a plain file name"),
    ({"axes": {"rank": {".fleet": 1}}}, "cannot be the name of a folder"),
    ({"axes": {"rank": {"a" * 150: 1}, "strict": {"b" * 150: True}}}, "cannot be the name of a folder"),
    ({"include": [{"name": "con"}]}, "must be a plain file name"),
    ({"include": [{"name": "one", "rank": 1}]}, r"include\[0\].rank: unknown key"),
    ({"include": [{"with": {}}]}, r"include\[0\].name: is required"),
    ({"include": [{"name": "one"}, {"name": "ONE"}]}, "one and ONE would lie in one folder"),
    ({"axes": {"rank": [1]}, "exclude": [{"source": "a"}]}, "is no axis of this matrix"),
    ({"axes": {"rank": [1]}, "exclude": [{"rank": 2}]}, "neither a value nor a label"),
    ({"axes": {"rank": [1]}, "exclude": [{"rank": 1}]}, "no project is left"),
    ({"axes": {name: list(range(1, 60)) for name in ("rank", "render.dims.a", "render.dims.b")}}, "205,379 projects"),
    ("a: [", "malformed|expected|not"),
]


@pytest.mark.parametrize(("content", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_wrong_matrix_is_refused_with_its_place(tmp_path: Path, content: object, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        read_matrix(write(tmp_path, content))
    assert caught.value.file.startswith(str(tmp_path / "matrix.json"))
    assert caught.value.hint


def test_the_schema_takes_what_is_read_and_refuses_what_is_not() -> None:
    validator = jsonschema.Draft202012Validator(matrix_schema())
    good = {"axes": {"rank": [1], "render.sets": {"a": ["samples"]}}, "include": [{"name": "x", "with": {"rank": 2}}]}
    assert validator.is_valid(good)
    assert not validator.is_valid({"axes": {"rank": 1}})
    assert not validator.is_valid({"axis": {}})
    assert not validator.is_valid({"include": [{"with": {}}]})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["axes", "common", "exclude", "include", "name", "with", "rank", "source", "render.dims"])
            | st.text(max_size=5),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(content=st.dictionaries(st.sampled_from(["axes", "common", "exclude", "include", "output"]), JSON, max_size=4))
@settings(deadline=None, max_examples=60)
def test_whatever_it_holds_a_matrix_is_read_or_refused(
    content: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = write(tmp_path_factory.mktemp("any"), content)
    with suppress(UsageError):
        members = read_matrix(path).members
        assert len({member.name.casefold() for member in members}) == len(members) > 0
