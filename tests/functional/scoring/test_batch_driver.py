"""The driver for mini-batches: what it promises of Azure ML's own, on scripts made for it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelpress.proving import batch_driver

SCRIPT = """
import os, pathlib, time
OUT = pathlib.Path(os.environ["AZUREML_BI_OUTPUT_PATH"])

def init():
    {init}

def run(mini_batch):
    results = []
    for path in mini_batch:
        text = pathlib.Path(path).read_text()
        {body}
        results.append(f"{{text}} {{os.getpid()}}")
    return results
"""


@pytest.fixture
def job(tmp_path: Path) -> Callable[..., tuple[int, dict[str, Any], list[str]]]:
    """Run a script on ten items: the exit code, what is printed, and the rows."""
    (tmp_path / "items" / "below").mkdir(parents=True)
    for number in range(10):
        (tmp_path / "items" / ("below" if number % 2 else "") / f"{number}.txt").write_text(str(number))

    def run(*options: object, script: str = "", init: str = "pass", body: str = "pass") -> Any:
        path = tmp_path / "score.py"
        path.write_text(script or SCRIPT.format(init=init, body=body))
        given = ["--mini-batch-size", 2, "--max-retries", 1, *options]
        command = [sys.executable, batch_driver.__file__, path, tmp_path / "items", tmp_path / "out", *given]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, timeout=120)
        file = tmp_path / "out" / "predictions.csv"
        rows = file.read_text().splitlines() if file.is_file() else []
        return done.returncode, json.loads(done.stdout or "{}"), rows or done.stderr.splitlines()

    return run


def test_every_item_has_a_row_from_one_of_several_processes(job: Callable[..., Any]) -> None:
    code, told, rows = job(body="time.sleep(0.05)")
    assert (code, told) == (0, {"items": 10, "succeeded": 10, "retries": 0, "errors": [], "failed": 0})
    assert sorted(int(row.split()[0]) for row in rows) == list(range(10))
    assert len({row.split()[1] for row in rows}) == 2


def test_items_are_shuffled_by_the_seed(job: Callable[..., Any]) -> None:
    orders = [[row.split()[0] for row in job("--workers", 1, "--seed", seed)[2]] for seed in (0, 0, 1)]
    assert orders[0] == orders[1] != orders[2]
    assert orders[0] != sorted(orders[0])


@pytest.mark.parametrize(("threshold", "code"), [(-1, 0), (3, 0), (2, 1), (0, 1)])
def test_items_that_are_left_out_count_against_the_threshold(
    job: Callable[..., Any], threshold: int, code: int
) -> None:
    found = job("--error-threshold", threshold, body="if text in '147': continue")
    assert (found[0], found[1]["succeeded"], found[1]["failed"], found[1]["retries"]) == (code, 7, 3, 0)


ONCE = "marker = OUT / text\n        if text == '3' and not marker.exists(): marker.touch(); {fault}"


@pytest.mark.parametrize("fault", ["raise ValueError('once')", "os._exit(1)", "time.sleep(60)"])
def test_a_mini_batch_that_fails_once_is_tried_again(job: Callable[..., Any], fault: str) -> None:
    code, told, rows = job("--timeout", 5, body=ONCE.format(fault=fault))
    assert (code, told["succeeded"], told["retries"], told["errors"]) == (0, 10, 1, [])
    assert len(rows) == 10


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("raise ValueError('always')", "ValueError: always"),
        ("os._exit(1)", "the process ended in run()"),
        ("time.sleep(60)", "run() took longer than 1 seconds"),
    ],
)
def test_a_mini_batch_that_always_fails_is_given_up(job: Callable[..., Any], fault: str, message: str) -> None:
    code, told, _ = job("--timeout", 1, "--error-threshold", 2, body=f"if text == '3': {fault}")
    assert (code, told["succeeded"], told["failed"], told["retries"]) == (0, 8, 2, 1)
    assert told["errors"][0].endswith(message)


def test_an_init_that_fails_ends_the_job(job: Callable[..., Any]) -> None:
    code, told, lines = job(init="raise RuntimeError('no model')")
    assert (code, told) == (1, {})
    assert lines[-1] == "RuntimeError: no model"
    code, _, lines = job(script="def run(mini_batch): return []")
    assert code == 1
    assert lines[-1].endswith("has no attribute 'init'")


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ("'text'", "run() returned str, neither a list nor a table"),
        ("[1, 2, 3]", "run() returned 3 results for 2 items"),
    ],
)
def test_results_that_azure_ml_would_not_take_are_errors(job: Callable[..., Any], result: str, message: str) -> None:
    told = job(script=f"def init(): pass\ndef run(mini_batch): return {result}")[1]
    assert told["succeeded"] == 0
    assert told["errors"][0].endswith(message)


def test_a_script_may_write_files_of_its_own(job: Callable[..., Any], tmp_path: Path) -> None:
    code, told, _ = job("--output-action", "summary_only", body="(OUT / f'{text}.out').write_text(text)")
    assert (code, told["succeeded"]) == (0, 10)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [f"{number}.out" for number in range(10)]
