"""Configuration values as they may be shown: secrets are replaced."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MASK = "***"
SECRET_SECTIONS = frozenset({"default_auth_params", "environment_variables"})
"""Mappings whose values are never shown, wherever they stand."""

_SECRET_NAME = re.compile(
    r"(^|[_-])(secret|password|passwd|token|credential|connection[_-]?string|sas|(api|access|account|client)[_-]?key)s?$",
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """Whether a value of this name is likely to be a secret."""
    return name in SECRET_SECTIONS or _SECRET_NAME.search(name) is not None


def masked(value: Any) -> Any:
    """A copy of plain data (tuples as lists) in which every secret is replaced."""
    if isinstance(value, Mapping):
        return {key: _hidden(inner) if is_secret(str(key)) else masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked(inner) for inner in value]
    return value


def _hidden(value: Any) -> Any:
    return dict.fromkeys(value, MASK) if isinstance(value, Mapping) else MASK
