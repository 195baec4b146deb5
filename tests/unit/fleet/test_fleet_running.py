"""Every job gets its turn, whatever becomes of the others, with any executor of concurrent.futures."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from modelpress.errors import RemoteError
from modelpress.fleet.crew import Crew, local_crew
from modelpress.fleet.outcome import FleetReport, Outcome
from modelpress.fleet.running import run_fleet

sys.path.insert(0, str(Path(__file__).parent))
from fleet_deeds import Work, do


@contextmanager
def threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def test_any_executor_will_do_and_outcomes_are_in_order(tmp_path: Path) -> None:
    seen: list[str] = []
    jobs = [Work(str(number), tmp_path) for number in range(20)]
    outcomes = run_fleet(jobs, do, Crew(threads, 3), lambda outcome: seen.append(outcome.name))
    assert [outcome.name for outcome in outcomes] == [job.name for job in jobs]
    assert sorted(seen) == sorted(job.name for job in jobs)
    assert FleetReport(outcomes).warnings == ("0 and 19 more: as always",)


def test_a_defect_is_told_with_its_traceback_and_stops_nobody(tmp_path: Path) -> None:
    jobs = [Work("a", tmp_path), Work("b", tmp_path, "defect"), Work("c", tmp_path)]
    report = FleetReport(run_fleet(jobs, do, Crew(threads, 3)))
    (failed,) = report.failed
    assert failed.name == "b"
    assert failed.failure is not None
    assert failed.failure.code == "defect"
    assert "raise KeyError(work.name)" in failed.failure.message
    assert report.counts == {"rendered": 2, "failed": 1}


def test_a_job_that_ends_its_process_is_found_and_the_others_are_made(tmp_path: Path) -> None:
    deeds = {"3": "end", "5": "end once"}
    jobs = [Work(str(number), tmp_path, deeds.get(str(number), "")) for number in range(8)]
    report = FleetReport(run_fleet(jobs, do, local_crew(2)))
    assert [outcome.name for outcome in report.failed] == ["3"]
    assert report.failed[0].failure is not None
    assert report.failed[0].failure.code == "worker-lost"
    assert {path.name for path in tmp_path.iterdir() if not path.suffix} == set("0124567")


class Cancelling(Executor):
    """Loses everything that it is given, as a client does whose scheduler is gone."""

    def submit(self, *_: object, **__: object) -> Future[Outcome]:  # type: ignore[override]
        future: Future[Outcome] = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_a_lost_scheduler_is_an_error_of_its_own(tmp_path: Path) -> None:
    @contextmanager
    def lost() -> Iterator[Executor]:
        yield Cancelling()

    with pytest.raises(RemoteError, match="the scheduler was lost"):
        run_fleet([Work("a", tmp_path)], do, Crew(lost, 1))


def test_an_interruption_lets_what_has_begun_end_and_begins_nothing_more(tmp_path: Path) -> None:
    def interrupt(_: Outcome) -> None:
        raise KeyboardInterrupt

    jobs = [Work(str(number), tmp_path) for number in range(50)]
    with pytest.raises(KeyboardInterrupt):
        run_fleet(jobs, do, Crew(threads, 4), interrupt)
    made = {path.name for path in tmp_path.iterdir()}
    assert 1 <= len(made) <= 6
    assert all((tmp_path / name).read_text() == "made\n" for name in made)
    time.sleep(0.05)
    assert {path.name for path in tmp_path.iterdir()} == made
