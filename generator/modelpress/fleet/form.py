"""The form of matrix.yaml. Imports pydantic: only functions import this module."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, JsonValue

from modelpress.config.problems import Keys
from modelpress.config.values import FileName, PathText, Section

Scalar = str | int | float | bool
Values = dict[FileName, JsonValue] | Annotated[list[Scalar], Field(min_length=1)]


class Extra(Section):
    """One project beside the combinations."""

    name: FileName = Field(description="Its name, which is that of its folder.")
    with_: dict[str, JsonValue] = Field(
        default={}, alias="with", description="What it is rendered from: names as in `axes`, one value each."
    )


class MatrixForm(Section):
    """A matrix of projects: one for each combination of the values of its axes."""

    output: PathText | None = Field(
        default=None, description="Where the projects go: a folder, or the URL of one; -o outranks it."
    )
    common: dict[str, JsonValue] = Field(
        default={}, description="What all projects have in common: names as in `axes`, one value each."
    )
    axes: dict[str, Values] = Field(
        default={},
        description="source, rank, accelerator, or the dotted name of a setting of modelpress.yaml, to the values that"
        " it takes: a list of plain values, or a mapping of labels to values. The labels make the projects' names.",
    )
    exclude: tuple[dict[str, Scalar], ...] = Field(
        default=(), description="Combinations to leave out: axis to value or label; all that are named must fit."
    )
    include: tuple[Extra, ...] = Field(default=(), description="Further projects.")


def allowed_keys(location: Keys) -> tuple[str, ...]:
    """The keys of the section that a validation error's location lies in."""
    model = Extra if location[:1] == ("include",) and len(location) > 1 else MatrixForm
    return tuple(field.alias or name for name, field in model.model_fields.items())


def matrix_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of matrix.yaml."""
    schema = MatrixForm.model_json_schema()
    schema["properties"]["$schema"] = {"type": "string", "description": "Where an editor finds this schema."}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "modelpress matrix"}
