"""The stand-in for Azure. See README.md."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from azurite import PROGRAM, Azurite
from sdk_session import SdkSession
from standin.client import Azure


@pytest.fixture(scope="session")
def azure_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azure]:
    """One stand-in for all tests; they use `azure`."""
    azure = Azure(tmp_path_factory.mktemp("azure"))
    yield azure
    azure.stop()


@pytest.fixture
def azure(azure_process: Azure) -> Iterator[Azure]:
    """An empty workspace."""
    azure_process.reset()
    yield azure_process
    assert azure_process.defects() == []


@pytest.fixture
def azurite(azure: Azure, require_tool: Callable[[str], str], tmp_path: Path) -> Iterator[Azurite]:
    """The workspace's storage account is an Azurite."""
    node = require_tool("node")
    if not PROGRAM.is_file():
        required = os.environ.get("MODELPRESS_REQUIRE")
        (pytest.fail if required else pytest.skip)("Azurite is not installed: run toolchains/javascript.sh")
    azurite = Azurite(node, tmp_path, azure)
    azure.use_azurite(azurite.host)
    yield azurite
    azurite.stop()


@pytest.fixture(scope="session")
def sdk_process(azure_process: Azure, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SdkSession]:
    """One process with the SDK for all tests; they use `sdk`."""
    place = azure_process.workspace
    names = (place.subscription, place.resource_group, place.workspace)
    session = SdkSession(azure_process.environment, names, tmp_path_factory.mktemp("sdk"))
    yield session
    session.stop()


@pytest.fixture
def sdk(azure: Azure, sdk_process: SdkSession) -> SdkSession:  # noqa: ARG001 (the workspace is emptied first)
    """The real SDK, by `sdk.run(code)`, beside an empty workspace."""
    return sdk_process
