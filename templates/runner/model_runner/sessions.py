"""Opens ONNX Runtime's sessions as inference_config.json asks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import onnxruntime as ort

from model_runner.messages import SampleError, printable
from model_runner.settings import Settings, as_texts
from model_runner.tensors import needed_package

ERRORS_ONLY = 3  # real models cause hundreds of warnings
ENUMS = {
    "execution_mode": ort.ExecutionMode,
    "graph_optimization_level": ort.GraphOptimizationLevel,
}


def open_session(
    model: Path,
    settings: Settings,
    *,
    libraries: Iterable[Path],
    allow_fallback: bool,
    how_to_allow: str = "pass --allow-fallback",
) -> ort.InferenceSession:
    """Load a model on the first of the providers, with libraries of custom operators.

    Where that one cannot be used, ONNX Runtime warns and takes another; this fails.
    """
    wanted = settings.providers[0][0]
    available = ort.get_available_providers()
    usable = [entry for entry in settings.providers if entry[0] in available]
    if wanted not in available and not allow_fallback:
        raise SampleError(
            f"{wanted} is not in this onnxruntime, which has {', '.join(available)}. "
            f"Install the package that has it, or {how_to_allow}."
        )
    if not model.is_file():
        raise SampleError(f"there is no model file {model}")
    options = session_options(settings.session_options)
    for library in libraries:
        register(library, options)
    try:
        session = ort.InferenceSession(
            str(model), options, providers=usable or [("CPUExecutionProvider", {})]
        )
    except Exception as error:  # ONNX Runtime's errors have no class in common
        raise SampleError(f"cannot load {model}: {printable(error)}") from error
    if not allow_fallback:
        session.disable_fallback()
        in_use = session.get_providers()
        if wanted != in_use[0]:
            raise SampleError(
                f"{wanted} cannot be used here, only {', '.join(in_use)}. "
                f"Correct the set-up of its device, or {how_to_allow}."
            )
    if settings.tuning_results:
        session.set_tuning_results(settings.tuning_results)
    return session


def extensions_library() -> Path:
    """The operators of the package onnxruntime-extensions."""
    return Path(needed_package("onnxruntime_extensions").get_library_path())


def register(library: Path, options: ort.SessionOptions) -> None:
    try:
        options.register_custom_ops_library(str(library))
    except Exception as error:  # ONNX Runtime's errors have no class in common
        raise SampleError(f"cannot register {library}: {printable(error)}") from error


def session_options(given: dict[str, Any]) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.log_severity_level = ERRORS_ONLY
    for name, value in given.items():
        try:
            _set_option(options, name, value)
        except Exception as error:  # ONNX Runtime's errors have no class in common
            raise SampleError(
                f"session option {name}={value!r}: {printable(error)}"
            ) from error
    return options


def _set_option(options: ort.SessionOptions, name: str, value: Any) -> None:
    if name == "extra_session_config":
        for key, text in as_texts(value or {}).items():
            options.add_session_config_entry(key, text)
    elif value is not None:
        setattr(options, name, _member(name, value) if name in ENUMS else value)


def _member(name: str, value: Any) -> Any:
    """The member of an enum by number (99) or name (ORT_ENABLE_ALL, enable_all)."""
    members = ENUMS[name].__members__
    for member_name, member in members.items():
        names = (member_name, member_name.removeprefix("ORT_"), str(int(member)))
        if str(value).upper() in names:
            return member
    raise ValueError(f"expected one of {', '.join(members)}")
