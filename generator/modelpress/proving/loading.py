"""Loads every model of a bundle with ONNX Runtime, in a child process."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from modelpress.errors import UnsafeInputError
from modelpress.proving.processes import run
from modelpress.proving.report import Finding

RANKS = "models_rank.json"
RUNNABLE = {"onnxmodel", "compositemodel"}
LOAD = """
import sys
try:
    import onnxruntime
except ImportError:
    sys.exit(3)
options = onnxruntime.SessionOptions()
options.log_severity_level = 3
try:
    onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""
NO_RUNTIME = 3  # the child's exit code where ONNX Runtime is not installed


def load_models(folder: Path, home: Path) -> tuple[Finding, ...]:
    """Load each model that models_rank.json says is in the bundle."""
    if not (folder / RANKS).exists():
        return (Finding("models", "skipped", f"there is no {RANKS} in the bundle"),)
    try:
        ranked = json.loads((folder / RANKS).read_text(encoding="utf-8"))
        configs = [entry["model_config"] for entry in ranked]
        paths = [path for config in configs for path in _paths(config)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return (Finding("models", "failed", f"{RANKS} cannot be understood"),)
    if not paths:
        return (Finding("models", "skipped", f"{RANKS} names no ONNX model in the bundle"),)
    return tuple(_load(folder, path, home) for path in dict.fromkeys(paths))


def _load(folder: Path, path: str, home: Path) -> Finding:
    what = f"models/{path}"
    place = (folder / path).resolve()
    if folder.resolve() not in place.parents:
        raise UnsafeInputError(f"{RANKS} names {path!r}, which lies outside the bundle", hint="Do not use the bundle.")
    if not place.is_file():
        return Finding(what, "failed", "there is no such file")
    ended = run([sys.executable, "-c", LOAD, str(place)], folder, home=home)
    if ended.code == NO_RUNTIME:
        return Finding(what, "skipped", "ONNX Runtime is not installed", "Install modelpress[cpu].")
    if ended.code:
        return Finding(what, "failed", ended.tail)
    return Finding(what, "failed", "did not load in time") if ended.code is None else Finding(what, "passed", "loads")


def _paths(config: Mapping[str, Any]) -> Iterator[str]:
    """The ONNX files of a model_config, relative to the bundle; none for a model that is not in it."""
    inner = config["config"]
    if inner.get("model_components"):
        for component in inner["model_components"]:
            yield from _paths(component)
    elif config["type"].lower() in RUNNABLE and inner.get("model_path"):
        yield str(PurePosixPath(inner["model_path"], inner.get("onnx_file_name") or ""))
