"""Requests of our own to Azure, for what the SDK has no public call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from modelpress.executors.azure.workspace import Workspace

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.core.rest import HttpResponse

CODE_API = "2023-04-01"  # the version of the REST API that the SDK registers code with


@dataclass(frozen=True, slots=True)
class WebRequest:
    """One request. `scope` says for what a token is sent with it; empty for none."""

    method: str
    url: str
    scope: str = ""
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)


def ask(workspace: Workspace, request: WebRequest) -> HttpResponse:
    """Send the request once. Raises azure-core's exceptions, HttpResponseError for any status from 400 on."""
    response = answer_to(workspace, request)
    response.raise_for_status()
    return response


def answer_to(workspace: Workspace, request: WebRequest) -> HttpResponse:
    """The answer, whatever its status. Raises azure-core's exceptions where there is none."""
    from azure.core import PipelineClient
    from azure.core.pipeline.policies import ProxyPolicy
    from azure.core.pipeline.transport import RequestsTransport
    from azure.core.rest import HttpRequest

    options = workspace.options
    transport = RequestsTransport(connection_timeout=options.read_timeout, read_timeout=options.read_timeout)
    policies = [ProxyPolicy(), *_signing(workspace.credential, request.scope)]
    sent = HttpRequest(request.method, request.url, content=request.body, headers=dict(request.headers))
    client: PipelineClient[Any, Any] = PipelineClient(request.url, policies=policies, transport=transport)
    with client:
        response: HttpResponse = client.send_request(sent)
        response.read()
    return response


def manager_request(workspace: Workspace, method: str, path: str, body: bytes | None = None) -> WebRequest:
    """A request to Azure Resource Manager; `path` is an id, or the whole URL of an operation."""
    base = workspace.listener.base
    url = path if path.startswith("https://") else f"{base}{path}?api-version={CODE_API}"
    return WebRequest(method, url, f"{base}/.default", body, {"Content-Type": "application/json"} if body else {})


def _signing(credential: TokenCredential, scope: str) -> list[Any]:
    from azure.core.pipeline.policies import BearerTokenCredentialPolicy

    return [BearerTokenCredentialPolicy(credential, scope)] if scope else []
