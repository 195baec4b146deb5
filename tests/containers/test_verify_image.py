"""`modelpress verify --only image` builds, runs and asks the image, and hears what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


def findings(done: Any) -> dict[str, dict[str, Any]]:
    return {found["what"]: found for found in json.loads(done.stdout)["findings"]}


@pytest.mark.parametrize(
    ("server", "protocol"),
    [
        ("v2", "the golden outputs come back over the Open Inference Protocol in JSON and in binary"),
        ("azure", "the golden outputs come back for golden.json's form, nested lists, .npz files, at /score"),
    ],
)
def test_an_image_is_proved(engines: Any, built: Callable[[str], Any], server: str, protocol: str) -> None:
    image = built(server)
    done = engines.modelpress("verify", image.folder, "--only", "image", "--require", "image", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = findings(done)
    assert {what: one["status"] for what, one in found.items()} == {
        "image/build": "passed",
        "image/start": "passed",
        "image/answers": "passed",
        "image/stop": "passed",
    }
    assert f"{image.told['size']:,} bytes" in found["image/build"]["detail"]
    assert found["image/answers"]["detail"] == protocol
    assert "user 10001, without capabilities" in found["image/start"]["detail"]
    assert engines.told("podman", "ps", "--all", "--quiet") == ""


@dataclass(frozen=True)
class Mistake:
    """A change to a project, which of the findings it makes fail, and with which text."""

    file: str
    old: str
    new: str
    finding: str
    told: str


LOST = (
    '"outputs": [{"name": "lost", "kind": "tensor", "dtype": "float32", "shape": [1], "data": [1.0], '
    '"tolerance": {"absolute": 0, "relative": 0}, "stable": true}, '
)
DEAF = (
    'CMD ["python", "-c", "import runpy, signal; real = signal.signal; '
    "signal.signal = lambda number, _: real(number, signal.SIG_IGN); "
    "runpy.run_module('v2_server.main', run_name='__main__')\"]\n#"
)
DOCKERFILE = "docker/Dockerfile"
MISTAKES = {
    "golden": Mistake("golden/golden.json", '"outputs": [', LOST, "image/answers", "the outputs are"),
    "no-health-check": Mistake(
        DOCKERFILE, "HEALTHCHECK", "# HEALTHCHECK", "image/start", "the image has no HEALTHCHECK"
    ),
    "no-server": Mistake(DOCKERFILE, '"v2_server.main"', '"v2_server.absent"', "image/start", "before it was healthy"),
    "root": Mistake(DOCKERFILE, "USER 10001:10001\nENTRYPOINT", "USER 0:0\nENTRYPOINT", "image/start", "runs as [0, "),
    "deaf": Mistake(DOCKERFILE, 'CMD ["python", "-m"', DEAF, "image/stop", "did not end within 10 seconds"),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_what_is_wrong_is_heard(
    engines: Any, built: Callable[[str], Any], copied: Callable[[str], Path], mistake: Mistake
) -> None:
    built("v2")
    folder = copied("v2")
    file = folder / mistake.file
    assert mistake.old in file.read_text()
    file.write_text(file.read_text().replace(mistake.old, mistake.new))
    done = engines.modelpress("verify", folder, "--only", "image", "--trust", "--format", "json")
    assert done.returncode == 3, done.stdout + done.stderr
    found = findings(done)
    assert found[mistake.finding]["status"] == "failed", found
    assert mistake.told in found[mistake.finding]["detail"]
    assert engines.told("podman", "ps", "--all", "--quiet") == ""


def test_what_was_not_rendered_here_is_not_run(engines: Any, copied: Callable[[str], Path]) -> None:
    folder = copied("v2")
    (folder / "scoring" / "more.py").write_text("MORE = 1\n")
    found = findings(engines.modelpress("verify", folder, "--only", "image", "--format", "json"))
    assert found["image"]["status"] == "skipped"
    assert "--trust" in found["image"]["hint"]


def test_a_base_image_out_of_reach_is_a_skip(engines: Any, project: Callable[[str], Path]) -> None:
    """A port on which nothing listens stands for a registry that is down."""
    environment = {"MODELPRESS_IMAGE_BASE_IMAGE": "127.0.0.1:9/python:3.11"}
    asked = ("verify", project("v2"), "--only", "image", "--format", "json")
    done = engines.modelpress(*asked, environment=environment)
    assert done.returncode == 0, done.stderr
    found = findings(done)["image"]
    assert found["status"] == "skipped"
    assert "the base image 127.0.0.1:9/python:3.11 cannot be had" in found["detail"]
    assert engines.modelpress(*asked, "--require", "image", environment=environment).returncode == 3


def test_it_runs_only_where_it_is_named(engines: Any, project: Callable[[str], Path]) -> None:
    found = findings(engines.modelpress("verify", project("v2"), "--only", "manifest", "--format", "json"))
    assert set(found) == {"manifest"}
    done = engines.modelpress("verify", project("v2"), "--require", "image", "--format", "json")
    assert "image/answers" in findings(done), done.stdout
