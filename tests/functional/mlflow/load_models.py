"""Loads MLflow models with MLflow, and prints what it finds of each as one JSON document.

The arguments are folders of models. What is in `inputs.npz` beside a folder goes in; the outputs
that are arrays go to `<way of running>.npz` beside it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import mlflow.onnx
import mlflow.pyfunc
import numpy as np
import onnx
import onnxruntime


def read(path: Path) -> dict[str, Any]:
    with np.load(path) as held:
        return {name: held[name] for name in held.files}


def run_onnx(model: onnx.ModelProto, feeds: dict[str, Any]) -> dict[str, Any]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds), strict=True))


def keep(path: Path, outputs: dict[str, Any]) -> list[str]:
    """Keep the outputs that are arrays, by position; the names of all."""
    arrays = [value for value in outputs.values() if isinstance(value, np.ndarray)]
    np.savez(path, *(array.astype(str) if array.dtype == object else array for array in arrays))
    return list(outputs)


def look_at(folder: Path) -> dict[str, Any]:
    feeds = read(folder.with_name("inputs.npz"))
    served = mlflow.pyfunc.load_model(str(folder))
    session = served.get_raw_model()
    options = session.get_session_options()
    found = {
        "onnx": keep(folder.with_name("onnx.npz"), run_onnx(mlflow.onnx.load_model(str(folder)), feeds)),
        "pyfunc": keep(folder.with_name("pyfunc.npz"), served.predict(feeds)),
        "uuid": served.metadata.model_uuid,
        "created": served.metadata.utc_time_created,
        "size": served.metadata.model_size_bytes,
        "providers": session.get_provider_options(),
        "execution_mode": options.execution_mode.name,
        "graph_optimization_level": options.graph_optimization_level.name,
        "intra_op_num_threads": options.intra_op_num_threads,
        "denormals": options.get_session_config_entry("session.set_denormal_as_zero")
        if options.intra_op_num_threads
        else None,
    }
    signature = served.metadata.signature
    if signature is not None:
        found["inputs"] = {one.name: [str(one.type), one.shape] for one in signature.inputs}
        found["outputs"] = {one.name: [str(one.type), one.shape] for one in signature.outputs or ()}
    example = served.metadata.load_input_example(str(folder))
    if example is not None:
        keep(folder.with_name("example.npz"), served.predict(example))
    return found


if __name__ == "__main__":
    print(json.dumps({folder: look_at(Path(folder)) for folder in sys.argv[1:]}))  # noqa: T201 - a program
