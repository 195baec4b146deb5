"""One run of one session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import onnxruntime as ort

from model_runner.messages import SampleError, note
from model_runner.tensors import NOT_IN_NUMPY, Value, from_ort, split_type, to_ort


def infer(
    session: ort.InferenceSession, values: Mapping[str, Any], *, io_bind: bool
) -> list[Value]:
    """Run a session on those of the values that it takes; None is one left out.

    Tensors of numbers travel in OrtValues, which hold every element type and can be
    bound. ONNX Runtime's Python package makes none of strings, sequences and maps.
    """
    feeds = {
        argument.name: to_ort(values[argument.name], argument.type)
        for argument in feedable(session)
        if values.get(argument.name) is not None
    }
    outputs = session.get_outputs()
    if all(isinstance(feed, ort.OrtValue) for feed in feeds.values()) and all(
        output.type.startswith("tensor(") for output in outputs
    ):
        results = _run_tensors(session, feeds, io_bind=io_bind)
    else:
        if io_bind:
            note("not bound: onnxruntime binds no strings, sequences and maps")
        results = _run_others(session, feeds)
    return [
        Value(output.name, output.type, result)
        for output, result in zip(outputs, results, strict=True)
    ]


def feedable(session: ort.InferenceSession) -> list[ort.NodeArg]:
    """Inputs, and initializers that may be replaced."""
    return [*session.get_inputs(), *session.get_overridable_initializers()]


def _run_tensors(
    session: ort.InferenceSession, feeds: dict[str, ort.OrtValue], *, io_bind: bool
) -> list[Any]:
    names = [output.name for output in session.get_outputs()]
    if io_bind:
        binding = session.io_binding()
        for name, feed in feeds.items():
            binding.bind_ortvalue_input(name, feed)
        for name in names:
            binding.bind_output(name)
        session.run_with_iobinding(binding)
        results = binding.get_outputs()
    else:
        results = session.run_with_ort_values(names, feeds)
    dtypes = [split_type(output.type)[1] for output in session.get_outputs()]
    return [from_ort(*pair) for pair in zip(results, dtypes, strict=True)]


def _run_others(session: ort.InferenceSession, feeds: dict[str, Any]) -> list[Any]:
    for output in session.get_outputs():
        if split_type(output.type)[1] in NOT_IN_NUMPY:
            raise SampleError(
                f"onnxruntime's Python package cannot return {output.type} from a "
                "model that takes or returns strings, sequences or maps as well"
            )
    return list(session.run([output.name for output in session.get_outputs()], feeds))
