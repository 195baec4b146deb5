"""Progress: plain lines for logs, a bar on a terminal, nothing where nothing was asked for or it is quick."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from modelpress.cli import progress
from modelpress.cli.output import colour
from modelpress.executors.progress import SILENT

WORK = """
import sys
from modelpress.cli import progress
progress.PATIENCE = 0.0
shown = progress.progress_for("auto")
shown.start(3_000_000)
for _ in range(3):
    shown.advance(1_000_000)
shown.finish()
"""


def work(shown: progress.PlainProgress) -> None:
    shown.start(3_000_000)
    for _ in range(3):
        shown.advance(1_000_000)
    shown.finish()


def test_plain_lines_go_to_stderr(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    work(progress.PlainProgress())
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == ["1 of 3 MB", "2 of 3 MB", "3 of 3 MB"]


def test_what_is_quick_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    work(progress.PlainProgress())
    assert capsys.readouterr().err == ""


def test_a_bar_is_drawn_on_a_terminal() -> None:
    terminal, other = pty.openpty()
    environment = {**os.environ, "TERM": "xterm"}
    try:
        subprocess.run([sys.executable, "-c", WORK], stdout=other, stderr=other, env=environment, check=True)
        assert b"3.0/3.0 MB" in os.read(terminal, 100_000)
    finally:
        os.close(terminal)
        os.close(other)


def test_a_pipe_gets_no_bar_and_none_is_none() -> None:
    done = subprocess.run([sys.executable, "-c", WORK], capture_output=True, check=True)
    assert done.stderr == b""
    assert progress.progress_for("none") is SILENT


def test_no_color_takes_the_colour_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert colour() is None
    monkeypatch.setenv("NO_COLOR", "1")
    assert colour() is False
