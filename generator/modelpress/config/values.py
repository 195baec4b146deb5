"""The kinds of values that a configuration holds, and the section that every mapping of it is.

Importing this module imports pydantic.
"""

from __future__ import annotations

import math
import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from modelpress.bundle import check_path
from modelpress.config.problems import RULE
from modelpress.errors import UnsafeInputError

LONGEST_NAME = 200  # bytes; file systems allow 255, and the name gets a number and a suffix
_VERSION = re.compile(r"\d[\w.!+]*", re.ASCII)
_AMOUNT = re.compile(r"(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*%?", re.ASCII)


def _path(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError(RULE, "must not hold a NUL character")
    return text


def _file_name(text: str) -> str:
    try:
        check_path(text)
    except UnsafeInputError:
        fits = False
    else:
        fits = "/" not in text and len(text.encode()) <= LONGEST_NAME
    if not fits:
        raise PydanticCustomError(RULE, "must be a plain file name: no folders, no reserved names or characters")
    return text


def _amount(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0:
        return str(value)
    if isinstance(value, str) and _AMOUNT.fullmatch(value.strip()):
        return value.strip()
    raise PydanticCustomError(RULE, "must be a percentage such as 5% or a number such as 0.3, not negative")


def _count(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticCustomError(RULE, "must be a whole number")
    return value


def _version(text: str) -> str:
    if not _VERSION.fullmatch(text):
        raise PydanticCustomError(RULE, "must be a version such as 1.31.1")
    return text


def _variable(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


Text = Annotated[str, StringConstraints(min_length=1)]
PathText = Annotated[str, StringConstraints(min_length=1), AfterValidator(_path)]
Version = Annotated[str, AfterValidator(_version)]
FileName = Annotated[str, StringConstraints(min_length=1), AfterValidator(_file_name)]
# The bound stands before the validator: only there does it reach the JSON Schema, as `minimum`.
Count = Annotated[int, Field(ge=1), BeforeValidator(_count)]
NonNegative = Annotated[int, Field(ge=0), BeforeValidator(_count)]
EnvironmentText = Annotated[str, BeforeValidator(_variable)]
Tolerance = Annotated[
    str,
    BeforeValidator(_amount),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": f"^{_AMOUNT.pattern}$"}]}
    ),
]


class Section(BaseModel):
    """A mapping of the configuration. A key without a value counts as absent."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        coerce_numbers_to_str=True,
        hide_input_in_errors=True,
        protected_namespaces=(),  # Olive's options begin with model_
    )

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


def section_of(model: type[BaseModel], name: str) -> type[Section] | None:
    """The model of the field `name` where that field is a section of its own."""
    annotation = model.model_fields[name].annotation
    return annotation if isinstance(annotation, type) and issubclass(annotation, Section) else None
