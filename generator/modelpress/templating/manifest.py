"""template-set.yaml: what a template set says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeGuard

from modelpress.bundle import check_path
from modelpress.config.problems import MalformedError, at
from modelpress.errors import UnsafeInputError, UsageError
from modelpress.templating.variables import Variable, read_variables, refuse_unknown_keys, suggestion

MANIFEST_NAME = "template-set.yaml"
KEYS = ("description", "extends", "variables", "needs", "only_if", "mounts", "remove")
LONGEST = 256 << 10  # bytes; those of the built-in sets have five thousand
NEEDS = ("hash", "mlflow")
"""What a set may ask for: `hash` is the SHA-256 of the model file, one extra read of it; `mlflow` is the model in a
folder `mlflow_model` and the template variable `mlflow`."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of a template-set.yaml; every key may be left out.

    `only_if` maps the path of a file or folder of the set to the Jinja expression that says
    whether it is rendered. `mounts` maps a folder of the output to the folder of another set
    (`set:folder`) whose files appear there. `remove` are paths of files and folders that farther
    layers, and sets that this one extends, put into the set.
    """

    description: str = ""
    extends: str | None = None
    variables: Mapping[str, Variable] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    only_if: Mapping[str, str] = field(default_factory=dict)
    mounts: Mapping[str, str] = field(default_factory=dict)
    remove: tuple[str, ...] = ()


def read_manifest(path: Path) -> Manifest:
    """Read a template-set.yaml. Raises UsageError with the file (and line) for what it should not hold."""
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST)
    except OSError:
        content = b""
    return _manifest(path, content)


@lru_cache(maxsize=256)
def _manifest(path: Path, _content: bytes) -> Manifest:
    """Taken apart once for each content: that takes longer than to render a file, and many projects need it."""
    document = parse_manifest(path)
    file = str(path)
    if not isinstance(document, Mapping):
        raise UsageError(f"{file} is not a mapping", hint=f"Its keys: {', '.join(KEYS)}.", file=file)
    refuse_unknown_keys(document, KEYS, file, file)
    return Manifest(
        description=_text(document, "description", file) or "",
        extends=_text(document, "extends", file),
        variables=read_variables(document.get("variables") or {}, file),
        needs=_needs(document.get("needs") or [], file),
        only_if=_conditions(document.get("only_if") or {}, file),
        mounts=_mounts(document.get("mounts") or {}, file),
        remove=_removed(document.get("remove") or [], file),
    )


def parse_manifest(path: Path) -> object:
    """The data in a small YAML file of a set, {} for an empty one. Raises UsageError with the file and line."""
    from modelpress.config import yaml_nodes

    try:
        if path.stat().st_size > LONGEST:
            raise UsageError(
                f"{path} is larger than {LONGEST >> 10} KiB", hint="Look at what is in it.", file=str(path)
            )
        return yaml_nodes.load(path.read_text(encoding="utf-8")) or {}
    except MalformedError as error:
        place = at(path, error.position[:1])
        raise UsageError(f"{place}: {error}", hint=error.hint or "Correct the YAML.", file=place) from None
    except (OSError, ValueError):
        raise UsageError(f"{path} cannot be read as YAML", hint="Write it as UTF-8 text.", file=str(path)) from None


def _text(document: Mapping[str, object], key: str, file: str) -> str | None:
    value = document.get(key)
    if value is not None and not isinstance(value, str):
        raise UsageError(f"{file}: `{key}` is not a text", hint="Quote it.", file=file)
    return value


def _needs(value: object, file: str) -> tuple[str, ...]:
    needs = value if isinstance(value, list) else [value]
    for need in needs:
        if need not in NEEDS:
            raise UsageError(f"{file} needs the unknown {need!r}", hint=suggestion(str(need), NEEDS), file=file)
    return tuple(needs)


def _conditions(value: object, file: str) -> dict[str, str]:
    if not _maps_texts(value):
        raise UsageError(
            f"{file}: `only_if` does not map paths to expressions",
            hint="For example `samples/cpp: model.format == 'onnx'`.",
            file=file,
        )
    return {path.strip("/"): expression for path, expression in value.items()}


def _mounts(value: object, file: str) -> dict[str, str]:
    if not _maps_texts(value):
        raise UsageError(
            f"{file}: `mounts` does not map folders to folders of other sets",
            hint="For example `samples/python/model_runner: runner:model_runner`.",
            file=file,
        )
    for target, source in value.items():
        for folder in (target, source.partition(":")[2]):
            try:
                check_path(folder)
            except UnsafeInputError as error:
                raise UnsafeInputError(f"{file}: `mounts`: {error.message}", hint=error.hint, file=file) from None
    return dict(value)


def _removed(value: object, file: str) -> tuple[str, ...]:
    paths = [value] if isinstance(value, str) else value
    if not isinstance(paths, list) or not all(isinstance(path, str) and path.strip("/") for path in paths):
        raise UsageError(
            f"{file}: `remove` is not a list of paths",
            hint="For example `remove: [samples/java, NOTES.md]`.",
            file=file,
        )
    return tuple(path.strip("/") for path in paths)


def _maps_texts(value: object) -> TypeGuard[Mapping[str, str]]:
    return isinstance(value, Mapping) and all(isinstance(text, str) for pair in value.items() for text in pair)
