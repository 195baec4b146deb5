"""The workspace that a configuration names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelpress.errors import UsageError
from modelpress.executors.azure.workspace import WorkspaceOptions

if TYPE_CHECKING:
    from modelpress.config.native import AzureWorkspace

NAMES = ("subscription_id", "resource_group", "workspace_name")
LONGEST = 1 << 20  # bytes of a workspace file


def workspace_options(
    section: AzureWorkspace, *, workspace_file: Path | None = None, interactive: bool = False
) -> WorkspaceOptions:
    """The options that the section `azure` stands for.

    `workspace_file` is its aml_config_path, resolved; what that file says replaces the three
    names in the section, as in Olive. Raises UsageError that names what is missing.
    """
    names = {name: getattr(section, name) for name in NAMES}
    if workspace_file is not None:
        names = _names_in(workspace_file)
    missing = [name for name in NAMES if not names[name]]
    if missing:
        where = f"{workspace_file} has no" if workspace_file else "no Azure workspace is named: there is no"
        raise UsageError(
            f"{where} {', '.join(missing)}",
            hint="Give --subscription, --resource-group and --workspace, or set them under `azure` in modelpress.yaml "
            "(azureml_client in an Olive file), or in MODELPRESS_AZURE_SUBSCRIPTION_ID and so on.",
            file=str(workspace_file or ""),
        )
    return WorkspaceOptions(
        **names,
        read_timeout=section.read_timeout,
        tries=max(1, section.max_operation_retries),
        retry_interval=section.operation_retry_interval,
        auth_params=dict(section.default_auth_params),
        keyvault_name=section.keyvault_name,
        interactive=interactive,
    )


def _names_in(file: Path) -> dict[str, Any]:
    """The three names in a workspace file, the config.json that the Azure portal offers."""
    hint = "It is the config.json of the workspace: download it in the Azure portal (Overview, Download config.json)."
    try:
        with file.open("rb") as source:
            content = json.loads(source.read(LONGEST))
    except OSError as error:
        raise UsageError(
            f"{file}: the workspace file cannot be read: {error.strerror}", hint=hint, file=str(file)
        ) from None
    except (ValueError, RecursionError):
        raise UsageError(f"{file}: the workspace file is not valid JSON", hint=hint, file=str(file)) from None
    if not isinstance(content, Mapping):
        raise UsageError(f"{file}: the workspace file is no JSON object", hint=hint, file=str(file))
    found = {name: content.get(name) for name in NAMES}
    wrong = [name for name, value in found.items() if value is not None and not isinstance(value, str)]
    if wrong:
        raise UsageError(f"{file}: {wrong[0]} must be text", hint=hint, file=str(file))
    return found
