"""The zips that a run left beside its footprints: the models again, and a ranking that may be wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from modelpress.candidates.candidate import Candidate
from modelpress.candidates.reading.olive.candidate_folder import CandidateFolder, candidate_folders
from modelpress.candidates.reading.olive.rank_file import RANK_FILE, contradictions, load_rank
from modelpress.candidates.reading.source import children
from modelpress.errors import ModelpressError
from modelpress.filetree import FileTree, FolderTree, TreePath, ZipTree


@dataclass(frozen=True)
class OwnZip:
    """A zip with candidate folders; one that cannot be read has none, and a `problem`."""

    tree: ZipTree

    @cached_property
    def _opened(self) -> tuple[list[CandidateFolder], str]:
        try:
            return candidate_folders(self.tree), ""
        except ModelpressError as error:
            return [], error.message

    @property
    def folders(self) -> Sequence[CandidateFolder]:
        """The candidate folders by accelerator and number."""
        return self._opened[0]

    @property
    def problem(self) -> str:
        """Why the zip cannot be read, "" where it can."""
        return self._opened[1]

    @cached_property
    def _by_model(self) -> dict[str, list[CandidateFolder]]:
        found: dict[str, list[CandidateFolder]] = {}
        for folder in self.folders:
            try:
                found.setdefault(folder.model_id or "", []).append(folder)
            except ModelpressError:
                continue  # its configurations.json is broken: nothing tells which model it holds
        return found

    def folder_of(self, candidate: Candidate) -> CandidateFolder | None:
        """The folder of a candidate of the run: by model id, of its own accelerator if there is one."""
        model_id = candidate.history[-1].model_id if candidate.history else candidate.id
        alike = self._by_model.get(model_id, [])
        same = [folder for folder in alike if folder.accelerator == candidate.accelerator]
        return next(iter(same or alike), None)

    def model_of(self, candidate: Candidate) -> TreePath | None:
        """Where the model of a candidate is; None where the zip has only records of it, or broken ones.

        Olive 0.7 packages a model that is gone as an empty folder, without a word.
        """
        folder = self.folder_of(candidate)
        try:
            return None if folder is None else TreePath(self.tree, folder.model().path)
        except ModelpressError:
            return None

    def repairs(self, candidates: Iterable[Candidate]) -> list[str]:
        """Where the zip's models_rank.json is wrong by the footprints, which are the better source."""
        if self.problem:
            return [f"{self.problem}; it was not used"]
        place = TreePath(self.tree, RANK_FILE)
        if place.entry is None:
            return []
        held = {
            folder.place.name: {metric.name: metric.value for metric in candidate.metrics.values()}
            for candidate in candidates
            if candidate.selected and (folder := self.folder_of(candidate)) is not None
        }
        if not held:
            return [f"{self.tree.location} holds none of the results of the run; it was not used"]
        try:
            return contradictions(place, load_rank(place), held, "the footprints")
        except ModelpressError as error:
            return [f"{error.message}; the footprints were used"]


def own_zips(tree: FileTree) -> list[OwnZip]:
    """The packages at the top of a folder, and the zips there that cannot be read."""
    if not isinstance(tree, FolderTree):
        return []
    names = [name for name in children(tree)[0] if name.lower().endswith(".zip")]
    zips = [OwnZip(ZipTree(tree.location / name)) for name in names]
    return [own for own in zips if own.folders or own.problem]
