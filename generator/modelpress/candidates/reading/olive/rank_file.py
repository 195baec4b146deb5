"""models_rank.json: Olive's list of {rank, model_config, metrics}, which is not always complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelpress.candidates.reading import datafile
from modelpress.candidates.reading.accelerator import FOLDER_NAME
from modelpress.candidates.reading.olive.candidate_folder import FOLDER
from modelpress.candidates.reading.olive.model import recorded_path
from modelpress.candidates.reading.recorded_paths import portable
from modelpress.candidates.reading.recorded_values import items, kind_of, mapping, number
from modelpress.errors import ModelpressError
from modelpress.filetree import TreePath

RANK_FILE = "models_rank.json"


@dataclass(frozen=True, slots=True)
class RankEntry:
    """One entry as it was recorded."""

    model_config: Any
    metrics: Mapping[str, Any]

    @property
    def path(self) -> str:
        """The model's path with slashes, "" where there is none."""
        return portable(recorded_path(mapping(mapping(self.model_config).get("config")).get("model_path")) or "")

    @property
    def folder(self) -> str:
        """The candidate folder that the path leads into, "" where it leads elsewhere (Olive 0.5)."""
        match = FOLDER.match(f"{self.path}/")
        return match["name"] if match else ""

    @property
    def accelerator(self) -> str | None:
        """The accelerator that the path names."""
        match = FOLDER.match(f"{self.path}/")
        named = match["accelerator"] if match else None
        return named if named and FOLDER_NAME.fullmatch(named) else None


def is_rank_list(data: object) -> bool:
    """Whether JSON data are a list of ranked models."""
    return isinstance(data, list) and bool(data) and all("model_config" in mapping(entry) for entry in data)


def load_rank(place: TreePath) -> list[RankEntry]:
    """The entries of a rank file. Raises ModelpressError where it is something else."""
    data = datafile.load(place)
    if data != [] and not is_rank_list(data):
        raise ModelpressError(
            f"{place}: is not Olive's list of ranked models but {kind_of(data)}",
            hint="Each entry has rank, model_config and metrics.",
            file=str(place),
        )
    return [RankEntry(entry["model_config"], mapping(entry.get("metrics"))) for entry in items(data)]


def contradictions(
    place: TreePath, entries: Sequence[RankEntry], held: Mapping[str, Mapping[str, Any]], better: str
) -> list[str]:
    """What a rank file says differently from the `better` source, which was used instead.

    `held` maps each candidate folder to the metrics that the better source has for it. Olive
    0.6 to 0.9.1 lists only the last candidate.
    """
    found = []
    listed = {entry.folder: entry for entry in entries}
    if len(entries) < len(held):
        found.append(f"{place} lists {len(entries)} of {len(held)} candidates; {better} were used")
    for folder, metrics in held.items():
        if folder in listed and _figures(listed[folder].metrics) != _figures(metrics):
            found.append(f"{place} has other metrics for {folder}; {better} were used")
    return found


def _figures(metrics: Mapping[str, Any]) -> dict[str, str]:
    return {name: repr(number(mapping(value).get("value", value))) for name, value in metrics.items()}  # NaN is NaN
