"""inference_config.json: execution providers and session options."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from model_runner.messages import SampleError, note

TYPES = {
    "execution_provider": list,
    "provider_options": list,
    "session_options": dict,
    "io_bind": bool,
    "tuning_op_result": list,
}

Provider = tuple[str, dict[str, str]]
"""The name of an execution provider and its options."""


@dataclass(frozen=True)
class Settings:
    """How sessions are to be made; providers in order of preference."""

    providers: list[Provider]
    session_options: dict[str, Any]
    io_bind: bool
    tuning_results: list[Any]

    def on(self, provider: str) -> Settings:
        """The same on one provider, with the options that it had here."""
        options = dict(self.providers).get(provider, {})
        return replace(self, providers=[(provider, options)])


def read_settings(path: Path, providers: list[Any], *, optional: bool) -> Settings:
    """Read inference_config.json; `providers` are used where it names none."""
    if optional and not path.exists():
        note(f"no {path}: default settings")
        return parse_settings({}, providers, path)
    return parse_settings(read_json(path), providers, path)


def parse_settings(
    document: dict[str, Any], providers: list[Any], path: Path
) -> Settings:
    """The settings in a document, which `path` names in messages.

    Its providers are names with a parallel list of options, or pairs of the two.
    """
    for name, kind in TYPES.items():
        if not isinstance(document.get(name), kind | None):
            raise SampleError(f"{path}: {name} cannot be {document[name]!r}")
    names = document.get("execution_provider") or providers or ["CPUExecutionProvider"]
    options = document.get("provider_options") or []
    entries = [
        entry if isinstance(entry, list) else [entry, option]
        for entry, option in itertools.zip_longest(names, options)
    ]
    return Settings(
        providers=[_provider(entry, path) for entry in entries],
        session_options=document.get("session_options") or {},
        io_bind=document.get("io_bind") or False,
        tuning_results=document.get("tuning_op_result") or [],
    )


def _provider(entry: list[Any], path: Path) -> Provider:
    name, options = (*entry, None, None)[:2]
    if not isinstance(name, str) or not isinstance(options, dict | None):
        raise SampleError(f"{path}: not a provider and its options: {entry!r}")
    return name, as_texts(options or {})


def as_texts(options: dict[str, Any]) -> dict[str, str]:
    """Options as ONNX Runtime takes them: all text, truth values as 1 and 0."""
    return {
        name: str(int(value) if isinstance(value, bool) else value)
        for name, value in options.items()
        if value is not None
    }


def read_json(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise SampleError(f"cannot read {path}: {error}") from error
    if not isinstance(document, dict):
        raise SampleError(f"{path} holds no JSON object")
    return document
