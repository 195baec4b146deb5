"""The text that a project was rendered with, kept in it: what people's edits are told from, and merged with."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from modelpress.bundle import Entry, RenderedText
from modelpress.filetree import reading
from modelpress.project_files import LONGEST_TEXT

BASE_NAME = ".modelpress/base.zip"
EPOCH = (1980, 1, 1, 0, 0, 0)  # earliest date that a zip can hold
UNIX = 3  # create_system of a zip member whose mode counts


@dataclass(frozen=True, slots=True)
class BaseFile:
    """One file as it was rendered."""

    content: bytes
    executable: bool


def base_entry(rendered: Mapping[str, Entry]) -> Entry:
    """A zip of every rendered text.

    It is kept because it cannot be made again: older built-in templates come with an older
    modelpress, and sources and layers move on. Nothing in it is compressed, so that it has the
    same bytes whatever the zlib, and git keeps two versions of it as their difference.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as writer:
        for path in sorted(rendered, key=str.encode):
            entry = rendered[path]
            if not entry.is_text or entry.size > LONGEST_TEXT:
                continue
            info = zipfile.ZipInfo(path, EPOCH)
            info.create_system = UNIX
            info.external_attr = (stat.S_IFREG | (0o755 if entry.executable else 0o644)) << 16
            with reading(path), entry.open() as source:
                writer.writestr(info, source.read())
    return RenderedText(archive.getvalue(), is_text=False)


def read_base(content: bytes) -> dict[str, BaseFile]:
    """What `base_entry` put into it, by path; nothing where it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {
                info.filename: BaseFile(archive.read(info), bool(info.external_attr >> 16 & stat.S_IXUSR))
                for info in archive.infolist()
                if info.compress_type == zipfile.ZIP_STORED  # as it is written: no bomb
            }
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
        return {}
