"""The errors that modelpress reports, one class for each exit code.

An error says where and what; its hint says what to do about it. Anything that is not a
`ModelpressError` is a bug and keeps its traceback.
"""

from __future__ import annotations

from typing import ClassVar


class ModelpressError(Exception):
    """Something went wrong that the user can understand and act upon.

    `file` names the file at fault ("path" or "path:line") where there is one. None of the
    three texts may contain a token, a key or a render context.
    """

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "failure"

    def __init__(self, message: str, *, hint: str = "", file: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.file = file


class UsageError(ModelpressError):
    """The command line, an environment variable or a configuration file asks for something wrong."""

    exit_code = 2
    code = "usage"


class VerificationError(ModelpressError):
    """What was rendered does not do what it should."""

    exit_code = 3
    code = "verification-failed"


class UnsafeInputError(ModelpressError):
    """The input would read or write outside its place, exhaust the machine, or run foreign code."""

    exit_code = 4
    code = "unsafe-input"


class NoCandidateError(ModelpressError):
    """No candidate qualifies: none was found, or every one was rejected."""

    exit_code = 5
    code = "no-candidate"


class RemoteError(ModelpressError):
    """A remote service refused or failed."""

    exit_code = 6
    code = "remote-failure"
