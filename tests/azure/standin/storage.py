"""The workspace's storage account: the stand-in's own, or an Azurite."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ssl
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

from standin.access import ACCOUNT_KEY, Access
from standin.blob_store import BlobStore
from standin.exchange import Addresses

TIMEOUT = 60  # seconds for one request to Azurite


class Storage(Protocol):
    """What the workspace needs of its storage account."""

    def account_name(self, addresses: Addresses) -> str:
        """The SDK writes `https://{accountName}.blob.{suffix}`."""

    def sign(self, container: str | None, seconds: float) -> str:
        """A new SAS for a container, or the whole account, as a query string without `?`."""

    def create_container(self, name: str) -> None: ...

    def holds(self, container: str, path: str) -> bool:
        """Whether there is a blob of this path, or one below it."""


class OwnStorage:
    """The blob store of this process."""

    def __init__(self, blobs: BlobStore, access: Access, account: str) -> None:
        self._blobs, self._access, self._account = blobs, access, account

    def account_name(self, addresses: Addresses) -> str:
        return addresses.account_name(self._account)

    def sign(self, container: str | None, seconds: float) -> str:
        return self._access.sign(self._account, container, seconds=seconds)

    def create_container(self, name: str) -> None:
        self._blobs.create_container(name)

    def holds(self, container: str, path: str) -> bool:
        blobs = self._blobs.container(container)
        folder = f"{path.rstrip('/')}/" if path else ""
        return path in blobs or any(name.startswith(folder) for name in blobs)


class AzuriteStorage:
    """An Azurite on `host` (name and port) with the account `{account}.blob.localhost`; not for clients of the proxy.

    Its signatures are real, since Azurite checks them: they do not contain the marker, but the key they are made with
    does.
    """

    def __init__(self, host: str, account: str, ca: str) -> None:
        self._host, self._account = host, account
        self._name = f"{account}.blob.localhost"
        self._context = ssl.create_default_context(cafile=ca)

    def account_name(self, _addresses: Addresses) -> str:
        return f"{self._host}/{self._account}"

    def sign(self, _container: str | None, seconds: float) -> str:
        until = (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        start = (datetime.now(UTC) - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        parts = {"sv": "2021-06-08", "ss": "b", "srt": "sco", "sp": "rwdlacx", "st": start, "se": until, "spr": "https"}
        text = [self._name, parts["sp"], "b", "sco", start, until, "", "https", parts["sv"], "", ""]
        digest = hmac.digest(base64.b64decode(ACCOUNT_KEY), "\n".join(text).encode(), hashlib.sha256)
        return urlencode(parts | {"sig": base64.b64encode(digest).decode()})

    def create_container(self, name: str) -> None:
        self._ask("PUT", name, "restype=container")

    def holds(self, container: str, path: str) -> bool:
        listed = self._ask("GET", container, f"restype=container&comp=list&prefix={quote(path)}")
        names = [one.text or "" for one in ET.fromstring(listed).iter("Name")]  # noqa: S314 (Azurite's own answer)
        folder = f"{path.rstrip('/')}/" if path else ""
        return any(name == path or name.startswith(folder) for name in names)

    def _ask(self, method: str, container: str, query: str) -> bytes:
        url = f"https://{self._host}/{self._name}/{container}?{query}&{self.sign(None, 600)}"
        request = urllib.request.Request(url, method=method)
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self._context)
        )
        with opener.open(request, timeout=TIMEOUT) as answer:
            return bytes(answer.read())
