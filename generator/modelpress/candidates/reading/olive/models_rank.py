"""models_rank.json alone, without the package that it was written for."""

from __future__ import annotations

from modelpress.candidates.candidate import CandidateSet
from modelpress.candidates.reading.accelerator import DEFAULT, accelerator_of_settings
from modelpress.candidates.reading.assembly import Record, assemble
from modelpress.candidates.reading.measurement import NOTHING, Measurement
from modelpress.candidates.reading.olive import package as olive_package
from modelpress.candidates.reading.olive.candidate_folder import CandidateFolder, candidate_folders
from modelpress.candidates.reading.olive.model import model_reference
from modelpress.candidates.reading.olive.rank_file import RANK_FILE, RankEntry, is_rank_list, load_rank
from modelpress.candidates.reading.recorded_paths import model_position, parts_of, place_in
from modelpress.candidates.reading.source import Source, children
from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.filetree import FileTree, TreePath

name = "models-rank"


def recognises(source: Source) -> bool:
    """A list of ranked models, or a folder or zip with models_rank.json at its top (a rendered project)."""
    if source.tree is not None:
        return source.tree.entry(RANK_FILE) is not None
    return is_rank_list(source.data) or (source.path.name == RANK_FILE and source.data is not None)


def read(source: Source, *, strict: bool) -> CandidateSet:
    """The entries in their order; or of the package that the file belongs to, where it lies beside it."""
    tree = source.tree or source.beside
    if candidate_folders(tree):
        return olive_package.read(source, strict=strict)
    entries = load_rank(TreePath(tree, RANK_FILE if source.tree else source.path.name))
    records = [_record(tree, number, entry) for number, entry in enumerate(entries, 1)]
    return assemble(CandidateSet(name, source.path, tree.location, ()), records, strict=strict)


def _record(tree: FileTree, number: int, entry: RankEntry) -> Record:
    try:
        folder = _folder(tree, entry)
        model = model_reference(entry.model_config)
        return Record(
            model_id=(folder.model_id if folder else None) or _id_in_path(entry) or f"rank-{number}",
            accelerator=entry.accelerator or accelerator_of_settings(model.inference_settings) or DEFAULT,
            model=model,
            measured=Measurement(entry.metrics),
            input_measured=folder.measurements()[1] if folder else NOTHING,
            history=folder.steps if folder else (),
        )
    except UnsafeInputError:
        raise
    except ModelpressError as error:
        return Record(f"rank-{number}", DEFAULT, problem=error.message, unusable=True)


def _folder(tree: FileTree, entry: RankEntry) -> CandidateFolder | None:
    """The folder of the entry's model with its metadata, where it is there (in a rendered project it is `model`)."""
    place = place_in(tree, entry.path)
    if place is None or not place.parent.is_folder:
        return None
    folder = place.parent if place.entry is not None else place
    if not folder.is_folder:
        return None
    return CandidateFolder(folder, tuple(children(tree, folder.name)[0]))


def _id_in_path(entry: RankEntry) -> str | None:
    parts = parts_of(entry.path)
    position = model_position(parts)
    return parts[position] if position is not None else entry.folder.rpartition("/")[2] or None
