"""Writes the requirements file that installs wheels from the folder that it lies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modelpress.packaging.wheels.cache import Wheel
from modelpress.packaging.wheels.target import Target

HEADER = """\
# Installs from this folder alone, without a network:
#   python -m pip install -r {name}
# {what}
--no-index
--find-links .
--require-hashes
"""


def requirements_text(name: str, fetched: Mapping[Target, Sequence[Wheel]]) -> str:
    """A requirements file called `name` with every wheel and its hash.

    What only some of the platforms need, or need in another version, gets their markers.
    """
    pins: dict[str, dict[str, set[str]]] = {}
    for target, wheels in fetched.items():
        for wheel in wheels:
            pins.setdefault(wheel.requirement, {}).setdefault(target.marker, set()).add(wheel.sha256)
    everywhere = {target.marker for target in fetched}
    lines = [_line(requirement, hashes, everywhere) for requirement, hashes in sorted(pins.items())]
    what = "; ".join(f"Python {target.python} on {target.platform}" for target in fetched)
    return HEADER.format(name=name, what=what) + "".join(lines)


def _line(requirement: str, hashes: Mapping[str, set[str]], everywhere: set[str]) -> str:
    markers = "" if hashes.keys() == everywhere else " ; " + " or ".join(f"({marker})" for marker in sorted(hashes))
    pinned = sorted(set().union(*hashes.values()))
    return "".join([f"{requirement}{markers}", *(f" \\\n    --hash=sha256:{one}" for one in pinned), "\n"])
