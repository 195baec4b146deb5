"""Olive's workflow file, turned once into the native configuration.

Of a workflow only the packaging, the workspace and the output folder concern us; the rest is
left to Olive. As Olive does: the engine's fields may stand at the top level, a packaging
entry's options beside `type` or inside `config` (which wins), names of types in any case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modelpress.config.olive_options import DEFAULTS, ENGINE_KEYS, ENTRY_KEYS, NAMES, NO_EFFECT, OPTIONS, WORKFLOW_KEYS
from modelpress.config.package_types import PACKAGE_TYPES, find_package_type
from modelpress.config.problems import MAPPING, SHOWN_PROBLEMS, Keys, Problem, suggestion

if TYPE_CHECKING:
    from modelpress.config.values import Section


@dataclass(frozen=True, slots=True)
class Converted:
    """The native form of a workflow, and what was noticed on the way.

    `places` gives, for keys of the native form, the keys in the file that they come from.
    `problems` are errors, `unknown` are keys that Olive would drop, `notes` other warnings.
    """

    native: dict[str, Any] = field(default_factory=dict)
    places: dict[Keys, Keys] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def place(self, keys: Keys) -> Keys:
        """Where in the file the native `keys` come from."""
        for length in range(len(keys), 0, -1):
            if keys[:length] in self.places:
                return (*self.places[keys[:length]], *keys[length:])
        return keys


@dataclass(frozen=True, slots=True)
class _Value:
    """A value and where it stands in the file."""

    value: Any
    keys: Keys

    def fields(self, result: Converted) -> dict[Any, _Value]:
        """What the mapping holds; null means that nothing was said."""
        if isinstance(self.value, Mapping):
            return {key: _Value(value, (*self.keys, key)) for key, value in self.value.items() if value is not None}
        if self.value is not None:
            result.problems.append(Problem(self.keys, MAPPING))
        return {}


def convert(workflow: Mapping[Any, Any]) -> Converted:
    """The native form of an Olive workflow, not validated yet. Nothing of it is an Olive name."""
    result = Converted()
    engine = _engine(workflow, result)
    if (output := engine.get("output_dir")) is not None:
        result.native["source"] = output.value  # the run lies where Olive put its output
        result.places["source",] = output.keys
    client = _Value(workflow.get("azureml_client"), ("azureml_client",))
    if client.value is not None:
        from modelpress.config.native import AzureWorkspace

        result.native["azure"] = _known(AzureWorkspace, client, result)
        result.places["azure",] = client.keys
    packaging = engine.get("packaging_config")
    if packaging is not None:
        from modelpress.config.packages import MOST_PACKAGES

        entries = _entries(packaging)[: MOST_PACKAGES + 1]  # one too many is enough for the error
        result.places["packages",] = packaging.keys
        result.native["packages"] = [_entry(entry, index, result) for index, entry in enumerate(entries)]
    return result


def _engine(workflow: Mapping[Any, Any], result: Converted) -> dict[Any, _Value]:
    """The engine's fields from the top level and from `engine`, which wins."""
    outside = {key: value for key, value in _Value(workflow, ()).fields(result).items() if key not in WORKFLOW_KEYS}
    inside = _Value(workflow.get("engine"), ("engine",)).fields(result)
    for key in ("output_dir", "packaging_config"):
        if key in outside and key in inside:
            result.notes.append(Problem((key,), "ignored, since engine has it as well"))
    for found, known in ((outside, WORKFLOW_KEYS | ENGINE_KEYS), (inside, ENGINE_KEYS)):
        for key, value in found.items():
            if key not in ENGINE_KEYS and key != "$schema":
                _unknown(value.keys, known, result)
    return outside | inside


def _entries(packaging: _Value) -> list[_Value]:
    if isinstance(packaging.value, list):
        return [_Value(entry, (*packaging.keys, index)) for index, entry in enumerate(packaging.value)]
    return [] if packaging.value is None else [packaging]


def _entry(entry: _Value, index: int, result: Converted) -> dict[str, Any]:
    result.places["packages", index] = entry.keys
    options = _options(entry, result)
    kind = _type(options, result)
    native: dict[str, Any] = {"type": kind}
    names = OPTIONS.get(kind, {})
    for olive, name in names.items():
        found = options.pop(olive, None)
        if found is None:
            continue
        if name in native:
            result.notes.append(Problem(found.keys, f"ignored, since {name} is given as well"))
            continue
        native[name] = _section(kind, name, found, result)
        result.places["packages", index, name] = found.keys
    _left_over(kind, options, result)
    return {**DEFAULTS.get(kind, {}), **native}


def _options(entry: _Value, result: Converted) -> dict[Any, _Value]:
    """The options of an entry by name, wherever they stand."""
    outside = entry.fields(result)
    nested = outside.pop("config", None)
    inside = nested.fields(result) if nested else {}
    for key in [key for key in outside if key in inside]:
        loser, winner = (inside, "beside config") if key in ENTRY_KEYS else (outside, "in config")
        result.notes.append(Problem(loser.pop(key).keys, f"ignored, since it stands {winner} as well"))
    return outside | inside


def _type(options: dict[Any, _Value], result: Converted) -> str:
    given = options.pop("type", None)
    if given is None:
        return "zipfile"
    kind = find_package_type(given.value) if isinstance(given.value, str) else None
    if kind is None:
        types = PACKAGE_TYPES.values()
        text = f"must be one of {', '.join(types)}"
        result.problems.append(Problem(given.keys, text, suggestion(given.value, types)))
    return kind or ""


def _left_over(kind: str, options: Mapping[Any, _Value], result: Converted) -> None:
    if not kind:
        return
    for key, found in options.items():
        if key in NO_EFFECT:
            result.notes.append(Problem(found.keys, f"has no effect on {PACKAGE_TYPES[kind]}"))
        else:
            _unknown(found.keys, OPTIONS[kind].keys() | ENTRY_KEYS, result)


def _section(kind: str, name: str, found: _Value, result: Converted) -> Any:
    """The value of an option: a mapping keeps its known keys only, as Olive has it."""
    from modelpress.config.packages import PACKAGE_MODELS
    from modelpress.config.values import section_of

    model = section_of(PACKAGE_MODELS[kind], name)
    return _known(model, found, result) if model else found.value


def _known(model: type[Section], found: _Value, result: Converted) -> Any:
    from modelpress.config.values import section_of

    if not isinstance(found.value, Mapping):
        return found.value
    native: dict[str, Any] = {}
    for key, inner in found.fields(result).items():
        if key not in model.model_fields:
            _unknown(inner.keys, model.model_fields, result)
        elif (section := section_of(model, key)) is not None:
            native[key] = _known(section, inner, result)
        else:
            native[key] = _choice(model, inner, result)
    return native


def _choice(model: type[Section], found: _Value, result: Converted) -> Any:
    """The native name for a name of Olive's enumerations, in any case; any other value as it is."""
    names = NAMES.get((model.__name__, str(found.keys[-1])))
    if names is None or not isinstance(found.value, str):
        return found.value
    for olive, native in names.items():
        if found.value.casefold() == olive.casefold():
            return native
    result.problems.append(Problem(found.keys, f"must be one of {', '.join(names)}", suggestion(found.value, names)))
    return found.value


def _unknown(keys: Keys, known: Iterable[str], result: Converted) -> None:
    hint = suggestion(keys[-1], known) if len(result.unknown) < SHOWN_PROBLEMS else ""
    result.unknown.append(Problem(keys, "unknown key", hint))
