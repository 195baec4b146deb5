"""The most that is fetched: what is larger fills a disk, or is made to."""

from __future__ import annotations

from dataclasses import dataclass

from modelpress.errors import UnsafeInputError


@dataclass(frozen=True, slots=True)
class Extent:
    """A number of files, and their size in bytes when they are unpacked."""

    files: int
    size: int

    def check(self, shown: str, files: int, size: float) -> None:
        """Raise UnsafeInputError (exit 4) where so many files of that size together are more than this."""
        if files > self.files or size > self.size:
            raise UnsafeInputError(
                f"{shown} holds more than {self.files:,} files or {self.size >> 20} MiB",
                hint="Do not use it; ask where it comes from. If it is sound, give its folder.",
            )
