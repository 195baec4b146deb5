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
    if host == "localhost" and segments[0] == "blob":
        # The form without the proxy (see exchange.Addresses). The SDK loses the account of a build context's URL.
        named = segments[1:2] and segments[1].startswith(f"{place.account}.blob.")
        segments = segments[2:] if named else segments[1:]
    elif not host.startswith(f"{place.account}.blob."):
        raise ApiError(400, "UserError", f"The URI is not in the workspace's storage: {uri}")
    return segments[0], "/".join(segments[1:])
