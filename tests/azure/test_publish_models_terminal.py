"""On a terminal the work is shown while it lasts, and taken away at the end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from publishing import environment_of, make_project
from standin import effects
from standin.client import Azure

pty = pytest.importorskip("pty", reason="a pseudo-terminal needs POSIX")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(*arguments: str, environment: dict[str, str]) -> str:
    """What the command shows on a terminal."""
    terminal, other_side = pty.openpty()
    command = [sys.executable, "-m", "modelpress", *arguments]
    with subprocess.Popen(command, stdin=other_side, stdout=other_side, stderr=other_side, env=environment) as child:
        os.close(other_side)
        shown = b""
        with suppress(OSError):  # how Linux says that the other side is closed
            while part := os.read(terminal, 4096):
                shown += part
    os.close(terminal)
    assert child.returncode == 0, shown
    return shown.decode()


def test_it_shows_what_is_waited_for_a_bar_and_a_countdown(azure: Azure, tmp_path: Path) -> None:
    project = make_project(tmp_path / "deploy", b"m" * (9 << 20))
    azure.fault("PUT", "comp=block", effects.slow(0.4), times=None)
    azure.fault("PUT", "/models/", effects.status(503))
    variables = {**os.environ, **azure.environment, **environment_of(azure, operation_retry_interval=2)}
    terminal = {"TERM": "xterm", "COLUMNS": "100"}
    shown = on_terminal("publish", "model", str(project.folder), environment={**variables, **terminal})
    frames = [CONTROL.sub("", frame).strip() for frame in re.split(r"[\r\n]+", shown)]
    doing = "registering model digits_cpu-cpu_1, version 1"
    assert "loading the Azure SDK" in frames
    assert any("9.4/9.4 MB" in frame for frame in frames)
    assert f"{doing}: HTTP 503 ServerBusy; try 2 of 3 in 2 s" in frames
    assert f"{doing}: HTTP 503 ServerBusy; try 2 of 3 in 1 s" in frames
    assert frames[-2:] == ["created model digits_cpu-cpu_1, version 1", ""]
    assert shown.endswith("\x1b[2Kcreated model digits_cpu-cpu_1, version 1\r\n")  # the display was taken away
