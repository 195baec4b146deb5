"""Opens the feed that a user names: the address of a service index, or a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from modelpress.errors import UsageError
from modelpress.packaging.nuget.feed import Feed
from modelpress.packaging.nuget.folder_feed import FolderFeed
from modelpress.packaging.nuget.http import is_safe, new_client
from modelpress.packaging.nuget.server_feed import ServerFeed

HINT = "Give the https address of a service index (it ends in index.json), or a folder with .nupkg files."


@contextmanager
def open_feed(location: str | Path) -> Iterator[Feed]:
    """The feed at an address (text) or in a folder (a path). Raises UsageError for what cannot be one."""
    if isinstance(location, Path):
        if not location.is_dir():
            raise UsageError(f"--native-feed {location}: there is no such folder", hint=HINT, file=str(location))
        yield FolderFeed(location)
        return
    _check(location)
    with new_client() as client:
        yield ServerFeed(location, client)


def _check(address: str) -> None:
    """Of an address that is refused, no part is shown: any may be a secret."""
    try:
        parts = urlsplit(address)
        has_place = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a wrong port, half an IPv6 address
        has_place = False
    if not has_place:
        raise UsageError("--native-feed: the address has no server", hint=HINT)
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "--native-feed: the address holds a name or a password",
            hint="Put them into ~/.netrc, or the file that NETRC names.",
        )
    if not is_safe(address):
        raise UsageError(f"--native-feed: an address that begins with {parts.scheme}:// is not safe", hint=HINT)
