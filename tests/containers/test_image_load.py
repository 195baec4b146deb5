"""One container under load: no error, memory that does not grow, and no request lost at its end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CLIENT = Path(__file__).with_name("load_client.py")
INPUT = [0.5] * 64
SERVERS = {
    "v2": (8080, "/v2/models/digits/infer", {"inputs": [
        {"name": "input", "datatype": "FP32", "shape": [1, 1, 8, 8], "data": INPUT}
    ]}),
    "azure": (8080, "/score", {"inputs": {"input": [[[INPUT[at : at + 8] for at in range(0, 64, 8)]]]}}),
}  # fmt: skip
TOTAL = 6000  # 200 a second for 30 seconds
GROWTH = 4 << 20  # bytes between the second third of the samples and the last


def loaded(engines: Any, image: str, server: str, mode: str) -> dict[str, Any]:
    port, path, body = SERVERS[server]
    done = engines.run(sys.executable, CLIENT, image, port, path, json.dumps(body), mode, offline=True)
    assert done.returncode == 0, done.stderr + done.stdout
    return dict(json.loads(done.stdout))


def test_steady_load_meets_no_error_and_takes_no_memory(engines: Any, built: Callable[[str], Any]) -> None:
    told = loaded(engines, built("v2").id, "v2", "steady")
    assert told["seen"] == {"answered": TOTAL}
    samples = told["memory"]
    third = len(samples) // 3
    assert min(samples[-third:]) - min(samples[third:-third]) < GROWTH, samples


@pytest.mark.parametrize("server", list(SERVERS))
def test_no_request_is_lost_when_it_is_stopped(engines: Any, built: Callable[[str], Any], server: str) -> None:
    """Clients go on until a new connection is turned away; what was taken is answered."""
    told = loaded(engines, built(server).id, server, "stop")
    assert told["seen"].pop("turned away") >= 1
    assert told["seen"].pop("answered") > 10
    assert told["seen"] == {}
    assert told["exit"] in (0, 143), "killed after 10 seconds"
