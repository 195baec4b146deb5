"""The files of a project as they lie in a folder or a zip, edits included."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from modelpress.bundle import SUMS_NAME, Bundle, Entry, ExistingFile, sha256sums
from modelpress.errors import ModelpressError
from modelpress.filetree import FileTree, ZipMember, open_tree, reading

LONGEST_TEXT = 1 << 20  # bytes; a longer file is taken for data without being read
BYTECODE = "__pycache__"  # Python leaves it behind when a sample runs; no part of a project


def open_bundle(path: Path) -> Bundle:
    """The bundle of a project on disk, in a folder or a zip, edits included.

    SHA256SUMS is made anew when the bundle is written. Raises ModelpressError for what is
    not a file (a dangling link, a socket) and UnsafeInputError for what leads outside.
    """
    tree = open_tree(path)
    names = [name for name in tree.names() if BYTECODE not in name.split("/")]
    entries = {name: marked_entry(tree, name) for name in names if name != SUMS_NAME}
    return Bundle.of(entries, {SUMS_NAME: sha256sums} if SUMS_NAME in names else {})


def marked_entry(tree: FileTree, name: str) -> Entry:
    """The entry, known for text or a script by its content: not every file system keeps modes, and some set all."""
    entry = tree.entry(name)
    if not isinstance(entry, ExistingFile | ZipMember):
        raise ModelpressError(f"{tree.describe(name)} is not a readable file", hint="Remove it, or mend the link.")
    if entry.size > LONGEST_TEXT:
        return entry
    with reading(tree.describe(name)), entry.open() as source:
        content = source.read()
    try:
        is_text = "\0" not in content.decode()
    except UnicodeDecodeError:
        is_text = False
    return replace(entry, is_text=is_text, executable=is_text and content.startswith(b"#!"))
