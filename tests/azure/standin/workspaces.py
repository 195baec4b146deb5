"""The workspace itself: its description, its datastores and their secrets, its computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standin.access import ACCOUNT_KEY
from standin.exchange import ApiError, Document, Request, Response
from standin.store import PROVIDER
from standin.uris import DATASTORE

if TYPE_CHECKING:
    from standin.service import Service


def get_workspace(service: Service, request: Request) -> Response:
    place = service.place
    resources = f"/subscriptions/{place.subscription}/resourceGroups/{place.resource_group}/providers"
    properties = {
        "workspaceId": place.workspace_id,
        "friendlyName": place.workspace,
        "provisioningState": "Succeeded",
        "publicNetworkAccess": "Enabled",
        "discoveryUrl": f"{request.addresses.arm}/discovery",
        "storageAccount": f"{resources}/Microsoft.Storage/storageAccounts/{place.account}",
        "keyVault": f"{resources}/Microsoft.KeyVault/vaults/{place.vault}",
    }
    identity = {"type": "SystemAssigned", "principalId": "p", "tenantId": "t"}
    return Response.of(
        {
            "id": place.workspace_path,
            "name": place.workspace,
            "type": f"{PROVIDER}/workspaces",
            "location": place.location,
            "kind": "Default",
            "identity": identity,
            "sku": {"name": "Basic", "tier": "Basic"},
            "tags": {},
            "properties": properties,
        }
    )


def _datastore(service: Service, request: Request) -> Document:
    place = service.place
    properties = {
        "datastoreType": "AzureBlob",
        "accountName": service.storage.account_name(request.addresses),
        "containerName": place.container,
        "endpoint": request.addresses.storage_suffix,
        "protocol": "https",
        "isDefault": True,
        "serviceDataAccessAuthIdentity": "None",
        "tags": {},
        "properties": {},
        "credentials": {"credentialsType": service.settings.datastore_credentials},
    }
    return {
        "id": f"{place.workspace_path}/datastores/{DATASTORE}",
        "name": DATASTORE,
        "type": f"{PROVIDER}/workspaces/datastores",
        "properties": properties,
    }


def list_datastores(service: Service, request: Request) -> Response:
    return Response.of({"value": [_datastore(service, request)]})


def get_datastore(service: Service, request: Request) -> Response:
    _check_datastore(request)
    return Response.of(_datastore(service, request))


def list_secrets(service: Service, request: Request) -> Response:
    """A fresh signature or the account's key, as the workspace is set up; 403 where it gives neither."""
    _check_datastore(request)
    kind = service.settings.datastore_credentials
    if kind == "Sas":
        sas = service.storage.sign(None, service.settings.sas_seconds)
        return Response.of({"secretsType": "Sas", "sasToken": sas})
    if kind == "AccountKey":
        return Response.of({"secretsType": "AccountKey", "key": ACCOUNT_KEY})
    raise ApiError(403, "AuthorizationFailed", "The client does not have authorization to list datastore secrets.")


def _check_datastore(request: Request) -> None:
    if request.names["datastore"] != DATASTORE:
        raise ApiError(404, "UserError", f"Datastore '{request.names['datastore']}' was not found.")


ROUTES = [
    ("GET", "", get_workspace),
    ("GET", "/datastores", list_datastores),
    ("GET", "/datastores/{datastore}", get_datastore),
    ("POST", "/datastores/{datastore}/listSecrets", list_secrets),
]
