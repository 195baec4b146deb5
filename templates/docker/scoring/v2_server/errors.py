"""What is wrong with a request."""

from __future__ import annotations


class RequestError(Exception):
    """Answered with an HTTP status and a sentence that names the field at fault."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
