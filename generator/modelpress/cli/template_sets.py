"""The template sets that a command works on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelpress.cli.options import settings_in_force

if TYPE_CHECKING:
    from modelpress.templating import Layer, Sets, TemplateSet


def chosen_sets(names: tuple[str, ...], sets: Sets) -> list[TemplateSet]:
    """The sets of these names; all that can be used where there are none."""
    from modelpress.templating import find_set

    return [find_set(sets, name) for name in names] or list(sets.values())


def layers_in_force(folders: tuple[str, ...]) -> tuple[Layer, ...]:
    """Where template sets are looked for; `folders` are those of --templates."""
    from modelpress.cli.rendering import layers_of

    return layers_of(settings_in_force({"templates": folders}))


def sets_in_force(folders: tuple[str, ...]) -> Sets:
    """The template sets that are found there."""
    from modelpress.templating import load_sets

    return load_sets(layers_in_force(folders))
