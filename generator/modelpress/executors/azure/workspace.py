"""The connection to a workspace of Azure Machine Learning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from modelpress.errors import ModelpressError, UsageError
from modelpress.executors.azure.long_running import Begun, HasBegun, Listener
from modelpress.executors.azure.quiet import quiet
from modelpress.executors.azure.retrying import Retries
from modelpress.executors.progress import SILENT, Report

if TYPE_CHECKING:
    from azure.ai.ml import MLClient
    from azure.core.credentials import TokenCredential

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class WorkspaceOptions:
    """Which workspace, and how to reach it.

    `read_timeout` and `retry_interval` are seconds, `tries` counts the first one too, `auth_params`
    are arguments of DefaultAzureCredential. A browser opens only where `interactive` is set.
    """

    subscription_id: str
    resource_group: str
    workspace_name: str
    read_timeout: float = 60
    tries: int = 3
    retry_interval: float = 5
    auth_params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    keyvault_name: str | None = None
    interactive: bool = False

    @property
    def label(self) -> str:
        """What people call it."""
        return f"workspace {self.workspace_name} in resource group {self.resource_group}"

    @property
    def id(self) -> str:
        """The workspace's id in Azure, all lower case, since Azure ignores case."""
        return (
            f"/subscriptions/{self.subscription_id}/resourcegroups/{self.resource_group}"
            f"/providers/microsoft.machinelearningservices/workspaces/{self.workspace_name}"
        ).lower()


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open workspace. The SDK is called through `call`, `find` and `begin` alone.

    They are quiet, try again and translate errors. `location` is the Azure region, `uuid` what the
    service itself calls the workspace, `listener` hears every answer that the SDK gets.
    """

    options: WorkspaceOptions
    client: MLClient
    credential: TokenCredential
    retries: Retries
    location: str = ""
    uuid: str = ""
    listener: Listener = field(default_factory=Listener)

    @property
    def label(self) -> str:
        return self.options.label

    def id_of(self, collection: str, name: str, version: str) -> str:
        """The id in Azure of an asset version; `collection` is models, environments or codes."""
        options = self.options
        return (
            f"/subscriptions/{options.subscription_id}/resourceGroups/{options.resource_group}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{options.workspace_name}"
            f"/{collection}/{name}/versions/{version}"
        )

    def call(self, doing: str, function: Callable[[], Result], *, repeatable: bool = True) -> Result:
        """The result of a call of the SDK.

        `doing` says what is tried, as `registering model x`. Raises ServiceError. A call that is
        not `repeatable` is tried again only where the service cannot have begun with it.
        """

        def quietly() -> Result:
            with quiet():
                return function()

        return self.retries.call(doing, quietly, repeatable=repeatable)

    def find(self, doing: str, function: Callable[[], Result]) -> Result | None:
        """As `call`, and None where the service says that there is no such thing."""
        from azure.core.exceptions import ResourceNotFoundError

        def found() -> Result | None:
            try:
                return function()
            except ResourceNotFoundError:
                return None

        return self.call(doing, found)

    def begin(self, doing: str, function: Callable[[], object]) -> Begun | None:
        """Call what begins a long-running operation; None where the service had done it at once.

        Tried again only where the service cannot have begun with it. Raises ServiceError.
        """

        def begun() -> Begun | None:
            with self.listener.listening():
                try:
                    function()
                except HasBegun as signal:
                    return signal.begun
            return None

        return self.call(doing, begun, repeatable=False)


def connect(options: WorkspaceOptions, report: Report = SILENT) -> Workspace:
    """Open the workspace, which shows that the credential works and the workspace exists.

    Raises ModelpressError where the Azure SDK is not installed, UsageError for credential
    parameters that it refuses, ServiceError where Azure refuses or cannot be reached.
    """
    retries = Retries(options.tries, options.retry_interval, report)
    report.waiting("loading the Azure SDK")
    listener = Listener()
    with quiet():
        credential = _credential(options)
        client = _client(options, credential, listener)
    opened = Workspace(options, client, credential, retries)
    report.waiting(f"opening {options.label}")
    found = opened.call(f"opening {options.label}", lambda: client.workspaces.get(options.workspace_name))
    uuid = getattr(found, "_workspace_id", "")  # what package requests need, and no public attribute gives
    return replace(opened, location=str(found.location or ""), uuid=str(uuid or ""), listener=listener)


def _credential(options: WorkspaceOptions) -> TokenCredential:
    try:
        from azure.identity import DefaultAzureCredential
    except ImportError:
        raise _not_installed() from None
    params = {**options.auth_params, "exclude_interactive_browser_credential": not options.interactive}
    try:
        return DefaultAzureCredential(**params)
    except (TypeError, ValueError):  # whose text may hold the values
        raise UsageError(
            "the arguments for the Azure credential are not accepted: " + ", ".join(sorted(options.auth_params)),
            hint="default_auth_params takes the keyword arguments of azure.identity.DefaultAzureCredential.",
        ) from None


def _client(options: WorkspaceOptions, credential: TokenCredential, listener: Listener) -> MLClient:
    try:
        from azure.ai.ml import MLClient
    except ImportError:
        raise _not_installed() from None
    return MLClient(
        credential,
        options.subscription_id,
        options.resource_group,
        options.workspace_name,
        enable_telemetry=False,
        show_progress=True,  # without it a folder upload of the SDK that fails never ends
        retry_total=0,  # ours retries, where it can be seen
        connection_timeout=options.read_timeout,
        read_timeout=options.read_timeout,
        raw_response_hook=listener.hear,
    )


def _not_installed() -> ModelpressError:
    return ModelpressError("the Azure SDK is not installed", hint="Install it: pip install 'modelpress[azure]'")
