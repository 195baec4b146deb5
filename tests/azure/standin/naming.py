"""The rules for names and versions."""

from __future__ import annotations

import re

from standin.exchange import ApiError

ASSET = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_.]{0,254}")
ASSET_VERSION = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_.]{0,29}")
MODEL_VERSION = re.compile(r"[1-9][0-9]{0,9}")  # other assets have free texts
ENDPOINT = re.compile(r"[a-zA-Z](?=.{2,31}$)[a-zA-Z0-9-]*[a-zA-Z0-9]")
DEPLOYMENT = re.compile(r"[a-zA-Z](?=.{2,31}$)[a-zA-Z0-9-]*[a-zA-Z0-9]")


def check_name(rule: re.Pattern[str], what: str, name: str) -> None:
    """Raises ApiError, 400, unless the whole name obeys the rule."""
    if not rule.fullmatch(name):
        raise ApiError(400, "UserError", f"The {what} '{name}' is invalid: it must match {rule.pattern}")
