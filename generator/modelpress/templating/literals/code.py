"""Literals of programming languages: Python, C++, C#, Java, JavaScript.

Except for Python (whose source is UTF-8 by definition) the output is ASCII, so that neither
a compiler's default encoding nor characters that reorder text can change what a literal says.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from modelpress.templating.literals.notation import InexpressibleError, Notation, integer, real, refuse_characters

MAX_SAFE_INTEGER = 2**53 - 1  # beyond it a JavaScript number is not exact
MAX_JAVA_CONSTANT = 65535  # bytes of one constant in a class file


def _dictionary(items: Sequence[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in items) + "}"


def _braces(items: Sequence[str]) -> str:
    return "{" + ", ".join(items) + "}"


def _brackets(items: Sequence[str]) -> str:
    return "[" + ", ".join(items) + "]"


def _utf16(text: str) -> str:
    # JSON's escapes are a subset of those of C# and JavaScript.
    return json.dumps(text)


def _python_text(text: str) -> str:
    written = repr(text)
    # Formatters of Python prefer double quotes; here neither kind occurs in the text.
    return f'"{written[1:-1]}"' if written.startswith("'") and '"' not in text else written


def _cpp_text(text: str) -> str:
    return '"' + "".join(_cpp_character(chr(byte)) for byte in refuse_characters(text).encode()) + '"'


def _cpp_character(character: str) -> str:
    if character in '"\\?':  # ??/ is a backslash to a compiler that reads trigraphs
        return "\\" + character
    plain = character.isascii() and character.isprintable()
    return character if plain else f"\\{ord(character):03o}"  # a \x escape has no end of its own


def _cpp_integer(value: int) -> str:
    written = integer(bits=64)(value)
    # A minus sign is an operator in C++, and 2^63 alone has no type.
    return "(-9223372036854775807LL - 1)" if value == -(2**63) else written


def _java_text(text: str) -> str:
    # Class files write NUL in two bytes and what lies beyond U+FFFF in six.
    size = len(text.encode("utf-8", "surrogatepass")) + text.count("\0") + 2 * sum(c > "\uffff" for c in text)
    if size > MAX_JAVA_CONSTANT:
        raise InexpressibleError(f"a constant holds at most {MAX_JAVA_CONSTANT} bytes")
    return '"' + "".join(map(_java_character, text)) + '"'


def _java_character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if not character.isascii():
        return json.dumps(character)[1:-1]
    # A \u escape is read before strings are: one for a line feed would end the line.
    return character if character.isprintable() else f"\\{ord(character):03o}"


def _java_integer(value: int) -> str:
    written = integer(bits=64)(value)
    return written if -(2**31) <= value < 2**31 else f"{written}L"


def _js_text(text: str) -> str:
    return _utf16(text).replace("<", "\\u003c")  # </script> ends a script wherever it stands


def _js_integer(value: int) -> str:
    if abs(value) > MAX_SAFE_INTEGER:
        raise InexpressibleError("a number holds 53 bits exactly")
    return integer()(value)


def _js_object(items: Sequence[tuple[str, str]]) -> str:
    # A plain "__proto__" key would set the prototype instead of a property.
    return _dictionary([(f"[{key}]" if key == '"__proto__"' else key, value) for key, value in items])


PYTHON = Notation(
    language="py",
    text=_python_text,
    integer=integer(),
    real=real(infinity="1e999", nan=None),  # a float literal too large is infinite; nan has no literal
    true="True",
    false="False",
    null="None",
    sequence=_brackets,
    mapping=_dictionary,
)
CPP = Notation(
    language="cpp",
    text=_cpp_text,
    integer=_cpp_integer,
    real=real(infinity="std::numeric_limits<double>::infinity()", nan="std::numeric_limits<double>::quiet_NaN()"),
    null="nullptr",
    sequence=_braces,
)
CSHARP = Notation(
    language="csharp",
    text=_utf16,
    integer=integer(bits=64),
    real=real(infinity="double.PositiveInfinity", nan="double.NaN"),
    null="null",
    sequence=_braces,
)
JAVA = Notation(
    language="java",
    text=_java_text,
    integer=_java_integer,
    real=real(infinity="Double.POSITIVE_INFINITY", nan="Double.NaN"),
    null="null",
    sequence=_braces,
)
JAVASCRIPT = Notation(
    language="js",
    text=_js_text,
    integer=_js_integer,
    real=real(infinity="Infinity", nan="NaN"),
    null="null",
    sequence=_brackets,
    mapping=_js_object,
)
