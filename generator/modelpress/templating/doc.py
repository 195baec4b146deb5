"""The documentation of a context field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Doc:
    """What a context field means, with its unit, and an example value."""

    text: str
    example: Any = None
