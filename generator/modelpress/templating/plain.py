"""Plain data, which is all that templates get to see."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from modelpress.errors import ModelpressError


def plain_data(value: Any, where: str) -> Any:
    """`value` as dict, list, str, int, float, bool and None only; dataclasses become dictionaries.

    Raises ModelpressError, naming the place `where`, for anything else (a date in a YAML file, say).
    """
    if value is None or type(value) in {str, int, float, bool}:
        return value
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: plain_data(getattr(value, name), f"{where}.{name}") for name in names}
    if isinstance(value, Mapping):
        return {str(key): plain_data(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_data(item, f"{where}[{place}]") for place, item in enumerate(value)]
    raise ModelpressError(
        f"{where} is a {type(value).__name__}, which templates cannot use",
        hint="Write it as text or a number where the candidates were read from.",
    )
