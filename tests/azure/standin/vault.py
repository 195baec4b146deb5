"""Key Vault: secrets by name, after the challenge that tells a client whom to ask for a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standin.exchange import ApiError, Request, Response

if TYPE_CHECKING:
    from standin.service import Service


def answer(service: Service, request: Request) -> Response:
    """GET secrets/NAME or secrets/NAME/VERSION."""
    vault = request.names["vault"].partition(".")[0]
    if vault != service.place.vault:
        return ApiError(404, "VaultNotFound", f"There is no vault '{vault}'.").response()
    if "authorization" not in request.headers:
        return _challenge(service, request)
    service.access.check_token(request)
    if not request.query.get("api-version"):
        return ApiError(400, "BadParameter", "api-version must be specified").response()
    name, value = request.names["secret"], service.secrets.get(request.names["secret"])
    if value is None:
        message = f"A secret with (name/id) {name} was not found in this key vault."
        return ApiError(404, "SecretNotFound", message).response()
    version = "0123456789abcdef0123456789abcdef"
    prefix = request.path.partition("/secrets/")[0]
    identifier = f"https://{request.host}{prefix}/secrets/{name}/{version}"
    attributes = {"enabled": True, "created": 1767225600, "updated": 1767225600, "recoveryLevel": "Recoverable"}
    return Response.of({"value": value, "id": identifier, "attributes": attributes})


def _challenge(service: Service, request: Request) -> Response:
    login = "https://login.microsoftonline.com" if request.addresses.proxied else request.addresses.arm
    resource = "https://vault.azure.net" if request.addresses.proxied else request.addresses.arm
    response = ApiError(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.").response()
    tenant = service.place.tenant
    response.headers["WWW-Authenticate"] = f'Bearer authorization="{login}/{tenant}", resource="{resource}"'
    return response
