"""Runs the server until it is told to stop, and ends without losing a request."""

from __future__ import annotations

import asyncio
import socket

import uvicorn

DRAIN = (
    1.0  # seconds; a proxy may send requests until it has seen the connections close
)
FINISH = (
    8  # seconds for the requests that still run then; containers are killed after 10
)
CONNECTIONS = 256  # more are answered with 503


class Server(uvicorn.Server):
    """Goes on answering for a moment after SIGTERM, and closes each connection with its answer.

    Without that, a request would be lost that was under way on a connection at rest.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        closing = (b"connection", b"close")
        self.server_state.default_headers = [
            *self.server_state.default_headers,
            closing,
        ]
        if not self.force_exit:
            await asyncio.sleep(DRAIN)
        await super().shutdown(sockets)


def configuration(app: object, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        lifespan="off",
        access_log=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=FINISH,
    )
