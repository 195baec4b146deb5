"""Engines for real: a store of their own, a base image, a registry on loopback, projects with a Dockerfile.

Nothing here needs an image registry elsewhere. What this kind of machine needs (no service manager, no right to raise
limits, old and new control groups side by side) is said in the engines' own configuration, as a user would say it.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TOOLCHAIN = ROOT / ".toolchains" / "containers"
DIGITS = ROOT / "tests" / "data" / "models" / "digits" / "digits.onnx"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
BASE = "localhost/python:ci"
ROOM = 4 << 30  # bytes of memory that both images, their base and what they are built from fit into
TIMEOUT = 300  # seconds of one command

# Mounts of the engines end with the command. crun refuses old control groups beside new ones.
ALONE = 'mountpoint -q /sys/fs/cgroup/unified && umount /sys/fs/cgroup/unified; exec "$@"'
STORAGE = '[storage]\ndriver = "overlay"\ngraphroot = "{place}/store"\nrunroot = "{place}/run"\n'
CONTAINERS = """[containers]
cgroups = "disabled"
default_ulimits = ["nofile=4096:4096", "nproc=2048:2048"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
"""
REGISTRIES = 'unqualified-search-registries = []\n[[registry]]\nlocation = "127.0.0.1"\ninsecure = true\n'


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.containers)
            item.add_marker(pytest.mark.slow)


@dataclass(frozen=True)
class Engines:
    """Engines with a store in `place`; every test of a run shares it."""

    place: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MODELPRESS_")}
        return {
            **kept,
            "CONTAINERS_STORAGE_CONF": str(self.place / "storage.conf"),
            "CONTAINERS_CONF": str(self.place / "containers.conf"),
            "CONTAINERS_REGISTRIES_CONF": str(self.place / "registries.conf"),
            "BUILDAH_ISOLATION": "chroot",
            "XDG_STATE_HOME": str(self.place / "state"),
            "TMPDIR": str(self.place / "tmp"),
            "MODELPRESS_IMAGE_BASE_IMAGE": BASE,
            **({"MODELPRESS_IMAGE_PROXY_CA": str(CERTIFICATES)} if CERTIFICATES.is_file() else {}),
        }

    def command(self, command: Sequence[object], *, offline: bool = False) -> list[str]:
        """The command in mounts of its own; `offline` also in a network of its own, with loopback alone."""
        words = [str(word) for word in command]
        if offline:
            return [
                "unshare",
                "-mn",
                "--propagation",
                "private",
                "sh",
                "-c",
                f"ip link set lo up; {ALONE}",
                "-",
                *words,
            ]
        return ["unshare", "-m", "--propagation", "private", "sh", "-c", ALONE, "-", *words]

    def run(
        self, *command: object, offline: bool = False, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(command, offline=offline),
            env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )

    def modelpress(self, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "modelpress", *arguments, **options)

    def told(self, *command: object) -> str:
        """What a command that must work prints."""
        done = self.run(*command)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def names(self) -> set[str]:
        """Every name of an image in the store."""
        listed = json.loads(self.told("podman", "images", "--format", "json"))
        return {name for image in listed for name in image.get("Names") or ()}


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory, require_tool: Callable[[str], str]) -> Iterator[Engines]:
    """Podman and buildah with the base image. All workers of a run share a store, and so what was built."""
    for tool in ("buildah", "podman", "crun", "unshare", "ip", "mountpoint"):
        require_tool(tool)
    base = TOOLCHAIN / "base.tar"
    required = "all" in os.environ.get("MODELPRESS_REQUIRE", "")
    if os.geteuid() != 0 or not base.is_file():
        reason = "images are built in tests by root, on what toolchains/containers.sh makes"
        pytest.fail(reason) if required else pytest.skip(reason)
    place = _place(tmp_path_factory.getbasetemp())
    engines = Engines(place)
    place.mkdir(mode=0o700, exist_ok=True)
    with _locked(place):
        users = place / "users"
        users.mkdir(exist_ok=True)
        (users / str(os.getpid())).touch()
        if not (place / "ready").exists():
            _prepare(engines, base)
    yield engines
    with _locked(place):
        (users / str(os.getpid())).unlink()
        if not any(users.iterdir()):
            subprocess.run(["rm", "-rf", place], check=False)


@pytest.fixture(autouse=True)
def alone(engines: Engines) -> Iterator[None]:
    """One test at a time, whatever worker has it: they look at all images and containers of the store."""
    with _locked(engines.place, "one-test"):
        yield


def _place(top: Path) -> Path:
    """One folder for all workers of a run: in memory where there is room, since engines wait for the disk often."""
    run = top.parent if os.environ.get("PYTEST_XDIST_WORKER") else top
    memory = Path("/dev/shm")  # noqa: S108  # named for this run, and removed with it
    if memory.is_dir() and shutil.disk_usage(memory).free > ROOM:
        return memory / f"modelpress-{run.parent.name}-{run.name}"
    return run / "engines"


def _prepare(engines: Engines, base: Path) -> None:
    place = engines.place
    (place / "tmp").mkdir(exist_ok=True)
    (place / "storage.conf").write_text(STORAGE.format(place=place))
    (place / "containers.conf").write_text(CONTAINERS)
    (place / "registries.conf").write_text(REGISTRIES)
    container = engines.told("buildah", "from", "scratch")
    engines.told("buildah", "add", "-q", container, base, "/")
    engines.told("buildah", "config", "--env", "LANG=C.UTF-8", "--cmd", "python3", container)
    engines.told("buildah", "commit", "-q", "--rm", container, BASE)
    (place / "ready").touch()


@contextmanager
def _locked(place: Path, name: str = "lock") -> Iterator[None]:
    with (place / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


Project = Callable[[str], Path]


@pytest.fixture(scope="session")
def project(engines: Engines) -> Project:
    """Renders a project whose image has this server, v2 or azure; one for a run."""

    def render(server: str) -> Path:
        target = engines.place / f"project-{server}"
        with _locked(engines.place):
            if not target.exists():
                done = engines.modelpress(
                    *("render", DIGITS, "-t", "candidate", "-t", "docker", "-o", target),
                    *("--var", f"docker.server={server}"),
                )
                assert done.returncode == 0, done.stderr
        return target

    return render


@dataclass(frozen=True)
class BuiltImage:
    """The image of a project, and what `publish image --format json` said of it."""

    folder: Path
    told: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.told["image"])


@pytest.fixture(scope="session")
def built(engines: Engines, project: Project) -> Callable[[str], BuiltImage]:
    """Builds the image with this server, once for a run; later it comes from the engine's cache."""

    def build(server: str) -> BuiltImage:
        folder = project(server)
        with _locked(engines.place):
            done = engines.modelpress("publish", "image", folder, "--engine", "podman", "--format", "json")
        assert done.returncode == 0, done.stdout + done.stderr
        (artifact,) = json.loads(done.stdout)["artifacts"]
        return BuiltImage(folder, artifact)

    return build


@pytest.fixture
def copied(project: Project, tmp_path: Path) -> Callable[[str], Path]:
    """A copy of a project, to change."""

    def copy(server: str) -> Path:
        return Path(shutil.copytree(project(server), tmp_path / f"project-{server}"))

    return copy


@dataclass(frozen=True)
class Registry:
    """A registry of images on the loopback address."""

    address: str
    folder: Path


@pytest.fixture
def start_registry(tmp_path: Path, require_tool: Callable[[str], str]) -> Iterator[Callable[..., Registry]]:
    """Starts registries; `settings` are further lines of their configuration."""
    program = require_tool("docker-registry")
    running: list[subprocess.Popen[bytes]] = []

    def start(settings: str = "") -> Registry:
        port = free_port()
        folder = tmp_path / f"registry-{port}"
        folder.mkdir()
        configuration = folder / "config.yml"
        configuration.write_text(
            f"version: 0.1\nlog: {{level: warn}}\nstorage: {{filesystem: {{rootdirectory: {folder}/data}}}}\n"
            f"http: {{addr: '127.0.0.1:{port}'}}\n{settings}"
        )
        with (folder / "log").open("wb") as log:
            running.append(subprocess.Popen([program, "serve", configuration], stdout=log, stderr=log))
        wait_for_port(port)
        return Registry(f"127.0.0.1:{port}", folder)

    yield start
    for process in running:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"nothing listens on port {port}")
