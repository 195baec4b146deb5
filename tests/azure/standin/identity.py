"""Signs clients in: cloud metadata, managed identity and the login service."""

from __future__ import annotations

import time

from standin.access import Access
from standin.exchange import ApiError, Request, Response

LIFETIME = 3600  # seconds


def cloud_metadata(request: Request) -> Response:
    """The clouds there are: one, whose every service is this host."""
    base = f"https://{request.host}/"
    cloud = {
        "name": "Standin",
        "portal": "https://portal.standin.localhost/",
        "resourceManager": base,
        "authentication": {"loginEndpoint": base, "audiences": [base], "tenant": "common", "identityProvider": "AAD"},
        "suffixes": {"storage": "localhost", "keyVaultDns": "localhost"},
        "gallery": base,
        "graph": base,
    }
    return Response.of([cloud])


def managed_identity_token(access: Access, request: Request) -> Response:
    """The token of the machine's own identity (App Service protocol of 2017)."""
    if not request.headers.get("secret"):
        raise ApiError(401, "Unauthorized", "The secret header is missing.")
    expires = str(int(time.time()) + LIFETIME)
    resource = request.query.get("resource", "")
    return Response.of({"expires_on": expires, "resource": resource, **_token(access)})


def login_token(access: Access, _request: Request) -> Response:
    """The token of a service principal (client credentials)."""
    return Response.of(_token(access))


def openid_configuration(request: Request) -> Response:
    """Where the tenant's endpoints are."""
    base = f"https://{request.host}/{request.names['tenant']}"
    return Response.of(
        {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "issuer": f"{base}/v2.0",
        }
    )


def discovery(request: Request) -> Response:
    """Which login hosts belong together: this one."""
    tenant = f"https://{request.host}/common/v2.0/.well-known/openid-configuration"
    aliases = {"preferred_network": request.host, "preferred_cache": request.host, "aliases": [request.host]}
    return Response.of({"tenant_discovery_endpoint": tenant, "api-version": "1.1", "metadata": [aliases]})


def _token(access: Access) -> dict[str, object]:
    return {
        "access_token": access.token(),
        "token_type": "Bearer",
        "expires_in": LIFETIME,
        "ext_expires_in": LIFETIME,
    }
