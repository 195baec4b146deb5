"""The filters of templates: each literal filter writes one value as a whole literal of its language.

`{{ name | py }}` is a Python literal, quotes included, whatever the name holds. `xml`, `html`
and `md` write text for between tags (and, for the first two, between an attribute's quotes).
`slug` and `plain_name` make plain names of free text, for what services restrict.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from modelpress.templating.literals.code import CPP, CSHARP, JAVA, JAVASCRIPT, PYTHON
from modelpress.templating.literals.config import TOML, YAML, write_json
from modelpress.templating.literals.markup import HTML, MARKDOWN, XML, write_markdown_code
from modelpress.templating.literals.notation import refusal
from modelpress.templating.literals.script import CMAKE, DOCKERFILE, SHELL

LONGEST_TEXT = 1000  # characters that a slug is made of


def raw_text(value: object) -> str:
    """Text as it is: the author of the template vouches that the place needs no literal."""
    if not isinstance(value, str):
        raise refusal("raw_text", value, "it takes text only")
    return str(value)


def slug(value: object, most: int = 20) -> str:
    """A plain name made of free text: small ASCII letters, digits and single hyphens, from 1 to `most` characters.

    It begins with a letter, as names of endpoints and images must; `model` where the text has nothing to make it of.
    """
    from slugify import slugify

    if not isinstance(value, str):
        raise refusal("slug", value, "it takes text only")
    name = str(slugify(value[:LONGEST_TEXT])) or "model"
    name = name if name[0].isalpha() else f"m-{name}"
    return name[:most].rstrip("-")


def plain_name(value: object) -> str:
    """Text as a registry of models takes it in a name: what is no ASCII letter, digit, '.', '_' or '-' becomes '-'."""
    if not isinstance(value, str):
        raise refusal("plain_name", value, "it takes text only")
    return re.sub(r"[^A-Za-z0-9._-]", "-", value)


LITERAL_FILTERS: Mapping[str, Callable[..., str]] = {
    "py": PYTHON.write,
    "cpp": CPP.write,
    "csharp": CSHARP.write,
    "java": JAVA.write,
    "js": JAVASCRIPT.write,
    "json": write_json,
    "yaml": YAML.write,
    "toml": TOML.write,
    "xml": XML.write,
    "html": HTML.write,
    "md": MARKDOWN.write,
    "mdcode": write_markdown_code,
    "cmake": CMAKE.write,
    "shell": SHELL.write,
    "dockerfile": DOCKERFILE.write,
}
"""Filters after which a value may stand in a template's output."""

FILTERS: Mapping[str, Callable[..., Any]] = {
    **LITERAL_FILTERS,
    "raw_text": raw_text,
    "slug": slug,
    "plain_name": plain_name,
}
"""All filters that modelpress adds to Jinja's own."""
