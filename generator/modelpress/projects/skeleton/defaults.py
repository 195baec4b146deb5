"""The user's own configuration of cookiecutter: abbreviations, and answers to what skeletons often ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelpress.errors import UsageError


@dataclass(frozen=True, slots=True)
class UserConfiguration:
    """`abbreviations` are prefixes of addresses, `answers` defaults by variable (cookiecutter's default_context)."""

    abbreviations: Mapping[str, str]
    answers: Mapping[str, Any]


def user_configuration() -> UserConfiguration:
    """What cookiecutter reads: the file that COOKIECUTTER_CONFIG names, or ~/.cookiecutterrc, or its own defaults.

    Raises UsageError for a file that cannot be used.
    """
    from cookiecutter.config import get_user_config
    from cookiecutter.exceptions import CookiecutterException

    try:
        found = get_user_config()
        return UserConfiguration(dict(found["abbreviations"]), dict(found["default_context"] or {}))
    except (CookiecutterException, OSError, ValueError, TypeError, AttributeError) as error:
        reason = str(error) if isinstance(error, CookiecutterException) else type(error).__name__
        raise UsageError(
            f"cookiecutter's configuration cannot be used: {reason}",
            hint="Correct the file that COOKIECUTTER_CONFIG names, or ~/.cookiecutterrc.",
        ) from None
