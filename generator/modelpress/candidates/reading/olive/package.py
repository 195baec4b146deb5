"""Olive's package: a zip, or the folder it was unpacked to, with candidate models and their metrics."""

from __future__ import annotations

from modelpress.candidates.candidate import CandidateSet, ModelReference
from modelpress.candidates.reading.accelerator import DEFAULT, FOLDER_NAME, accelerator_of_settings
from modelpress.candidates.reading.assembly import Record, assemble
from modelpress.candidates.reading.olive.candidate_folder import CandidateFolder, candidate_folders
from modelpress.candidates.reading.olive.rank_file import RANK_FILE, RankEntry, contradictions, load_rank
from modelpress.candidates.reading.source import Source
from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.filetree import TreePath

name = "olive-zip"


def recognises(source: Source) -> bool:
    """A zip or folder with candidate folders."""
    return source.tree is not None and bool(candidate_folders(source.tree))


def read(source: Source, *, strict: bool) -> CandidateSet:
    """The candidates of a package made by any release of Olive, or by modelpress; nothing is unpacked.

    The source is the zip, the folder, or models_rank.json in it. The order in the run is that
    of the folder numbers. ModelpressError where a candidate is unusable and `strict`,
    NoCandidateError where all are.
    """
    tree = source.tree or source.beside
    place = TreePath(tree, RANK_FILE)
    folders = candidate_folders(tree)
    entries, warnings = _entries(place)
    configs = {entry.folder: entry.model_config for entry in entries}
    records = [_record(folder, configs.get(folder.place.name)) for folder in folders]
    if entries:
        held = {folder.place.name: record.measured.values for folder, record in zip(folders, records, strict=True)}
        warnings += contradictions(place, entries, held, "the folders in CandidateModels")
    found = CandidateSet(name, source.path, tree.location, (), warnings=tuple(warnings))
    return assemble(found, records, strict=strict)


def _entries(place: TreePath) -> tuple[list[RankEntry], list[str]]:
    """The entries of models_rank.json; none before Olive 0.5. The folders hold all, so a broken one is no loss."""
    try:
        return load_rank(place) if place.entry is not None else [], []
    except UnsafeInputError:
        raise
    except ModelpressError as error:
        return [], [f"{error.message}; the folders in CandidateModels were used"]


def _record(folder: CandidateFolder, recorded: object) -> Record:
    short_name = folder.place.name.rpartition("/")[2]
    try:
        model = folder.model(recorded)
        measured, input_measured = folder.measurements()
        return Record(
            folder.model_id or short_name,
            _accelerator(folder, model),
            model,
            measured,
            input_measured,
            folder.steps,
        )
    except UnsafeInputError:
        raise
    except ModelpressError as error:
        accelerator = folder.accelerator or DEFAULT
        return Record(short_name, accelerator, problem=error.message, unusable=True)


def _accelerator(folder: CandidateFolder, model: ModelReference) -> str:
    if folder.accelerator and FOLDER_NAME.fullmatch(folder.accelerator):
        return folder.accelerator
    return accelerator_of_settings(model.inference_settings) or DEFAULT
