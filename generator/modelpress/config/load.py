"""Load a configuration file, Olive's or our own, into the native configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from modelpress.config.document import Document, read_document
from modelpress.config.olive import Converted, convert
from modelpress.config.olive_options import ENGINE_KEYS, WORKFLOW_KEYS
from modelpress.config.problems import MAPPING, Problem, explain, quoted, suggestion

if TYPE_CHECKING:
    from modelpress.config.native import Configuration

Kind = Literal["olive", "native"]
SHOWN_KEYS = 5  # of those that a message lists


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration and the file that it came from."""

    configuration: Configuration
    warnings: tuple[str, ...]
    kind: Kind
    path: Path


def load_configuration(path: Path, *, strict: bool = False) -> Loaded:
    """The configuration in a JSON or YAML file, recognised as Olive's or as native by its keys.

    Raises UsageError that lists every problem with its line and place. Keys that Olive would
    drop are warnings in its file, and errors where `strict`.
    """
    document = read_document(path)
    data = document.data if document.data is not None else {}
    if not isinstance(data, Mapping):
        raise document.error([Problem((), f"a configuration {MAPPING}")])
    kind = _recognise(document, data)
    if kind == "native":
        return Loaded(_native(document, data), (), kind, path)
    converted = convert(data)
    configuration = _validated(document, converted, strict=strict)
    ignored = [Problem(problem.keys, f"{problem.text}, ignored", problem.hint) for problem in converted.unknown]
    warnings = document.lines(converted.notes) + document.lines(ignored)
    return Loaded(configuration, tuple(warnings), kind, path)


def _recognise(document: Document, data: Mapping[Any, Any]) -> Kind:
    from modelpress.config.native import Configuration

    olive = [key for key in data if key in WORKFLOW_KEYS | ENGINE_KEYS]
    native = [key for key in data if key in Configuration.model_fields]
    if olive and native:
        text = f"mixes keys of Olive ({_listed(olive)}) with keys of modelpress ({_listed(native)})"
        raise document.error([Problem((), text, "Keep the two in files of their own.")])
    if olive or native or not data.keys() - {"$schema"}:
        return "olive" if olive else "native"
    known = (*Configuration.model_fields, *sorted(WORKFLOW_KEYS | ENGINE_KEYS))
    unknown = next(key for key in data if key != "$schema")
    text = f"neither an Olive workflow nor a modelpress configuration: {_listed(data)}"
    raise document.error(
        [Problem((), text, suggestion(unknown, known) or "Olive's options are under packaging_config.")]
    )


def _listed(keys: Sequence[Any] | Mapping[Any, Any]) -> str:
    names = [quoted(key) for key in keys]
    return ", ".join(names[:SHOWN_KEYS]) + (", ..." if len(names) > SHOWN_KEYS else "")


def _native(document: Document, data: Mapping[Any, Any]) -> Configuration:
    from pydantic import ValidationError

    from modelpress.config.native import Configuration, allowed_keys

    fields = {key: value for key, value in data.items() if key != "$schema"}
    try:
        return Configuration.model_validate(fields)
    except ValidationError as error:
        raise document.error(explain(error, fields, allowed_keys)) from None


def _validated(document: Document, converted: Converted, *, strict: bool) -> Configuration:
    from pydantic import ValidationError

    from modelpress.config.native import Configuration, allowed_keys

    problems = [*converted.problems, *(converted.unknown if strict else ())]
    try:
        configuration = Configuration.model_validate(converted.native)
    except ValidationError as error:
        reported = {problem.keys for problem in problems}
        found = explain(error, converted.native, allowed_keys)
        in_file = [Problem(converted.place(problem.keys), problem.text, problem.hint) for problem in found]
        problems += [problem for problem in in_file if problem.keys not in reported]
    else:
        if not problems:
            return configuration
    raise document.error(problems)
