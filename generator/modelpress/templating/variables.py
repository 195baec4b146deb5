"""The typed variables of a template set: their declaration and their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from modelpress.config.references import SecretLiteralError
from modelpress.errors import UsageError
from modelpress.templating.mappings import environment_of, mapping_of
from modelpress.wording import nearest

TYPES = ("str", "int", "float", "bool", "list[str]", "choice", "map", "environment")
WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
EXPECTED = {"str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false"}
KEYS = ("type", "default", "help", "choices")


@dataclass(frozen=True, slots=True)
class Variable:
    """One option of a template set. `type` is one of TYPES; a choice lists its `choices`."""

    name: str
    type: str
    default: Any
    help: str
    choices: tuple[str, ...] = ()

    def value_of(self, given: object) -> Any:
        """`given` as this variable's type; text (from a command line) is parsed. Raises ValueError."""
        if self.type == "choice":
            return self._choice(given)
        if self.type in _COMPOUND:
            return _COMPOUND[self.type](given)
        if isinstance(given, str) and self.type != "str":
            return _parsed(self.type, given)
        return _typed(self.type, given)

    def _choice(self, given: object) -> str:
        if given in self.choices:
            return str(given)
        raise ValueError(f"expected one of {', '.join(self.choices)}")


def _texts(given: object) -> list[str]:
    if isinstance(given, str):
        return [part.strip() for part in given.split(",") if part.strip()]
    if isinstance(given, list | tuple) and all(isinstance(item, str) for item in given):
        return list(given)
    raise ValueError("expected a list of texts, or one text with commas")


_COMPOUND: Mapping[str, Callable[[object], Any]] = {
    "list[str]": _texts,
    "map": mapping_of,
    "environment": environment_of,
}


def _parsed(kind: str, given: str) -> Any:
    try:
        if kind == "bool":
            return WORDS[given.strip().lower()]
        return int(given) if kind == "int" else float(given)
    except (ValueError, KeyError):
        raise ValueError(f"expected {EXPECTED[kind]}") from None


def _typed(kind: str, given: object) -> Any:
    if kind == "float" and isinstance(given, int) and not isinstance(given, bool):
        return float(given)
    if type(given).__name__ != kind:
        raise ValueError(f"expected {EXPECTED[kind]}")
    return given


def read_variables(declared: object, file: str) -> dict[str, Variable]:
    """The variables that a template-set.yaml declares. Raises UsageError naming `file`."""
    if not isinstance(declared, Mapping):
        raise UsageError(f"{file}: `variables` is not a mapping", hint="Give each variable a name.", file=file)
    return {str(name): _read_variable(str(name), fields, file) for name, fields in declared.items()}


def _read_variable(name: str, fields: object, file: str) -> Variable:
    where = f"{file}: variable {name!r}"
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        raise UsageError(f"{where} has a bad name", hint="Use small letters, digits and underscores.", file=file)
    if not isinstance(fields, Mapping):
        raise UsageError(f"{where} is not a mapping", hint="Give it a type, a default and a help text.", file=file)
    refuse_unknown_keys(fields, KEYS, where, file)
    kind = fields.get("type", "str")
    if kind not in TYPES:
        raise UsageError(f"{where} has the unknown type {kind!r}", hint=f"Types: {', '.join(TYPES)}.", file=file)
    if "default" not in fields:
        raise UsageError(f"{where} has no default", hint="Every variable needs a value to render with.", file=file)
    choices = tuple(str(choice) for choice in fields.get("choices") or ())
    variable = Variable(name, kind, fields["default"], str(fields.get("help", "")), choices)
    try:
        default = variable.value_of(variable.default)
    except ValueError as error:
        raise UsageError(f"{where} has a bad default: {error}", hint="Correct the default.", file=file) from None
    return Variable(name, kind, default, variable.help, choices)


def refuse_unknown_keys(given: Iterable[object], known: Collection[str], where: str, file: str) -> None:
    """Raise UsageError for the first key that is not known, with the nearest known one as the hint."""
    for key in given:
        if key not in known:
            raise UsageError(f"{where} has the unknown key {str(key)!r}", hint=suggestion(str(key), known), file=file)


def suggestion(word: str, known: Iterable[str], *, all_known: bool = True) -> str:
    """A hint that names the nearest known word, or else all of them."""
    known = sorted(known)
    meant = nearest(word, known)
    if meant:
        return f"Did you mean {meant!r}?"
    return f"Known: {', '.join(known) or 'none'}." if all_known else ""


def resolve_values(variables: Mapping[str, Variable], given: Mapping[str, object], set_name: str) -> dict[str, Any]:
    """Every variable's value: the given one, else the default.

    Raises UsageError for a name that is not declared and for a value of another type.
    """
    for name in given:
        if name not in variables:
            raise UsageError(f"the template set {set_name} has no variable {name!r}", hint=suggestion(name, variables))
    values = {}
    for name, variable in variables.items():
        try:
            values[name] = variable.value_of(given[name]) if name in given else variable.default
        except ValueError as error:
            hint = error.hint if isinstance(error, SecretLiteralError) else variable.help
            raise UsageError(f"{set_name}.{name}: {error}", hint=hint or "See `modelpress templates show`.") from None
    return values
