"""Hands out tokens, keys and shared access signatures, and checks them.

Every secret holds MARKER, so that a test finds a leak by searching for it.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from standin.exchange import ApiError, Request

MARKER = "STANDINSECRET"
ACCOUNT_KEY = f"{MARKER}AccountKey".ljust(86, "0") + "=="
"""The storage account's key, in Base64 as it is: every letter of the marker is one of Base64's."""


@dataclass
class Signature:
    """A shared access signature: what it opens, and until when (seconds since 1970)."""

    account: str
    container: str | None  # None: the whole account
    permissions: str
    expires: float


class Access:
    """All secrets that are valid now."""

    def __init__(self) -> None:
        self._count = itertools.count(1)
        self._tokens: set[str] = set()
        self._signatures: dict[str, Signature] = {}

    def token(self) -> str:
        """A new bearer token."""
        token = f"{MARKER}-token-{next(self._count)}"
        self._tokens.add(token)
        return token

    def revoke_tokens(self) -> None:
        self._tokens.clear()

    def check_token(self, request: Request) -> None:
        """Raises ApiError, 401, without a bearer token of ours."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token not in self._tokens:
            raise ApiError(401, "InvalidAuthenticationToken", "The access token is missing, unknown or expired.")

    @staticmethod
    def endpoint_keys(endpoint: str) -> tuple[str, str]:
        """Primary and secondary key of an online endpoint."""
        return f"{MARKER}-key-1-{endpoint}", f"{MARKER}-key-2-{endpoint}"

    def sign(self, account: str, container: str | None, *, seconds: float = 3600) -> str:
        """The query string of a new signature, without `?`."""
        signature = f"{MARKER}-sas-{next(self._count)}"
        expires = time.time() + seconds
        self._signatures[signature] = Signature(account, container, "racwdlx", expires)
        until = datetime.fromtimestamp(expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        scope = "sr=c" if container else "ss=b&srt=sco"
        return f"sv=2023-11-03&{scope}&sp=racwdlx&se={until}&spr=https&sig={signature}%3D"

    def expire_signatures(self) -> None:
        """Every signature so far is expired from now on."""
        for signature in self._signatures.values():
            signature.expires = 0

    def check_blob(self, request: Request, account: str, container: str, permission: str) -> None:
        """Raises ApiError, 403 (401 for a bad token), unless the request may do this to the container."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.check_token(request)
        if scheme.lower() == "sharedkey" and rest.partition(":")[2]:
            return None
        signature = self._signatures.get(request.query.get("sig", "").rstrip("="))
        if signature is None or signature.account != account or signature.container not in {None, container}:
            raise ApiError(403, "AuthenticationFailed", "Server failed to authenticate the request.")
        if signature.expires <= time.time():
            raise ApiError(403, "AuthenticationFailed", "Signature not valid in the specified time frame: it expired.")
        if permission not in signature.permissions:
            raise ApiError(403, "AuthorizationPermissionMismatch", f"The signature lacks permission {permission!r}.")
        return None
