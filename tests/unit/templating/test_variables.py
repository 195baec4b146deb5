"""The variable types `map` and `environment`."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.errors import UsageError
from modelpress.templating.filters import LITERAL_FILTERS
from modelpress.templating.variables import read_variables, resolve_values

VARIABLES = read_variables(
    {
        "tags": {"type": "map", "default": {}, "help": "Tags."},
        "vars": {"type": "environment", "default": {"LEVEL": "info"}, "help": "Variables."},
    },
    "template-set.yaml",
)

NAMES = st.text(min_size=1, max_size=256).filter(lambda text: text.isprintable() or text.isascii())
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
)
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)


def value(**given: object) -> dict[str, Any]:
    return resolve_values(VARIABLES, given, "set")


def test_a_map_is_a_mapping_or_its_json_text() -> None:
    given = {"a": 1, "b": [True, None, {"c": "x"}]}
    assert value(tags=given)["tags"] == value(tags=json.dumps(given))["tags"] == given
    assert value()["tags"] == {}


def test_a_map_is_a_copy() -> None:
    given: dict[str, Any] = {"a": {"b": 1}}
    taken = value(tags=given)["tags"]
    given["a"]["b"] = 2
    assert taken == {"a": {"b": 1}}


def test_environment_variables_are_text() -> None:
    given = {"A": 1, "B": True, "C": 0.5, "D": "x", "E.f-g": "${keyvault:secret-name}"}
    expected = {"A": "1", "B": "true", "C": "0.5", "D": "x", "E.f-g": "${keyvault:secret-name}"}
    assert value(vars=given)["vars"] == value(vars=json.dumps(given))["vars"] == expected
    assert value()["vars"] == {"LEVEL": "info"}


EXPECTED = "expected a mapping, or the JSON text of one"
BAD = [
    ("tags", "[1]", EXPECTED),
    ("tags", 1, EXPECTED),
    ("tags", None, EXPECTED),
    ("tags", "a=b", f"{EXPECTED}: not valid JSON: Expecting value"),
    ("tags", '{"a": 1, "a": 2}', f"{EXPECTED}: the key a stands twice in one mapping"),
    ("tags", {1: "x"}, "expected keys that are texts of 1 to 256 characters"),
    ("tags", {"": "x"}, "expected keys that are texts of 1 to 256 characters"),
    ("tags", {"a": {"k" * 257: 1}}, "expected keys that are texts of 1 to 256 characters"),
    ("tags", {"a": float("nan")}, "a number in it is infinite or no number"),
    ("tags", '{"a": Infinity}', "a number in it is infinite or no number"),
    ("tags", {"a": object()}, "it holds a object, which is not plain data"),
    ("vars", {"1A": "x"}, "1A is no name of an environment variable"),
    ("vars", {"A B": "x"}, '"A B" is no name of an environment variable'),
    ("vars", {"A": None}, "A: expected a text"),
    ("vars", {"A": ["x"]}, "A: expected a text"),
    ("vars", {"A": "${envv:X}"}, "A: ${envv:...} is no reference. Did you mean env?"),
    ("vars", {"API_KEY": "hunter2"}, "API_KEY: a literal that looks like a secret: its name says so"),
]


@pytest.mark.parametrize(("name", "given", "message"), BAD)
def test_what_is_no_such_value_is_refused(name: str, given: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        value(**{name: given})
    assert caught.value.message == f"set.{name}: {message}"


def test_the_hint_of_a_secret_names_the_references() -> None:
    with pytest.raises(UsageError) as caught:
        value(vars={"API_KEY": "hunter2"})
    assert "${keyvault:NAME}" in caught.value.hint
    assert "hunter2" not in caught.value.hint + caught.value.message


def test_nesting_without_end_is_refused() -> None:
    deep: Any = {}
    for _ in range(40):
        deep = {"a": deep}
    with pytest.raises(UsageError, match="it is nested too deeply"):
        value(tags=deep)
    with pytest.raises(UsageError, match="is nested too deeply"):
        value(tags='{"a":' * 5000 + "1" + "}" * 5000)


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(NAMES, DATA, max_size=4))
def test_a_map_survives_json_and_yaml(given: dict[str, Any]) -> None:
    text = LITERAL_FILTERS["yaml"](value(tags=given)["tags"])
    assert yaml.safe_load(text) == given
    assert value(tags=json.dumps(given))["tags"] == given


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(st.text(alphabet=string.ascii_uppercase, min_size=1, max_size=5), st.text(max_size=30), max_size=4)
)
def test_environment_variables_survive_yaml(given: dict[str, str]) -> None:
    try:
        taken = value(vars=given)["vars"]
    except UsageError as error:
        assert "looks like a secret" in error.message or "reference" in error.message  # noqa: PT017 - either way is right
        return
    assert taken == given
    lines = [f"{LITERAL_FILTERS['yaml'](name)}: {LITERAL_FILTERS['yaml'](text)}" for name, text in taken.items()]
    assert (yaml.safe_load("\n".join(lines)) or {}) == given
