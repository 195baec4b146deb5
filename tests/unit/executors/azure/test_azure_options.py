"""The workspace that a configuration names, and clear words where it names none."""

from pathlib import Path

import pytest

from modelpress.config.native import AzureWorkspace
from modelpress.errors import UsageError
from modelpress.executors.azure.options import workspace_options

NAMED = {"subscription_id": "s", "resource_group": "rg", "workspace_name": "ws"}


def test_every_option_of_the_section_is_kept() -> None:
    section = AzureWorkspace(
        **NAMED,
        read_timeout=7,
        max_operation_retries=4,
        operation_retry_interval=2,
        default_auth_params={"exclude_cli_credential": True, "client_secret": "SECRET"},
        keyvault_name="vault",
    )
    options = workspace_options(section, interactive=True)
    assert (options.subscription_id, options.resource_group, options.workspace_name) == ("s", "rg", "ws")
    assert (options.read_timeout, options.tries, options.retry_interval) == (7, 4, 2)
    assert options.auth_params == {"exclude_cli_credential": True, "client_secret": "SECRET"}
    assert (options.keyvault_name, options.interactive) == ("vault", True)
    assert "SECRET" not in repr(options)


@pytest.mark.parametrize("tries", [0, 1])
def test_no_retries_still_means_one_try(tries: int) -> None:
    assert workspace_options(AzureWorkspace(**NAMED, max_operation_retries=tries)).tries == 1


def test_what_is_missing_is_named() -> None:
    with pytest.raises(UsageError, match="there is no subscription_id, workspace_name") as raised:
        workspace_options(AzureWorkspace(resource_group="rg"))
    assert "--subscription" in raised.value.hint
    assert "MODELPRESS_AZURE_SUBSCRIPTION_ID" in raised.value.hint


def test_a_workspace_file_replaces_the_names(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text('{"subscription_id": "a", "resource_group": "b", "workspace_name": "c"}', encoding="utf-8")
    options = workspace_options(AzureWorkspace(**NAMED), workspace_file=file)
    assert options.id == "/subscriptions/a/resourcegroups/b/providers/microsoft.machinelearningservices/workspaces/c"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not valid JSON"),
        ("[1]", "no JSON object"),
        ("{}", "has no subscription_id, resource_group, workspace_name"),
        ('{"subscription_id": "a", "resource_group": "", "workspace_name": "c"}', "has no resource_group"),
        ('{"subscription_id": 5}', "subscription_id must be text"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_a_workspace_file_that_says_nothing_useful_is_named(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=said) as raised:
        workspace_options(AzureWorkspace(), workspace_file=file)
    assert raised.value.file == str(file)


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_workspace_file_that_is_no_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        workspace_options(AzureWorkspace(), workspace_file=tmp_path / name)
