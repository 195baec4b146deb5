"""Rendered YAML, loaded by the SDK."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

from modelpress.errors import UsageError
from modelpress.executors.azure.checking.documents import Document
from modelpress.executors.azure.quiet import quiet
from modelpress.executors.azure.wording import cleaned


def loaded(loader: Callable[..., Any], document: Document, instead: Sequence[dict[str, Any]] = ()) -> Any:
    """The SDK's object for the YAML; `instead` are fields that replace those of the file.

    Raises UsageError with what the SDK says against it.
    """
    from azure.core.exceptions import AzureError
    from marshmallow import ValidationError

    try:
        with quiet():
            return loader(io.StringIO(document.text), params_override=list(instead))
    except (AzureError, ValidationError) as error:
        raise UsageError(
            f"{document.file}: {cleaned(str(error))}", hint="Correct the file, or render it again.", file=document.file
        ) from error
