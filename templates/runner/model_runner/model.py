"""A model: what it takes, and what it returns for that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import onnxruntime as ort

from model_runner.inference import Prepared, feedable
from model_runner.tensors import Argument, Value


@dataclass(frozen=True)
class Model:
    """The sessions of a model: one for each component, in the order of their use.

    `shapes` has what ONNX Runtime does not tell of inputs: it says [] for scalars, for
    an unknown rank (None) and for sequences (the shape of their elements).
    """

    sessions: list[ort.InferenceSession]
    shapes: Mapping[str, list[int | str | None] | None]
    io_bind: bool

    @property
    def providers(self) -> list[str]:
        """The execution providers in use."""
        return list(self.sessions[0].get_providers())

    def arguments(self) -> dict[str, Argument]:
        """All that can be fed, by name."""
        return {
            argument.name: self._argument(argument)
            for session in self.sessions
            for argument in feedable(session)
        }

    def missing(self, given: Collection[str]) -> list[Argument]:
        """Inputs that are not given, optional, or returned by a session before."""
        known = set(given)
        missing = []
        for session in self.sessions:
            for argument in session.get_inputs():
                optional = argument.type.startswith("optional(")
                if argument.name not in known and not optional:
                    missing.append(self._argument(argument))
                known.add(argument.name)
            known |= {output.name for output in session.get_outputs()}
        return missing

    def results(self) -> list[Argument]:
        """All that is returned, in order."""
        return [
            Argument(output.name, output.type, output.shape)
            for session in self.sessions
            for output in session.get_outputs()
            if output.name not in self._taken
        ]

    @cached_property
    def _prepared(self) -> list[Prepared]:
        return [Prepared.of(one, io_bind=self.io_bind) for one in self.sessions]

    @cached_property
    def _taken(self) -> set[str]:
        """Inputs of the later sessions, which the earlier ones may return."""
        return {a.name for session in self.sessions[1:] for a in session.get_inputs()}

    def _argument(self, argument: ort.NodeArg) -> Argument:
        shape = argument.shape or self.shapes.get(argument.name)
        return Argument(argument.name, argument.type, shape)

    def run(self, inputs: Mapping[str, Any]) -> list[Value]:
        """Run all sessions; what they take from each other is not returned."""
        if len(self.sessions) == 1:
            return self._prepared[0].infer(inputs)
        values = dict(inputs)
        outputs = []
        for session in self._prepared:
            results = session.infer(values)
            values |= {result.name: result.value for result in results}
            outputs += [one for one in results if one.name not in self._taken]
        return outputs
