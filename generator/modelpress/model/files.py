"""Gathers the files of a located model, as they will lie in its folder of a bundle."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath as Posix
from typing import Literal

from modelpress.bundle import Bundle, Entry, check_path
from modelpress.candidates import LocatedModel
from modelpress.candidates.reading.olive.saved_model import GENAI_CONFIG
from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.filetree import TreePath
from modelpress.model.external import contained, entry_beside
from modelpress.model.folder import ModelFolder, read_entry, read_folder
from modelpress.model.genai import read_decoder
from modelpress.model.signature import ModelSignature, inspect_model

Format = Literal["onnx", "composite", "openvino", "genai", "other"]

ONNX_NAME = "model.onnx"  # what Olive calls the file in its packages
# Files beside an ONNX file that its configuration names.
COMPANION_KEYS = ("external_initializers_file_name", "constant_inputs_file_name")


@dataclass(frozen=True, slots=True)
class Component:
    """One model of a composite: its recorded name, and `path` as in ModelFiles."""

    name: str
    path: str
    signature: ModelSignature | None


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The files of a model by POSIX path in its own folder, in order of their paths.

    `path` is what a runtime loads: a file, or "" for the folder. `name` is for people, and so is
    `place`: where the model was found on this computer, which nothing that is written may tell.
    """

    format: Format
    files: Mapping[str, Entry]
    path: str
    signature: ModelSignature | None
    name: str
    components: tuple[Component, ...] = ()
    warnings: tuple[str, ...] = ()
    place: str = ""


def gather_files(located: LocatedModel) -> ModelFiles:
    """All files that the model needs, and what a runtime loads of them.

    Raises ModelpressError where the model or a file that it needs is missing or damaged, and
    UnsafeInputError where a file lies outside the model's folder or has a name that not all
    systems can write.
    """
    folder = read_folder(located.place, located.left_out) if located.place.is_folder else None
    if folder is not None and GENAI_CONFIG in folder.names:
        found = _genai(located, folder)
    elif located.components:
        found = _composite(located)
    elif folder is not None:
        found = _folder(located, folder)
    else:
        found = _file(located)
    return replace(found, files=Bundle.of(found.files).entries, place=str(located.place))


def _file(located: LocatedModel) -> ModelFiles:
    place = located.place
    name = Posix(place.name).name
    entry = place.entry
    if entry is None:
        hint = "Copy the model there again."
        raise ModelpressError(f"there is no model at {place}", hint=hint, file=str(place))
    if name.lower().endswith(".onnx") or located.reference.type == "onnxmodel":
        return _onnx(located, place, name, _sidecars(located))
    files = {**_sidecars(located), name: entry}
    return ModelFiles("other", files, name, None, Posix(name).stem, warnings=(_unread(place),))


def _folder(located: LocatedModel, folder: ModelFolder) -> ModelFiles:
    onnx_name = _onnx_name(located, folder)
    if onnx_name is not None:
        others = _sidecars(located) if folder.is_shared else _contents(located, folder)
        return _onnx(located, folder.at(onnx_name), onnx_name, others)
    if not folder.names:
        raise ModelpressError(
            f"{folder.place} holds no model file",
            hint="Only records of a run are in it, if anything; name the folder of a model.",
            file=str(folder.place),
        )
    pairs = [name for name in folder.names if name.endswith(".xml") and f"{name[:-4]}.bin" in folder.names]
    if pairs:
        return ModelFiles(
            "openvino", _contents(located, folder), pairs[0] if len(pairs) == 1 else "", None, folder.title
        )
    return ModelFiles("other", _contents(located, folder), "", None, folder.title, warnings=(_unread(folder.place),))


def _onnx_name(located: LocatedModel, folder: ModelFolder) -> str | None:
    """The ONNX file of a folder, relative to it: the recorded one, or the only one that there is."""
    recorded = located.reference.onnx_file_name
    if not recorded:
        return folder.onnx_names[0] if len(folder.onnx_names) == 1 else None
    name = contained(recorded, f"{folder.place}: onnx_file_name")
    for present in (name, str(Posix(name).with_name(ONNX_NAME))):  # Olive's packages rename it, not the record
        if folder.at(present).entry is not None:
            return present
    raise ModelpressError(
        f"{folder.place} holds no {recorded!r}, the ONNX file that its record names",
        hint="Copy the whole folder of the model.",
        file=str(folder.place),
    )


def _onnx(located: LocatedModel, onnx: TreePath, name: str, others: Mapping[str, Entry]) -> ModelFiles:
    """The ONNX file, called `name` in the model's folder, with what it needs and the other files of the folder."""
    signature = inspect_model(onnx)
    recorded = (located.reference.config.get(key) for key in COMPANION_KEYS)
    companions = [contained(file, str(onnx)) for file in recorded if isinstance(file, str) and file]
    files = {path: entry for path, entry in others.items() if path != name}
    for path in (*signature.external_data, *companions):
        files[str(Posix(name).parent / path)] = entry_beside(onnx, path, str(onnx))
    path = _free_name(name, files)
    files[path] = read_entry(onnx)
    title = Posix(located.reference.onnx_file_name or name).stem
    return ModelFiles("onnx", files, path, signature, title, warnings=signature.warnings)


def _contents(located: LocatedModel, folder: ModelFolder) -> dict[str, Entry]:
    return {**_sidecars(located), **folder.entries()}


def _sidecars(located: LocatedModel) -> dict[str, Entry]:
    """What belongs to the model and lies elsewhere: files and folders, under their own names."""
    files: dict[str, Entry] = {}
    for place in located.sidecars:
        if place.is_folder:
            folder = read_folder(place)
            files |= {f"{folder.title}/{name}": entry for name, entry in folder.entries().items()}
        else:
            files[Posix(place.name).name] = read_entry(place)
    return files


def _free_name(name: str, others: Mapping[str, Entry]) -> str:
    """`model.onnx` in the folder of `name`, or `name` where another file is called so."""
    renamed = str(Posix(name).with_name(ONNX_NAME))
    return name if renamed.lower() in {other.lower() for other in others} else renamed


def _genai(located: LocatedModel, folder: ModelFolder) -> ModelFiles:
    """The whole folder under its own names, which genai_config.json refers to."""
    files = _contents(located, folder)
    config = folder.at(GENAI_CONFIG)
    decoder = read_decoder(files[GENAI_CONFIG], str(config))
    name = located.reference.onnx_file_name or decoder.file
    if name is None:
        return ModelFiles("genai", files, "", None, folder.title)
    name = contained(name, str(config))
    onnx = folder.at(name)
    signature = inspect_model(onnx)
    files |= {str(Posix(name).parent / path): entry_beside(onnx, path, str(onnx)) for path in signature.external_data}
    return ModelFiles("genai", files, "", decoder.without_cache(signature), folder.title, warnings=signature.warnings)


def _composite(located: LocatedModel) -> ModelFiles:
    files = _sidecars(located)
    components: list[Component] = []
    warnings: list[str] = []
    folders = _component_folders(located)
    for (folder, name), part in zip(folders.items(), located.components, strict=True):
        found = gather_files(part)
        files |= {f"{folder}/{path}": entry for path, entry in found.files.items()}
        components.append(Component(name, str(Posix(folder) / found.path), found.signature))
        warnings += found.warnings
    title = ModelFolder(located.place, ()).title
    return ModelFiles("composite", files, "", None, title, tuple(components), tuple(warnings))


def _component_folders(located: LocatedModel) -> dict[str, str]:
    """The recorded name of each component by its folder: one name that every system can write, each another."""
    folders: dict[str, str] = {}
    recorded = located.reference.component_names
    for number in range(len(located.components)):
        name = recorded[number] if number < len(recorded) else f"component_{number}"
        folder = re.sub(r"[^A-Za-z0-9._-]", "_", name)
        try:
            check_path(folder)
        except UnsafeInputError:
            folder = f"component_{number}"
        while folder.lower() in {taken.lower() for taken in folders}:
            folder += "_"
        folders[folder] = name
    return folders


def _unread(place: TreePath) -> str:
    return f"{place} is not a model whose signature can be read; its files are packaged as they are"
