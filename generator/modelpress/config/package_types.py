"""The packaging types, by their native names and those that Olive gives them, and how a zip may be packed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from modelpress.config.problems import quoted, suggestion
from modelpress.errors import UsageError

Compression = Literal["default", "store", "deflate", "auto"]
"""default: deflate text, store all else; store, deflate: everything; auto: by samples of what is not text."""

PACKAGE_TYPES: Mapping[str, str] = {
    "zipfile": "Zipfile",
    "azureml-models": "AzureMLModels",
    "azureml-data": "AzureMLData",
    "azureml-deployment": "AzureMLDeployment",
    "dockerfile": "Dockerfile",
}
"""Native name to Olive's name."""


def find_package_type(text: str) -> str | None:
    """The native name meant by `text` (native or Olive's, in any case), or None."""
    wanted = text.strip().casefold()
    for native, olive in PACKAGE_TYPES.items():
        if wanted in {native, olive.casefold()}:
            return native
    return None


def parse_package_type(text: str) -> str:
    """As `find_package_type`, for a command line; raises UsageError that lists the types."""
    found = find_package_type(text)
    if found is None:
        hint = suggestion(text, (*PACKAGE_TYPES, *PACKAGE_TYPES.values()))
        known = f"Packaging types: {', '.join(PACKAGE_TYPES.values())}."
        raise UsageError(f"there is no packaging type {quoted(text)}", hint=f"{hint} {known}".strip())
    return found
