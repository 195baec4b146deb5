"""A NuGet feed on loopback with tiny packages of the shape that ONNX Runtime's have, and faults on request."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import ssl
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import onnxruntime
import pytest

HERE = onnxruntime.__version__
NATIVE = ("build/native/include/onnxruntime_c_api.h", "runtimes/linux-x64/native/libonnxruntime.so")
WINDOWS = ("build/native/include/onnxruntime_c_api.h", "runtimes/win-x64/native/onnxruntime.dll")


def nupkg(name: str, version: str, files: Sequence[str] = ("lib/net8.0/A.dll",), dependencies: str = "") -> bytes:
    """A package; `dependencies` is the XML inside <dependencies>."""
    nuspec = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata>'
        f"<id>{name}</id><version>{version}</version><dependencies>{dependencies}</dependencies></metadata></package>"
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(f"{name}.nuspec", nuspec)
        for path in files:
            archive.writestr(path, f"{name} {version} {path}")
    return content.getvalue()


def needs(*packages: tuple[str, str], frameworks: Sequence[str] = ("NETCOREAPP", "NETSTANDARD")) -> str:
    """Dependency groups, each with these packages and ranges of versions."""
    inside = "".join(f'<dependency id="{name}" version="{version}" />' for name, version in packages)
    return "".join(f'<group targetFramework="{framework}">{inside}</group>' for framework in frameworks)


def ort_packages(version: str) -> dict[tuple[str, str], bytes]:
    """What a release of ONNX Runtime puts on NuGet, and what that depends on."""
    managed = needs(("Microsoft.ML.OnnxRuntime.Managed", version))
    gpu = "Microsoft.ML.OnnxRuntime.Gpu"
    parts = needs((f"{gpu}.Windows", version), (f"{gpu}.Linux", version), ("Microsoft.ML.OnnxRuntime.Managed", version))
    both = (*NATIVE, *WINDOWS[1:])
    made = {
        ("Microsoft.ML.OnnxRuntime", version): (both, managed),
        ("Microsoft.ML.OnnxRuntime.Managed", version): (
            ("lib/net8.0/A.dll", "lib/netstandard2.0/A.dll"),
            needs(("System.Numerics.Tensors", "9.0.0"), frameworks=["net8.0"])
            + needs(("System.Memory", "4.5.5"), frameworks=[".NETStandard2.0"])
            + needs(("Android.Only", "1.0.0"), frameworks=["net8.0-android31.0"]),
        ),
        (gpu, version): (("build/native/Gpu.targets",), parts),
        (f"{gpu}.Linux", version): (NATIVE, managed),
        (f"{gpu}.Windows", version): (WINDOWS, managed),
        ("Microsoft.ML.OnnxRuntime.DirectML", version): (
            WINDOWS,
            managed + needs(("Microsoft.AI.DirectML", "1.15.4"), frameworks=["net8.0"]),
        ),
        ("Microsoft.ML.OnnxRuntime.QNN", version): (WINDOWS, managed),
        ("Microsoft.AI.DirectML", "1.15.4"): (("bin/x64-win/DirectML.dll",), ""),
        ("System.Numerics.Tensors", "9.0.0"): (("lib/net8.0/T.dll",), ""),
        ("System.Numerics.Tensors", "9.0.1"): (("lib/net8.0/T.dll",), ""),
        ("Microsoft.ML.OnnxRuntime.Extensions", "0.14.0"): (NATIVE, managed),
        ("Microsoft.ML.OnnxRuntimeGenAI", "0.18.0"): (
            NATIVE,
            needs(("Microsoft.ML.OnnxRuntimeGenAI.Managed", "0.18.0"), ("Microsoft.ML.OnnxRuntime", version)),
        ),
        ("Microsoft.ML.OnnxRuntimeGenAI.Managed", "0.18.0"): (("lib/net8.0/G.dll",), ""),
    }
    return {key: nupkg(*key, files, dependencies) for key, (files, dependencies) in made.items()}


@dataclass
class NugetServer:
    """A feed of version 3. `faults` are by a part of the path; `checksums` says how the feed names them."""

    packages: dict[tuple[str, str], bytes]
    scheme: str = "http"
    port: int = 0
    checksums: str = "linked"  # in the catalogue, inline, as a file beside the package, or none
    faults: dict[str, Callable[[BaseHTTPRequestHandler, bytes], None]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/v3/index.json"

    def release(self, version: str) -> None:
        """Put another release of ONNX Runtime on the feed."""
        self.packages |= ort_packages(version)

    def document(self, path: str) -> Any:
        """What the feed has at the path: data for JSON, or bytes; None for nothing."""
        top = f"{self.scheme}://127.0.0.1:{self.port}"
        if path == "/v3/index.json":
            resources = [
                {"@id": f"{top}/query", "@type": "SearchQueryService"},
                {"@id": f"{top}/flat/", "@type": "PackageBaseAddress/3.0.0"},
            ]
            if self.checksums in {"linked", "inline"}:
                resources.append({"@id": f"{top}/registration", "@type": "RegistrationsBaseUrl/3.6.0"})
            return {"version": "3.0.0", "resources": resources}
        for (name, version), content in self.packages.items():
            own = f"{name.lower()}/{version}"
            entry = {"packageHash": checksum(content), "packageHashAlgorithm": "SHA512"}
            found: dict[str, Any] = {
                f"/flat/{own}/{name.lower()}.{version}.nupkg": content,
                f"/registration/{own}.json": {
                    "catalogEntry": f"{top}/catalog/{own}.json" if self.checksums == "linked" else entry
                },
                f"/catalog/{own}.json": entry,
            }
            if self.checksums == "file":
                found[f"/flat/{own}/{name.lower()}.{version}.nupkg.sha512"] = checksum(content).encode()
            if path in found:
                return found[path]
        listed = [version for name, version in self.packages if path == f"/flat/{name.lower()}/index.json"]
        return {"versions": listed} if listed else None

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.requests.append(handler.path)
        self.headers.append(dict(handler.headers))
        document = self.document(handler.path)
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        for part, fault in list(self.faults.items()):
            if part in handler.path:
                fault(handler, body)
                return
        if document is None:
            send(handler, b"", 404)
        else:
            packed = handler.path.startswith("/registration/")  # as the public feed does it
            send(
                handler, gzip.compress(body) if packed else body, headers={"Content-Encoding": "gzip"} if packed else {}
            )


def checksum(content: bytes) -> str:
    return base64.b64encode(hashlib.sha512(content).digest()).decode()


def send(
    handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, *, headers: Mapping[str, str] | None = None
) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def serve(server: NugetServer, certificate: tuple[Path, Path] | None = None) -> Iterator[NugetServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def finish_request(self, request: Any, client_address: Any) -> None:
            if certificate is None:
                super().finish_request(request, client_address)
                return
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            with suppress(OSError), context.wrap_socket(request, server_side=True) as safe:  # or the client gives up
                super().finish_request(safe, client_address)

    listening = Server(("127.0.0.1", 0), Handler)
    server.port = listening.server_address[1]
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        listening.shutdown()
        thread.join()
        listening.server_close()


@pytest.fixture
def feed() -> Iterator[NugetServer]:
    """A feed on loopback, without TLS."""
    yield from serve(NugetServer(ort_packages(HERE)))


@pytest.fixture
def certificate(tmp_path: Path, require_tool: Callable[[str], str]) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    pem, key = tmp_path / "server.pem", tmp_path / "server.key"
    command = [require_tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(pem)], check=True, capture_output=True)
    return pem, key


@pytest.fixture
def safe_feed(certificate: tuple[Path, Path]) -> Iterator[NugetServer]:
    """The same with TLS."""
    yield from serve(NugetServer(ort_packages(HERE), scheme="https"), certificate)


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working folder; pip finds one tiny wheel; nothing of the person who runs the tests has a say."""
    for name in list(os.environ):
        if name.startswith(("MODELPRESS_", "PIP_")) and name != "MODELPRESS_REQUIRE":
            monkeypatch.delenv(name)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    (tmp_path / "wheels").mkdir()
    for name in ("onnxruntime", "onnxruntime_gpu", "onnxruntime_directml", "onnxruntime_extensions"):
        for version in (HERE, "1.31.1", "1.24.4", "0.15.2"):
            make_wheel(tmp_path / "wheels", name, version)
    make_wheel(tmp_path / "wheels", "onnxruntime_genai", "0.18.0")
    make_wheel(tmp_path / "wheels", "onnxruntime_qnn", "2.7.0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def make_wheel(folder: Path, name: str, version: str) -> None:
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
