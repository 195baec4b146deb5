"""Finding the files of a candidate's model: where they were, or where they are now."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from modelpress.candidates.candidate import Candidate, CandidateSet, ModelReference
from modelpress.candidates.locating.path_index import Parts, PathIndex, common_tail
from modelpress.candidates.locating.saved_output import saved_config
from modelpress.candidates.reading.olive.candidate_folder import METADATA, MLFLOW_METADATA, with_file_name
from modelpress.candidates.reading.olive.own_zip import OwnZip, own_zips
from modelpress.candidates.reading.olive.saved_model import saved_model
from modelpress.candidates.reading.recorded_paths import model_position, parts_of, place_in
from modelpress.candidates.reading.recorded_values import items, mapping, text
from modelpress.errors import ModelpressError
from modelpress.filetree import FileTree, FolderTree, TreePath, open_tree

LISTING = "listing"
DEFAULT_CACHE = ".olive-cache"  # in the working directory, in every release of Olive


@dataclass(frozen=True, slots=True)
class LocatedModel:
    """A model whose files were found.

    `place` is a file, or the folder that the model is; of a composite it is the folder that
    holds all components. `sidecars` are files that belong to the model and lie outside
    `place`. `left_out` are names of files in the folder that are no part of the model.
    """

    reference: ModelReference
    place: TreePath
    components: tuple[LocatedModel, ...] = ()
    sidecars: tuple[TreePath, ...] = ()
    left_out: frozenset[str] = frozenset()


def locate(reference: ModelReference, found: CandidateSet, *, model_roots: Sequence[Path] = ()) -> LocatedModel:
    """The files of a model of `found`; `ModelSearch` does the same for many models with one walk.

    Raises ModelpressError listing every place that was tried, and UnsafeInputError where a
    link leads out of the folder that was searched.
    """
    return ModelSearch(found, tuple(model_roots)).locate(reference)


@dataclass(frozen=True)
class ModelSearch:
    """The places where the models of a candidate set may be; each is walked at most once.

    In this order: the recorded path; the same tail under the source, under each of
    `model_roots` and in Olive's default cache; the run's own zip; the model that Olive saved
    in its output folder. `found` is all that was read: whose model was saved is told by
    comparing the candidates.
    """

    found: CandidateSet
    model_roots: tuple[Path, ...] = ()

    def locate(self, reference: ModelReference) -> LocatedModel:
        """As the function `locate`."""
        tried: list[str] = []
        located = self._recorded(reference, tried)
        candidate = self._owner(reference)
        if located is None and candidate is not None:
            located = self._in_own_zip(candidate, tried) or self._saved(candidate, tried)
        if located is None:
            raise self._not_found(f"the model {reference.path or reference.components[0].path}", tried)
        return located

    def _recorded(self, reference: ModelReference, tried: list[str]) -> LocatedModel | None:
        components = [self._recorded(component, tried) for component in reference.components]
        complete = tuple(component for component in components if component is not None)
        if len(complete) < len(components):
            return None
        place = self._place(reference.path, tried)
        if place is None and complete:
            place = _common_folder([component.place for component in complete])
        return None if place is None else self._complete(reference, place, complete)

    def _in_own_zip(self, candidate: Candidate, tried: list[str]) -> LocatedModel | None:
        for own in self._zips:
            place = own.model_of(candidate)
            tried.append(f"{candidate.id} in {own.tree.location}")
            if place is not None:
                return self._complete(candidate.model, place)
        return None

    def _saved(self, candidate: Candidate, tried: list[str]) -> LocatedModel | None:
        config = saved_config(self._indexes[0], candidate, self.found)
        tried.append(f"the model saved in {self.found.root}" if config is None else str(config))
        return None if config is None else self._recorded(saved_model(config), tried)

    def _complete(
        self, reference: ModelReference, place: TreePath, components: tuple[LocatedModel, ...] = ()
    ) -> LocatedModel:
        left_out: frozenset[str] = frozenset()
        if place.is_folder and place.inside("configurations.json").entry is not None:
            left_out = METADATA
        elif PurePosixPath(place.name).name == "mlflow_model":
            left_out = MLFLOW_METADATA
        sidecars = tuple(dict.fromkeys(self._sidecars(reference, place)))
        return LocatedModel(with_file_name(reference, place), place, components, sidecars, left_out)

    def _sidecars(self, reference: ModelReference, place: TreePath) -> Iterator[TreePath]:
        """The files that Olive lists as belonging to the model, save those inside its folder.

        They lie beside the model, or in the cache with another one: no other file of this
        computer is taken because a record names it.
        """
        folder = place if place.is_folder else place.parent
        was = parts_of(reference.path) if place.is_folder else parts_of(reference.path)[:-1]
        listed = mapping(reference.config.get("model_attributes")).get("additional_files")
        for path in filter(None, map(text, items(listed))):
            parts, tried = parts_of(path), list[str]()
            beside = folder.inside("/".join(parts[len(was) :] if was and parts[: len(was)] == was else parts[-1:]))
            if beside.exists():
                if not place.is_folder:
                    yield beside
                continue
            found = self._place(path, tried) if model_position(parts) is not None else None
            if found is None:
                raise self._not_found(f"{path}, which belongs to the model {reference.path},", [str(beside), *tried])
            yield found

    def _place(self, path: str, tried: list[str]) -> TreePath | None:
        for place, description in self._places(path):
            tried.append(description)
            if place is not None and place.exists():
                return place
        return None

    def _places(self, path: str) -> Iterator[tuple[TreePath | None, str]]:
        """Where the file or folder of a recorded path may be, likeliest first, and how to call that place."""
        if not path:
            return
        tree, parts = self._indexes[0].tree, parts_of(path)
        here = place_in(tree, path)
        yield (here, str(here)) if here is not None else (self._on_this_computer(path), path)
        position = model_position(parts)
        tail = "/".join(parts if position is None else parts[position - 1 :])
        for index in self._indexes:
            yield index.find(parts, self._distinct(parts)), f"{tail} below {index.tree.location}"

    def _on_this_computer(self, path: str) -> TreePath | None:
        recorded = Path(path)
        if self.found.kind == LISTING:  # the user's own file: its paths may lead out of its folder
            recorded = Path(os.path.normpath(self.found.root / recorded))
        try:
            if not recorded.is_absolute() or not recorded.exists():
                return None
        except (OSError, ValueError):  # too long, a NUL character
            return None
        root, tree = self.found.root.absolute(), self._indexes[0].tree
        if root.is_relative_to(recorded):  # no model, but a folder around all that was read
            return None
        if isinstance(tree, FolderTree) and recorded.is_relative_to(root):
            return TreePath(tree, recorded.relative_to(root).as_posix())
        if recorded.is_dir():
            return TreePath(FolderTree(recorded), "")
        return TreePath(FolderTree(recorded.parent), recorded.name)

    @cached_property
    def _indexes(self) -> list[PathIndex]:
        """The source first, then each model root, then the caches of the working directory and of the workflow."""
        caches = dict.fromkeys(folder / DEFAULT_CACHE for folder in (Path.cwd(), self.found.source.absolute().parent))
        others = (*self.model_roots, *caches)
        root = self.found.root
        trees: list[FileTree] = [open_tree(root), *(open_tree(p) if p.is_file() else FolderTree(p) for p in others)]
        return [PathIndex(tree) for tree in trees]

    @cached_property
    def _zips(self) -> list[OwnZip]:
        return own_zips(self._indexes[0].tree)

    @cached_property
    def _recorded_parts(self) -> list[Parts]:
        references = [candidate.model for candidate in self.found.candidates]
        references += [component for reference in references for component in reference.components]
        return list(dict.fromkeys(parts_of(reference.path) for reference in references))

    def _distinct(self, parts: Parts) -> int:
        """How many last names tell a recorded path from every other one of the candidate set."""
        return 1 + max((common_tail(parts, other) for other in self._recorded_parts if other != parts), default=0)

    def _owner(self, reference: ModelReference) -> Candidate | None:
        same = (candidate for candidate in self.found.candidates if candidate.model is reference)
        equal = (candidate for candidate in self.found.candidates if candidate.model == reference)
        return next(same, None) or next(equal, None)

    def _not_found(self, what: str, tried: Sequence[str]) -> ModelpressError:
        in_list = "Correct the path, which is relative to the list, or name a folder to search with --model-root."
        of_run = "Copy Olive's cache beside the run, or name the folder that holds runs/<id>/models with --model-root."
        places = "; ".join(dict.fromkeys(tried))
        return ModelpressError(
            f"{what} was not found; tried {places}", hint=in_list if self.found.kind == LISTING else of_run
        )


def _common_folder(places: Sequence[TreePath]) -> TreePath:
    """The folder below which all places lie, where they are in one tree; else that of the first."""
    if any(place.tree != places[0].tree for place in places):
        return places[0].parent
    return TreePath(places[0].tree, os.path.commonpath([place.parent.name for place in places]).replace(os.sep, "/"))
