"""Versions of NuGet packages, and the ranges of them that dependencies name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

NUMBERS = 4  # the most that a version has; those left out are 0
VERSION = re.compile(r"(\d{1,9}(?:\.\d{1,9}){0,3})(?:-([0-9A-Za-z.-]{1,100}))?(?:\+[0-9A-Za-z.-]*)?")
RANGE = re.compile(r"([\[(])\s*([^,\s]*)\s*(,?)\s*([^,\s]*)\s*([\])])")


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A version as NuGet orders them: up to four numbers, and the labels of a pre-release, which comes before."""

    numbers: tuple[int, ...]
    labels: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Version:
        """Raises ValueError for what is no version."""
        found = VERSION.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text[:50]!r} is no version")
        numbers = [int(number) for number in found[1].split(".")]
        padded = tuple(numbers + [0] * (NUMBERS - len(numbers)))
        return cls(padded, tuple(found[2].lower().split(".")) if found[2] else ())

    def __str__(self) -> str:
        """The normalised form, in lower case: a fourth number only where it is not 0."""
        shown = self.numbers if self.numbers[-1] else self.numbers[:-1]
        return ".".join(map(str, shown)) + ("-" + ".".join(self.labels) if self.labels else "")

    def __lt__(self, other: Version) -> bool:
        return self._key() < other._key()

    def _key(self) -> tuple[tuple[int, ...], bool, list[tuple[bool, int, str]]]:
        labels = [
            (not label.isdecimal(), int(label) if label.isdecimal() else 0, label) for label in self.labels
        ]  # numbers come before words
        return self.numbers, not self.labels, labels


@dataclass(frozen=True, slots=True)
class Range:
    """Versions from `low` to `high`, None for no bound; a bound is part of it or not."""

    low: Version | None = None
    high: Version | None = None
    with_low: bool = True
    with_high: bool = True

    @classmethod
    def parse(cls, text: str) -> Range:
        """Of NuGet's notation: `1.0` is that or newer, `[1.0]` that alone, `[1.0,2.0)` an interval, `` any.

        Raises ValueError for what is none.
        """
        text = text.strip()
        if not text:
            return cls()
        if text[0] not in "[(":
            return cls(Version.parse(text))
        found = RANGE.fullmatch(text)
        if found is None:
            raise ValueError(f"{text[:50]!r} is no range of versions")
        opening, low, comma, high, closing = found.groups()
        if not comma:
            return cls.exactly(Version.parse(low + high))
        bounds = [Version.parse(bound) if bound else None for bound in (low, high)]
        return cls(bounds[0], bounds[1], opening == "[", closing == "]")

    @classmethod
    def exactly(cls, version: Version) -> Range:
        """The range of one version."""
        return cls(version, version)

    @property
    def exact(self) -> Version | None:
        """The one version that is in it, None where there may be several."""
        return self.low if self.low == self.high else None

    def __contains__(self, version: Version) -> bool:
        if self.low is not None and (version < self.low or (version == self.low and not self.with_low)):
            return False
        if self.high is not None and (version > self.high or (version == self.high and not self.with_high)):
            return False
        return not version.labels or (self.low is not None and bool(self.low.labels))

    def __str__(self) -> str:
        if self.exact is not None:
            return str(self.exact)
        bounds = (("from" if self.with_low else "after", self.low), ("to" if self.with_high else "before", self.high))
        return " ".join(f"{word} {bound}" for word, bound in bounds if bound is not None) or "any"
