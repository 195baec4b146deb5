"""One writer in a process of its own, for tests that end it: KIND TARGET SOURCE [STDIN_BYTES].

Writes all files in the folder SOURCE, then so many bytes from standard input. Prints a line
before the first byte and after every advance. Ends in order at SIGTERM, as the command does.
"""

import io
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from modelpress.bundle import Bundle, Digest, ExistingFile
from modelpress.errors import ModelpressError
from modelpress.executors import archive, folder


class StandardInput:
    """An entry whose bytes come when the test sends them."""

    identity = None
    is_text = False
    executable = False

    def __init__(self, size: int) -> None:
        self.size = size

    def open(self) -> BinaryIO:
        return io.FileIO(0, closefd=False)  # type: ignore[return-value]


class Lines:
    """Progress, one line a step."""

    def start(self, total_bytes: int) -> None:
        self._say(f"start {total_bytes}")

    def advance(self, count: int) -> None:
        self._say(f"advance {count}")

    def finish(self) -> None:
        self._say("finish")

    def _say(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def lock(digests: Mapping[str, Digest]) -> bytes:
    return json.dumps({"files": {path: {"sha256": d.sha256, "size": d.size} for path, d in digests.items()}}).encode()


def main(kind: str, target: str, source: str, stdin_bytes: str = "0") -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    entries = {f"model/{path.name}": ExistingFile(path, path.stat().st_size) for path in Path(source).iterdir()}
    if int(stdin_bytes):
        entries["model/~stdin"] = StandardInput(int(stdin_bytes))  # type: ignore[assignment]
    bundle = Bundle.of(entries, {"modelpress.lock": lock})
    writer = {"zip": archive, "folder": folder}[kind]
    try:
        writer.execute(writer.plan(bundle, Path(target)), Lines())  # type: ignore[attr-defined]
    except ModelpressError as error:
        sys.stderr.write(f"{error.message}\n{error.hint}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    os.umask(0o022)
    main(*sys.argv[1:])
