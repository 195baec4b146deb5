"""Names what a deployment answers to scoring requests."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PLAIN = (sys.executable, str(Path(__file__).with_name("plain_scorer.py")), "{port}")


@dataclass(frozen=True)
class Answer:
    """One way to answer.

    Attributes:
        status: HTTP status of a canned answer.
        body: JSON of a canned answer.
        delay: Seconds before any answer.
        forward: A URL that the request is sent on to.
        command: Starts the deployment's own code and model; `{port}` is where it must listen.
        healthy: Whether this counts as good in the traffic history.
    """

    status: int = 200
    body: Any = field(default_factory=dict)
    delay: float = 0.0
    forward: str = ""
    command: list[str] = field(default_factory=list)
    healthy: bool = True


def canned(body: object, *, status: int = 200, delay: float = 0.0, healthy: bool | None = None) -> Answer:
    """A fixed answer; healthy when its status is 200, unless said otherwise."""
    return Answer(status=status, body=body, delay=delay, healthy=status == 200 if healthy is None else healthy)


def wrong(body: object) -> Answer:
    """A well-formed answer with wrong values."""
    return Answer(body=body, healthy=False)


def forwarded(url: str, *, healthy: bool = True) -> Answer:
    return Answer(forward=url, healthy=healthy)


def served(command: tuple[str, ...] = PLAIN, *, healthy: bool = True) -> Answer:
    """The deployment's own uploaded code and model, run by a small server without Azure's packages."""
    return Answer(command=list(command), healthy=healthy)


def served_by_azure(python: str, *, healthy: bool = True) -> Answer:
    """The same, by Azure's inference server, which `python` must have: on loopback, through gunicorn."""
    app = "azureml_inference_server_http.server.entry:app"
    command = (python, "-m", "gunicorn", "-b", "127.0.0.1:{port}", "-w", "1", "--timeout", "300", app)
    return served(command, healthy=healthy)
