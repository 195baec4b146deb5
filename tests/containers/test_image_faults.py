"""What goes wrong with engines, base images, builds and registries: one message each, and nothing half done."""

from __future__ import annotations

import os
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FAILURE, USAGE, REMOTE = 1, 2, 6


def publish(engines: Any, folder: Path, *arguments: object, engine: str = "podman", **options: Any) -> Any:
    return engines.modelpress("publish", "image", folder, "--engine", engine, *arguments, **options)


def check(done: Any, code: int, *texts: str) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    lines = done.stderr.splitlines()
    assert [line[:5] for line in lines if line.startswith(("error: ", "hint: "))] == ["error", "hint:"], done.stderr
    for text in texts:
        assert text in done.stderr


@pytest.mark.parametrize("engine", ["podman", "buildah"])
def test_a_base_image_that_is_nowhere(engines: Any, project: Callable[[str], Path], engine: str) -> None:
    done = publish(engines, project("v2"), "--base-image", "localhost/absent:1", engine=engine)
    check(done, REMOTE, "the base image localhost/absent:1 cannot be had", "--base-image")


def test_a_base_image_that_its_registry_does_not_have(
    engines: Any, project: Callable[[str], Path], start_registry: Callable[..., Any]
) -> None:
    name = f"{start_registry().address}/python:3.11"
    done = publish(engines, project("v2"), "--base-image", name)
    check(done, REMOTE, f"the base image {name} cannot be had", "manifest unknown")


@pytest.mark.parametrize("engine", ["podman", "buildah"])
def test_a_step_that_fails(engines: Any, copied: Callable[[str], Path], engine: str) -> None:
    """The step and its last lines are told, not the three hundred before them."""
    folder = copied("v2")
    dockerfile = folder / "docker" / "Dockerfile"
    step = "RUN for line in $(seq 300); do echo noise $line; done; echo it broke >&2; exit 7"
    dockerfile.write_text(dockerfile.read_text().replace("COPY docker/", f"{step}\nCOPY docker/", 1))
    before = engines.names()
    done = publish(engines, folder, engine=engine)
    check(done, FAILURE, f"the step `{step}` failed", "it broke", "7")
    assert "noise 299" in done.stderr
    assert "noise 280" not in done.stderr
    assert engines.names() == before


def test_a_package_that_does_not_exist(engines: Any, copied: Callable[[str], Path]) -> None:
    folder = copied("v2")
    requirements = folder / "docker" / "requirements.txt"
    requirements.write_text(f"no-such-package-of-ours==1.0 --hash=sha256:{'0' * 64}\n--require-hashes\n")
    done = publish(engines, folder)
    check(done, FAILURE, "the step `RUN ", "no-such-package-of-ours")
    assert len(done.stderr.splitlines()) < 25


def test_a_line_that_is_no_instruction(engines: Any, copied: Callable[[str], Path]) -> None:
    folder = copied("v2")
    dockerfile = folder / "docker" / "Dockerfile"
    dockerfile.write_text(f"{dockerfile.read_text()}NONSENSE here\n")
    check(publish(engines, folder), FAILURE, "NONSENSE")


def test_engines_that_are_not_there(engines: Any, project: Callable[[str], Path]) -> None:
    arguments = [sys.executable, "-m", "modelpress", "publish", "image", str(project("v2"))]
    environment = {**engines.environment, "PATH": "/nonexistent"}
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    check(done, FAILURE, "none of docker, podman, buildah is on the PATH", "Install one of them")


def test_an_engine_that_may_do_nothing(engines: Any, project: Callable[[str], Path]) -> None:
    """Root without capabilities and with another user's identity may not touch the store."""
    folder = project("v2")
    for path in (engines.place, *engines.place.parents):
        path.chmod(path.stat().st_mode | 0o011)
    command = [sys.executable, "-m", "modelpress", "publish", "image", folder, "--engine", "buildah"]
    done = engines.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command)
    check(done, FAILURE, "buildah")
    assert "ermi" in done.stderr


def test_a_registry_that_asks_who_it_is(
    engines: Any, built: Callable[[str], Any], start_registry: Callable[..., Any], tmp_path: Path
) -> None:
    passwords = tmp_path / "htpasswd"
    passwords.write_text("someone:$2y$05$abcdefghijklmnopqrstuuO4ZgZhEg0lZGBtCvYxRIOfJ5lnxFq0i\n")
    registry = start_registry(f"auth: {{htpasswd: {{realm: test, path: {passwords}}}}}\n")
    name, folder = f"{registry.address}/team/digits", built("v2").folder
    before = engines.names()
    done = publish(engines, folder, "--push", name, "--name", "refused")
    check(done, REMOTE, f"{registry.address} does not let you push {name}", f"podman login {registry.address}")
    assert engines.names() == before


def test_a_registry_that_is_down(engines: Any, built: Callable[[str], Any]) -> None:
    folder = built("v2").folder
    before = engines.names()
    done = publish(engines, folder, "--push", "127.0.0.1:9/team/digits", "--name", "refused")
    check(done, REMOTE, "127.0.0.1:9 is not reached", "Run the same command again")
    assert engines.names() == before


def test_a_registry_with_tls_of_its_own(
    engines: Any, built: Callable[[str], Any], start_registry: Callable[..., Any], tmp_path: Path
) -> None:
    """A registry that is not called insecure must speak TLS."""
    strict = tmp_path / "registries.conf"
    strict.write_text("unqualified-search-registries = []\n")
    name = f"{start_registry().address}/team/digits"
    environment = {"CONTAINERS_REGISTRIES_CONF": str(strict)}
    done = publish(engines, built("v2").folder, "--push", name, environment=environment)
    check(done, REMOTE, "speaks no TLS", "registries.conf")


@contextmanager
def cutting(port: int, most: int) -> Iterator[int]:
    """A proxy that breaks every connection on which more than `most` bytes were sent."""

    class Cut(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            import socket

            with socket.create_connection(("127.0.0.1", port)) as upstream:
                threading.Thread(target=self._back, args=(upstream,), daemon=True).start()
                sent = 0
                while sent < most and (chunk := self.request.recv(65536)):
                    upstream.sendall(chunk)
                    sent += len(chunk)
                upstream.shutdown(socket.SHUT_RDWR)

        def _back(self, upstream: Any) -> None:
            try:
                while chunk := upstream.recv(65536):
                    self.request.sendall(chunk)
            except OSError:
                return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Connections are broken on purpose."""

    with Server(("127.0.0.1", 0), Cut) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_push_that_breaks_off(engines: Any, built: Callable[[str], Any], start_registry: Callable[..., Any]) -> None:
    """Neither the registry nor the store gets a name; the same command goes on where the connection is whole."""
    registry, folder = start_registry(), built("v2").folder
    before = engines.names()
    with cutting(int(registry.address.rpartition(":")[2]), 2_000_000) as port:
        done = publish(engines, folder, "--push", f"127.0.0.1:{port}/team/digits", "--name", "broken")
        check(done, REMOTE, f"127.0.0.1:{port} is not reached, or the connection broke", "Run the same command again")
    assert not list((registry.folder / "data").rglob("tags/*"))
    assert engines.names() == before
    whole = publish(engines, folder, "--push", f"{registry.address}/team/digits")
    assert whole.returncode == 0, whole.stderr
    assert len(list((registry.folder / "data").rglob("_manifests/tags/*/current"))) == 2


def test_ctrl_c_in_a_build(engines: Any, copied: Callable[[str], Path]) -> None:
    """The engine ends with us, and no name is left."""
    folder = copied("v2")
    dockerfile = folder / "docker" / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text().replace("COPY docker/", "RUN sleep 1000\nCOPY docker/", 1))
    before = engines.names()
    asked = (
        sys.executable,
        "-m",
        "modelpress",
        "publish",
        "image",
        folder,
        "--engine",
        "podman",
        "--progress",
        "plain",
    )
    command = engines.command(asked)
    with subprocess.Popen(
        command, env=engines.environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stderr is not None
        next(line for line in process.stderr if "FROM" in line)
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)
        told = process.stderr.read()
    assert process.returncode == 130, told
    assert "interrupted" in told
    assert engines.names() == before
    running = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline")]
    assert b"sleep\0001000\0" not in running


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--size-budget", "a lot"), "--size-budget: 'a lot' is no size"),
        (("--platform", "arm; reboot"), "--platform: 'arm; reboot' is no platform"),
        (("--base-image", "-v/:/host"), "--base-image: '-v/:/host' is no reference of an image"),
        (("--build-arg", "A B=1"), "--build-arg: 'A B' cannot be the name of an argument"),
        (("--build-arg", "NOTHING"), "--build-arg: must be KEY=VALUE"),
        (("--name", "Team/Model"), "--name: 'Team/Model' cannot be the name of an image"),
        (("--push", "digits"), "--push: 'digits' is not REGISTRY/NAME"),
        (("--proxy-ca", "/nonexistent.pem"), "--proxy-ca: /nonexistent.pem cannot be read"),
        (("--proxy-ca", "/etc/passwd"), "--proxy-ca: /etc/passwd holds no certificate in PEM"),
    ],
)
def test_options_that_cannot_be(
    engines: Any, project: Callable[[str], Path], arguments: tuple[str, str], told: str
) -> None:
    done = publish(engines, project("v2"), *arguments)
    check(done, USAGE, told)


def test_a_project_without_a_dockerfile(engines: Any, copied: Callable[[str], Path]) -> None:
    folder = copied("v2")
    shutil.rmtree(folder / "docker")
    check(publish(engines, folder), USAGE, "there is no docker/Dockerfile in the project", "-t docker")
