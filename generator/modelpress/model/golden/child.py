"""The child process: reads a task from standard input, runs the model, writes golden vectors into the task's folder.

A process of its own, since loading a hostile model may exhaust the memory, hang or crash.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from modelpress.errors import ModelpressError, UsageError
from modelpress.limits import Limits
from modelpress.model.description import describe_type
from modelpress.model.golden.comparison import Expected, compare_output
from modelpress.model.golden.continuation import continued
from modelpress.model.golden.document import FORMAT, golden_json, value_document
from modelpress.model.golden.given import conflict, read_inputs, sizes_given
from modelpress.model.golden.made_up import (
    GUESSES,
    MOST_ELEMENTS,
    Sizes,
    axes_of,
    free_dimensions,
    make_inputs,
    parse_sizes,
)
from modelpress.model.golden.npz import npz
from modelpress.model.golden.sessions import Model, reason_of
from modelpress.model.golden.task import INPUTS_NAME, JSON_NAME, OUTPUTS_NAME, RESULT, NoVectorsError, Task
from modelpress.model.golden.tolerance import tolerance_of
from modelpress.model.golden.values import Value, element_count
from modelpress.model.signature import TensorSpec


@dataclass(frozen=True, slots=True)
class Attempt:
    """A run that worked: what went in and came out, twice."""

    inputs: Sequence[Value]
    first: Sequence[Value]
    second: Sequence[Value]


def main() -> int:
    """Do the task on standard input; the exit code is 0 whatever became of it."""
    task = Task.from_json(sys.stdin.read())
    Limits(task.memory).apply()
    try:
        result = compute(task)
    except ModelpressError as error:
        kind = "usage" if isinstance(error, UsageError) else "unavailable"
        result = {"error": {"kind": kind, "message": error.message, "hint": error.hint, "file": error.file}}
    (task.folder / RESULT).write_text(json.dumps(result), encoding="utf-8")
    return 0


def compute(task: Task) -> dict[str, Any]:
    """Write the golden vectors; what was found out is returned.

    Raises UsageError for `--dim` and `--inputs` that do not fit the model, and NoVectorsError
    where it does not run.
    """
    if task.generates:
        return _write(task, Attempt(*continued(task)), {})
    model = Model(task)
    given = read_inputs(task.inputs, model.specs) if task.inputs else []
    if clash := conflict(given, task.dims):
        raise UsageError(clash, hint="Take one of the two away.")
    missing = model.missing({value.name for value in given})
    sizes = parse_sizes(task.dims, model.specs)
    sizes = Sizes({**sizes_given(given), **sizes.named}, sizes.placed)
    free = free_dimensions(missing, sizes)
    attempt = Search(task, model, given, missing).first_that_runs(sizes, free)
    return _write(task, attempt, _dimensions(model.specs, attempt.inputs, set(free)))


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for sizes of free dimensions that suit the model."""

    task: Task
    model: Model
    given: Sequence[Value]
    missing: Sequence[TensorSpec]

    def first_that_runs(self, sizes: Sizes, free: Sequence[str]) -> Attempt:
        """What the first guess that works gave."""
        failures = []
        for guess in GUESSES if free else GUESSES[:1]:
            try:
                return self._attempt(sizes, guess)
            except Exception as error:  # noqa: BLE001  # ONNX Runtime's errors have no class in common
                failures.append(error)
        raise self._explain(reason_of(failures[0]), free)

    def _attempt(self, sizes: Sizes, guess: int) -> Attempt:
        inputs = [*self.given, *make_inputs(self.missing, sizes, guess, self.task.seed)]
        first = self.model.run(inputs)
        count = sum(element_count(value.content) for value in first)
        if count > MOST_ELEMENTS:
            raise NoVectorsError(f"the outputs have {count:,} elements, and golden vectors hold {MOST_ELEMENTS:,}")
        return Attempt(inputs, first, self.model.run(inputs))

    def _explain(self, reason: str, free: Sequence[str]) -> ModelpressError:
        """Whose fault it is that nothing worked: the sizes', the inputs', or nobody's."""
        if self.task.dims:
            plain = Sizes(sizes_given(self.given))
            others = free_dimensions(self.missing, plain)
            for guess in GUESSES:
                try:
                    self._attempt(plain, guess)
                except Exception:  # noqa: BLE001, S112  # likewise; what fails is not the sizes' fault
                    continue
                works = ", ".join(f"{name}={guess}" for name in others)
                return UsageError(f"{self._sized()}: {reason}", hint=f"The model runs with {works}.")
        if self.task.inputs:
            named = ", ".join(f"{value.name!r} {describe_type(value.type)}" for value in self.given)
            return UsageError(
                f"{self.task.inputs}: the model does not run on {named}: {reason}", file=str(self.task.inputs)
            )
        tried = f" with any of {', '.join(map(str, GUESSES))} for {', '.join(free)}" if free else ""
        return NoVectorsError(
            f"the model does not run on made-up inputs{tried}: {reason}",
            hint="Give real inputs with --inputs FILE.npz, and sizes with --dim.",
        )

    def _sized(self) -> str:
        """The sizes that were given, and the inputs that have them."""
        sizes = parse_sizes(self.task.dims, self.model.specs)
        inputs = [
            f"{spec.name!r} ({describe_type(spec.type)})"
            for spec in self.missing
            if any(
                not isinstance(size, int) and sizes.of(spec.name, axis, size) is not None
                for axis, size in enumerate(axes_of(spec, sizes))
            )
        ]
        dims = " ".join(f"--dim {name}={size}" for name, size in self.task.dims.items())
        return f"{dims}: the model does not run with the input {', '.join(inputs)} of that size"


def _dimensions(specs: Sequence[TensorSpec], inputs: Sequence[Value], guessed: set[str]) -> dict[str, Any]:
    """The size of every free dimension, and whether it was guessed."""
    shapes = {value.name: _shape(value.content) for value in inputs}
    found: dict[str, Any] = {}
    for spec in specs:
        declared = axes_of(spec, Sizes()) or (None,) * len(shapes.get(spec.name, ()))
        for axis, (dimension, size) in enumerate(zip(declared, shapes.get(spec.name, ()), strict=False)):
            if not isinstance(dimension, int):
                name = dimension or f"{spec.name}:{axis}"
                found.setdefault(name, {"size": size, "origin": "guessed" if name in guessed else "given"})
    return found


def _shape(content: Any) -> Sequence[int]:
    while isinstance(content, list) and content:
        content = content[0]
    return getattr(content, "shape", ())


def _write(task: Task, attempt: Attempt, dimensions: Mapping[str, Any]) -> dict[str, Any]:
    import onnxruntime as ort

    outputs = []
    for first, second in zip(attempt.first, attempt.second, strict=True):
        tolerance = tolerance_of(first, task.arithmetic)
        stable = compare_output(second, Expected(first, tolerance)) is None
        if not stable and compare_output(second, Expected(first, tolerance, stable=False)):
            raise NoVectorsError(f"the output {first.name!r} has another shape in every run")
        outputs.append({**value_document(first), "tolerance": asdict(tolerance), "stable": stable})
    missing = task.provider not in ort.get_available_providers()
    header = {
        "format": FORMAT,
        **task.header,
        "seed": task.seed,
        "dimensions": dimensions,
        "note": f"the candidate's own provider {task.provider} is not available here" if missing else "",
    }
    lists = {"inputs": map(value_document, attempt.inputs), "outputs": outputs}
    (task.folder / JSON_NAME).write_bytes(golden_json(header, lists))
    (task.folder / INPUTS_NAME).write_bytes(npz(attempt.inputs))
    (task.folder / OUTPUTS_NAME).write_bytes(npz(attempt.first))
    unstable = [output["name"] for output in outputs if not output["stable"]]
    return {"dimensions": dimensions, "note": header["note"], "unstable": unstable}


if __name__ == "__main__":
    sys.exit(main())
