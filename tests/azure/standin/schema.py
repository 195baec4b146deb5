"""Checks request bodies against the service's rules, written as JSON Schema in `schemas/`."""

from __future__ import annotations

import functools
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from standin.exchange import ApiError, Document

FOLDER = Path(__file__).parent / "schemas"


@functools.cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(yaml.safe_load((FOLDER / f"{kind}.yaml").read_text(encoding="utf-8")))


def check_body(kind: str, body: Document) -> None:
    """Raises ApiError, 400, which names every field at fault."""
    errors = sorted(_validator(kind).iter_errors(body), key=lambda error: error.json_path)
    if errors:
        details = [{"code": "InvalidField", "target": one.json_path, "message": one.message} for one in errors]
        summary = "; ".join(f"{one.json_path}: {one.message}" for one in errors)
        raise ApiError(400, "ValidationError", f"The request is invalid: {summary}", details=details)
