"""The dotted names of settings, which are the native configuration's own, and their values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args, get_origin

from modelpress.config.problems import Keys

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from modelpress.config.values import Section

PREFIX = "MODELPRESS_"
FLAGS = {  # what the command line calls a setting; there is one for each that a command gives
    "ranking.by": "--by",
    "ranking.tolerance": "--tolerance",
    "ranking.where": "--where",
    "ranking.all": "--all",
    "render.sets": "--set",
    "render.variables": "--var",
    "render.dims": "--dim",
    "render.golden": "--golden",
    "render.inputs": "--inputs",
    "render.runtime_version": "--runtime-version",
    "model_roots": "--model-root",
    "azure.subscription_id": "--subscription",
    "azure.resource_group": "--resource-group",
    "azure.workspace_name": "--workspace",
    "azure.aml_config_path": "--workspace-file",
    "native_feed": "--native-feed",
    "image.engine": "--engine",
    "image.name": "--name",
    "image.base_image": "--base-image",
    "image.build_args": "--build-arg",
    "image.platform": "--platform",
    "image.proxy_ca": "--proxy-ca",
    "image.size_budget": "--size-budget",
    "image.push": "--push",
}


def setting_fields() -> dict[str, FieldInfo]:
    """The fields that a flag or a variable can set, by dotted name: all but `packages`."""
    from modelpress.config.native import Configuration

    return {name: field for name, field in _fields(Configuration, "") if name != "packages"}


def variable_name(name: str) -> str:
    """The environment variable of a setting: `ranking.by` is MODELPRESS_RANKING_BY."""
    return PREFIX + name.upper().replace(".", "_")


def flag_name(name: str) -> str:
    """The option of a setting: `ranking.by` is --by, and most others have their own name."""
    return FLAGS.get(name, f"--{name}")


def mapping_depth(field: FieldInfo) -> int:
    """How many levels of mapping a field has: 0 for a plain value."""
    depth, annotation = 0, field.annotation
    while get_origin(annotation) is dict:
        depth, annotation = depth + 1, get_args(annotation)[1]
    return depth


def leaves(section: Section, above: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Every value of a configuration with its keys. An entry of a mapping is a value, and so is an empty field."""
    from modelpress.config.values import Section

    for name, field in type(section).model_fields.items():
        value, keys = getattr(section, name), (*above, name)
        if isinstance(value, Section):
            yield from leaves(value, keys)
        elif value:
            yield from _entries(value, keys, mapping_depth(field))
        else:
            yield keys, value


def said(section: Section) -> dict[Keys, Any]:
    """The leaves of a configuration that were written in it; an empty mapping says nothing."""
    return {keys: value for keys, value in leaves(section) if _is_said(section, keys)}


def _fields(model: type[Section], above: str) -> Iterator[tuple[str, FieldInfo]]:
    from modelpress.config.values import section_of

    for name, field in model.model_fields.items():
        inner = section_of(model, name)
        if inner is None:
            yield above + name, field
        else:
            yield from _fields(inner, f"{above}{name}.")


def _entries(value: Any, keys: Keys, depth: int) -> Iterator[tuple[Keys, Any]]:
    if depth == 0:
        yield keys, value
        return
    for key, inner in value.items():
        yield from _entries(inner, (*keys, key), depth - 1)


def _is_said(section: Section, keys: Keys) -> bool:
    from modelpress.config.values import Section

    found: Any = section
    for key in keys:
        if not isinstance(found, Section):
            return True
        if key not in found.model_fields_set:
            return False
        found = getattr(found, str(key))
    return not (isinstance(found, dict) and not found)
