"""Runs the server until it is told to stop, and ends without losing a request."""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from fastapi import FastAPI

# Seconds, which add up to less than the 10 after which a container is killed.
DRAIN = 1.0  # in which a proxy finds out that it is to send no more
LINGER = 0.5  # for what was sent on a connection just before it closes
FINISH = 8  # for the requests that still run
CONNECTIONS = 256  # more are answered with 503


class Server(uvicorn.Server):
    """Goes on answering for a moment after SIGTERM, and closes each connection with its answer.

    At once, a request would be lost that was under way on a connection at rest.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        state = self.server_state
        state.default_headers = [*state.default_headers, (b"connection", b"close")]
        if not self.force_exit:
            await asyncio.sleep(DRAIN)
        for server in self.servers:
            server.close()
        patience = asyncio.get_running_loop().time() + LINGER
        while state.connections and not self.force_exit:
            await asyncio.sleep(0.05)
            if asyncio.get_running_loop().time() > patience:
                break
        await super().shutdown(sockets)


def configuration(app: FastAPI, host: str, port: int) -> uvicorn.Config:
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
