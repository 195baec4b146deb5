"""Texts without what must not leave: signatures, keys and tokens, wherever a service or an SDK put them."""

from __future__ import annotations

import re

MASK = "***"

_FORMS = (
    # A SAS: without its signature the rest of the query opens nothing, but says nothing either.
    (re.compile(r"(?:\b[\w%~.+:-]+=[^\s'\"<>&]*&)*\bsig=[^\s'\"<>)]*", re.IGNORECASE), MASK),
    (
        re.compile(
            r"(\b(?:AccountKey|SharedAccessKey|SharedAccessSignature|password|pwd)\s*=\s*)[^\s;'\"]+", re.IGNORECASE
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"(\b(?:Bearer|SharedKey)\s+)[\w.~+/=:-]{8,}", re.IGNORECASE), rf"\1{MASK}"),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?"), MASK),  # a JSON web token
    (
        re.compile(
            r"([\"']?\b(?:\w*(?:secret|token|password|credential)|(?:primary|secondary|account|access|api)?_?key)\b[\"']?"
            r"\s*[:=]\s*[\"'])[^\"']{4,}(?=[\"'])",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{42,}={1,2}(?![\w+/=])"), MASK),  # the base64 text of a storage key
)


def redacted(text: str) -> str:
    """The text with everything that looks like a secret replaced."""
    for form, replacement in _FORMS:
        text = form.sub(replacement, text)
    return text
