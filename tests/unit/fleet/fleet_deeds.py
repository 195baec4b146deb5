"""Work that goes well and work that does not; a module of its own, since other processes import it by name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from modelpress.fleet.outcome import Outcome


@dataclass(frozen=True)
class Work:
    name: str
    folder: Path
    deed: str = ""

    @property
    def shown_path(self) -> str:
        return str(self.folder / self.name)


def do(work: Work) -> Outcome:
    if work.deed == "end":
        os._exit(9)
    if work.deed == "end once":
        trace = work.folder / f"{work.name}.tried"
        if not trace.exists():
            trace.touch()
            os._exit(9)
    if work.deed == "defect":
        raise KeyError(work.name)
    with (work.folder / work.name).open("a") as file:
        file.write("made\n")
    return Outcome(work.name, work.shown_path, "rendered", warnings=("as always",))
