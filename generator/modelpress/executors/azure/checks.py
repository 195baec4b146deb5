"""Checks the Azure ML files of a project against each other, before anything is sent and without the SDK.

The SDK checks types and names of fields when it loads a file. It does not look whether the
script defines what the server calls, whether files name each other right, or what lies in the
folder of code; those are the failures that a deployment shows after half an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Literal

from modelpress.bundle import Bundle
from modelpress.errors import UsageError
from modelpress.executors.azure.checking.assets import asset_flaws, repeated_flaws
from modelpress.executors.azure.checking.deployments import Deployed, deployment_flaws, package_flaws
from modelpress.executors.azure.checking.documents import RENDER, Document
from modelpress.executors.azure.checking.endpoints import endpoint_flaws
from modelpress.executors.azure.checking.environments import environment_flaws
from modelpress.executors.azure.checking.flaws import Flaw, error_of

Part = Literal["models", "data", "online", "batch"]
PARTS: Final[tuple[Part, ...]] = ("models", "data", "online", "batch")
ROOT = "azureml"
SUFFIXES = (".yml", ".yaml")
DESCRIBED = ("model", "environment", "endpoint", "deployment", "package")
"""What the files of an endpoint describe, by the stem of their name."""
NEEDED = frozenset({"model", "endpoint", "deployment"})
"""Those that no endpoint is without; an environment may exist already, and a package is a choice."""


def parts_of(bundle: Bundle) -> tuple[Part, ...]:
    """The parts of Azure ML that a project describes."""
    return tuple(part for part in PARTS if _files(bundle, part))


def check_bundle(bundle: Bundle, parts: Sequence[Part] = PARTS) -> tuple[Flaw, ...]:
    """All that is wrong with these parts of the project; a part that it does not have has no flaws."""
    return tuple(flaw for part in parts if _files(bundle, part) for flaw in _flaws(bundle, part))


def refuse_flaws(bundle: Bundle, parts: Sequence[Part] = PARTS) -> None:
    """Raise UsageError, with file and line, where anything is wrong."""
    flaws = check_bundle(bundle, parts)
    if flaws:
        raise error_of(flaws)


def _files(bundle: Bundle, part: Part) -> list[str]:
    folder = f"{ROOT}/{part}/"
    return [
        path
        for path in bundle.entries
        if path.startswith(folder) and path.endswith(SUFFIXES) and "/" not in path.removeprefix(folder)
    ]


def _flaws(bundle: Bundle, part: Part) -> Iterator[Flaw]:
    if part in ("online", "batch"):
        yield from _endpoint_flaws(bundle, part)
        return
    documents: list[Document] = []
    for file in _files(bundle, part):
        document = _read(bundle, file)
        if isinstance(document, Flaw):
            yield document
        else:
            documents.append(document)
            yield from asset_flaws(bundle, document, "model" if part == "models" else "data")
    yield from repeated_flaws(documents)


def _endpoint_flaws(bundle: Bundle, part: Part) -> Iterator[Flaw]:
    documents: dict[str, Document] = {}
    for described in DESCRIBED:
        file = f"{ROOT}/{part}/{described}.yml"
        if file not in bundle.entries:
            if described in NEEDED:
                yield Flaw(file, "is missing", RENDER)
            continue
        document = _read(bundle, file)
        if isinstance(document, Flaw):
            yield document
        else:
            documents[described] = document
    deployed = Deployed(part, bundle, documents)
    for described, check in _CHECKS.items():
        if described in documents:
            yield from check(deployed)


_CHECKS: Mapping[str, Callable[[Deployed], Iterator[Flaw]]] = {
    "model": lambda deployed: asset_flaws(deployed.bundle, deployed.documents["model"], "model"),
    "environment": lambda deployed: environment_flaws(
        deployed.bundle, deployed.documents["environment"], deployed.kind
    ),
    "endpoint": lambda deployed: endpoint_flaws(deployed.documents["endpoint"], deployed.kind),
    "deployment": deployment_flaws,
    "package": package_flaws,
}


def _read(bundle: Bundle, file: str) -> Document | Flaw:
    try:
        return Document.read(bundle, file)
    except UsageError as error:
        return Flaw(error.file, error.message.removeprefix(f"{error.file}: "), error.hint)
