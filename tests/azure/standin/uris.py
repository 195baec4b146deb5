"""Reads the URIs that assets name their content by."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from standin.exchange import ApiError
from standin.store import Place

_DATASTORE = re.compile(
    r"azureml://(?:subscriptions/[^/]+/resourcegroups/[^/]+/workspaces/[^/]+/)?datastores/([^/]+)/paths/(.+)",
    re.IGNORECASE,
)
DATASTORE = "workspaceblobstore"


def locate(place: Place, uri: str) -> tuple[str, str]:
    """Container and path that a datastore URI or a blob URL of the workspace's account names.

    Raises:
        ApiError: 400, for any other text.
    """
    if found := _DATASTORE.fullmatch(uri):
        if found[1] != DATASTORE:
            raise ApiError(400, "UserError", f"Datastore '{found[1]}' was not found.")
        return place.container, found[2].strip("/")
    parts = urlsplit(uri)
    segments = [unquote(one) for one in parts.path.strip("/").split("/")]
    host = parts.hostname or ""
    if host == "localhost":
        # Without the proxy: [blob/]ACCOUNT.blob.localhost/CONTAINER/..., see exchange.Addresses and storage.
        # The SDK loses the account of a build context's URL.
        segments = segments[segments[0] == "blob" :]
        segments = segments[segments[0].startswith(f"{place.account}.blob.") :]
    elif not host.startswith(f"{place.account}.blob."):
        raise ApiError(400, "UserError", f"The URI is not in the workspace's storage: {uri}")
    return segments[0], "/".join(segments[1:])
