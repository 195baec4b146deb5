"""A skeleton is copied whole, and nothing that does not belong to it."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from modelpress.errors import UnsafeInputError, UsageError
from modelpress.projects.skeleton.fetching import Skeleton, fetch
from modelpress.projects.skeleton.reference import Reference
from modelpress.projects.skeleton.survey import Survey, refuse_untrusted, survey


def skeleton_in(folder: Path) -> Path:
    (folder / "{{cookiecutter.name}}" / "empty").mkdir(parents=True)
    (folder / "cookiecutter.json").write_text('{"name": "x"}')
    script = folder / "{{cookiecutter.name}}" / "run.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "own.pyc").write_bytes(b"stale")
    (folder / "old.pyc").write_bytes(b"stale")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("[core]")
    return folder


def fetched(location: Path, into: Path, directory: str | None = None) -> Skeleton:
    into.mkdir()
    kind = "zip" if location.suffix == ".zip" else "folder"
    return fetch(Reference(kind, str(location), str(location), None, directory), into)


def files_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_folder(tmp_path: Path) -> None:
    source = skeleton_in(tmp_path / "source")
    found = fetched(source, tmp_path / "copy")
    assert files_of(found.folder) == [
        "cookiecutter.json",
        "{{cookiecutter.name}}",
        "{{cookiecutter.name}}/empty",
        "{{cookiecutter.name}}/run.sh",
    ]
    assert found.home == source
    assert found.shown == str(source)


def test_the_hash_is_of_the_content_alone(tmp_path: Path) -> None:
    first = fetched(skeleton_in(tmp_path / "a"), tmp_path / "1").version
    assert fetched(skeleton_in(tmp_path / "b"), tmp_path / "2").version == first
    changed = skeleton_in(tmp_path / "c")
    (changed / "{{cookiecutter.name}}" / "run.sh").chmod(0o644)
    if os.name == "posix":
        assert fetched(changed, tmp_path / "3").version != first
    (changed / "more").write_text("")
    assert fetched(changed, tmp_path / "4").version != first


def test_a_zip_holds_it_at_the_top_or_in_one_folder(tmp_path: Path) -> None:
    for number, top in enumerate(("", "only/", "a/b/")):
        path = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"{top}cookiecutter.json", '{"name": "x"}')
            archive.writestr(f"{top}{{{{cookiecutter.name}}}}/a", "a")
        if top == "a/b/":
            with pytest.raises(UsageError, match="no skeleton"):
                fetched(path, tmp_path / f"copy{number}")
            assert fetched(path, tmp_path / "named", "b").shown == f"{path}/b"
        else:
            assert files_of(fetched(path, tmp_path / f"copy{number}").folder)[0] == "cookiecutter.json"


def test_the_survey_is_of_every_part(tmp_path: Path) -> None:
    source = skeleton_in(tmp_path / "source")
    (source / "{{cookiecutter.name}}" / "a.txt").write_text("{# a comment #}")
    (source / "{{cookiecutter.name}}" / "b.bin").write_bytes(bytes(100) + b"{{ x }}")
    (source / "README.md").write_text("{{ not rendered }}")
    found = survey(fetched(source, tmp_path / "copy"))
    assert found == Survey((), (), (), (), ("{{cookiecutter.name}}",), ("{{cookiecutter.name}}/a.txt",))
    assert found.lines() == [
        "expressions in file names: {{cookiecutter.name}}",
        "expressions in files: {{cookiecutter.name}}/a.txt",
    ]


def test_only_the_built_in_skeleton_is_trusted(tmp_path: Path) -> None:
    source = skeleton_in(tmp_path / "source")
    found = fetched(source, tmp_path / "copy")
    with pytest.raises(UnsafeInputError):
        refuse_untrusted(found)
    built_in = Reference("built-in", str(source), "the built-in skeleton")
    (tmp_path / "other").mkdir()
    refuse_untrusted(fetch(built_in, tmp_path / "other"))
