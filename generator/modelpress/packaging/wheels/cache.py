"""Keeps downloaded wheels between runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from modelpress.packaging.downloads import Download, fetch
from modelpress.packaging.wheels.pip import download_wheels
from modelpress.packaging.wheels.target import Target


@dataclass(frozen=True, slots=True)
class Wheel(Download):
    """A wheel in the cache."""

    @property
    def requirement(self) -> str:
        """`name==version`, from the file's name, whose first two parts they are."""
        name, version, *_ = self.path.name.split("-")
        return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version}"


def fetch_wheels(requirements: Sequence[str], target: Target) -> tuple[Wheel, ...]:
    """Wheels of the requirements and their dependencies, kept from an earlier run or downloaded.

    Raises RemoteError where a wheel cannot be had, ModelpressError without pip or a cache folder.
    """
    asked = [sorted(requirements), target.python, target.platform, target.tags]
    files = fetch("wheels", asked, lambda folder: download_wheels(requirements, target, folder))
    return tuple(Wheel(file.path, file.size, file.sha256) for file in files)
