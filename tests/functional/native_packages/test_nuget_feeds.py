"""Feeds of NuGet packages as they are, and as they fail: each failure says which file was wanted from where."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import onnxruntime
import pytest

from modelpress.errors import RemoteError
from modelpress.packaging.nuget import http
from modelpress.packaging.nuget.native import NativePackage, fetch_packages
from modelpress.packaging.nuget.nuspec import Dependency
from modelpress.packaging.nuget.versions import Range, Version

HERE = onnxruntime.__version__
ORT = "Microsoft.ML.OnnxRuntime"
FILE = f"{ORT}.{HERE}.nupkg"
PATH = f"/flat/{ORT.lower()}/{HERE}/{ORT.lower()}.{HERE}.nupkg"
SERVER = re.compile(r"https?://127\.0\.0\.1:\d+")
STRANGE = "it answers with something that is no document of NuGet"
Fault = Callable[[BaseHTTPRequestHandler, bytes], None]


def fetch(location: str | Path, name: str = ORT, version: str = HERE) -> dict[str, NativePackage]:
    packages = fetch_packages([Dependency(name, Range.exactly(Version.parse(version)))], location)
    return {one.package.file_name: one for one in packages}


def refusal(location: str | Path, version: str = HERE) -> str:
    """Why the package cannot be had, the server's address replaced."""
    with pytest.raises(RemoteError) as caught:
        fetch(location, version=version)
    assert "--allow-missing-runtime" in caught.value.hint
    assert caught.value.exit_code == 6
    return SERVER.sub("(server)", caught.value.message)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PAUSES", (0.0, 0.0, 0.0))


def status(code: int) -> Fault:
    def answer(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(code)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def content(body: bytes, length: int | None = None) -> Fault:
    """Send this in the place of what is there; `length` is what the header says."""

    def answer(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = True

    return answer


def cut_in_half(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    content(body[: len(body) // 2], len(body))(handler, body)


def cut_without_a_length(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def reset(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def elsewhere(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_response(302)
    handler.send_header("Location", "http://feed.invalid/package?secret=1")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


@pytest.mark.parametrize("checksums", ["linked", "inline", "file", "none"])
def test_a_package_and_its_checksum(feed: Any, checksums: str) -> None:
    feed.checksums = checksums
    packages = fetch(feed.url)
    assert packages[FILE].path.read_bytes() == feed.packages[ORT, HERE]
    assert packages[FILE].sha512 == hashlib.sha512(feed.packages[ORT, HERE]).hexdigest()


@pytest.mark.parametrize("checksums", ["linked", "inline", "file"])
def test_other_bytes_than_those_of_the_checksum_are_refused(feed: Any, checksums: str) -> None:
    feed.checksums = checksums
    feed.faults[PATH] = content(feed.packages[ORT, HERE] + b"more")
    if checksums == "file":  # the fault must not meet the file with the checksum
        feed.faults = {f"{PATH}.sha512": content(base64.b64encode(bytes(64)))}
    reason = "its SHA-512 is not the one that the feed names"
    assert refusal(feed.url) == f"{FILE} cannot be had from the NuGet feed (server): {reason}"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (status(404), "it has no such file"),
        (status(401), "it answers with status 401 (credentials are read from ~/.netrc)"),
        (status(418), "it answers with status 418"),
        (status(500), "it answers with status 500, 3 times"),
        (status(503), "it answers with status 503, 3 times"),
        (cut_in_half, "the connection failed, 3 times"),
        (reset, "the connection failed, 3 times"),
        (elsewhere, "it leads to an address without TLS"),
        (content(b"<html>sign in</html>"), "its SHA-512 is not the one that the feed names"),
    ],
)
def test_how_a_download_fails(feed: Any, tmp_path: Path, fault: Fault, reason: str) -> None:
    feed.faults[PATH] = fault
    assert refusal(feed.url) == f"{FILE} cannot be had from the NuGet feed (server): {reason}"
    assert list((tmp_path / "XDG_CACHE_HOME" / "modelpress" / "nuget").iterdir()) == []


@pytest.mark.parametrize("fault", [cut_without_a_length, content(b"<html>sign in</html>")])
def test_without_a_checksum_a_package_must_be_whole(feed: Any, fault: Fault) -> None:
    feed.checksums = "none"
    feed.faults[f"{HERE}.nupkg"] = lambda handler, body: (status(404) if "sha512" in handler.path else fault)(
        handler, body
    )
    assert refusal(feed.url).endswith("(server): it is not a whole NuGet package")


def test_a_server_that_hangs_is_not_waited_for_for_ever(feed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TIMEOUT", (0.2, 0.2))
    feed.faults[PATH] = lambda *_: feed.stopped.wait()
    assert refusal(feed.url).endswith("(server): it does not answer, 3 times")


def test_what_fails_in_passing_is_tried_again(feed: Any) -> None:
    faults = iter([status(503), cut_in_half])
    feed.faults[PATH] = lambda handler, body: next(faults, content(body))(handler, body)
    assert fetch(feed.url)[FILE].path.read_bytes() == feed.packages[ORT, HERE]
    assert feed.requests.count(PATH) == 3


@pytest.mark.parametrize(
    ("part", "fault", "reason"),
    [
        ("/v3/index.json", status(404), "it has no service index there"),
        ("/v3/index.json", content(b"<html></html>"), STRANGE),
        ("/v3/index.json", content(b"[]"), STRANGE),
        ("/v3/index.json", content(b'{"resources": [1]}'), STRANGE),
        (
            "/v3/index.json",
            content(b'{"resources": []}'),
            "it is no NuGet feed of version 3: its service index has no PackageBaseAddress",
        ),
        (
            "/v3/index.json",
            content(b'{"resources": [{"@type": "PackageBaseAddress/3.0.0", "@id": "http://feed.invalid/"}]}'),
            "it leads to an address without TLS",
        ),
        ("onnxruntime/index.json", status(404), "it has no package of that name"),
        ("onnxruntime/index.json", content(b'{"versions": ["0.9.0", "odd"]}'),
         "it has no such version, its newest is 0.9.0"),
        ("onnxruntime/index.json", content(b'{"versions": 1}'), STRANGE),
        ("/registration/", content(b"[]"), STRANGE),
        ("/catalog/", content(b'{"packageHash": "!", "packageHashAlgorithm": "SHA512"}'),
         "its checksum cannot be understood"),
    ],
)  # fmt: skip
def test_documents_that_are_not_what_they_should_be(feed: Any, part: str, fault: Fault, reason: str) -> None:
    feed.faults[part] = fault
    assert refusal(feed.url) == f"{FILE} cannot be had from the NuGet feed (server): {reason}"


def test_a_document_without_end_is_not_read(feed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LONGEST_DOCUMENT", 1000)
    feed.faults["/v3/index.json"] = content(b" " * 1001)
    assert refusal(feed.url).endswith("it sends more than 1,000 bytes")


def test_another_package_than_was_wanted_is_refused(feed: Any) -> None:
    feed.packages[ORT, HERE] = feed.packages[f"{ORT}.Managed", HERE]
    assert refusal(feed.url).endswith(f"(server): it is {ORT}.Managed.{HERE}.nupkg")


def test_no_server_at_all() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert refusal(f"http://127.0.0.1:{port}/index.json").endswith("the connection failed, 3 times")


def test_what_may_be_a_secret_in_an_address_is_not_shown(feed: Any) -> None:
    feed.faults["/"] = status(404)
    address = feed.url.replace("/v3/", "/auth/SECRET/v3/") + "?sig=SECRET"
    assert refusal(address) == f"{FILE} cannot be had from the NuGet feed (server): it has no service index there"


def test_a_server_with_tls_must_be_trusted(
    safe_feed: Any, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "(server): its certificate is not trusted (REQUESTS_CA_BUNDLE names" in refusal(safe_feed.url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    assert FILE in fetch(safe_feed.url)


def test_a_server_with_tls_leads_to_none_without(
    safe_feed: Any, feed: Any, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    monkeypatch.setattr(http, "_is_here", lambda _: False)  # as if the other server were elsewhere

    def to_the_other(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(302)
        handler.send_header("Location", f"http://127.0.0.1:{feed.port}{handler.path}")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    safe_feed.faults["/flat/"] = to_the_other
    assert refusal(safe_feed.url).endswith("it leads to an address without TLS")


def test_credentials_come_from_netrc(feed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    fetch(feed.url)
    expected = "Basic " + base64.b64encode(b"me:secret").decode()
    assert {headers.get("Authorization") for headers in feed.headers} == {expected}


def write(folder: Path, feed: Any, *, nested: bool) -> None:
    for (name, version), package in feed.packages.items():
        place = folder / name.lower() / version if nested else folder
        place.mkdir(parents=True, exist_ok=True)
        file = f"{name.lower()}.{version}.nupkg" if nested else f"{name}.{version}.nupkg"
        (place / file).write_bytes(package)
        if nested:
            (place / f"{file}.sha512").write_text(base64.b64encode(hashlib.sha512(package).digest()).decode())


@pytest.mark.parametrize("nested", [False, True])
def test_a_folder_is_a_feed(feed: Any, tmp_path: Path, *, nested: bool) -> None:
    write(tmp_path / "feed", feed, nested=nested)
    packages = fetch(tmp_path / "feed")
    assert set(packages) == {FILE, f"{ORT}.Managed.{HERE}.nupkg", "System.Numerics.Tensors.9.0.0.nupkg"}
    assert all(one.path.is_relative_to(tmp_path / "feed") for one in packages.values())
    assert not (tmp_path / "XDG_CACHE_HOME" / "modelpress" / "nuget").exists()


def test_what_a_folder_has_not(feed: Any, tmp_path: Path) -> None:
    folder = tmp_path / "feed"
    write(folder, feed, nested=True)
    place = f"from the NuGet feed {folder}"
    assert refusal(folder, "9.9.9") == (
        f"{ORT}.9.9.9.nupkg cannot be had {place}: it has no such version, its newest is {HERE}"
    )
    with (folder / ORT.lower() / HERE / f"{ORT.lower()}.{HERE}.nupkg").open("ab") as file:
        file.write(b"more")
    assert refusal(folder) == f"{FILE} cannot be had {place}: its SHA-512 is not the one that the feed names"
