"""Runs the scoring scripts of a bundle, each as Azure ML does, and compares with the golden outputs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from modelpress.proving.environments import NoEnvironmentError, environment_for
from modelpress.proving.mini_batches import prove_batch_script
from modelpress.proving.processes import run
from modelpress.proving.report import Finding
from modelpress.proving.scripts import FOLDER, Kind, Script, find_scripts

GOLDEN = "golden/golden.json"
LONGEST = 4000  # characters of what went wrong


def check_scoring(folder: Path, home: Path) -> tuple[Finding, ...]:
    """Serve the online script, and run the batch script, where there are any. Their packages may be fetched."""
    scripts = list(find_scripts(folder))
    if not scripts:
        return (Finding("scoring", "skipped", "there is no scoring script in the bundle"),)
    if not (folder / GOLDEN).is_file():
        return (Finding("scoring", "skipped", "there are no golden vectors to compare with", "Render with --golden."),)
    return tuple(_check(script, folder, home) for script in scripts)


def _check(script: Script, folder: Path, home: Path) -> Finding:
    what = f"{FOLDER}/{script.kind}"
    if not script.requirements.is_file():
        name = f"{FOLDER}/{script.requirements.name}"
        return Finding(what, "skipped", f"there is no {name}", "Name there what the script needs.")
    try:
        python = environment_for(script.requirements)
    except NoEnvironmentError as error:
        return Finding(what, "skipped" if error.missing else "failed", error.message, error.hint)
    return PROOFS[script.kind](script, folder, home, python)


def _online(script: Script, folder: Path, home: Path, python: Path) -> Finding:
    what = f"{FOLDER}/online"
    if sys.platform == "win32":
        return Finding(what, "skipped", "the server that is used, gunicorn, does not run on Windows", "Use WSL.")
    command = [sys.executable, "-P", "-m", "modelpress.proving.scoring_child"]
    name = script.path.relative_to(folder / FOLDER).as_posix()
    ended = run([*command, str(folder), name, str(python)], folder, home=home)
    return Finding(what, "failed" if ended.code != 0 else "passed", ended.output.strip()[-LONGEST:])


def _batch(script: Script, folder: Path, home: Path, python: Path) -> Finding:
    what = f"{FOLDER}/batch"
    if not script.is_rendered:
        return Finding(what, "skipped", "what files this script of your own takes is not known")
    problem = prove_batch_script(folder, home / "batch", script.path, python)
    if problem:
        return Finding(what, "failed", problem)
    return Finding(what, "passed", "the golden outputs come back for each file; what does not fit is left out")


PROOFS: Mapping[Kind, Callable[[Script, Path, Path, Path], Finding]] = {"online": _online, "batch": _batch}
