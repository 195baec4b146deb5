"""One run of one session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import onnxruntime as ort

from model_runner.messages import SampleError, note
from model_runner.tensors import NOT_IN_NUMPY, Value, from_ort, split_type, to_ort


@dataclass(frozen=True)
class Prepared:
    """A session, with what every run of it needs: types by name, in order.

    `plain` is whether numpy has all types and nothing is bound: then the session takes
    and returns arrays. Tensors that are bound, and those of other types, travel in
    OrtValues; ONNX Runtime's Python package makes none of strings, sequences and maps.
    """

    session: ort.InferenceSession
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    io_bind: bool
    plain: bool

    @classmethod
    def of(cls, session: ort.InferenceSession, *, io_bind: bool) -> Prepared:
        inputs = {one.name: one.type for one in feedable(session)}
        outputs = {one.name: one.type for one in session.get_outputs()}
        lacking = any(map(_is_lacking, (*inputs.values(), *outputs.values())))
        return cls(session, inputs, outputs, io_bind, not io_bind and not lacking)

    def infer(self, values: Mapping[str, Any]) -> list[Value]:
        """Run it on those of the values that it takes; None is one left out."""
        given = {n: values[n] for n in self.inputs if values.get(n) is not None}
        if self.plain:
            results = self.session.run(list(self.outputs), given)
        elif self._fits_ort_values(given):
            results = self._run_ort_values(given)
        else:
            results = self._run_others(given)
        return [
            Value(name, type_name, result)
            for (name, type_name), result in zip(
                self.outputs.items(), results, strict=True
            )
        ]

    def _fits_ort_values(self, given: Mapping[str, Any]) -> bool:
        types = [self.inputs[name] for name in given]
        return all(
            one.startswith("tensor(") and one != "tensor(string)" for one in types
        ) and all(one.startswith("tensor(") for one in self.outputs.values())

    def _run_ort_values(self, given: Mapping[str, Any]) -> list[Any]:
        feeds = {name: to_ort(given[name], self.inputs[name]) for name in given}
        if self.io_bind:
            binding = self.session.io_binding()
            for name, feed in feeds.items():
                binding.bind_ortvalue_input(name, feed)
            for name in self.outputs:
                binding.bind_output(name)
            self.session.run_with_iobinding(binding)
            results = binding.get_outputs()
        else:
            results = self.session.run_with_ort_values(list(self.outputs), feeds)
        dtypes = [split_type(one)[1] for one in self.outputs.values()]
        return [from_ort(*pair) for pair in zip(results, dtypes, strict=True)]

    def _run_others(self, given: Mapping[str, Any]) -> list[Any]:
        if self.io_bind:
            note("not bound: onnxruntime binds no strings, sequences and maps")
        for type_name in filter(_is_lacking, self.outputs.values()):
            raise SampleError(
                f"onnxruntime's Python package cannot return {type_name} from a "
                "model that takes or returns strings, sequences or maps as well"
            )
        feeds = {name: to_ort(given[name], self.inputs[name]) for name in given}
        return list(self.session.run(list(self.outputs), feeds))


def feedable(session: ort.InferenceSession) -> list[ort.NodeArg]:
    """Inputs, and initializers that may be replaced."""
    return [*session.get_inputs(), *session.get_overridable_initializers()]


def _is_lacking(type_name: str) -> bool:
    return split_type(type_name)[1] in NOT_IN_NUMPY
