"""Builds and runs the samples of a bundle, each with --check."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from modelpress.errors import ModelpressError
from modelpress.proving.languages import LANGUAGES, Way, expanded
from modelpress.proving.processes import Ended, build, end_all, run
from modelpress.proving.report import Finding

FOLDERS = ("samples", "SampleCode")  # in a rendered project, in Olive's zip layout
GOLDEN = ("golden/golden.json", "SampleCode/golden/golden.json")
UNABLE = re.compile(r"cannot run this model because (.+)")  # what a sample says of a model that its language lacks


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample of one language, and the ways of the language that are for it."""

    language: str
    folder: Path
    ways: tuple[Way, ...]

    @property
    def what(self) -> str:
        """What findings call it."""
        return f"samples/{self.language}"

    def failed(self, command: Sequence[str], ended: Ended) -> Finding:
        """The finding where a command of it failed."""
        how = "ran out of time" if ended.code is None else f"ended with {ended.code}"
        return Finding(self.what, "failed", f"`{' '.join(command)}` {how}:\n{ended.tail}")


def check_samples(folder: Path, home: Path) -> tuple[Finding, ...]:
    """Build and run every sample of the bundle, as many side by side as there are processors."""
    samples = _samples(folder)
    if not samples:
        return (Finding("samples", "skipped", "there is no sample in the bundle"),)
    if not any((folder / golden).is_file() for golden in GOLDEN):
        return (Finding("samples", "skipped", "there are no golden vectors to compare with", "Render with --golden."),)
    with ThreadPoolExecutor(max_workers=_processors()) as pool:
        futures = [pool.submit(_check, sample, home) for sample in samples]
        try:
            return tuple(future.result() for future in futures)
        except BaseException:  # interrupted: what still runs would be waited for
            pool.shutdown(wait=False, cancel_futures=True)
            while wait(futures, timeout=0.1).not_done:
                end_all()
            raise


def _samples(folder: Path) -> list[Sample]:
    found = []
    for top in FOLDERS:
        for name, language in LANGUAGES.items():
            place = folder / top / name
            ways = tuple(way for way in language.ways if (place / way.source).is_file())
            if ways:
                found.append(Sample(name, place, ways))
    return found


def _check(sample: Sample, home: Path) -> Finding:
    """What became of one sample; an error of it is no reason not to hear of the others."""
    try:
        return _prove(sample, home)
    except ModelpressError as error:
        return Finding(sample.what, "failed", error.message, error.hint)


def _prove(sample: Sample, home: Path) -> Finding:
    absent = {way: way.absent(sample.folder) for way in sample.ways}
    way = next((way for way, missing in absent.items() if not missing), None)
    if way is None:
        return Finding(sample.what, "skipped", absent[sample.ways[0]], LANGUAGES[sample.language].missing)
    for step in way.builds:
        ended = build([expanded(part) for part in step], sample.folder)
        if ended.code != 0 and way.lacks and way.lacks.search(ended.output):
            detail = f"`{' '.join(step)}` lacks a library or a compiler"
            return Finding(sample.what, "skipped", detail, LANGUAGES[sample.language].missing)
        if ended.code != 0:
            return sample.failed(step, ended)
    ended = run([expanded(part) for part in way.runs], sample.folder, home=home)
    unable = UNABLE.search(ended.output)
    if ended.code != 0 and unable:
        return Finding(sample.what, "skipped", f"{sample.language} cannot run this model because {unable[1]}")
    return sample.failed(way.runs, ended) if ended.code != 0 else Finding(sample.what, "passed", ended.tail)


def _processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
