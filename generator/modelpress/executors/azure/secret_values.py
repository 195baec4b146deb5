"""The secrets that environment variables refer to: checked before anything is sent, read when they are, never shown."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from modelpress.config.references import Reference, references_in, resolved
from modelpress.errors import ModelpressError, UsageError
from modelpress.executors.azure.faults import ServiceError
from modelpress.executors.azure.redaction import MASK
from modelpress.executors.azure.sending import WebRequest, answer_to
from modelpress.executors.azure.workspace import Workspace

VAULT_API = "7.4"
SHORTEST_MASKED = 4  # characters; shorter values are words that stand everywhere
_RESOURCE = re.compile(r'resource="([^"]+)"')


@dataclass(frozen=True, slots=True)
class SecretValues:
    """The values of references."""

    values: Mapping[Reference, str] = field(repr=False)

    def resolved(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The variables with the values in place of the references."""
        return {name: resolved(text, self.values.__getitem__) for name, text in variables.items()}

    def masked(self, text: str) -> str:
        """The text without the values: a log of a container may show what it was given."""
        for value in sorted(self.values.values(), key=len, reverse=True):
            if len(value) >= SHORTEST_MASKED:
                text = text.replace(value, MASK)
        return text

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Errors from inside leave without the values."""
        try:
            yield
        except ModelpressError as error:
            error.message, error.hint = self.masked(error.message), self.masked(error.hint)
            error.args = (error.message,)
            raise


def references_of(variables: Mapping[str, str], keyvault_name: str | None) -> tuple[Reference, ...]:
    """The references in the variables. Raises UsageError for one that cannot be followed."""
    found = tuple(dict.fromkeys(one for text in variables.values() for one in references_in(text)))
    missing = [one.name for one in found if one.kind == "env" and one.name not in os.environ]
    if missing:
        raise UsageError(
            f"the environment variable {missing[0]} is not set, and the deployment refers to it",
            hint=f"Set {', '.join(missing)} where modelpress runs.",
        )
    if not keyvault_name and any(one.kind == "keyvault" for one in found):
        raise UsageError(
            "the deployment refers to a Key Vault, and none is named",
            hint="Set azure.keyvault_name (keyvault_name of azureml_client in an Olive file).",
        )
    return found


def secret_values(workspace: Workspace, references: tuple[Reference, ...]) -> SecretValues:
    """Read the values. Raises ServiceError where the Key Vault does not give one."""
    return SecretValues({one: _value(workspace, one) for one in references})


def _value(workspace: Workspace, reference: Reference) -> str:
    if reference.kind == "env":
        return os.environ[reference.name]
    vault = workspace.options.keyvault_name or ""
    doing = f"reading the secret {reference.name} of the Key Vault {vault}"
    return workspace.call(doing, lambda: _read(workspace, vault, reference.name, doing))


def _read(workspace: Workspace, vault: str, name: str, doing: str) -> str:
    base = vault.rstrip("/") if vault.startswith("https://") else f"https://{vault}.vault.azure.net"
    url = f"{base}/secrets/{name}?api-version={VAULT_API}"
    challenge = answer_to(workspace, WebRequest("GET", url)).headers.get("WWW-Authenticate") or ""
    answer = answer_to(workspace, WebRequest("GET", url, f"{_resource(challenge, base, doing)}/.default"))
    answer.raise_for_status()
    return str(answer.json()["value"])


def _resource(challenge: str, base: str, doing: str) -> str:
    """What a token must be for. A vault may ask for tokens of its own domain alone, else it could collect others."""
    found = _RESOURCE.search(challenge)
    resource = found[1].rstrip("/") if found else ""
    own, asked = urlsplit(base).hostname or "", urlsplit(resource).hostname or ""
    if not asked or (own != asked and not own.endswith(f".{asked}")):
        raise ServiceError(f"{doing} failed: it does not say whom to ask for a token", hint="Look at keyvault_name.")
    return resource
