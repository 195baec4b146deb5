"""Reads from a server over HTTPS: again where that may help, and never without TLS, save on this computer."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urljoin, urlsplit

from modelpress.packaging.nuget.feed import FeedError

if TYPE_CHECKING:
    import requests

Result = TypeVar("Result")

PAUSES: Final = (0.0, 0.5, 2.0)  # seconds before each try
TIMEOUT: Final = (10.0, 30.0)  # seconds for a connection, and for the next bytes
CHUNK: Final = 1 << 20  # bytes written at a time
LONGEST_DOCUMENT: Final = 1 << 26  # bytes; a list of a thousand versions has a few thousand
LARGEST_FILE: Final = 1 << 32  # bytes; the largest packages have a tenth of that
PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})  # answers that may be others the next time
UNSAFE: Final = "it leads to an address without TLS"
MISSING: Final = frozenset({404, 410})


def is_safe(url: str) -> bool:
    """Whether what comes from the address is what its server sent: over TLS, or from this computer."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname or ""))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def new_client() -> Iterator[Client]:
    """A client with connections of its own, closed on the way out."""
    import requests

    with requests.Session() as session:
        session.hooks["response"].append(_refuse_unsafe_redirect)
        yield Client(session)


class _PassingError(Exception):
    """A failure that may not come again; its text is the reason."""


@dataclass(frozen=True, slots=True)
class Client:
    """Reads addresses. Proxies, certificates (REQUESTS_CA_BUNDLE) and ~/.netrc are those of the user."""

    session: requests.Session

    def read(self, url: str) -> bytes | None:
        """The document at the address, None where there is none. Raises FeedError."""

        def attempt() -> bytes | None:
            with self._answer(url) as answer:
                return None if answer is None else b"".join(_chunks(answer, LONGEST_DOCUMENT))

        return _tried(attempt)

    def save(self, url: str, target: Path) -> bool:
        """Write the file at the address to `target`; False where there is none. Raises FeedError, and OSError."""

        def attempt() -> bool:
            with self._answer(url) as answer:
                if answer is None:
                    return False
                with target.open("wb") as file:
                    file.writelines(_chunks(answer, LARGEST_FILE))
                return True

        return _tried(attempt)

    @contextmanager
    def _answer(self, url: str) -> Iterator[requests.Response | None]:
        """The answer, None for what is not there."""
        import requests

        if not is_safe(url):
            raise FeedError(UNSAFE)
        try:
            with self.session.get(url, stream=True, timeout=TIMEOUT) as answer:
                yield None if answer.status_code in MISSING else _checked(answer)
        except requests.exceptions.SSLError:
            raise FeedError("its certificate is not trusted (REQUESTS_CA_BUNDLE names a file with others)") from None
        except requests.exceptions.Timeout:
            raise _PassingError("it does not answer") from None
        except (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError):
            raise _PassingError("the connection failed") from None
        except requests.exceptions.RequestException:
            raise FeedError("its address or its answer is not one that HTTP knows") from None


def _refuse_unsafe_redirect(answer: requests.Response, **_: object) -> None:
    """Before it is followed."""
    if answer.is_redirect and not is_safe(urljoin(answer.url, answer.headers["location"])):
        answer.close()
        raise FeedError(UNSAFE)


def _checked(answer: requests.Response) -> requests.Response:
    if answer.status_code in PASSING:
        raise _PassingError(f"it answers with status {answer.status_code}")
    if not answer.ok:
        hint = " (credentials are read from ~/.netrc)" if answer.status_code in {401, 403} else ""
        raise FeedError(f"it answers with status {answer.status_code}{hint}")
    return answer


def _chunks(answer: requests.Response, most: int) -> Iterator[bytes]:
    taken = 0
    for chunk in answer.iter_content(CHUNK):
        taken += len(chunk)
        if taken > most:
            raise FeedError(f"it sends more than {most:,} bytes")
        yield chunk


def _tried(attempt: Callable[[], Result]) -> Result:
    """The result of the first attempt that does not fail in passing."""
    reason = ""
    for pause in PAUSES:
        time.sleep(pause)
        try:
            return attempt()
        except _PassingError as error:
            reason = str(error)
    raise FeedError(f"{reason}, {len(PAUSES)} times")
