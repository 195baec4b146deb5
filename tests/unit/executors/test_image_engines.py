"""What engines print, as docker 20.10 and 28 and podman 4.3 did: layers, failures, refusals. And names of images."""

from __future__ import annotations

import pytest

from modelpress.errors import ModelpressError, RemoteError, UsageError
from modelpress.executors.image.engines import ENGINES, Layer
from modelpress.executors.image.faults import build_fault, engine_fault, push_fault
from modelpress.executors.image.naming import check_push, image_name
from modelpress.executors.image.options import size_in_bytes

HISTORY = r"""
{"Comment":"buildkit.dockerfile.v0","CreatedBy":"USER 10001:10001","ID":"\u003cmissing\u003e","Size":"0"}
{"Comment":"buildkit.dockerfile.v0","CreatedBy":"COPY model/ /srv/project/model/ # buildkit","Size":"73040"}
{"Comment":"buildkit.dockerfile.v0","CreatedBy":"RUN /bin/sh -c apt-get update # buildkit","Size":"153836248"}
{"Comment":"Imported from -","CreatedBy":"","Size":"82679964"}
"""
FAILED_RUN = """
#1 [internal] load build definition from Dockerfile
#1 sha256:a5ac16d3a37d776c128b492ad8d46ff2858d89eea6f1aae691eccb010a0f2e08
#1 DONE 0.0s

#5 [packages 1/4] FROM docker.io/library/python:ci
#5 CACHED

#6 [packages 2/4] RUN echo it broke; exit 7
#6 sha256:4d6cd3cf946f9f5bd0424269a80f7d96474f9b11180d9eef8d04abd95a139776
#6 0.289 it broke
#6 ERROR: executor failed running [/bin/sh -c echo it broke; exit 7]: exit code: 7

#7 [internal] load build context
#7 CANCELED
------
 > [packages 2/4] RUN echo it broke; exit 7:
------
executor failed running [/bin/sh -c echo it broke; exit 7]: exit code: 7
"""
NO_BASE = """
#3 [internal] load metadata for localhost:9/absent:1
#3 ERROR: failed to do request: Head "http://localhost:9/v2/absent/manifests/1": dial tcp 127.0.0.1:9: connect: refused
------
 > [internal] load metadata for localhost:9/absent:1:
------
"""


def test_layers_of_docker() -> None:
    assert ENGINES["docker"].layers(HISTORY.strip()) == (
        Layer("", 82679964),
        Layer("RUN /bin/sh -c apt-get update", 153836248),
        Layer("COPY model/ /srv/project/model/", 73040),
    )


def test_a_step_that_fails_in_buildkit() -> None:
    error = build_fault("docker", FAILED_RUN.strip().splitlines())
    assert type(error) is ModelpressError
    assert error.message == (
        "the step `[packages 2/4] RUN echo it broke; exit 7` failed:\n"
        "it broke\n"
        "ERROR: executor failed running [/bin/sh -c echo it broke; exit 7]: exit code: 7"
    )


def test_a_base_image_that_buildkit_does_not_find() -> None:
    error = build_fault("docker", NO_BASE.strip().splitlines())
    assert isinstance(error, RemoteError)
    assert error.message.startswith("the base image localhost:9/absent:1 cannot be had: ERROR: failed to do request")


@pytest.mark.parametrize(
    ("printed", "message", "hint"),
    [
        (
            'ERROR: BuildKit is enabled but the buildx component is missing or broken.',
            "docker lacks BuildKit",
            "Install docker-buildx",
        ),
        ("write /var/lib: no space left on device", "the disk is full", "docker system prune"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "does not trust", "--proxy-ca"),
    ],
)  # fmt: skip
def test_builds_that_lack_something(printed: str, message: str, hint: str) -> None:
    error = build_fault("docker", [printed])
    assert message in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        (
            "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
            "docker lets this user do nothing",
        ),
        (
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
            "the service of docker does not run",
        ),
        ("", "`docker version` failed: it says nothing"),
    ],
)
def test_engines_that_refuse(printed: str, message: str) -> None:
    assert engine_fault("docker", "docker version", printed).message.startswith(message)


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        ("denied: requested access to the resource is denied", "r.example.com does not let you push"),
        ("unauthorized: authentication required", "r.example.com does not let you push"),
        ("tls: failed to verify certificate: x509: certificate signed by unknown authority", "does not trust"),
        ("dial tcp: lookup r.example.com: no such host", "is not reached"),
        ("name unknown: The repository does not exist", "knows no r.example.com/team/x:1"),
        ("error parsing HTTP 500 response body: something else", "could not be pushed"),
    ],
)
def test_registries_that_refuse(printed: str, message: str) -> None:
    error = push_fault("docker", "r.example.com/team/x:1", ["The push refers to repository", printed])
    assert isinstance(error, RemoteError)
    assert message in error.message
    assert printed in error.message


def test_no_password_is_shown() -> None:
    error = push_fault("docker", "r.example.com/x:1", ["Get https://someone:secret@r.example.com/v2/: EOF"])
    assert "secret" not in error.message
    assert "https://***@r.example.com" in error.message


@pytest.mark.parametrize(
    ("title", "version", "names"),
    [
        ("digits", "1", ("digits:sha256-0123456789ab", "digits:1")),
        ("Größe & Co.", "1.0+local build", ("grosse-co:sha256-0123456789ab", "grosse-co:1.0-local-build")),
        ("\\$(reboot)\\\"", "..", ("reboot:sha256-0123456789ab", "reboot:latest")),
        ("", "", ("model:sha256-0123456789ab", "model:latest")),
    ],
)  # fmt: skip
def test_names_of_images(title: str, version: str, names: tuple[str, str]) -> None:
    dockerfile = (
        f'LABEL "org.opencontainers.image.title"="{title}"\nLABEL "org.opencontainers.image.version"="{version}"\n'
    )
    assert image_name(dockerfile, "0123456789abcdef" * 4).references == names


def test_a_registry_is_no_part_of_docker_hub() -> None:
    check_push("localhost/x")
    check_push("registry:5000/team/x")
    for wrong in ("team/x", "x", "registry.example.com/", "registry.example.com/x:1"):
        with pytest.raises(UsageError, match="REGISTRY/NAME"):
            check_push(wrong)


@pytest.mark.parametrize(("text", "size"), [("500MB", 500_000_000), ("1.5 GiB", 1_610_612_736), ("100", 100)])
def test_sizes(text: str, size: int) -> None:
    assert size_in_bytes(text) == size
