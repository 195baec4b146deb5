"""The YAML of models and data assets in a project, checked as far as that goes without the SDK."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from modelpress.bundle import Bundle
from modelpress.errors import UsageError
from modelpress.executors.azure.checking.documents import RENDER, Document, is_there
from modelpress.executors.azure.checking.flaws import error_of

AssetKind = Literal["model", "data"]
FOLDERS: Mapping[AssetKind, str] = {"model": "azureml/models", "data": "azureml/data"}
SETS: Mapping[AssetKind, str] = {"model": "azure-models", "data": "azure-data"}
SUFFIXES = (".yml", ".yaml")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}", re.ASCII)
VERSIONS: Mapping[AssetKind, re.Pattern[str]] = {
    "model": re.compile(r"[1-9][0-9]{0,8}", re.ASCII),
    "data": re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,29}", re.ASCII),
}
VERSION_RULES: Mapping[AssetKind, str] = {
    "model": "a whole number, as 1",
    "data": "letters, digits, _, - and ., at most 30 of them",
}


@dataclass(frozen=True, slots=True)
class AssetFile:
    """One YAML file of an asset: its own bundle path and text, and what of it we need.

    `version` is None where the next one is to be taken; `path` is the bundle path of the content.
    """

    kind: AssetKind
    file: str
    text: str
    name: str
    version: str | None
    path: str


def asset_files(bundle: Bundle, kind: AssetKind) -> tuple[AssetFile, ...]:
    """All assets of a kind that a project describes. Raises UsageError where there is none, or one is wrong."""
    folder = FOLDERS[kind]
    names = [name for name in bundle.entries if name.startswith(f"{folder}/") and name.endswith(SUFFIXES)]
    if not names:
        raise UsageError(
            f"the project has no {folder}/*.yml", hint=f"Render it with the template set {SETS[kind]}: -t {SETS[kind]}."
        )
    return tuple(asset_file(bundle, kind, name) for name in names)


def asset_file(bundle: Bundle, kind: AssetKind, file: str) -> AssetFile:
    """The asset that the YAML at the bundle path `file` describes. Raises UsageError with the line at fault."""
    document = Document.read(bundle, file)
    name = _text(document, "name")
    if not NAME.fullmatch(name):
        rule = "must be letters, digits, _, - and ., at most 255 of them"
        raise _error(document, "name", rule, "Render with another name.")
    version = _text(document, "version")
    if version and not VERSIONS[kind].fullmatch(version):
        text = f"{version!r} must be {VERSION_RULES[kind]}"
        raise _error(document, "version", text, "Leave it out for the next one.")
    return AssetFile(kind, file, document.text, name, version or None, _content_path(bundle, document))


def _content_path(bundle: Bundle, document: Document) -> str:
    given = _text(document, "path")
    if not given:
        raise _error(document, "path", "is missing", RENDER)
    place = document.place(given)
    if place is None:
        text = f"{given!r} is no folder or file inside the project"
        raise _error(document, "path", text, "Name one relative to the YAML file.")
    if not is_there(bundle, place):
        raise _error(document, "path", f"the project has no {place}", "Render the project again, models included.")
    return place


def _text(document: Document, name: str) -> str:
    """The value as text, whole numbers too; "" where there is none."""
    value = document.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _error(document, name, "must be text", "Put quotes around it.")
    return str(value)


def _error(document: Document, name: str, text: str, hint: str) -> UsageError:
    return error_of([document.flaw((name,), text, hint)])
