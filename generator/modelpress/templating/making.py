"""Makes the files of one template set: which there are, what they are called, and what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from modelpress.bundle import RenderedText, check_path
from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.templating.faults import Place, explain
from modelpress.templating.manifest import MANIFEST_NAME
from modelpress.templating.set_folder import SUFFIX
from modelpress.templating.sets import TemplateSet, conditions_of, is_partial

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.environment import TemplateExpression

    from modelpress.templating.engine import SetEnvironment, TemplateName


@dataclass(frozen=True, slots=True)
class Made:
    """A file that a set writes.

    `name` and `place` are the file of the set that it is made from, `text` what that renders to;
    None where it is copied as it is.
    """

    name: str
    place: int
    text: RenderedText | None


def make(context: Mapping[str, Any], template_set: TemplateSet, folders: Mapping[str, str]) -> dict[str, Made]:
    """The files by their path in the bundle; `folders` mounts a top-level folder of the set elsewhere.

    Raises ModelpressError with the template's file and line, and UnsafeInputError where a path
    leaves the bundle or a template reaches for code.
    """
    from modelpress.templating.engine import TemplateName, environment_for

    environment = environment_for(template_set.library)
    made: dict[str, Made] = {}
    for name, place in template_set.sources().items():
        if is_partial(name) or not _is_wanted(name, template_set, environment, context):
            continue
        path = _output_path(name, template_set, environment, context)
        if path is None:
            continue
        path = _mounted(path, folders)
        if path in made:
            raise ModelpressError(
                f"{template_set.name}: two files of the set are written to {path}",
                hint="Rename one of them.",
                file=str(template_set.folders[place].file(name)),
            )
        text = None
        if name.endswith(SUFFIX):
            text = _text(TemplateName(template_set.name, name, place), template_set, environment, context)
        made[path] = Made(name, place, text)
    return made


def _text(
    template: TemplateName, template_set: TemplateSet, environment: SetEnvironment, context: Mapping[str, Any]
) -> RenderedText:
    folder, name = template_set.folders[template.place], template.path
    try:
        content = environment.get_template(str(template)).render(context).encode()
    except Exception as error:  # an expression in a template can raise anything
        where = Place(folder.describe(name), str(folder.file(name)))
        raise explain(error, environment, where, template) from error
    return RenderedText(content, executable=content.startswith(b"#!"))


def _is_wanted(name: str, template_set: TemplateSet, environment: SetEnvironment, context: Mapping[str, Any]) -> bool:
    """Whether what the set's `only_if` says of a file holds."""
    for expression in conditions_of(template_set, name):
        try:
            if not _condition(environment, expression)(**context):
                return False
        except Exception as error:  # likewise
            place = Place(f"{template_set.name}: `only_if` of {name!r}", str(template_set.path / MANIFEST_NAME))
            raise explain(error, environment, place, None) from error
    return True


def _output_path(
    name: str, template_set: TemplateSet, environment: SetEnvironment, context: Mapping[str, Any]
) -> str | None:
    """The path that a file is written to; None where a part of it renders to nothing: then there is no file."""
    parts = name.removesuffix(SUFFIX).split("/")
    if not any(map(is_expression, parts)):
        return "/".join(parts)
    place = Place(f"{template_set.name}: the file name {name!r}", str(template_set.path / name))
    try:
        rendered = [
            _name_template(environment, part).render(context) if is_expression(part) else part for part in parts
        ]
    except Exception as error:  # likewise
        raise explain(error, environment, place, None) from error
    if "" in rendered:
        return None
    path = "/".join(rendered)
    try:
        check_path(path)
    except UnsafeInputError as error:
        raise UnsafeInputError(f"{place.where}: {error.message}", hint=error.hint, file=place.file) from None
    return path


def is_expression(part: str) -> bool:
    """Whether a part of a file's name has to be rendered."""
    return "{{" in part or "{%" in part


@lru_cache(maxsize=1024)
def _condition(environment: SetEnvironment, expression: str) -> TemplateExpression:
    return environment.compile_expression(expression, undefined_to_none=False)


@lru_cache(maxsize=1024)
def _name_template(environment: SetEnvironment, text: str) -> Template:
    return environment.from_string(text)


def _mounted(path: str, folders: Mapping[str, str]) -> str:
    top, slash, rest = path.partition("/")
    return f"{folders[top]}/{rest}" if slash and top in folders else path
