"""The bundle of the Zipfile packaging type: every candidate, in the layout that Olive gave its zips."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from modelpress.bundle import SUMS_NAME, Bundle, sha256sums
from modelpress.errors import ModelpressError
from modelpress.filetree import ZipTree
from modelpress.packaging.candidate_folders import CANDIDATE_SET, CANDIDATES, MLFLOW_SET, candidate_folders
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.golden import FOLDER, NO_GOLDEN, Golden
from modelpress.packaging.rendering import Rendering, merge
from modelpress.packaging.runtime_packages import NO_RUNTIME_PACKAGES, RuntimePackages
from modelpress.templating import render_sets

FOLDERS = {"samples": "SampleCode"}
RANKING_SET, SAMPLE_SET = "ranking", "samples"


def set_names(*, samples: bool, mlflow: bool = False) -> tuple[str, ...]:
    """The template sets that a zip is rendered from."""
    return (CANDIDATE_SET, RANKING_SET, *((SAMPLE_SET,) if samples else ()), *((MLFLOW_SET,) if mlflow else ()))


def zip_bundle(
    chosen: Chosen,
    rendering: Rendering,
    golden: Golden = NO_GOLDEN,
    packages: RuntimePackages = NO_RUNTIME_PACKAGES,
) -> Bundle:
    """Every chosen candidate with its files, the ranking, the samples of the best one, and SHA256SUMS.

    Golden vectors lie beside the samples, which check against them; `packages` run the models.
    """
    layout, parts = candidate_folders(chosen, rendering, golden)
    golden_folder = f"{FOLDERS[SAMPLE_SET]}/{FOLDER}"
    best = replace(rendering.context(layout, chosen.entries[0]), golden=golden.context(golden_folder))
    parts += [golden.entries(golden_folder), packages.entries]
    parts.append(render_sets(best, rendering.only(RANKING_SET, SAMPLE_SET), folders=FOLDERS))
    return Bundle.of(merge(parts), {SUMS_NAME: sha256sums})


def is_olives_own(path: Path) -> bool:
    """Whether the file is a zip that Olive itself packaged: to package again replaces it, as Olive does."""
    try:
        names = set(ZipTree(path).names())
    except ModelpressError:
        return False
    return SUMS_NAME not in names and any(name.startswith(f"{CANDIDATES}/") for name in names)
