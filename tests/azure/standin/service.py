"""The whole service: one workspace, its storage account and all that answers for them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from standin import arm, scoring, vault
from standin.access import MARKER, Access
from standin.blob_service import BlobService
from standin.blob_store import BlobStore
from standin.exchange import Addresses, ApiError, Document, Request, Response, pattern
from standin.faults import Faults
from standin.history import History
from standin.identity import cloud_metadata, discovery, login_token, managed_identity_token, openid_configuration
from standin.journal import Journal
from standin.operations import Operations
from standin.storage import AzuriteStorage, OwnStorage, Storage
from standin.store import Place, Store


@dataclass
class Settings:
    """What a test may change about the workspace.

    Attributes:
        datastore_credentials: What listSecrets gives: `Sas`, `AccountKey`, or `None` (it is forbidden).
        sas_seconds: How long a new signature is valid.
        quota_cores: Cores that all online deployments together may use.
    """

    datastore_credentials: str = "Sas"
    sas_seconds: float = 3600
    quota_cores: int = 24


class Service:
    """Everything between two resets."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.place = Place()
        self.settings = Settings()
        self.store = Store(self.place)
        self.access = Access()
        self.blobs = BlobStore(folder, [self.place.container])
        self.storage: Storage = OwnStorage(self.blobs, self.access, self.place.account)
        self.operations = Operations(self.place)
        self.journal = Journal()
        self.faults = Faults()
        self.ended = threading.Event()  # set by a reset; what hangs lets go
        self.scoring = scoring.Scoring(self, folder)
        self.history = History(self.store, self.journal, self.scoring.answers_well)
        self.packaged: dict[str, Document] = {}  # environment version -> the model and code that were packaged into it
        self.secrets = {"modelpress-secret": f"{MARKER}-vault-value"}
        self._blob_service = BlobService(self.blobs, self.access, self.place.account)

    def close(self) -> None:
        """Let go what hangs, and stop what runs."""
        self.ended.set()
        self.scoring.stop_all()

    def use_azurite(self, host: str, ca: str) -> None:
        """Let an Azurite be the workspace's storage account from now on."""
        self.storage = AzuriteStorage(host, self.place.account, ca)
        self.storage.create_container(self.place.container)

    def answer(self, request: Request) -> Response:
        """Find who answers for this host and path."""
        target = virtual_path(request)
        for route, answer in ROUTES:
            if found := route.fullmatch(target):
                request.names = {key: value or "" for key, value in found.groupdict().items()}
                try:
                    return answer(self, request)
                except ApiError as refusal:
                    return refusal.response()
        return ApiError(404, "NotFound", f"The stand-in has nothing at {request.host}{request.path}").response()


def virtual_path(request: Request) -> str:
    """The path as it is without the proxy: names of hosts become first segments."""
    host = request.host.partition(":")[0]
    if not Addresses(request.host).proxied:
        return request.path
    if host.endswith(".blob.core.windows.net"):
        return f"/blob/{host}{request.path}"
    if host.endswith(".vault.azure.net"):
        return f"/vault/{host}{request.path}"
    if host.endswith(".inference.ml.azure.com"):
        return f"/scoring/{host.partition('.')[0]}{request.path}"
    return request.path


ROUTES: list[tuple[re.Pattern[str], Callable[[Service, Request], Response]]] = [
    (pattern("/metadata/endpoints"), lambda _, request: cloud_metadata(request)),
    (pattern("/msi/token"), lambda service, request: managed_identity_token(service.access, request)),
    (pattern("/{tenant}/oauth2/v2.0/token"), lambda service, request: login_token(service.access, request)),
    (pattern("/{tenant}/v2.0/.well-known/openid-configuration"), lambda _, request: openid_configuration(request)),
    (pattern("/common/discovery/instance"), lambda _, request: discovery(request)),
    (pattern("/blob/{account}.blob.{suffix}/{rest*}"), lambda service, request: service._blob_service.answer(request)),
    (pattern("/vault/{vault}/secrets/{secret}"), vault.answer),
    (pattern("/vault/{vault}/secrets/{secret}/{version}"), vault.answer),
    (pattern("/scoring/{endpoint}/score"), scoring.answer),
    (pattern("/subscriptions/{subscription}/{rest*}"), arm.answer),
]
