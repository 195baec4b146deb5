"""The first run: it is slow, so that it had better not be that of a request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from model_runner.inputs import read_inputs
from model_runner.made_up import make_inputs, parse_sizes
from model_runner.messages import note, printable
from model_runner.model import Model
from model_serving.this_model import GOLDEN, SIZES

CODE = Path(__file__).resolve().parents[1]


def warm_up(model: Model) -> dict[str, Any] | None:
    """Run the model once, and return the inputs that it ran with; None where none are known.

    They are the golden inputs where those lie beside the code or in its project, and
    otherwise made-up ones of the same sizes.
    """
    if GOLDEN is None:
        return None
    for folder in (CODE, CODE.parent):
        if (folder / GOLDEN).is_file():
            inputs = read_inputs(folder / GOLDEN, model.arguments())
            model.run(inputs)
            return inputs
    try:
        sizes = parse_sizes([f"{k}={n}" for k, n in SIZES.items()], model.arguments())
        inputs = make_inputs(model.missing(()), sizes, size=1, seed=0)
        model.run(inputs)
    except Exception as error:  # ONNX Runtime's errors have no class in common
        note(f"not warmed up: {printable(error)}")
        return None
    return inputs
