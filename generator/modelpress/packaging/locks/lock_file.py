"""A lock: packages with their versions and hashes, in the form that uv writes and pip reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of a package with its hashes, the packages because of which it is there, and those that it needs.

    Either of the two says what belongs together. A package has several pins where its version
    depends on the Python; each then has a marker.
    """

    requirement: Requirement
    hashes: tuple[str, ...]
    because_of: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        (one,) = self.requirement.specifier
        return one.version

    @property
    def text(self) -> str:
        """As pip reads it."""
        return " \\\n    ".join([str(self.requirement), *(f"--hash=sha256:{one}" for one in self.hashes)]) + "\n"

    def is_exactly(self, wanted: Requirement) -> bool:
        """Whether this version, and no other, is what is wanted."""
        return canonicalize_name(wanted.name) == self.name and wanted.specifier == self.requirement.specifier


@dataclass(frozen=True, slots=True)
class Lock:
    """All pins, in order of their names."""

    pins: tuple[Pin, ...]

    @classmethod
    def read(cls, text: str) -> Lock:
        """The lock that `uv pip compile --generate-hashes` wrote, with its notes of who needs what."""
        blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
        return cls(tuple(_pin(block) for block in blocks if block[:1].isalnum()))

    def answers(self, wanted: Iterable[Requirement]) -> bool:
        """Whether all that is wanted is pinned, in a version that will do."""
        pinned: dict[str, list[str]] = {}
        for pin in self.pins:
            pinned.setdefault(pin.name, []).append(pin.version)
        return all(
            not one.extras
            and not one.marker
            and any(
                one.specifier.contains(version, prereleases=True)
                for version in pinned.get(canonicalize_name(one.name), ())
            )
            for one in wanted
        )

    def only(self, wanted: Iterable[Requirement]) -> Lock:
        """The pins of what is wanted and of all that it needs."""
        kept: set[str] = {canonicalize_name(one.name) for one in wanted}
        while more := self._beside(kept) - kept:
            kept |= more
        return Lock(tuple(pin for pin in self.pins if pin.name in kept))

    def _beside(self, kept: set[str]) -> set[str]:
        """The packages that those which are kept need."""
        needed = {name for pin in self.pins if pin.name in kept for name in pin.needs}
        return needed | {pin.name for pin in self.pins if pin.because_of & kept}

    def exactly(self, wanted: Iterable[Requirement]) -> Lock:
        """The pins of the very versions that are wanted."""
        wanted = list(wanted)
        return Lock(tuple(pin for pin in self.pins if any(map(pin.is_exactly, wanted))))

    def joined(self, other: Lock) -> Lock:
        """The pins of both, in order of their names; those of `other` go before this one's of the same package."""
        taken = {pin.name for pin in other.pins}
        pins = [*other.pins, *(pin for pin in self.pins if pin.name not in taken)]
        return Lock(tuple(sorted(pins, key=lambda pin: pin.name)))

    def on(self, environment: Mapping[str, str]) -> Sequence[Pin]:
        """The pins that hold in an environment (the variables of markers)."""
        return [
            pin for pin in self.pins if not pin.requirement.marker or pin.requirement.marker.evaluate(dict(environment))
        ]

    @property
    def text(self) -> str:
        return "".join(pin.text for pin in self.pins)


def _pin(block: str) -> Pin:
    r"""`name==version ; marker \`, its hashes each on a line, and notes: `# via` or `# needs` with packages."""
    notes = " ".join(line.strip(" #") for line in block.splitlines() if line.lstrip().startswith("#"))
    kind, _, names = notes.partition(" ")
    noted = frozenset(map(canonicalize_name, names.split()))
    return Pin(
        Requirement(re.split(r"\s*\\?\n", block, maxsplit=1)[0]),
        tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", block)),
        because_of=noted if kind == "via" else frozenset(),
        needs=noted if kind == "needs" else frozenset(),
    )
