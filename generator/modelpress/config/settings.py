"""Settings from every layer, and where each value came from.

A flag outranks the environment, that the project's file, that the user's file, that the default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelpress.config.layers import Layer, Origin, environment_layer, flag_layer, misspelt_variables, put
from modelpress.config.load import load_configuration
from modelpress.config.masking import MASK, is_secret, masked
from modelpress.config.paths import resolve_path
from modelpress.config.problems import Keys, dotted
from modelpress.config.vocabulary import leaves
from modelpress.errors import UsageError

if TYPE_CHECKING:
    from modelpress.config.native import Configuration

_Found = Mapping[Keys, tuple[Any, Layer]]


@dataclass(frozen=True, slots=True)
class Setting:
    """One value as it may be shown: plain data, secrets masked. `where` is the variable or the file."""

    name: str
    value: object
    origin: Origin
    where: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration in force, and each of its values with its origin, by dotted name."""

    configuration: Configuration
    values: Mapping[str, Setting]
    warnings: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Setting:
        return self.values[name]

    def resolve(self, name: str, value: str) -> Path:
        """What the path `value`, which stands in the setting `name`, means where it was written."""
        setting = self.values[name]
        in_file = setting.origin in {"project", "user"}
        return resolve_path(value, Path(setting.where).parent if in_file else None)


def resolve_settings(
    flags: Mapping[str, object],
    environ: Mapping[str, str],
    project: Path | None = None,
    user: Path | None = None,
    *,
    workflow: Path | None = None,
) -> Settings:
    """The settings in force, from flags (dotted names to values; None and () mean not given) downwards.

    `project` is Olive's configuration or a native one, `user` a native one. `workflow` is Olive's
    and outranks `project`, being about this very run. Raises UsageError that names the setting,
    the variable or the file and line.
    """
    layers = [flag_layer(flags), environment_layer(environ), *_user_layer(user)]
    files = [load_configuration(path, strict=_strict(layers)) for path in (workflow, project) if path is not None]
    layers[2:2] = [Layer("project", loaded.configuration, loaded.path) for loaded in files]
    found = {keys: (value, layer) for layer in reversed(layers) for keys, value in layer.said().items()}
    configuration = _configuration(found)
    values = [_setting(keys, value, found) for keys, value in leaves(configuration)]
    warnings = (*(warning for loaded in files for warning in loaded.warnings), *misspelt_variables(environ))
    return Settings(configuration, {setting.name: setting for setting in values}, warnings)


def _user_layer(path: Path | None) -> list[Layer]:
    if path is None:
        return []
    loaded = load_configuration(path)
    if loaded.kind != "native":
        raise UsageError(
            f"{path}: holds an Olive workflow, which belongs to a project",
            hint="Keep options of modelpress only in the user's file.",
            file=str(path),
        )
    return [Layer("user", loaded.configuration, path)]


def _strict(layers: Iterable[Layer]) -> bool:
    return next((layer.configuration.strict for layer in layers if ("strict",) in layer.said()), False)


def _configuration(found: _Found) -> Configuration:
    from modelpress.config.native import Configuration

    data: dict[str, Any] = {}
    for keys, (value, _) in found.items():
        put(data, keys, value)
    compression = found.get(("compression",))
    if compression and compression[1].file is None:  # said for this very run: it outranks what a file's package says
        data["packages"] = tuple(
            package.model_copy(update={"compression": None}) if package.type == "zipfile" else package
            for package in data.get("packages", ())
        )
    return Configuration.model_validate(data)


def _setting(keys: Keys, value: Any, found: _Found) -> Setting:
    shown = _shown(keys, value)
    if keys not in found:
        return Setting(dotted(keys), shown, "default")
    layer = found[keys][1]
    return Setting(dotted(keys), shown, layer.origin, layer.where(keys))


def _shown(keys: Keys, value: Any) -> object:
    from modelpress.config.values import Section

    if isinstance(value, tuple):
        return masked([one.model_dump(mode="json") if isinstance(one, Section) else one for one in value])
    if value and any(is_secret(str(key)) for key in keys):
        return MASK
    return masked(value)
