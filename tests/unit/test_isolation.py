"""A command without network, where the system gives one."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from modelpress.isolation import without_network

LOOK = "import json, os, socket; print(json.dumps([os.getpid(), [name for _, name in socket.if_nameindex()]]))"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can take the network away")
def test_what_stands_before_a_command_leaves_it_the_loopback_alone() -> None:
    with subprocess.Popen([*without_network(), sys.executable, "-c", LOOK], stdout=subprocess.PIPE) as process:
        output, _ = process.communicate()
    pid, interfaces = json.loads(output)
    assert pid == process.pid
    assert process.returncode == 0
    assert interfaces == ["lo"] or without_network() == ()
