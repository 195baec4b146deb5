"""Which version of an asset a content gets: what is there is compared before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelpress.executors.azure.contents import TOP
from modelpress.executors.azure.plan import Action, OnConflict

CONTENT_TAG = "content_sha256"
_PLACE = re.compile(rf"/paths/{TOP}/([0-9a-f]{{64}})/")


@dataclass(frozen=True, slots=True)
class Description:
    """What an asset version says of itself; `type` is Azure's, as custom_model or uri_folder."""

    type: str
    description: str
    tags: Mapping[str, str]
    path: str = ""

    @property
    def sha256(self) -> str | None:
        """The digest of its content: from its place, which nobody can edit, or else from its tag."""
        found = _PLACE.search(self.path)
        return found.group(1) if found else self.tags.get(CONTENT_TAG)

    def differences(self, wanted: Description) -> list[str]:
        """What `wanted` says otherwise. Tags that others have added are no difference."""
        tags = [f"tag {name}" for name, value in wanted.tags.items() if self.tags.get(name) != value]
        return ["description"] * (self.description != wanted.description) + tags


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done, under which version, and why."""

    action: Action
    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which version is asked for: `version`, or the next one where that is None.

    `noted` is the version that an earlier run registered the same content under; it stays so
    even where others have registered newer ones since.
    """

    version: str | None
    on_conflict: OnConflict = "fail"
    noted: str | None = None


def decide(wanted: Description, asked: Asked, existing: Mapping[str, Description]) -> Decision:
    """Decide for the content of `wanted`. `existing` maps the versions that there are to what they say."""
    version = asked.version
    if version is None:
        return _next(wanted, asked, existing, "no version is asked for")
    found = existing.get(version)
    if found is None:
        return Decision("create", version, "there is no such version yet")
    clash = _clash(found, wanted)
    if not clash:
        return _same(version, found, wanted)
    if asked.on_conflict == "next":
        return _next(wanted, asked, existing, f"version {version} {clash}")
    return Decision("conflict", version, f"version {version} {clash}")


def _next(wanted: Description, asked: Asked, existing: Mapping[str, Description], why: str) -> Decision:
    """The noted or the newest version where that holds the same already, or else the one after the newest."""
    newest = newest_of(existing)
    for version in filter(None, (asked.noted, newest)):
        if version in existing and not _clash(existing[version], wanted):
            return _same(version, existing[version], wanted)
    after = "there is none yet" if newest is None else f"version {newest} is the newest, with other content"
    return Decision("create", str(int(newest or 0) + 1), f"{why}; {after}")


def _same(version: str, found: Description, wanted: Description) -> Decision:
    differences = found.differences(wanted)
    if differences:
        return Decision("update", version, f"it holds this content, with another {' and '.join(differences)}")
    return Decision("keep", version, "it holds this content")


def _clash(found: Description, wanted: Description) -> str:
    """Why a version cannot be what is wanted; "" where it can."""
    if found.sha256 is None:
        return f"exists, and does not say what it holds (it has no tag {CONTENT_TAG})"
    if found.sha256 != wanted.sha256:
        return "exists with other content"
    return f"exists as {found.type}, not as {wanted.type}" if found.type != wanted.type else ""


def newest_of(versions: Mapping[str, Description] | Sequence[str]) -> str | None:
    """The highest version that is a number; None where none is."""
    return max((version for version in versions if version.isdecimal()), key=int, default=None)
