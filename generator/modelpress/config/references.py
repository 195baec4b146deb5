"""Secrets in settings: referred to by `${env:NAME}` and `${keyvault:NAME}`, never written out.

A reference stands anywhere in a text and is resolved at the moment of use, by who sends it.
Whatever is rendered, planned or stored holds the reference.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from modelpress.config.masking import is_secret
from modelpress.config.problems import quoted, suggestion

HINT = "Refer to it: ${env:NAME} takes an environment variable of the publisher, ${keyvault:NAME} a Key Vault secret."
NAMES: Mapping[str, re.Pattern[str]] = {
    "env": re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
    "keyvault": re.compile(r"[A-Za-z0-9-]{1,127}"),  # what Key Vault allows as a name
}
"""Kind of a reference to the names that it takes."""

_REFERENCE = re.compile(r"\$\{([A-Za-z]+):([^}]*)\}")

FORMS: Mapping[str, re.Pattern[str]] = {
    "a shared access signature": re.compile(r"(?i)[?&;]?\bsig=[A-Za-z0-9%+/]{20}"),
    "an account or access key": re.compile(
        r"(?i)\b(account|shared_?access|access|shared)_?key\s*=\s*[A-Za-z0-9+/]{10}"
    ),
    "a JSON web token": re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\."),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a password in an address": re.compile(r"(?i)\b[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@\0]+@"),
    "a password": re.compile(r"(?i)\b(password|pwd)\s*=\s*[^;\s\0]"),
    "an access token": re.compile(r"\b(gh[pousr]_|github_pat_|glpat-|hf_|xox[abp]-|sk-|AKIA|AIza)[A-Za-z0-9_-]{16,}"),
}
"""What secrets look like, whatever they are called; the names are for messages."""

_KEY_LIKE = re.compile(r"(?i)(^|[_-])(keys?|auth|pass|pwd|pat|private|signature|cert(ificate)?)([_-]|$)")
_PASSWORD = re.compile(r"(?i)password|passwd|passphrase")
_COUNTED = re.compile(r"(?i)tokens$")  # MAX_TOKENS is a number of words
_HARMLESS = frozenset({"", "true", "false", "none"})
RANDOM_LENGTH = 16  # characters: shorter texts are words as likely as keys
RANDOM_ENTROPY = 2.6  # bits a character, which 99 of 100 texts of 16 random hexadecimal digits exceed


class SecretLiteralError(ValueError):
    """A literal that looks like a secret; the message says why, without the value."""

    hint = HINT


@dataclass(frozen=True, slots=True)
class Reference:
    """`${kind:name}`; the kind is `env` or `keyvault`."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"${{{self.kind}:{self.name}}}"


def references_in(text: str) -> tuple[Reference, ...]:
    """The references of a text, in order. Raises ValueError for one of an unknown kind or a bad name."""
    return tuple(_reference(found) for found in _REFERENCE.finditer(text))


def resolved(text: str, look_up: Callable[[Reference], str]) -> str:
    """The text with what `look_up` gives in place of each reference. Raises ValueError as `references_in`."""
    return _REFERENCE.sub(lambda found: look_up(_reference(found)), text)


def refuse_secret(name: str, text: str) -> None:
    """Raise SecretLiteralError where what is written out under this name looks like a secret.

    Raises ValueError for a bad reference.
    """
    references_in(text)
    reason = _why_secret(name, _REFERENCE.sub("\0", text))
    if reason:
        raise SecretLiteralError(f"a literal that looks like a secret: {reason}")


def secret_form(text: str) -> str:
    """What kind of secret the text holds by its form, such as `a private key`; empty where it holds none."""
    return next((kind for kind, form in FORMS.items() if form.search(text)), "")


def _reference(found: re.Match[str]) -> Reference:
    kind, name = found.groups()
    if kind not in NAMES:
        meant = suggestion(kind, NAMES) or f"Known: {', '.join(NAMES)}."
        raise ValueError(f"${{{kind}:...}} is no reference. {meant}")
    if not NAMES[kind].fullmatch(name):
        raise ValueError(f"{quoted(name)} is no name for ${{{kind}:...}}")
    return Reference(kind, name)


def _why_secret(name: str, text: str) -> str:
    """Why the text, in which NUL stands for each reference, looks like a secret."""
    form = secret_form(text)
    if form:
        return f"it has the form of {form}"
    literal = text.replace("\0", "")
    if literal.casefold() in _HARMLESS or (literal.isdigit() and _COUNTED.search(name)):
        return ""
    if is_secret(name) or _PASSWORD.search(name):
        return "its name says so"
    return "it is random text under the name of a key" if _KEY_LIKE.search(name) and _is_random(literal) else ""


def _is_random(text: str) -> bool:
    """Whether the text is as varied as a generated key, digits among letters included."""
    mixed = any(map(str.isdigit, text)) and any(map(str.isalpha, text))
    if len(text) < RANDOM_LENGTH or not mixed or any(map(str.isspace, text)):
        return False
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares) >= RANDOM_ENTROPY
