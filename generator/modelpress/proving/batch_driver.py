"""Runs a batch scoring script as Azure ML's own driver does: in several processes, shuffled, with retries.

It is a program of the standard library alone, for the Python of the script's environment:

    python batch_driver.py SCRIPT INPUTS OUTPUTS [--workers 2] [--mini-batch-size 10] ...

Every file below INPUTS is an item; with --tabular the rows of its .csv files are. What became
of them is printed as a line of JSON. The exit code is 1 where the script's init() fails, and
where more items failed than --error-threshold allows.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import os
import queue
import random
import sys
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any

START_TIMEOUT = 600.0  # seconds for init()
LAST_LINES = 5  # of a traceback

MiniBatch = Any
"""A list of file paths, or a pandas DataFrame."""


class JobError(Exception):
    """What ends the whole job."""


@dataclass(frozen=True)
class Task:
    """A mini-batch and how often it has been tried again."""

    mini_batch: MiniBatch
    retries: int = 0


@dataclass
class Tally:
    """What became of the items; `errors` are those of mini-batches that were given up."""

    items: int
    succeeded: int = 0
    retries: int = 0
    errors: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return self.items - self.succeeded


def main(arguments: Sequence[str] | None = None) -> int:
    """Score all items, write the rows, and print the tally."""
    options = _parse(arguments)
    options.outputs.mkdir(parents=True, exist_ok=True)
    os.environ["AZUREML_BI_OUTPUT_PATH"] = str(options.outputs.resolve())
    if options.model:
        os.environ["AZUREML_MODEL_DIR"] = str(options.model.resolve())
    mini_batches = list(_tables(options) if options.tabular else _files(options))
    random.Random(options.seed).shuffle(mini_batches)  # noqa: S311  # no secret
    try:
        tally = score(mini_batches, options)
    except JobError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if options.output_action == "append_row":
        text = "".join(f"{row}\n" for row in tally.rows)
        (options.outputs / options.output_file_name).write_text(text, encoding="utf-8")
    told = {**asdict(tally), "failed": tally.failed}
    del told["rows"]
    sys.stdout.write(json.dumps(told) + "\n")
    return int(0 <= options.error_threshold < tally.failed)


def score(mini_batches: Sequence[MiniBatch], options: argparse.Namespace) -> Tally:
    """Score mini-batches in processes, each looked after by a thread. Raises JobError where one cannot start."""
    tally, lock = Tally(sum(map(len, mini_batches))), Lock()
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
    for mini_batch in mini_batches:
        tasks.put(Task(mini_batch))

    def look_after() -> None:
        worker = Worker(options.script)
        try:
            while True:
                task = tasks.get_nowait()
                rows, error = worker.score(task.mini_batch, options.timeout)
                with lock:
                    if not error:
                        tally.rows += rows
                        tally.succeeded += len(rows)
                    elif task.retries < options.max_retries:
                        tally.retries += 1
                        tasks.put(Task(task.mini_batch, task.retries + 1))
                    else:
                        tally.errors.append(error)
        except queue.Empty:
            return
        finally:
            worker.end()

    with ThreadPoolExecutor(options.workers) as pool:
        for done in [pool.submit(look_after) for _ in range(options.workers)]:
            done.result()
    return tally


class Worker:
    """A process that has called the script's init(); a new one where it died or took too long."""

    def __init__(self, script: Path) -> None:
        self._script = script
        self._start()

    def score(self, mini_batch: MiniBatch, timeout: float) -> tuple[list[str], str]:
        """The rows that run() returned, or what went wrong."""
        try:
            self._connection.send(mini_batch)
            if self._connection.poll(timeout):
                rows, error = self._connection.recv()
                return rows, error
            error = f"run() took longer than {timeout:g} seconds"
        except (EOFError, OSError):
            error = "the process ended in run()"
        self.end()
        self._start()
        return [], error

    def end(self) -> None:
        """End the process, whatever it does."""
        self._connection.close()
        self._process.kill()
        self._process.join()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(self._script, theirs), daemon=True)
        self._process.start()
        theirs.close()
        try:
            error = self._connection.recv() if self._connection.poll(START_TIMEOUT) else "it takes too long"
        except EOFError:
            error = "the process ended"
        if error:
            self.end()
            raise JobError(f"init() of {self._script} failed: {error}")


def _work(script: Path, connection: Connection) -> None:
    """Be a worker: say "" once init() is through, then give the rows, or an error, for each mini-batch."""
    try:
        spec = importlib.util.spec_from_file_location("entry_script", script)
        module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]  # a path to a file has a spec
        spec.loader.exec_module(module)  # type: ignore[union-attr]  # likewise
        module.init()
    except BaseException:  # noqa: BLE001  # whatever it is, the driver must know
        connection.send(_last_lines())
        return
    connection.send("")
    while True:
        try:
            mini_batch = connection.recv()
        except EOFError:
            return
        try:
            connection.send((_rows(module.run(mini_batch), len(mini_batch)), ""))
        except Exception:  # noqa: BLE001  # likewise
            connection.send(([], _last_lines()))


def _rows(result: Any, most: int) -> list[str]:
    """What run() returned as lines of the output file: Azure ML takes lists and tables only."""
    if isinstance(result, list):
        rows = [str(row) for row in result]
    elif hasattr(result, "to_csv"):
        each = (result.iloc[place : place + 1] for place in range(len(result)))
        rows = [row.to_csv(header=False, index=False, sep=" ").rstrip("\n") for row in each]
    else:
        raise TypeError(f"run() returned {type(result).__name__}, neither a list nor a table")
    if len(rows) > most:
        raise ValueError(f"run() returned {len(rows)} results for {most} items")
    return rows


def _last_lines() -> str:
    return "\n".join(traceback.format_exc().splitlines()[-LAST_LINES:])


def _files(options: argparse.Namespace) -> Iterator[list[str]]:
    """Mini-batches of files; their order says nothing, as in Azure ML."""
    paths = sorted(str(path) for path in options.inputs.rglob("*") if path.is_file())
    random.Random(options.seed).shuffle(paths)  # noqa: S311  # no secret
    size = options.mini_batch_size
    return (paths[start : start + size] for start in range(0, len(paths), size))


def _tables(options: argparse.Namespace) -> Iterator[Any]:
    """Mini-batches of rows of tables."""
    import pandas as pd  # type: ignore[import-untyped]  # it ships no types

    size = options.mini_batch_size
    for path in sorted(options.inputs.rglob("*.csv")):
        table = pd.read_csv(path)
        yield from (table.iloc[start : start + size] for start in range(0, len(table), size))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run a batch scoring script as Azure ML does.")
    add = parser.add_argument
    add("script", type=Path, help="the scoring script, with init() and run()")
    add("inputs", type=Path, help="folder of the items")
    add("outputs", type=Path, help="folder that results are written to")
    add("--model", type=Path, metavar="DIR", help="becomes AZUREML_MODEL_DIR")
    add("--workers", type=int, default=2, help="processes (default: 2)")
    add("--mini-batch-size", type=int, default=10, help="items of a call of run() (default: 10)")
    add("--max-retries", type=int, default=3, help="of a mini-batch that fails (default: 3)")
    add("--timeout", type=float, default=30.0, help="seconds for a mini-batch (default: 30)")
    add("--error-threshold", type=int, default=-1, help="items that may fail; -1 for any number (default)")
    add("--output-action", choices=["append_row", "summary_only"], default="append_row")
    add("--output-file-name", default="predictions.csv")
    add("--tabular", action="store_true", help="items are the rows of .csv files")
    add("--seed", type=int, default=0, help="of the order of items (default: 0)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
