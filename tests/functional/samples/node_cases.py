"""Run the Python sample with --check on the operator cases of the onnx package: `node_cases.py SAMPLE_FOLDER`.

Prints {"passed": number, "left_out": number, "failed": {case: why}} as JSON. The golden vectors of each case are made
by modelpress; a case that ONNX Runtime does not load or run on made-up values is left out.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

from modelpress.errors import ModelpressError
from modelpress.model import TensorSpec, inspect_model
from modelpress.model.golden import child
from modelpress.model.golden.task import Component, Task

MEMORY = 1 << 40  # bytes: the limit is not what is tried here


def shape_of(spec: TensorSpec) -> list[Any] | None:
    """The shape that the sample is rendered with, of a sequence that of its elements."""
    kind = spec.type.element if spec.type.kind == "sequence" and spec.type.element else spec.type
    return None if kind.shape is None else list(kind.shape)


def check(sample: Any, model: Path, folder: Path) -> str:
    """What is wrong with the sample on this model; nothing where it passes. Raises where there are no vectors."""
    signature = inspect_model(model)
    child.compute(Task((Component(model, signature.inputs),), folder, "full", "CPUExecutionProvider", MEMORY))
    sample.GOLDEN = folder / "golden.json"
    sample.SHAPES.clear()
    sample.SHAPES.update({spec.name: shape_of(spec) for spec in signature.inputs if not spec.type.shape})
    printed = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(printed):
        code = sample.main(["--check", "--format", "json", "--model", str(model)])
    return "" if code == 0 else printed.getvalue()[-300:]


def main() -> None:
    """Check every case."""
    warnings.simplefilter("ignore")  # of numpy, in the reference code of the cases
    sys.path.insert(0, sys.argv[1])
    import sample
    from onnx.backend.test.case.node import collect_testcases

    passed = left_out = 0
    failed: dict[str, str] = {}
    with contextlib.redirect_stdout(sys.stderr):
        cases = collect_testcases(None)
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            model = Path(folder, "model.onnx")
            model.write_bytes(case.model.SerializeToString())
            try:
                wrong = check(sample, model, Path(folder))
            except ModelpressError:
                left_out += 1
                continue
            if wrong:
                failed[case.name] = wrong
            passed += not wrong
    sys.stdout.write(json.dumps({"passed": passed, "left_out": left_out, "failed": failed}) + "\n")


if __name__ == "__main__":
    main()
