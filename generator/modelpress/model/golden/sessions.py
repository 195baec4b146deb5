"""The sessions of a model, one for each of its components.

Only the child process uses this: it imports onnxruntime.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from modelpress.model.golden.ort_values import run_session
from modelpress.model.golden.task import NoVectorsError, Task
from modelpress.model.golden.values import Value
from modelpress.model.signature import TensorSpec

if TYPE_CHECKING:
    import onnxruntime as ort

ERRORS_ONLY = 3  # real models cause hundreds of warnings
CPU = "CPUExecutionProvider"
KEPT_OF_REASON = (120, 240)  # characters of a message of ONNX Runtime, which says where first and what last


class Model:
    """The sessions of the task's components."""

    def __init__(self, task: Task) -> None:
        self._components = task.components
        self._sessions = [_open(component.path, task) for component in task.components]

    @property
    def specs(self) -> list[TensorSpec]:
        """All that can be given; the first of a name counts."""
        found = {spec.name: spec for one in reversed(self._components) for spec in reversed(one.inputs)}
        return list(reversed(found.values()))

    def missing(self, given: set[str]) -> list[TensorSpec]:
        """Inputs that are neither given nor returned by a component before."""
        known, missing = set(given), []
        for component, session in zip(self._components, self._sessions, strict=True):
            missing += [spec for spec in component.inputs if spec.name not in known]
            known |= {spec.name for spec in component.inputs} | {one.name for one in session.get_outputs()}
        return missing

    def run(self, inputs: Sequence[Value]) -> list[Value]:
        """Run all components; what they take from each other is not returned."""
        values = {value.name: value for value in inputs}
        taken = {spec.name for component in self._components[1:] for spec in component.inputs}
        outputs: list[Value] = []
        for session in self._sessions:
            results = run_session(session, values)
            values |= {result.name: result for result in results}
            outputs += [result for result in results if result.name not in taken]
        return outputs


def _open(path: Any, task: Task) -> ort.InferenceSession:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.log_severity_level = ERRORS_ONLY
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # sums do not depend on the number of cores
    options.use_deterministic_compute = True
    try:
        if task.extensions:
            import onnxruntime_extensions

            options.register_custom_ops_library(onnxruntime_extensions.get_library_path())
        return ort.InferenceSession(str(path), options, providers=[CPU])
    except Exception as error:  # noqa: BLE001  # ONNX Runtime's errors have no class in common
        raise NoVectorsError(f"onnxruntime {ort.__version__} cannot load the model: {reason_of(error)}") from None


def reason_of(error: Exception) -> str:
    """The message on one line, its middle left out where it is long, without what a terminal would act upon."""
    text = " ".join("".join(c if c.isprintable() or c.isspace() else "?" for c in str(error)).split())
    head, tail = KEPT_OF_REASON
    return text if len(text) <= head + tail else f"{text[:head]} ... {text[-tail:]}"
