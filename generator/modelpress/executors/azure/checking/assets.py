"""Models and data assets: the rules of their files, and the folders that they name."""

from __future__ import annotations

from collections.abc import Iterator

from modelpress.bundle import Bundle
from modelpress.errors import UsageError
from modelpress.executors.azure.asset_files import AssetKind, asset_file
from modelpress.executors.azure.checking.documents import RENDER, Document, choice_flaws
from modelpress.executors.azure.checking.flaws import Flaw
from modelpress.executors.azure.checking.names import text_flaws

TYPES = {"model": ("custom_model", "mlflow_model", "triton_model"), "data": ("uri_folder", "uri_file", "mltable")}


def asset_flaws(bundle: Bundle, document: Document, kind: AssetKind) -> Iterator[Flaw]:
    """What is wrong with the file of a model or a data asset."""
    try:
        found = asset_file(bundle, kind, document.file)
    except UsageError as error:
        yield Flaw(error.file, error.message.removeprefix(f"{error.file}: "), error.hint)
        found = None
    yield from choice_flaws(document, ["type"], TYPES[kind])
    yield from text_flaws(document, "tags")
    if found and document.get("type") == "mlflow_model" and f"{found.path}/MLmodel" not in bundle.entries:
        yield document.flaw(("type",), f"is mlflow_model, and there is no {found.path}/MLmodel", RENDER)


def repeated_flaws(documents: list[Document]) -> Iterator[Flaw]:
    """Names that two assets of a kind share."""
    first: dict[str, str] = {}
    for document in documents:
        other = first.setdefault(str(document.get("name")), document.file)
        if other != document.file:
            yield document.flaw(("name",), f"{other} has the same name", "Rename one of them.")
