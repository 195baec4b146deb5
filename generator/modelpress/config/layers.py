"""The layers of settings: flags, environment variables and files, each checked by itself."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from modelpress.config.problems import Keys, Problem, dotted, explain, suggestion
from modelpress.config.vocabulary import PREFIX, flag_name, mapping_depth, said, setting_fields, variable_name
from modelpress.errors import UsageError

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from modelpress.config.native import Configuration

HELP = "--help shows the form of every option."
ORIGINS = "`modelpress config --origin` shows every setting and where it comes from."
Origin = Literal["flag", "environment", "project", "user", "default"]


@dataclass(frozen=True, slots=True)
class Layer:
    """The settings of one origin; `file` is the configuration file that they stand in, if any."""

    origin: Origin
    configuration: Configuration
    file: Path | None = None

    def said(self) -> dict[Keys, Any]:
        return said(self.configuration)

    def where(self, keys: Keys) -> str:
        """The file or the variable that says the value; a variable's name ends before the keys of a mapping."""
        if self.origin != "environment":
            return "" if self.file is None else str(self.file)
        fields = setting_fields()
        names = (".".join(map(str, keys[:length])) for length in range(1, len(keys) + 1))
        return variable_name(next(name for name in names if name in fields))


@dataclass(frozen=True, slots=True)
class _Given:
    """A value as it was given, and the name that the user knows it by."""

    shown: str
    value: object


def flag_layer(flags: Mapping[str, object]) -> Layer:
    """The layer of the command line: dotted names to values; None and () mean not given.

    A mapping may be given as texts `KEY=VALUE`, or `SET.KEY=VALUE` for variables. Raises
    UsageError that names the option.
    """
    given = {name: _Given(flag_name(name), _plain(value)) for name, value in flags.items() if value not in (None, ())}
    return _layer("flag", given)


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def environment_layer(environ: Mapping[str, str]) -> Layer:
    """The layer of the environment; an empty variable counts as unset.

    Lists of paths are separated as PATH is, other lists and `KEY=VALUE` texts by commas.
    Raises UsageError that names the variable.
    """
    fields = setting_fields()
    texts = {name: environ.get(variable_name(name), "") for name in fields}
    return _layer(
        "environment",
        {name: _Given(variable_name(name), _split(text, fields[name])) for name, text in texts.items() if text},
    )


def misspelt_variables(environ: Mapping[str, str]) -> list[str]:
    """A warning for each variable that is nearly one of ours."""
    known = {variable_name(name) for name in setting_fields()}
    others = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    hints = ((name, suggestion(name, known, likeness=0.9)) for name in others)
    return [f"{name}: no such setting. {hint}" for name, hint in hints if hint]


def _split(text: str, field: FieldInfo) -> object:
    from modelpress.config.template_layers import TemplateLayer
    from modelpress.config.values import PathText

    is_list = get_origin(field.annotation) is tuple
    if not is_list and not mapping_depth(field):
        return text
    separator = os.pathsep if is_list and get_args(field.annotation)[0] in {PathText, TemplateLayer} else ","
    return [part.strip() for part in text.split(separator) if part.strip()]


def _layer(origin: Origin, given: Mapping[str, _Given]) -> Layer:
    from pydantic import ValidationError

    from modelpress.config.native import Configuration, allowed_keys

    fields = setting_fields()
    data: dict[str, Any] = {}
    for name, item in given.items():
        depth = mapping_depth(fields[name])
        is_texts = depth and isinstance(item.value, list | tuple)
        put(data, tuple(name.split(".")), _mapping(item, depth) if is_texts else item.value)
    try:
        return Layer(origin, Configuration.model_validate(data))
    except ValidationError as error:
        raise _error(explain(error, data, allowed_keys)[0], given) from None


def _mapping(given: _Given, depth: int) -> dict[str, Any]:
    """`KEY=VALUE` texts as a mapping; with two levels `SET.KEY=VALUE`."""
    found: dict[str, Any] = {}
    for text in given.value if isinstance(given.value, Sequence) else ():
        key, equals, value = str(text).partition("=")
        keys = tuple(part.strip() for part in key.split(".", depth - 1))
        if not equals or len(keys) < depth or not all(keys):
            form = "SET.KEY=VALUE" if depth > 1 else "KEY=VALUE"
            in_variable = given.shown.startswith(PREFIX)
            hint = "Commas separate several of them." if in_variable else "Give the option once for each of them."
            raise UsageError(f"{given.shown}: must be {form}", hint=hint)
        put(found, keys, value.strip())
    return found


def put(data: dict[str, Any], keys: Keys, value: Any) -> None:
    """Set the value at `keys` in nested mappings, making those that are missing."""
    *folders, last = map(str, keys)
    for key in folders:
        data = data.setdefault(key, {})
    data[last] = value


def _error(problem: Problem, given: Mapping[str, _Given]) -> UsageError:
    for name, item in given.items():
        keys = tuple(name.split("."))
        if problem.keys[: len(keys)] == keys:
            inner = dotted(problem.keys[len(keys) :])
            hint = problem.hint or (ORIGINS if item.shown.startswith(PREFIX) else HELP)
            return UsageError(": ".join(filter(None, (item.shown, inner, problem.text))), hint=hint)
    return UsageError(str(problem), hint=problem.hint or ORIGINS)
