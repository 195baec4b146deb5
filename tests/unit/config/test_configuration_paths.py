from __future__ import annotations

from pathlib import Path

import pytest

from modelpress.config.package_types import PACKAGE_TYPES, parse_package_type
from modelpress.config.packages import PACKAGE_MODELS
from modelpress.config.paths import project_file, resolve_path, user_file
from modelpress.errors import UsageError


def test_a_path_lies_beside_the_file_then_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, here = tmp_path / "base", tmp_path / "here"
    base.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    assert resolve_path("x", base) == base / "x"
    (here / "x").touch()
    assert resolve_path("x", base) == Path("x")
    (base / "x").touch()
    assert resolve_path("x", base) == base / "x"
    assert resolve_path("x") == Path("x")
    assert resolve_path(str(here), base) == here


@pytest.mark.parametrize("value", ["x" * 300, "~nobody-of-that-name/x"])
def test_a_path_that_cannot_be_looked_up_stays_beside_the_file(tmp_path: Path, value: str) -> None:
    assert resolve_path(value, tmp_path) == tmp_path / value


def test_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert resolve_path("~/models", Path("base")) == tmp_path / "models"


def test_the_project_and_user_files_are_found_where_they_exist(tmp_path: Path) -> None:
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert project_file(tmp_path) is None
    assert user_file(environ) is None
    (tmp_path / "modelpress.yaml").touch()
    (tmp_path / "modelpress").mkdir()
    (tmp_path / "modelpress" / "config.yaml").touch()
    assert project_file(tmp_path) == tmp_path / "modelpress.yaml"
    assert user_file(environ) == tmp_path / "modelpress" / "config.yaml"


def test_packaging_types_are_known_by_both_names_in_any_case() -> None:
    assert PACKAGE_TYPES.keys() == PACKAGE_MODELS.keys()
    for native, olive in PACKAGE_TYPES.items():
        assert {parse_package_type(text) for text in (native, olive, olive.upper(), f" {native} ")} == {native}
    with pytest.raises(UsageError) as caught:
        parse_package_type("zip")
    assert caught.value.message == "there is no packaging type zip"
    assert caught.value.hint.startswith("Did you mean Zipfile? Packaging types: Zipfile, AzureMLModels,")
