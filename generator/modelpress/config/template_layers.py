"""The layers of template sets that a configuration lists.

Importing this module imports pydantic.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from modelpress.bundle import check_path
from modelpress.config.problems import RULE
from modelpress.config.values import PathText, Section, Text
from modelpress.errors import UnsafeInputError
from modelpress.fetching.address import without_credentials


def _address(text: str) -> str:
    if without_credentials(text) != text:
        raise PydanticCustomError(
            RULE, "must not hold the name or the password of a user: git's credential helpers know them"
        )
    return text


def _inside(text: str) -> str:
    try:
        check_path(text.strip("/"))
    except UnsafeInputError:
        raise PydanticCustomError(RULE, "must be the path of a folder inside") from None
    return text.strip("/")


def _hexadecimal(digits: int, what: str) -> Callable[[object], object]:
    def check(value: object) -> object:
        if isinstance(value, str) and len(value) == digits and set(value.lower()) <= set("0123456789abcdef"):
            return value.lower()
        raise PydanticCustomError(RULE, f"must be {what}, all {digits} hexadecimal digits, in quotes")

    return check


Commit = Annotated[
    str,
    BeforeValidator(_hexadecimal(40, "the full name of a commit")),
    WithJsonSchema({"type": "string", "pattern": "^[0-9A-Fa-f]{40}$"}),
]
Sha256 = Annotated[
    str,
    BeforeValidator(_hexadecimal(64, "the SHA-256 of the zip")),
    WithJsonSchema({"type": "string", "pattern": "^[0-9A-Fa-f]{64}$"}),
]
Inside = Annotated[str, AfterValidator(_inside)]


class FolderLayer(Section):
    """A layer in a folder."""

    folder: PathText = Field(description="A folder with template sets.")
    name: Text = Field(default="project", description="What the layer is called.")


class GitLayer(Section):
    """A layer in a git repository."""

    git: Annotated[str, AfterValidator(_address)] = Field(
        min_length=1, description="Address of a repository with template sets, https or ssh."
    )
    commit: Commit = Field(description="The commit that is used, 40 hexadecimal digits.")
    path: Inside = Field(default="", description="The folder of the template sets in it; by default its top.")
    name: str = Field(default="", description="What the layer is called; by default as the repository.")


class ZipLayer(Section):
    """A layer in a zip."""

    zip: PathText = Field(description="A zip with template sets.")
    sha256: Sha256 = Field(description="SHA-256 of the zip, 64 hexadecimal digits.")
    path: Inside = Field(default="", description="The folder of the template sets in it; by default its top.")
    name: str = Field(default="", description="What the layer is called; by default as the zip.")


LAYER_MODELS: dict[str, type[Section]] = {"folder layer": FolderLayer, "git layer": GitLayer, "zip layer": ZipLayer}


def _kind(value: Any) -> str:
    """Which model a value is held to; a mapping by the keys that only one of them has."""
    if isinstance(value, FolderLayer | GitLayer | ZipLayer):
        return next(kind for kind, model in LAYER_MODELS.items() if type(value) is model)
    if not isinstance(value, dict):
        return "path"
    if {"git", "commit"} & value.keys():
        return "git layer"
    return "zip layer" if {"zip", "sha256"} & value.keys() else "folder layer"


TemplateLayer = Annotated[
    Annotated[PathText, Tag("path")]
    | Annotated[FolderLayer, Tag("folder layer")]
    | Annotated[GitLayer, Tag("git layer")]
    | Annotated[ZipLayer, Tag("zip layer")],
    Discriminator(_kind),
]
"""A folder by its path, or one of the mappings."""
