"""Have every project of a fleet made, whatever becomes of the others."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from itertools import islice
from typing import Generic, Protocol, TypeVar

from modelpress.errors import RemoteError
from modelpress.fleet.crew import Crew
from modelpress.fleet.outcome import Failure, Outcome


class Job(Protocol):
    """One project to make; it is sent to another process."""

    @property
    def name(self) -> str: ...

    @property
    def shown_path(self) -> str: ...


AJob = TypeVar("AJob", bound=Job)
Make = Callable[[AJob], Outcome]
"""Makes one project, in any process: a function of a module. What it raises is a defect."""


def nobody(_: Outcome) -> None:
    """Watch nothing."""


def run_fleet(
    jobs: Sequence[AJob], make: Make[AJob], crew: Crew, watch: Callable[[Outcome], None] = nobody
) -> tuple[Outcome, ...]:
    """The outcomes in the order of `jobs`, which have names of their own; `watch` sees each as it comes.

    A job whose process ends is given out again, by itself and twice at most: so the one that ends
    processes is found, and those that were made beside it get their turn. A KeyboardInterrupt lets what has
    begun come to its end. Raises RemoteError where a scheduler was lost.
    """
    run = _Run(make, crew, watch)
    left: Sequence[AJob] = jobs
    while left:
        suspects = run.batch(left)
        for job in suspects:
            if run.batch([job]) and run.batch([job]):
                run.note(_lost(job))
        left = [job for job in left if job.name not in run.outcomes]
    return tuple(run.outcomes[job.name] for job in jobs)


class _Run(Generic[AJob]):
    """The state of one run: what came of each job, by name."""

    def __init__(self, make: Make[AJob], crew: Crew, watch: Callable[[Outcome], None]) -> None:
        self._make = make
        self._crew = crew
        self._watch = watch
        self.outcomes: dict[str, Outcome] = {}

    def batch(self, jobs: Sequence[AJob]) -> list[AJob]:
        """Make these jobs; returns those that were with the executor when it broke, if it did."""
        waiting = iter(jobs)
        begun: dict[Future[Outcome], AJob] = {}
        try:
            with self._crew.open() as executor:
                try:
                    while True:
                        for job in islice(waiting, self._crew.width - len(begun)):
                            begun[executor.submit(self._make, job)] = job
                        if not begun:
                            return []
                        for done in wait(begun, return_when=FIRST_COMPLETED).done:
                            self._take(done, begun[done])
                            del begun[done]
                finally:
                    for future in begun:
                        future.cancel()
        except BrokenExecutor:
            return list(begun.values())

    def note(self, outcome: Outcome) -> None:
        self.outcomes[outcome.name] = outcome
        self._watch(outcome)

    def _take(self, done: Future[Outcome], job: AJob) -> None:
        try:
            self.note(done.result())
        except BrokenExecutor:
            raise
        except CancelledError:
            raise RemoteError(
                "the scheduler was lost, and with it the projects that it had not made",
                hint="Run the same command again: what is finished stays.",
            ) from None
        except self._crew.lost:
            self.note(_lost(job))
        except Exception as error:  # noqa: BLE001 - a defect keeps its traceback, and the others their turn
            text = "".join(traceback.format_exception(error)).rstrip()
            self.note(_failed(job, Failure("defect", text, "This is a defect of modelpress; please report it.")))


def _lost(job: Job) -> Outcome:
    text = "the process that made it ended before it was finished, more than once"
    hint = "It may have run out of memory: render it alone with --only, and look at the system's log."
    return _failed(job, Failure("worker-lost", text, hint))


def _failed(job: Job, failure: Failure) -> Outcome:
    return Outcome(job.name, job.shown_path, "failed", failure=failure)
