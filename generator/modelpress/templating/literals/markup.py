"""Text inside XML, HTML and Markdown."""

from __future__ import annotations

import re

from modelpress.templating.literals.notation import InexpressibleError, Notation, integer, real, refuse_characters

_MARKUP = str.maketrans({character: f"&#{ord(character)};" for character in "&<>\"'\n\r\t"})
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_MARKDOWN = re.compile(
    r"""
      [\\`*\[\]<>|&~${}@]             # markup, HTML, tables, formulas, templates, mentions
    | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])  # emphasis; inside a word an underscore is one
    | :(?=//) | (?<=www)\.            # links that need no brackets
    | ^[\x20\#+=-]                    # headings, lists, rules, indented code
    | ^[0-9](?=[0-9]*[.)](?:\s|$))     # numbered lists
    | [\t\n\r]
    """,
    re.VERBOSE,
)

_PLAIN_CODE = re.compile(r"(?! )[^`|\\${}]+(?<! )")


def _xml_text(text: str) -> str:
    if found := _NOT_XML.search(text):
        raise InexpressibleError(f"XML has no character U+{ord(found[0]):04X}")
    return text.translate(_MARKUP)


def _html_text(text: str) -> str:
    return refuse_characters(text).translate(_MARKUP)


def _markdown_text(text: str) -> str:
    # A character reference is never structure in Markdown, not even the bar of a table.
    written = _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", text)
    return "".join(character if character.isprintable() else _visible(character) for character in written)


def _visible(character: str) -> str:
    # Direction marks and control characters are shown, so that a page cannot be made to lie.
    return "&#92;" + ascii(character)[2:-1]


XML = Notation("xml", text=_xml_text, integer=integer(), real=real(infinity="INF", nan="NaN"))
HTML = Notation("html", text=_html_text, integer=integer(), real=real(infinity="inf", nan="nan"))
MARKDOWN = Notation("md", text=_markdown_text, integer=integer(), real=real(infinity="inf", nan="nan"))


def write_markdown_code(value: object) -> str:
    """Inline code: between backticks, or as an element where these would not be safe, inside a table above all."""
    if isinstance(value, str) and value.isprintable() and _PLAIN_CODE.fullmatch(value):
        return f"`{value}`"
    return f"<code>{MARKDOWN.write(value)}</code>"
