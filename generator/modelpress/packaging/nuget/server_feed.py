"""A NuGet feed on a server: its service index, and the flat container with the packages (protocol version 3)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from modelpress.packaging.nuget.feed import FeedError, compare
from modelpress.packaging.nuget.http import Client
from modelpress.packaging.nuget.versions import Version

CONTAINER = ("PackageBaseAddress/3.0.0",)
REGISTRATIONS = tuple(f"RegistrationsBaseUrl{part}" for part in ("/3.6.0", "/Versioned", "/3.4.0", ""))
STRANGE = "it answers with something that is no document of NuGet"


@dataclass(frozen=True)
class ServerFeed:
    """The feed with this service index, whose address may hold a secret."""

    url: str
    client: Client

    @property
    def place(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def versions(self, name: str) -> list[Version]:
        document = self._json(f"{self._container}/{quote(name.lower())}/index.json")
        texts = [] if document is None else _field(document, "versions")
        if not isinstance(texts, list):
            raise FeedError(STRANGE)
        found = []
        for text in texts:
            try:
                found.append(Version.parse(str(text)))
            except ValueError:
                continue  # one of the old forms that no tool takes any more
        return found

    def fetch(self, name: str, version: Version, folder: Path) -> Path:
        own, number = quote(name.lower()), quote(str(version))
        url = f"{self._container}/{own}/{number}/{own}.{number}.nupkg"
        target = folder / f"{name}.{version}.nupkg"
        if not self.client.save(url, target):
            raise FeedError("it has no such file")
        checksum = self._checksum(own, number) or self.client.read(f"{url}.sha512")
        if checksum is not None:
            compare(target, checksum if isinstance(checksum, str) else checksum.decode("ascii", "replace"))
        return target

    def _checksum(self, name: str, version: str) -> str | None:
        """The SHA-512 in base64 that the package's entry in the catalogue has; None where the feed has none."""
        registrations = self._resource(REGISTRATIONS)
        leaf = self._json(f"{registrations}/{name}/{version}.json") if registrations else None
        entry = None if leaf is None else _field(leaf, "catalogEntry")
        if isinstance(entry, str):
            entry = self._json(urljoin(self.url, entry))
        if entry is None or str(_field(entry, "packageHashAlgorithm") or "").upper() != "SHA512":
            return None
        return str(_field(entry, "packageHash") or "") or None

    @cached_property
    def _container(self) -> str:
        address = self._resource(CONTAINER)
        if address is None:
            raise FeedError("it is no NuGet feed of version 3: its service index has no PackageBaseAddress")
        return address

    def _resource(self, types: Sequence[str]) -> str | None:
        """The address of the first of these types that the service index has, without a slash at its end."""
        found = ((name, address) for name in types for kind, address in self._resources if kind == name)
        return next((urljoin(self.url, address).rstrip("/") for _, address in found), None)

    @cached_property
    def _resources(self) -> list[tuple[str, str]]:
        """Type and address of every resource in the service index; a resource may have several types."""
        index = self._json(self.url)
        if index is None:
            raise FeedError("it has no service index there")
        resources = _field(index, "resources")
        found = []
        for resource in resources if isinstance(resources, list) else ():
            kinds, address = _field(resource, "@type"), _field(resource, "@id")
            found += [(str(kind), str(address)) for kind in (kinds if isinstance(kinds, list) else [kinds])]
        return found

    def _json(self, url: str) -> Any:
        """The document at the address, None where there is none."""
        content = self.client.read(url)
        if content is None:
            return None
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            raise FeedError(STRANGE) from None


def _field(document: Any, name: str) -> Any:
    if not isinstance(document, Mapping):
        raise FeedError(STRANGE)
    return document.get(name)
