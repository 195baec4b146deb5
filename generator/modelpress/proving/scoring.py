"""Runs the scoring scripts of a bundle, each as Azure ML does, and compares with the golden outputs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from modelpress.proving.environments import NoEnvironmentError, environment_for
from modelpress.proving.mini_batches import prove_batch_script
from modelpress.proving.processes import run
from modelpress.proving.report import Finding

FOLDER = "scoring"
GOLDEN = "golden/golden.json"
LONGEST = 4000  # characters of what went wrong
# The script of each kind unless its deployment names another, and what it needs.
SCRIPTS: Mapping[str, tuple[str, str]] = {
    "online": ("score.py", "requirements.txt"),
    "batch": ("batch_score.py", "batch_requirements.txt"),
}


def check_scoring(folder: Path, home: Path) -> tuple[Finding, ...]:
    """Serve the online script, and run the batch script, where there are any. Their packages may be fetched."""
    found = {
        kind: (script, folder / FOLDER / requirements)
        for kind, (usual, requirements) in SCRIPTS.items()
        if (folder / FOLDER / (script := _script(folder, kind, usual))).is_file()
    }
    if not found:
        return (Finding("scoring", "skipped", "there is no scoring script in the bundle"),)
    if not (folder / GOLDEN).is_file():
        return (Finding("scoring", "skipped", "there are no golden vectors to compare with", "Render with --golden."),)
    return tuple(_check(folder, home, kind, *one) for kind, one in found.items())


def _script(folder: Path, kind: str, usual: str) -> str:
    """The script that the deployment names; `usual` where there is no deployment."""
    import yaml

    try:
        deployment = yaml.safe_load((folder / "azureml" / kind / "deployment.yml").read_text(encoding="utf-8"))
        return str(deployment["code_configuration"]["scoring_script"])
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError):
        return usual


def _check(folder: Path, home: Path, kind: str, script: str, requirements: Path) -> Finding:
    what = f"{FOLDER}/{kind}"
    if not requirements.is_file():
        return Finding(
            what, "skipped", f"there is no {FOLDER}/{requirements.name}", "Name there what the script needs."
        )
    try:
        python = environment_for(requirements)
    except NoEnvironmentError as error:
        return Finding(what, "skipped" if error.missing else "failed", error.message, error.hint)
    return PROOFS[kind](folder, home, script, python)


def _online(folder: Path, home: Path, script: str, python: Path) -> Finding:
    what = f"{FOLDER}/online"
    if sys.platform == "win32":
        return Finding(what, "skipped", "the server that is used, gunicorn, does not run on Windows", "Use WSL.")
    command = [sys.executable, "-P", "-m", "modelpress.proving.scoring_child", str(folder), script, str(python)]
    ended = run(command, folder, home=home)
    return Finding(what, "failed" if ended.code != 0 else "passed", ended.output.strip()[-LONGEST:])


def _batch(folder: Path, home: Path, script: str, python: Path) -> Finding:
    what = f"{FOLDER}/batch"
    if not (folder / FOLDER / "model_serving").is_dir():
        return Finding(what, "skipped", "what files this script of your own takes is not known")
    problem = prove_batch_script(folder, home / "batch", folder / FOLDER / script, python)
    if problem:
        return Finding(what, "failed", problem)
    return Finding(what, "passed", "the golden outputs come back for each file; what does not fit is left out")


PROOFS: Mapping[str, Callable[[Path, Path, str, Path], Finding]] = {"online": _online, "batch": _batch}
