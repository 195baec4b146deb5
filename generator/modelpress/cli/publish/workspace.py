"""Options that say which Azure workspace, and what they become."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelpress.cli.options import settings_in_force
from modelpress.cli.output import Command

if TYPE_CHECKING:
    from modelpress.config.settings import Settings
    from modelpress.executors.azure.workspace import WorkspaceOptions


@dataclass(frozen=True, slots=True)
class Chosen:
    """The settings in force and whether a browser may open."""

    settings: Settings
    interactive: bool

    def options(self) -> WorkspaceOptions:
        """The workspace. Raises UsageError where none is named."""
        from modelpress.executors.azure.options import workspace_options

        section = self.settings.configuration.azure
        name = section.aml_config_path
        file = None if name is None else self.settings.resolve("azure.aml_config_path", name)
        return workspace_options(section, workspace_file=file, interactive=self.interactive)


def workspace_options(command: Command) -> Command:
    """Add the options; the command receives them as `chosen: Chosen`."""

    @click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Instead of modelpress.yaml.")
    @click.option("--subscription", metavar="ID", help="Azure subscription.")
    @click.option("--resource-group", metavar="NAME", help="Resource group of the workspace.")
    @click.option("--workspace", metavar="NAME", help="The Azure Machine Learning workspace.")
    @click.option("--workspace-file", type=click.Path(), metavar="FILE", help="The config.json of the workspace.")
    @click.option("--interactive", is_flag=True, help="Sign in with a browser where nothing else works.")
    @wraps(command)
    def with_workspace(*args: Any, **options: Any) -> Any:
        flags = {
            "azure.subscription_id": options.pop("subscription"),
            "azure.resource_group": options.pop("resource_group"),
            "azure.workspace_name": options.pop("workspace"),
            "azure.aml_config_path": options.pop("workspace_file"),
        }
        settings = settings_in_force(flags, project=options.pop("config"))
        return command(*args, chosen=Chosen(settings, options.pop("interactive")), **options)

    return with_workspace  # type: ignore[return-value]  # click's decorators keep the signature loosely
