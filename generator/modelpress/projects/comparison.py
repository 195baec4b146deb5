"""Compare each file of a project with what was rendered and with what would be rendered now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from modelpress.bundle import LOCK_NAME, Digest
from modelpress.packaging.base import BASE_NAME
from modelpress.projects.lock_file import Lock
from modelpress.projects.on_disk import OnDisk

State = Literal["unmodified", "edited", "drifted", "missing", "obsolete", "added"]
OURS = frozenset({LOCK_NAME, BASE_NAME})
"""Files that no person edits: an update writes them anew."""


@dataclass(frozen=True, slots=True)
class Versions:
    """One file: as it was rendered (`base`), as it lies there (`ours`), as it would be rendered now (`theirs`).

    None where there is none; a link is present without `ours`. `rendered_again` says that
    `theirs` is known.
    """

    path: str
    base: Digest | None
    ours: Digest | None
    theirs: Digest | None
    present: bool
    rendered_again: bool

    @property
    def edited(self) -> bool:
        """Whether something else lies there than was rendered, or would be now."""
        return self.present and (self.ours is None or self.ours not in (self.base, self.theirs))

    @property
    def moved_on(self) -> bool:
        """Whether it would be rendered otherwise now than it was, and than it lies there."""
        return self.rendered_again and self.theirs not in (self.base, self.ours)

    @property
    def state(self) -> State:
        """What `modelpress status` calls it."""
        if not self.present:
            return "missing"
        if self.base is None and self.theirs is None:
            return "added"
        if self.rendered_again and self.theirs is None:
            return "obsolete"
        if self.moved_on:
            return "drifted"
        return "edited" if self.edited else "unmodified"


def compare(lock: Lock, disk: OnDisk, fresh: Mapping[str, Digest] | None) -> tuple[Versions, ...]:
    """Every file that was rendered, lies there or would be rendered, sorted; `fresh` None where that is not known.

    What was rendered once, is gone, and would not be rendered again is of no interest.
    """
    theirs = fresh or {}
    paths = sorted(({*lock.files, *disk.files, *theirs}) - OURS)
    found = (
        Versions(
            path,
            base=lock.files.get(path),
            ours=disk.digest(path) if path in lock.files or path in theirs else None,
            theirs=theirs.get(path),
            present=path in disk.files,
            rendered_again=fresh is not None,
        )
        for path in paths
    )
    return tuple(one for one in found if one.present or one.theirs is not None or not one.rendered_again)
