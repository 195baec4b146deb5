"""The service's rules for names and references.

They are those that the SDK, the REST API's own description and the service's pages give.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from modelpress.config.problems import quoted, suggestion
from modelpress.config.references import SecretLiteralError, refuse_secret
from modelpress.executors.azure.checking.documents import Document, Rule
from modelpress.executors.azure.checking.flaws import Flaw

_ASSET = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}"
_VERSION = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,29}"
_SHORT = re.compile(r"(?=.{3,32}$)[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]")
_SHORT_WORDS = "3 to 32 ASCII letters, digits and hyphens, beginning with a letter and not ending with a hyphen"

ASSET = Rule(re.compile(_ASSET), "1 to 255 ASCII letters, digits, _, - and .", "Choose another name.")
VERSION = Rule(
    re.compile(_VERSION), "1 to 30 ASCII letters, digits, _, - and .", "Correct it, or leave it out for the next one."
)
ENDPOINT = Rule(_SHORT, _SHORT_WORDS, "Choose another endpoint_name.")
DEPLOYMENT = Rule(_SHORT, _SHORT_WORDS, "Choose another deployment_name.")
INSTANCE_TYPE = Rule(
    re.compile(r"Standard_[A-Za-z0-9]+(_[A-Za-z0-9]+)*"), "the size of a virtual machine", "As Standard_DS3_v2."
)
COMPUTE = Rule(
    re.compile(r"azureml:([A-Za-z](?=.{0,31}$)[A-Za-z0-9-]*|/subscriptions/\S+/computes/[A-Za-z0-9-]+)"),
    "azureml: and the name of a compute cluster",
    "As azureml:cpu-cluster.",
)
ENVIRONMENT_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")

_REFERENCE = re.compile(rf"azureml:({_ASSET})(?::({_VERSION})|@latest)")
_ELSEWHERE = re.compile(r"azureml:(//registries/|/subscriptions/|//subscriptions/)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """`azureml:NAME:VERSION`, or the latest version where that is None."""

    name: str
    version: str | None


def reference_of(text: object) -> Reference | None:
    """The asset of the workspace that the text refers to; None where it is none, or an id of another place."""
    found = _REFERENCE.fullmatch(text) if isinstance(text, str) else None
    return Reference(found[1], found[2]) if found else None


def is_elsewhere(text: object) -> bool:
    """Whether the text is the id of an asset in a registry or by its subscription."""
    return isinstance(text, str) and _ELSEWHERE.fullmatch(text) is not None


def reference_flaws(document: Document, keys: tuple[str, ...], kind: str, described: Document | None) -> Iterator[Flaw]:
    """What is wrong with a reference to an asset; `described` is its own file, where the project has one."""
    value = document.get(*keys)
    found = reference_of(value)
    if value is None:
        yield document.flaw(keys, "is missing", f"Name the {kind}, as azureml:NAME:VERSION.")
    elif found is None and not is_elsewhere(value):
        yield document.flaw(keys, f"names no {kind}", "As azureml:NAME:VERSION or azureml:NAME@latest.")
    if found is None or described is None:
        return
    name, version = described.get("name"), described.get("version")
    if found.name != name:
        yield document.flaw(
            keys, f"names {found.name}, and {described.file} describes {quoted(name)}", "Give both the same name."
        )
    elif found.version is not None and found.version != (None if version is None else str(version)):
        yield document.flaw(
            keys, f"names version {found.version}, which {described.file} does not describe", "Give both the same one."
        )


def variable_flaws(document: Document, *keys: str) -> Iterator[Flaw]:
    """What is wrong with the environment variables at the keys."""
    given = document.get(*keys)
    if given is not None and not isinstance(given, Mapping):
        yield document.flaw(keys, "must be a mapping of names to texts", "Correct it.")
    for name, value in document.section(*keys).items():
        place = (*keys, name)
        if not isinstance(name, str) or not ENVIRONMENT_VARIABLE.fullmatch(name):
            yield document.flaw(place, "is no name of an environment variable", "Use letters, digits and underscores.")
        elif not isinstance(value, str):
            yield document.flaw(place, "must be text", "Put quotes around it.")
        else:
            yield from _secret_flaws(document, place, value)


def _secret_flaws(document: Document, place: tuple[str, ...], value: str) -> Iterator[Flaw]:
    try:
        refuse_secret(place[-1], value)
    except SecretLiteralError as error:
        yield document.flaw(place, str(error), error.hint)
    except ValueError as error:
        yield document.flaw(place, str(error), "As ${env:NAME} or ${keyvault:NAME}.")


def text_flaws(document: Document, key: str) -> Iterator[Flaw]:
    """Values of tags and the like that YAML does not read as text; unquoted numbers are sent as numbers."""
    for name, value in document.section(key).items():
        if not isinstance(value, str):
            yield document.flaw((key, name), "must be text", "Put quotes around it.")


def unknown_flaws(document: Document, known: Collection[str], *keys: str) -> Iterator[Flaw]:
    """Keys that the SDK does not take at a place."""
    for key in document.section(*keys):
        if key not in known and key != "$schema":
            yield document.flaw((*keys, key), "unknown key", suggestion(key, known) or "Take it out.")
