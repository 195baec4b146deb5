"""Bad input gets one clear error with a hint, the right exit code, and no partial output.

Each file in `cases/` is one bad input. It defines

    COMMAND   the arguments of modelpress; the working folder holds the input
    EXIT      the exit code
    STDERR    all that is printed on stderr; for the names in angle brackets see `Outcome` in conftest.py
    STDOUT    all that is printed on stdout (default: nothing)
    make      makes the input, from the `Inputs` there
    run       instead of COMMAND, for what needs a process of its own: gives an `Outcome`
    WRITES    names in the working folder that the command makes (default: none)
    STARTED   True where it fails while it writes: then what it began must be gone again

and nothing else may have been written anywhere.
"""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "cases"
CASES = sorted(path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.py"))
DEFAULTS: dict[str, Any] = {"STDOUT": "", "WRITES": (), "STARTED": False, "make": lambda _: None}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the messages hold paths as POSIX writes them")


@pytest.mark.parametrize("name", CASES)
def test_bad_input(name: str, given: Any) -> None:
    case = SimpleNamespace(**{**DEFAULTS, **runpy.run_path(str(FOLDER / f"{name}.py"))})
    case.make(given)
    writes = case.STARTED or bool(case.WRITES)
    before = given.snapshot(folder_times=not writes)
    outcome = case.run(given) if hasattr(case, "run") else given.command(case.COMMAND)
    after = given.snapshot(folder_times=not writes)
    assert (outcome.stderr, outcome.stdout) == (case.STDERR, case.STDOUT)
    assert outcome.exit_code == case.EXIT
    assert case.EXIT == 0 or "\nhint: " in case.STDERR or '"hint": "' in case.STDOUT
    assert {path: after.get(path) for path in before} == before
    made = {path.split("/")[1] for path in after.keys() - before.keys() if path.startswith("here/")}
    assert made == set(case.WRITES)
    assert all(path.startswith("here/") for path in after.keys() - before.keys())
