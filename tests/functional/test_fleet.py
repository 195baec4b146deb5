"""`modelpress render --matrix`, run as users run it: here, on a Dask cluster on loopback, to storage behind a URL."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
MODEL = EXAMPLES / "single-model" / "model.onnx"
RUN = EXAMPLES / "olive-run" / "run"
PATIENCE = 120  # seconds until a test gives up waiting
SMALL = {"source": str(MODEL), "render.sets": ["candidate"], "render.golden": False}


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment in which no setting of the person who runs the tests has a say."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MODELPRESS_", "XDG_"))}
    return {**kept, "HOME": str(tmp_path / "home")}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "modelpress", "render", "--jobs", "2", *map(str, arguments)]


def render(home: Mapping[str, str], *arguments: object, code: int = 0, cluster: bool = False) -> dict[str, Any]:
    """Run the command, and what it says as JSON."""
    parts = [*command(*arguments, "--format", "json")]
    if cluster:
        del parts[4:6]
    done = subprocess.run(parts, env=home, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == code, done.stdout + done.stderr
    document = json.loads(done.stdout)
    assert isinstance(document, dict)
    return document


def states(document: Mapping[str, Any]) -> dict[str, str]:
    return {project["name"]: project["state"] for project in document["projects"]}


def matrix(folder: Path, **content: object) -> Path:
    path = folder / "matrix.json"
    path.write_text(json.dumps(content))
    return path


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def is_whole(project: Path) -> bool:
    """Whether every file is there as the lock says."""
    listed = json.loads((project / "modelpress.lock").read_bytes())["files"]
    found = contents(project)
    del found["modelpress.lock"]
    return found == {path: file["sha256"] for path, file in listed.items()}


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*.partial")]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_project_is_what_it_is_by_itself_and_a_rerun_makes_what_is_missing(
    tmp_path: Path, home: dict[str, str]
) -> None:
    file = matrix(
        tmp_path,
        output="out",
        common={"source": str(RUN), "render.golden": False},
        axes={"rank": [1, 2], "project.version": ["1", "2"]},
        exclude=[{"rank": 2, "project.version": "2"}],
        include=[{"name": "odd", "with": {"rank": 99}}],
    )
    first = render(home, "--matrix", file, code=1)
    assert states(first) == {"1-1": "rendered", "1-2": "rendered", "2-1": "rendered", "odd": "failed"}
    assert first["counts"] == {"rendered": 3, "kept": 0, "planned": 0, "failed": 1}
    odd = first["projects"][-1]
    assert odd["error"] == {
        "code": "usage",
        "message": "there is no rank 99",
        "hint": "Candidates that are ranked: 4.",
        "file": None,
    }
    out = tmp_path / "out"
    assert all(is_whole(out / name) for name in ("1-1", "1-2", "2-1"))

    alone = tmp_path / "out" / "alone"
    single = [sys.executable, "-m", "modelpress", "render", str(RUN), "-q", "--rank", "2", "--no-golden", "-o"]
    subprocess.run(
        [*single, str(alone)],
        env={**home, "MODELPRESS_PROJECT_VERSION": "1"},
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    assert contents(alone) == contents(out / "2-1")

    moments = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    (out / "1-2" / "modelpress.lock").unlink()
    planned = render(home, "--matrix", file, "--only", "1-1", "--only", "1-2", "-n")
    assert states(planned) == {"1-1": "kept", "1-2": "planned"}
    again = render(home, "--matrix", file, "--force", "--only", "1-2")
    assert states(again) == {"1-2": "rendered"}
    last = render(home, "--matrix", file, code=1)
    assert states(last) == {"1-1": "kept", "1-2": "kept", "2-1": "kept", "odd": "failed"}
    assert all(path.stat().st_mtime_ns == moment for path, moment in moments.items() if "1-2" not in str(path))


def test_what_a_project_is_made_from_decides_whether_it_is_made_again(tmp_path: Path, home: dict[str, str]) -> None:
    model = tmp_path / "mine.onnx"
    model.write_bytes(MODEL.read_bytes())
    layer = tmp_path / "layer" / "candidate"
    layer.mkdir(parents=True)
    common = {**SMALL, "source": "mine.onnx", "templates": ["layer"]}
    file = matrix(tmp_path, common=common, axes={"project.version": ["1", "2"]})
    assert set(states(render(home, "--matrix", file)).values()) == {"rendered"}
    assert states(render(home, "--matrix", file)) == {"1": "kept", "2": "kept"}

    (layer / "NOTES.md.jinja").write_text("Version {{ project.version | md }}\n")
    assert states(render(home, "--matrix", file)) == {"1": "rendered", "2": "rendered"}
    assert (tmp_path / "fleet" / "2" / "NOTES.md").read_text() == "Version 2\n"

    model.write_bytes((EXAMPLES / "listing" / "models" / "small.onnx").read_bytes())
    assert states(render(home, "--matrix", file, "--only", "1")) == {"1": "rendered"}
    assert states(render(home, "--matrix", file)) == {"1": "kept", "2": "rendered"}

    (tmp_path / "fleet" / "1" / "NOTES.md").write_text("mine\n")
    assert states(render(home, "--matrix", file))["1"] == "kept"
    layer.joinpath("NOTES.md.jinja").write_text("Other\n")
    edited = render(home, "--matrix", file, code=1)
    assert states(edited) == {"1": "failed", "2": "rendered"}
    assert "was edited since" in edited["projects"][0]["error"]["message"]
    assert (tmp_path / "fleet" / "1" / "NOTES.md").read_text() == "mine\n"


def test_the_best_candidate_of_an_accelerator(tmp_path: Path, home: dict[str, str]) -> None:
    common = {**SMALL, "source": str(RUN)}
    file = matrix(tmp_path, common=common, axes={"accelerator": ["cpu-cpu", "gpu-cuda"]})
    document = render(home, "--matrix", file, code=1)
    assert states(document) == {"cpu-cpu": "rendered", "gpu-cuda": "failed"}
    assert document["projects"][1]["error"]["hint"].endswith("Accelerators: cpu-cpu.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--only", "x"), "--only goes with --matrix"),
        (("--matrix", "MATRIX", "--rank", "2"), "--rank does not go with --matrix"),
        (("--matrix", "MATRIX", "--only", "x"), "has no project 'x'"),
        (("--matrix", "MATRIX", "-o", "all.zip"), "is a zip"),
        (("--matrix", "MATRIX", "--scheduler", "tcp://127.0.0.1:1"), "exclude each other"),
        (("--matrix", "MATRIX", "--dim", "batch=2"), "render.dims.batch is given, and the matrix has a value"),
        (("--matrix", "MISSING"), "cannot be read"),
    ],
)
def test_options_that_do_not_go_together(
    tmp_path: Path, home: dict[str, str], arguments: tuple[str, ...], message: str
) -> None:
    file = matrix(tmp_path, common=SMALL, axes={"render.dims.batch": [1, 2]})
    words = [str(file) if word == "MATRIX" else word for word in arguments]
    parts = [word for word in command(*words, "--format", "json") if "--matrix" in words or word not in {"--jobs", "2"}]
    done = subprocess.run(parts, env=home, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 2, done.stderr
    assert message in json.loads(done.stdout)["error"]["message"]


@pytest.mark.slow
def test_ctrl_c_leaves_whole_projects_and_the_next_run_makes_the_others(tmp_path: Path, home: dict[str, str]) -> None:
    file = matrix(tmp_path, output="out", common=SMALL, axes={"project.version": [str(n) for n in range(60)]})
    running = subprocess.Popen(
        command("--matrix", file), env=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        wait_until(lambda: len(list((tmp_path / "out").glob("[0-9]*/modelpress.lock"))) >= 3)
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=PATIENCE)
    finally:
        running.kill()
    assert running.returncode == 130, said
    assert "of 60 projects are done" in said
    projects = [path for path in (tmp_path / "out").iterdir() if path.name != ".fleet"]
    assert 3 <= len(projects) < 60
    assert all(is_whole(project) for project in projects)
    assert not leftovers(tmp_path / "out")
    counts = render(home, "--matrix", file)["counts"]
    assert counts["kept"] >= len(projects) - 4
    assert counts["kept"] + counts["rendered"] == 60


@contextmanager
def process(*arguments: str, env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        started = subprocess.Popen(arguments, env=dict(env), stdout=output, stderr=subprocess.STDOUT)
    try:
        yield started
    finally:
        with suppress(ProcessLookupError):
            started.kill()
        started.wait(timeout=PATIENCE)


def address_of_scheduler(file: Path) -> str:
    def is_there() -> bool:
        with suppress(OSError, ValueError):
            return bool(json.loads(file.read_text())["address"])
        return False

    wait_until(is_there)
    return str(json.loads(file.read_text())["address"])


@pytest.mark.slow
def test_a_cluster_loses_a_worker_and_no_project(tmp_path: Path, home: dict[str, str]) -> None:
    file = matrix(tmp_path, output="out", common=SMALL, axes={"project.version": [str(n) for n in range(60)]})
    dask = str(Path(sys.executable).with_name("dask"))
    place = tmp_path / "scheduler.json"
    local = ("--host", "127.0.0.1")
    scheduler = (dask, "scheduler", *local, "--port", "0", "--no-dashboard", "--no-show", "--scheduler-file", place)
    worker = (dask, "worker", *local, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--scheduler-file", place)
    with (
        process(*map(str, scheduler), env=home, log=tmp_path / "scheduler.log"),
        process(*map(str, worker), env=home, log=tmp_path / "first.log") as first,
        process(*map(str, worker), env=home, log=tmp_path / "second.log") as second,
    ):
        address = address_of_scheduler(place)
        from distributed import Client

        with Client(address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(2, timeout=PATIENCE)
        arguments = [*command("--matrix", file, "--scheduler", address, "--format", "json")]
        del arguments[4:6]
        fleet = subprocess.Popen(arguments, env=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: len(list((tmp_path / "out").glob("[0-9]*/modelpress.lock"))) >= 10)
        first.send_signal(signal.SIGKILL)
        assert fleet.poll() is None
        out, said = fleet.communicate(timeout=PATIENCE)
        assert fleet.returncode == 0, out + said
        assert second.poll() is None
        counts = json.loads(out)["counts"]
        assert counts["rendered"] + counts["kept"] == 60  # one may have been made just before its worker was lost
        projects = [path for path in (tmp_path / "out").iterdir() if path.name != ".fleet"]
        assert len(projects) == 60
        assert all(is_whole(project) for project in projects)
        assert not leftovers(tmp_path / "out")
        again = render(home, "--matrix", file, "--scheduler", address, cluster=True)
        assert again["counts"]["kept"] == 60


def test_nobody_answers_at_the_scheduler(tmp_path: Path, home: dict[str, str]) -> None:
    file = matrix(tmp_path, common=SMALL, axes={"rank": [1]})
    slow = {**home, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"}
    document = render(slow, "--matrix", file, "--scheduler", "tcp://127.0.0.1:1", code=6, cluster=True)
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in document["error"]["message"]


def test_sources_and_projects_behind_urls(tmp_path: Path, home: dict[str, str]) -> None:
    shared = tmp_path / "shared"
    (shared / "runs").mkdir(parents=True)
    (shared / "runs" / "mine.onnx").write_bytes(MODEL.read_bytes())
    url = f"file://{shared}"
    axes = {"source": [f"{url}/runs/mine.onnx", f"{url}/runs/none.onnx"], "project.version": ["1", "2"]}
    common = {name: value for name, value in SMALL.items() if name != "source"}
    file = matrix(tmp_path, output=f"{url}/out", common=common, axes=axes)
    document = render(home, "--matrix", file, code=1)
    assert states(document) == {"mine-1": "rendered", "mine-2": "rendered", "none-1": "failed", "none-2": "failed"}
    assert document["projects"][0]["path"] == f"{url}/out/mine-1"
    assert document["projects"][2]["error"]["message"] == f"{url}/runs/none.onnx does not exist"
    assert is_whole(shared / "out" / "mine-1")
    assert json.loads((shared / "out" / "mine-1" / "modelpress.lock").read_bytes())["answers"]["elsewhere"] == [
        "source"
    ]
    again = render(home, "--matrix", file, "--only", "mine-1", "--only", "mine-2")
    assert again["counts"]["kept"] == 2
    (shared / "out" / ".fleet" / "mine-1.json").unlink()
    refused = render(home, "--matrix", file, "--only", "mine-1", code=1)
    assert "no project that this fleet wrote" in refused["projects"][0]["error"]["message"]
    assert render(home, "--matrix", file, "--only", "mine-1", "--force")["counts"]["rendered"] == 1
    assert is_whole(shared / "out" / "mine-1")
