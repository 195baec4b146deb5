"""Long-running operations: begun by the SDK, and waited for without it.

The SDK polls in a thread that prints on stdout and cannot be ended. So the answer that begins an
operation is taken from it, and the SDK's own call ends there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelpress.executors.azure.retrying import pause_asked

if TYPE_CHECKING:
    from azure.core.pipeline import PipelineResponse

BEGUN = (200, 201, 202)  # with a status URL beside it


@dataclass(frozen=True, slots=True)
class Begun:
    """An operation under way: where its status and its result are, and the pause in seconds that the service asks."""

    status_url: str
    result_url: str
    pause: float | None


class HasBegun(Exception):  # noqa: N818 - a signal, no error; the SDK must not take it for one of its own
    """Ends the SDK's call once the service has begun with what it asks for."""

    def __init__(self, begun: Begun) -> None:
        super().__init__("the operation has begun")
        self.begun = begun


class Listener:
    """Hears every answer that the SDK gets, as azure-core's raw_response_hook.

    `base` is the address of Azure Resource Manager, as the SDK knows it for this cloud.
    """

    def __init__(self) -> None:
        self.base = ""
        self._listening = False

    def hear(self, response: PipelineResponse[Any, Any]) -> None:
        """Note the address; raise HasBegun for the answer that begins an operation, while `listening`."""
        url, answer = str(response.http_request.url), response.http_response
        self.base = url.partition("/subscriptions/")[0] if "/subscriptions/" in url else self.base
        status_url = answer.headers.get("Azure-AsyncOperation")
        if self._listening and status_url and answer.status_code in BEGUN:
            raise HasBegun(Begun(status_url, answer.headers.get("Location") or "", pause_asked(answer.headers)))

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Calls inside end when an operation has begun. One at a time."""
        self._listening = True
        try:
            yield
        finally:
            self._listening = False
