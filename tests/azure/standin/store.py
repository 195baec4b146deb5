"""Keeps the workspace's resources."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from datetime import UTC, datetime

from standin.exchange import ApiError, Document

PROVIDER = "Microsoft.MachineLearningServices"


@dataclass(frozen=True)
class Place:
    """Which workspace this is."""

    subscription: str = "00000000-1111-2222-3333-444444444444"
    resource_group: str = "standin-group"
    workspace: str = "standin-workspace"
    workspace_id: str = "11111111-2222-3333-4444-555555555555"
    location: str = "eastus"
    account: str = "standinacct"
    container: str = "azureml-blobstore"
    vault: str = "standin-vault"
    tenant: str = "99999999-8888-7777-6666-555555555555"

    @property
    def provider_path(self) -> str:
        return f"/subscriptions/{self.subscription}/providers/{PROVIDER}"

    @property
    def workspace_path(self) -> str:
        group = f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"
        return f"{group}/providers/{PROVIDER}/workspaces/{self.workspace}"


def timestamp() -> str:
    """The service's way of writing the time: seven digits after the point."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


class Store:
    """Resources by their path below the workspace, such as `models/m/versions/1`, in order of creation."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.lock = threading.RLock()
        self._resources: dict[str, Document] = {}
        self._order = itertools.count()
        self._created: dict[str, int] = {}

    def put(self, path: str, properties: Document, **envelope: object) -> Document:
        """Create or replace a resource; returns it whole."""
        existing, now = self._resources.get(path), timestamp()
        by = {"createdBy": "standin", "createdByType": "User", "createdAt": now}
        if existing:
            by = {key: existing["systemData"][key] for key in by}
        modified = {"lastModifiedAt": now, "lastModifiedBy": "standin", "lastModifiedByType": "User"}
        resource = {
            "id": f"{self.place.workspace_path}/{path}",
            "name": path.rpartition("/")[2],
            "type": "/".join([PROVIDER, "workspaces", *path.split("/")[::2]]),
            "properties": properties,
            "systemData": by | modified,
            **envelope,
        }
        self._created.setdefault(path, next(self._order))
        self._resources[path] = resource
        return resource

    def find(self, path: str) -> Document | None:
        return self._resources.get(path)

    def get(self, path: str) -> Document:
        """Raises ApiError, 404, when there is no such resource."""
        found = self.find(path)
        if found is None:
            kind, _, name = path.rpartition("/")
            raise ApiError(404, "UserError", f"Not found: {kind} '{name}' in workspace {self.place.workspace}")
        return found

    def children(self, path: str) -> list[Document]:
        """The resources directly below a collection such as `models/m/versions`, oldest first."""
        depth = path.count("/") + 1
        below = [one for one in self._resources if one.startswith(f"{path}/") and one.count("/") == depth]
        return [self._resources[one] for one in sorted(below, key=self._created.__getitem__)]

    def remove(self, path: str) -> None:
        """Remove a resource and all below it."""
        for one in [one for one in self._resources if one == path or one.startswith(f"{path}/")]:
            del self._resources[one], self._created[one]

    def path_of(self, identifier: str) -> str | None:
        """The path below the workspace of any of the forms an id has; None for other texts."""
        arm = f"{self.place.workspace_path}/"
        short = f"azureml://locations/{self.place.location}/workspaces/{self.place.workspace_id}/"
        for prefix in (arm, f"azureml:/{arm}", short):
            if identifier.lower().startswith(prefix.lower()):
                return identifier[len(prefix) :]
        return None
