"""The text that the built-in sets render from a real run, for reviewers to see what a change changes.

`MODELPRESS_UPDATE_GOLDEN=1 pytest tests/golden` writes it anew.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from modelpress.candidates import locate, rank, read
from modelpress.model import gather_files, runtime_for
from modelpress.templating import (
    Layout,
    PlacedModel,
    ProjectContext,
    build_context,
    execution_providers,
    load_sets,
    render_sets,
    resolve_settings,
    search_path,
)

HERE = Path(__file__).parent
RUN = HERE.parents[1] / "examples" / "olive-run" / "run"
TREE = HERE / "olive-run"
SETS = ("candidate", "ranking", "readme")


def rendered() -> dict[str, str]:
    """The project of the winner of the run, without the model and the samples."""
    found = read(RUN)
    ranking = rank(found)
    winner = ranking.entries[0]
    placed = PlacedModel(gather_files(locate(winner.candidate.model, found)), "model")
    runtime = runtime_for([provider["name"] for provider in execution_providers(winner.candidate)])
    sets = load_sets(search_path())
    chosen = [sets[name] for name in SETS]
    settings = {**resolve_settings(chosen, {}), "samples": {}}
    project = ProjectContext("digits", "1", "Reads a digit of 8 x 8 pixels.")
    context = build_context(project, Layout(ranking, {winner.candidate.id: placed}), winner, runtime, settings)
    texts = {}
    for path, entry in render_sets(context, chosen).items():
        with entry.open() as file:
            texts[path] = file.read().decode()
    return texts


def test_what_is_rendered_from_a_real_run() -> None:
    ours = rendered()
    if os.environ.get("MODELPRESS_UPDATE_GOLDEN") == "1":
        shutil.rmtree(TREE, ignore_errors=True)
        for path, text in ours.items():
            (TREE / path).parent.mkdir(parents=True, exist_ok=True)
            (TREE / path).write_text(text, encoding="utf-8", newline="")
    golden = {
        path.relative_to(TREE).as_posix(): path.read_bytes().decode() for path in TREE.rglob("*") if path.is_file()
    }
    assert ours == golden
