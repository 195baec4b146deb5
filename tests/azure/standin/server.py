"""Speaks HTTP: TLS on one port, plain HTTP and proxy CONNECT on another. Carries out the injected faults."""

from __future__ import annotations

import http.server
import socket
import ssl
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from standin.exchange import ApiError, Request, Response
from standin.journal import Entry
from standin.service import Service

CHUNK = 1 << 16  # bytes
IDLE = 60  # seconds until an unused connection is closed
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST
Control = Callable[[Request], Response]


class _CutError(ConnectionError):
    """The connection ends here."""


class Server(http.server.ThreadingHTTPServer):
    """A listening port on loopback. `current` gives the service, which a reset replaces."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, current: Callable[[], Service], control: Control, pair: Path, *, tls: bool) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.current, self.control = current, control
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(pair)
        if tls:
            # The handshake waits for the first read, which is in the connection's own thread.
            self.socket = self.tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is nothing to report."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = IDLE
    disable_nagle_algorithm = True

    def do_CONNECT(self) -> None:
        """The proxy: every host there is, is this server. Nothing is forwarded."""
        self.send_response(200)
        self.end_headers()
        self.wfile.flush()
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.setup()
        self.close_connection = False

    def _answer(self) -> None:
        request = self._request()
        if request.path.startswith("/control/"):
            request.body = self.rfile.read(int(request.headers.get("content-length", "0")))
            return self._send(_guarded(self.server.control, request))
        service = self.server.current()
        request.effect = service.faults.effect_on(request, self.path)
        entry = service.journal.open(request)
        try:
            self._read_body(request, entry)
            service.journal.keep_body(entry, request.body)
            response = _carry_out(service, request)
            entry.deployment = response.headers.get("azureml-model-deployment", "")
            self._break_at("done", request)
            self._send(response, half=request.effect.cut == "answer")
            self._break_at("answer", request)
            entry.status = response.status
        except _CutError:
            self._reset()
        return None

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_PATCH = _answer  # noqa: N815 (names of the base class)

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        query = {key.lower(): value for key, value in parse_qsl(parts.query, keep_blank_values=True)}
        headers = {key.lower(): value for key, value in self.headers.items()}
        return Request(self.command, headers.get("host", ""), parts.path, query, headers)

    def _read_body(self, request: Request, entry: Entry) -> None:
        self._break_at("head", request)
        length = int(request.headers.get("content-length", "0"))
        wanted = min(length, request.effect.cut_bytes) if request.effect.cut == "body" else length
        parts = []
        while entry.received < wanted:
            part = self.rfile.read(min(CHUNK, wanted - entry.received))
            if not part:
                raise _CutError
            parts.append(part)
            entry.received += len(part)
        self._break_at("body", request)
        request.body = b"".join(parts)

    def _break_at(self, point: str, request: Request) -> None:
        if request.effect.cut == point:
            raise _CutError

    def _send(self, response: Response, *, half: bool = False) -> None:
        self.send_response(response.status)
        for name, value in ({"Content-Length": str(len(response.body))} | response.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.body[: len(response.body) // 2] if half else response.body)

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    def log_message(self, *_: object) -> None:
        """The journal is the log."""


def _guarded(control: Control, request: Request) -> Response:
    try:
        return control(request)
    except Exception:  # noqa: BLE001 (whatever the test asked wrongly, it must hear)
        return Response(500, traceback.format_exc().encode())


def _carry_out(service: Service, request: Request) -> Response:
    effect = request.effect
    if effect.delay is None:
        service.ended.wait()
        raise _CutError
    time.sleep(effect.delay)
    if not effect.status:
        return _answer_of(service, request)
    if effect.carried_out:
        _answer_of(service, request)
    response = ApiError(effect.status, effect.code, effect.message, details=effect.details).response()
    response.headers |= {"x-ms-error-code": effect.code, **effect.headers}
    return response


def _answer_of(service: Service, request: Request) -> Response:
    try:
        return service.answer(request)
    except Exception as error:  # noqa: BLE001 (a defect of the stand-in: the fixture fails the test with it)
        service.journal.defects.append(traceback.format_exc())
        return ApiError(500, "DefectOfTheStandIn", repr(error)).response()
