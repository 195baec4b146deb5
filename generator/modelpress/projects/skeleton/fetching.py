"""Get a skeleton into a private folder, where nothing is run and nothing changes between looking and rendering."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from modelpress.errors import UnsafeInputError, UsageError
from modelpress.executors.target import writing_to
from modelpress.fetching.git import Repository, clone
from modelpress.fetching.unpacking import sha256_of, unpack
from modelpress.project_files import BYTECODE
from modelpress.projects.skeleton.reference import Reference
from modelpress.projects.skeleton.variables import NAME
from modelpress.version import __version__
from modelpress.wording import enumerated

LEFT_OUT = {BYTECODE, ".git"}


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A skeleton as it was fetched.

    `root` is the private copy, `folder` the one in it that holds cookiecutter.json; `home` is
    the folder that people know `folder` as. `version` is its commit, its hash, or ours.
    """

    reference: Reference
    root: Path
    folder: Path
    version: str

    @property
    def home(self) -> Path:
        if self.reference.kind != "folder":
            return self.folder
        return Path(self.reference.location, self.folder.relative_to(self.root))

    @property
    def shown(self) -> str:
        """What it is called in messages."""
        inside = self.folder.relative_to(self.root).as_posix()
        top = self.reference.shown.rstrip("/")
        return top if inside == "." or self.reference.kind == "built-in" else f"{top}/{inside}"


def fetch(reference: Reference, into: Path) -> Skeleton:
    """Copy, unpack or clone a skeleton into the empty folder `into`.

    Compiled Python is left out. Raises UnsafeInputError for a zip that is made to do harm and
    for a symlink that leads outside, UsageError for what is no skeleton, RemoteError where a
    repository cannot be had.
    """
    root = into / "skeleton"
    with writing_to(into):
        if reference.kind == "git":
            repository = Repository(reference.location, reference.shown, reference.checkout)
            version = f"commit {clone(repository, root)}"
        elif reference.kind == "zip":
            unpack(Path(reference.location), root)
            version = f"sha256 {sha256_of(Path(reference.location))}"
            root = _top(root, reference)
        else:
            _refuse_no_folder(reference)
            _copy(Path(reference.location), root)
            version = f"modelpress {__version__}" if reference.kind == "built-in" else f"sha256 {_digest(root)}"
        _refuse_links_outside(root, reference)
    return Skeleton(reference, root, _folder(root, reference), version)


def _refuse_no_folder(reference: Reference) -> None:
    """Before anything is copied: the folder may be anything, and large."""
    folder = Path(reference.location, reference.directory or "")
    try:
        found = (folder / NAME).is_file()
    except (OSError, ValueError):
        found = False
    if not found:
        raise UsageError(
            f"{folder} is no skeleton: there is no {NAME} in it",
            hint="Give a folder, a zip, a git URL or an abbreviation such as gh:OWNER/NAME; --directory names a "
            "folder inside.",
            file=str(folder),
        )


def _copy(source: Path, target: Path) -> None:
    """Copy files with their modes, and links as links; compiled Python and git's own files are left out."""
    target.mkdir()
    for top, folders, files in os.walk(source):
        folders[:] = sorted(set(folders) - LEFT_OUT)
        for name in (*folders, *sorted(files)):
            path = Path(top, name)
            _copy_one(path, target / path.relative_to(source))


def _copy_one(path: Path, place: Path) -> None:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        place.symlink_to(path.readlink(), target_is_directory=path.is_dir())
    elif stat.S_ISDIR(mode):
        place.mkdir()
    elif not stat.S_ISREG(mode):
        raise UnsafeInputError(f"{path} is no file and no folder", hint="Remove it from the skeleton.", file=str(path))
    elif path.suffix != ".pyc":
        shutil.copyfile(path, place)
        shutil.copymode(path, place)


def _top(root: Path, reference: Reference) -> Path:
    """Where the skeleton lies in a zip: at the top, or in the one folder there."""
    if (root / (reference.directory or "") / NAME).is_file():
        return root
    folders = [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []
    return folders[0] if len(folders) == 1 else root


def _folder(root: Path, reference: Reference) -> Path:
    folder = root / (reference.directory or "")
    if not (folder / NAME).is_file():
        inside = sorted(path.parent.relative_to(root).as_posix() for path in root.rglob(NAME))
        others = f"There is one in {enumerated(inside)}: name it with --directory." if inside else ""
        where = f"{reference.shown}/{reference.directory}" if reference.directory else reference.shown
        raise UsageError(
            f"{where} is no skeleton: there is no {NAME} in it", hint=others or "Give another one.", file=where
        )
    return folder


def _files(root: Path) -> Iterator[Path]:
    for top, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - LEFT_OUT)
        yield from (Path(top, name) for name in (*folders, *sorted(files)))


def _refuse_links_outside(root: Path, reference: Reference) -> None:
    """A link is read as what it points to, which must be a part of the skeleton."""
    top = root.resolve()
    for path in _files(root):
        if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(top):
            raise UnsafeInputError(
                f"{reference.shown}: the symlink {path.relative_to(root).as_posix()} leads outside the skeleton",
                hint="Do not use it; ask where it comes from.",
            )


def _digest(root: Path) -> str:
    """SHA-256 over the path, kind and content of every file: the same wherever the folder lies."""
    total = hashlib.sha256()
    for path in sorted(_files(root), key=lambda path: path.relative_to(root).as_posix()):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            content = f"-> {path.readlink().as_posix()}"
        elif path.is_dir():
            continue
        else:
            runs = bool(path.stat().st_mode & stat.S_IXUSR)
            with path.open("rb") as file:
                content = f"{'x' if runs else '-'} {hashlib.file_digest(file, 'sha256').hexdigest()}"
        total.update(f"{content} {name}\0".encode(errors="surrogateescape"))
    return total.hexdigest()
