"""Opens the model, with the settings that lie beside it."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import onnxruntime as ort

from model_runner.messages import SampleError, note, printable
from model_runner.model import Model
from model_runner.sessions import extensions_library, open_session
from model_runner.settings import parse_settings, read_json
from model_serving.location import find_folder
from model_serving.this_model import (
    CONFIG,
    CUSTOM_OPS,
    EXTENSIONS,
    FILES,
    FOLDER,
    SHAPES,
)

CODE = Path(__file__).resolve().parents[1]
ALLOW_FALLBACK = "ALLOW_PROVIDER_FALLBACK"
CUSTOM_OPS_LIBRARY = "MODEL_CUSTOM_OPS"


def load_model() -> Model:
    """The model below AZUREML_MODEL_DIR, or else in the project that this code lies in.

    Without ALLOW_PROVIDER_FALLBACK=1 it fails where the execution provider asked for
    cannot be used: the CPU in its place would be slow without a word.
    """
    root = Path(os.environ.get("AZUREML_MODEL_DIR") or CODE.parent / FOLDER)
    if not root.is_dir():
        raise SampleError(f"there is no folder {root}; AZUREML_MODEL_DIR names it")
    files = [str(PurePosixPath(file).relative_to(FOLDER)) for file in FILES]
    folder = find_folder(root, files)
    path = folder / "inference_config.json"
    config = read_json(path) if path.is_file() else CONFIG
    settings = parse_settings(config, CONFIG["execution_provider"], path)
    sessions = [
        open_session(
            folder / file,
            settings,
            libraries=_libraries(),
            allow_fallback=os.environ.get(ALLOW_FALLBACK) == "1",
            how_to_allow=f"set {ALLOW_FALLBACK}=1",
        )
        for file in files
    ]
    model = Model(sessions, SHAPES, settings.io_bind)
    note(f"onnxruntime {ort.__version__} on {', '.join(model.providers)}: {folder}")
    return model


def _libraries() -> list[Path]:
    """Those of the operators that ONNX Runtime lacks; a relative path is in this code."""
    named = os.environ.get(CUSTOM_OPS_LIBRARY)
    if named:
        return [CODE / named]
    if CUSTOM_OPS:
        raise SampleError(
            f"the model has operators of {printable(', '.join(CUSTOM_OPS))}, which ONNX "
            f"Runtime lacks: name the library that has them in {CUSTOM_OPS_LIBRARY}"
        )
    return [extensions_library()] if EXTENSIONS else []
