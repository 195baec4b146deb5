"""The model as a service: opened once, asked many times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from model_runner.inputs import convert_inputs
from model_runner.messages import InputError, SampleError, printable
from model_runner.model import Model
from model_runner.tensors import Argument, Value
from model_serving.loading import load_model
from model_serving.warmup import warm_up

LONGEST = 500  # characters of what ONNX Runtime says


@dataclass(frozen=True)
class Service:
    """A model, and inputs that it has run with (None where there are none)."""

    model: Model
    sample: Mapping[str, Any] | None

    @classmethod
    def start(cls) -> Service:
        """Open the model and run it once. Raises SampleError where that is impossible."""
        model = load_model()
        return cls(model, warm_up(model))

    @cached_property
    def arguments(self) -> dict[str, Argument]:
        """All that can be fed, by name."""
        return self.model.arguments()

    @cached_property
    def required(self) -> list[Argument]:
        """What every request must have."""
        return self.model.missing(())

    def predict(self, values: Mapping[str, Any]) -> list[Value]:
        """The outputs for values by input name: arrays, or what JSON can hold.

        Raises SampleError where the values are at fault, with the input's name where
        it is known, and another exception where the service is.
        """
        inputs = convert_inputs(values, self.arguments)
        for argument in self.required:
            if argument.name not in inputs:
                raise InputError(argument.name, f"input {argument} is missing")
        try:
            return self.model.run(inputs)
        except Exception as error:  # ONNX Runtime's errors have no class in common
            said = printable(error)[:LONGEST]
            if not self._is_well():
                raise RuntimeError(said) from error
            raise SampleError(
                f"the model does not run on these inputs: {said}"
            ) from error

    def _is_well(self) -> bool:
        """Whether the model still runs on what it has run on: then a request is at fault."""
        if self.sample is None:
            return False
        try:
            self.model.run(self.sample)
        except Exception:  # likewise
            return False
        return True
