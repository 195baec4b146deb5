"""A literal filter writes a value that the language's own reader gives back, whatever the value is."""

from __future__ import annotations

import ast
import json
import math
import re
import tomllib
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from modelpress.errors import ModelpressError
from modelpress.templating.filters import FILTERS, LITERAL_FILTERS

TEXTS = st.text(max_size=40) | st.text(
    alphabet="\"'\\`$@{}%|<>&;#*_[]()!~^-+=:/.\n\r\t\0\u2028\u202e\ufeff😀ab1 ", max_size=20
)
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS


def trees(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def lists_and_dictionaries(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)

    return st.recursive(leaves, lists_and_dictionaries, max_leaves=8)


quick = settings(deadline=None, max_examples=150)


def same(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)  # tells 1 from 1.0 and True, and 0.0 from -0.0


@quick
@given(trees(SCALARS))
def test_python_reads_back_what_py_wrote(value: Any) -> None:
    written = FILTERS["py"](value)
    assert "\n" not in written
    assert same(ast.literal_eval(written), value)


@quick
@given(trees(SCALARS), st.sampled_from([None, 4]))
def test_a_json_reader_gives_back_what_json_wrote(value: Any, indent: int | None) -> None:
    def finite(item: Any) -> Any:
        if isinstance(item, float) and not math.isfinite(item):
            return None
        if isinstance(item, list):
            return [finite(one) for one in item]
        return {key: finite(one) for key, one in item.items()} if isinstance(item, dict) else item

    written = FILTERS["json"](value, indent)
    assert written.isascii()
    assert same(json.loads(written), finite(value))


@quick
@given(trees(SCALARS))
def test_a_yaml_reader_gives_back_what_yaml_wrote(value: Any) -> None:
    written = FILTERS["yaml"](value)
    assert "\n" not in written
    assert same(yaml.safe_load(written), value)
    assert same(yaml.safe_load(f"- key: {written}\n  next: 1\n"), [{"key": value, "next": 1}])


@quick
@given(trees(st.booleans() | NUMBERS | TEXTS))
def test_a_toml_reader_gives_back_what_toml_wrote(value: Any) -> None:
    assert same(tomllib.loads(f"x = {FILTERS['toml'](value)}\ny = 1")["x"], value)


@quick
@given(TEXTS)
def test_an_xml_reader_gives_back_what_xml_wrote(text: str) -> None:
    text = re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    written = FILTERS["xml"](text)
    element = ET.fromstring(f'<a b="{written}">{written}</a>')  # noqa: S314 - our own text
    assert (element.text or "", element.get("b"), len(element)) == (text, text, 0)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.seen.append(data)


@quick
@given(TEXTS.map(lambda text: text.replace("\0", "")))
def test_an_html_reader_gives_back_what_html_wrote(text: str) -> None:
    written = FILTERS["html"](text)
    reader = Reader()
    reader.feed(f"<p title='{written}'>{written}</p>")
    reader.close()
    assert reader.seen == [("p", [("title", text)]), *([text] if text else [])]


def tokens(source: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(source)


def inline(source: str) -> list[list[Token]]:
    return [token.children or [] for token in tokens(source) if token.type == "inline"]


def visible(text: str) -> str:
    shown = (c if c.isprintable() or c in "\n\r\t" else ascii(c)[1:-1] for c in text)
    return "".join(shown)


@quick
@given(TEXTS)
def test_a_markdown_reader_sees_only_text_in_what_md_wrote(text: str) -> None:
    written = FILTERS["md"](text)
    assert "\n" not in written
    for source in (f"{written}", f"before {written} after", f"# {written}"):
        kinds = {child.type for children in inline(source) for child in children}
        assert kinds <= {"text", "text_special"}
    (children,) = inline(f"a {written} z")
    assert "".join(child.content for child in children) == f"a {visible(text)} z"
    block = [token.type for token in tokens(f"{written}\n")]
    assert block in ([], ["paragraph_open", "inline", "paragraph_close"])


@quick
@given(TEXTS)
def test_no_text_leaves_its_cell_of_a_markdown_table(text: str) -> None:
    for name in ("md", "mdcode"):
        written = FILTERS[name](text)
        cells = inline(f"|a|b|\n|---|---|\n|{written}|{written}|\n|next|row|\n")
        assert len(cells) == 6
        for cell in cells[2:4]:
            kinds = {child.type for child in cell}
            assert kinds <= {"text", "text_special", "code_inline", "html_inline"}
            tags = [child.content for child in cell if child.type == "html_inline"]
            assert tags in ([], ["<code>", "</code>"])
            shown = "".join(child.content for child in cell if child.type != "html_inline")
            assert shown.strip() == visible(text).strip()


@quick
@given(TEXTS)
def test_csharp_text_has_only_escapes_that_csharp_and_json_share(text: str) -> None:
    written = FILTERS["csharp"](text)
    assert re.fullmatch(r'"([ !#-\[\]-~\x7f]|\\["\\bfnrt]|\\u[0-9a-f]{4})*"', written)
    assert json.loads(written) == text


def dockerfile_value(line: str) -> str:
    """The value of `ENV X=...` by the rules of BuildKit's shell words, for values between double quotes."""
    rest = line.removeprefix("ENV X=")
    assert rest[0] == '"'
    value, place = "", 1
    while rest[place] != '"':
        assert rest[place] != "$", "a variable would be expanded"
        if rest[place] == "\\" and rest[place + 1] in '"$\\':
            place += 1
        value, place = value + rest[place], place + 1
    assert place == len(rest) - 1, "the value ends before the line does"
    return value


@quick
@given(TEXTS.map(lambda text: re.sub("[\0\n\r]", "", text)))
def test_a_dockerfile_reader_gives_back_what_dockerfile_wrote(text: str) -> None:
    assert dockerfile_value(f"ENV X={FILTERS['dockerfile'](text)}") == text


class Markup(str):
    """Text that writes itself as something else."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "os.system('id')"


@pytest.mark.parametrize("name", sorted(LITERAL_FILTERS))
def test_every_filter_writes_text_numbers_and_truth_values(name: str) -> None:
    for value in ("a", "", 0, -1, 1.5, True, False):
        assert isinstance(FILTERS[name](value), str)
    assert FILTERS[name](Markup("a")) == FILTERS[name]("a")


@pytest.mark.parametrize("name", sorted(LITERAL_FILTERS))
def test_what_is_not_plain_data_is_refused_by_its_type(name: str) -> None:
    with pytest.raises(ModelpressError, match="cannot write this object") as caught:
        FILTERS[name](object())
    assert "0x" not in caught.value.message


NESTED: list[Any] = []
for _ in range(200):
    NESTED = [NESTED]

REFUSED = [
    ("py", float("nan"), "the filter `py` cannot write this float: it is infinite or not a number"),
    ("py", 10**5000, "the filter `py` cannot write this int: it has too many digits"),
    ("py", {1: 2}, "the filter `py` cannot write this dict: it has a key that is not text"),
    ("cpp", "a\0b", "the filter `cpp` cannot write this str: it holds the character U+0000"),
    ("cpp", 2**63, "the filter `cpp` cannot write this int: it does not fit 64 bits"),
    ("cpp", {}, "the filter `cpp` cannot write this dict: it takes no dictionaries"),
    ("csharp", -(2**63) - 1, "the filter `csharp` cannot write this int: it does not fit 64 bits"),
    ("java", "é" * 32768, "the filter `java` cannot write this str: a constant holds at most 65535 bytes"),
    ("js", 2**53, "the filter `js` cannot write this int: a number holds 53 bits exactly"),
    ("json", {"a": {1: 2}}, "the filter `json` cannot write this dict: it has a key that is not text"),
    ("json", [{1}], "the filter `json` cannot write this list: it holds a set, which is not plain data"),
    ("yaml", "\ud800", "the filter `yaml` cannot write this str: it holds half of a surrogate pair"),
    ("toml", None, "the filter `toml` cannot write this NoneType: there is no null"),
    ("toml", 2**63, "the filter `toml` cannot write this int: it does not fit 64 bits"),
    ("xml", "a\x01", "the filter `xml` cannot write this str: XML has no character U+0001"),
    ("html", "a\0", "the filter `html` cannot write this str: it holds the character U+0000"),
    ("md", None, "the filter `md` cannot write this NoneType: there is no null"),
    ("cmake", "$<TARGET_FILE:x>", "the filter `cmake` cannot write this str: $< begins a generator expression"),
    ("shell", ["a"], "the filter `shell` cannot write this list: it takes text, numbers and truth values only"),
    ("dockerfile", "a\nRUN x", "the filter `dockerfile` cannot write this str: it holds the character U+000A"),
    ("raw_text", 1, "the filter `raw_text` cannot write this int: it takes text only"),
    *(
        (name, NESTED, "nested more than 64 deep")
        for name in ("py", "cpp", "csharp", "java", "js", "json", "yaml", "toml")
    ),
]


@pytest.mark.parametrize(
    ("name", "value", "message"), REFUSED, ids=[f"{i}-{case[0]}" for i, case in enumerate(REFUSED)]
)
def test_what_a_language_cannot_express_is_refused(name: str, value: Any, message: str) -> None:
    with pytest.raises(ModelpressError, match=re.escape(message)):
        FILTERS[name](value)


def test_infinities_that_a_language_can_write() -> None:
    assert ast.literal_eval(FILTERS["py"]([math.inf, -math.inf])) == [math.inf, -math.inf]
    assert yaml.safe_load(FILTERS["yaml"]([math.inf, -math.inf])) == [math.inf, -math.inf]
    assert math.isnan(yaml.safe_load(FILTERS["yaml"](math.nan)))
    assert tomllib.loads(f"x = {FILTERS['toml'](-math.inf)}") == {"x": -math.inf}
    assert math.isnan(tomllib.loads(f"x = {FILTERS['toml'](math.nan)}")["x"])


def test_a_long_key_of_a_yaml_mapping_is_still_a_key() -> None:
    value = {"k" * 2000: 1, "short": 2}
    assert yaml.safe_load(FILTERS["yaml"](value)) == value
