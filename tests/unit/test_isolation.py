"""A command without network, where the system gives one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from modelpress.isolation import Ended, run_module, without_network

LOOK = "import json, os, socket; print(json.dumps([os.getpid(), [name for _, name in socket.if_nameindex()]]))"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can take the network away")
def test_what_stands_before_a_command_leaves_it_the_loopback_alone() -> None:
    with subprocess.Popen([*without_network(), sys.executable, "-c", LOOK], stdout=subprocess.PIPE) as process:
        output, _ = process.communicate()
    pid, interfaces = json.loads(output)
    assert pid == process.pid
    assert process.returncode == 0
    assert interfaces == ["lo"] or without_network() == ()


def test_a_module_sees_no_variable_that_it_is_not_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "look.py").write_text("import os; print(os.environ.get('MY_TOKEN'), os.environ['GIVEN'])")
    monkeypatch.setenv("MY_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert run_module("look", b"", {"GIVEN": "this"}, 30) == Ended(0, "None this")


def test_how_a_module_ended_is_told_by_its_last_line() -> None:
    assert str(run_module("json.tool", b"no JSON", {}, 30)).startswith("ended the process (1): Expecting value")
    assert run_module("json.tool", b"{}", {}, 30).code == 0
    assert run_module("json.tool", b"{}", {}, 0.001).code is None
