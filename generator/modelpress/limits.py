"""What a process that works on foreign input may use."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass
from types import FrameType

GRACE = 2  # seconds between the signal that time is up and the end of the process


class TimeUpError(Exception):
    """The process has used its time. It is raised wherever the process happens to be."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most of each that a process may use; None is without a limit.

    `memory` is in bytes of address space, `seconds` is processor time, `written` is in bytes of
    one file.
    """

    memory: int
    seconds: int | None = None
    written: int | None = None

    def apply(self) -> None:
        """Hold this process to them from here on; Windows knows no such limits."""
        if sys.platform == "win32":
            return
        import resource

        _limit(resource.RLIMIT_AS, self.memory)
        _limit(resource.RLIMIT_CORE, 0)  # a crash leaves no dump of the user's data
        if self.written is not None:
            _limit(resource.RLIMIT_FSIZE, self.written)
        if self.seconds is not None:
            signal.signal(signal.SIGXCPU, _time_is_up)
            _limit(resource.RLIMIT_CPU, self.seconds, grace=GRACE)


def _limit(kind: int, most: int, *, grace: int = 0) -> None:
    """Limit one resource; a lower limit that is in force already stays."""
    import resource

    allowed = resource.getrlimit(kind)[1]
    hard = most + grace if allowed == resource.RLIM_INFINITY else min(most + grace, allowed)
    resource.setrlimit(kind, (min(most, hard), hard))


def _time_is_up(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # it comes again every second, and there is a word to be said yet
    raise TimeUpError
