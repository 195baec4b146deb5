"""The YAML of models and data assets in a project, checked as far as that goes without the SDK."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from modelpress.bundle import Bundle
from modelpress.config import yaml_nodes
from modelpress.config.problems import Keys, MalformedError, at
from modelpress.errors import UsageError
from modelpress.executors.azure.contents import files_at
from modelpress.filetree import reading

AssetKind = Literal["model", "data"]
FOLDERS: Mapping[AssetKind, str] = {"model": "azureml/models", "data": "azureml/data"}
SETS: Mapping[AssetKind, str] = {"model": "azure-models", "data": "azure-data"}
SUFFIXES = (".yml", ".yaml")
LONGEST = 1 << 20  # bytes of a YAML file
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}", re.ASCII)
VERSIONS: Mapping[AssetKind, re.Pattern[str]] = {
    "model": re.compile(r"[1-9][0-9]{0,8}", re.ASCII),
    "data": re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,29}", re.ASCII),
}
REMOTE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


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
    """All assets of a kind that a project describes.

    Raises UsageError where there is none, where two are the same, or where one is wrong.
    """
    folder = FOLDERS[kind]
    names = [name for name in bundle.entries if name.startswith(f"{folder}/") and name.endswith(SUFFIXES)]
    if not names:
        raise UsageError(
            f"the project has no {folder}/*.yml", hint=f"Render it with the template set {SETS[kind]}: -t {SETS[kind]}."
        )
    found = tuple(asset_file(bundle, kind, name) for name in names)
    first: dict[str, AssetFile] = {}
    for one in found:
        other = first.setdefault(one.name, one)
        if other is not one:
            raise UsageError(
                f"{other.file} and {one.file} both describe the {kind} {one.name}", hint="Rename or remove one of them."
            )
    return found


def asset_file(bundle: Bundle, kind: AssetKind, file: str) -> AssetFile:
    """The asset that the YAML at the bundle path `file` describes. Raises UsageError with the line at fault."""
    document = _Document.read(bundle, file)
    name = document.text_of("name")
    if not name or not NAME.fullmatch(name):
        raise document.error(
            "name", "must be letters, digits, _, - and ., at most 255 of them", "Render with another name."
        )
    version = document.text_of("version")
    if version and not VERSIONS[kind].fullmatch(version):
        rule = "a whole number, as 1" if kind == "model" else "letters, digits, _, - and ., at most 30 of them"
        raise document.error("version", f"{version!r} must be {rule}", "Leave it out for the next one.")
    return AssetFile(kind, file, document.text, name, version or None, _content_path(bundle, document))


def _content_path(bundle: Bundle, document: _Document) -> str:
    given = document.text_of("path")
    if not given:
        raise document.error("path", "is missing", "Render the file again.")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(document.file), given))
    if REMOTE.match(given) or path.startswith(("/", "..")) or path == ".":
        raise document.error(
            "path", f"{given!r} is no folder or file inside the project", "Name one relative to the YAML file."
        )
    if not files_at(bundle, path):
        raise document.error("path", f"the project has no {path}", "Render the project again, models included.")
    return path


@dataclass(frozen=True, slots=True)
class _Document:
    file: str
    text: str
    data: Mapping[str, Any]

    @classmethod
    def read(cls, bundle: Bundle, file: str) -> _Document:
        with reading(file), bundle.entries[file].open() as source:
            content = source.read(LONGEST + 1)
        try:
            text = content.decode("utf-8-sig")
            data = yaml_nodes.load(text) if len(content) <= LONGEST else None
        except UnicodeDecodeError:
            raise UsageError(f"{file}: is not UTF-8 text", hint="Save the file as UTF-8.", file=file) from None
        except MalformedError as error:
            raise UsageError(
                f"{at(file, error.position)}: {error}", hint=error.hint, file=at(file, error.position[:1])
            ) from None
        if not isinstance(data, Mapping):
            raise UsageError(f"{file}: is no description of an asset", hint="Render the file again.", file=file)
        return cls(file, text, data)

    def text_of(self, name: str) -> str:
        """The value as text; "" where there is none."""
        value = self.data.get(name)
        if value is None:
            return ""
        if isinstance(value, bool | float) or not isinstance(value, str | int):
            raise self.error(name, "must be text", "Put quotes around it.")
        return str(value)

    def error(self, name: str, text: str, hint: str) -> UsageError:
        keys: Keys = (name,)
        line = yaml_nodes.position(self.text, keys)[:1]
        return UsageError(f"{at(self.file, line)}: {name}: {text}", hint=hint, file=at(self.file, line))
