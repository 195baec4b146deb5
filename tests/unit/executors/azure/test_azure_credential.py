"""Which credentials are tried: those that the options leave in, and a browser only where it is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from modelpress.errors import UsageError
from modelpress.executors.azure.workspace import WorkspaceOptions, _credential

BROWSER = "InteractiveBrowserCredential"
CLI = "AzureCliCredential"


def tried(**options: Any) -> set[str]:
    credential: Any = _credential(WorkspaceOptions("s", "rg", "ws", **options))
    return {type(one).__name__ for one in credential.credentials}


def test_a_browser_opens_only_where_it_is_asked_for() -> None:
    assert BROWSER not in tried()
    assert BROWSER in tried(interactive=True)
    assert BROWSER not in tried(auth_params={"exclude_interactive_browser_credential": False})


def test_the_parameters_of_the_configuration_count() -> None:
    assert CLI in tried()
    assert CLI not in tried(auth_params={"exclude_cli_credential": True})


def test_parameters_that_are_refused_are_named_without_their_values() -> None:
    with pytest.raises(UsageError, match="are not accepted: authority") as raised:
        tried(auth_params={"authority": "http://SECRET"})
    assert "SECRET" not in raised.value.message + raised.value.hint


def test_options_do_not_show_their_parameters() -> None:
    assert "SECRET" not in repr(WorkspaceOptions("s", "rg", "ws", auth_params={"client_secret": "SECRET"}))
