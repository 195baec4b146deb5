"""What went wrong in a template, with its file and line, and never with a value of the context."""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING, NamedTuple

from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.limits import TimeUpError
from modelpress.templating.variables import suggestion

if TYPE_CHECKING:
    from modelpress.templating.engine import SetEnvironment, TemplateName

LONGEST = 300  # characters of what Jinja says
LIMITED = "Make the template do less, or do not use this template set."
MAX_CHAIN = 1000  # templates; Python stops at as many calls


class Place(NamedTuple):
    """Where in a template: for people (`set:path:line`), and the file with the line."""

    where: str
    file: str


def explain(error: Exception, environment: SetEnvironment, place: Place, name: TemplateName | None) -> ModelpressError:
    """The error to report for what was raised while a template was rendered.

    `place` is used where the error has none of its own; `name` is the template that was
    rendered, None for a file name.
    """
    from jinja2 import TemplateError, TemplateNotFound

    if isinstance(error, ModelpressError) and error.file:
        return error
    where, file = _place(error, environment) or place
    if isinstance(error, ModelpressError):
        return type(error)(f"{where}: {error.message}", hint=error.hint, file=file)
    if isinstance(error, MemoryError | TimeUpError):
        what = "too much memory" if isinstance(error, MemoryError) else "too long"
        return UnsafeInputError(f"{where}: rendering takes {what}", hint=LIMITED, file=file)
    # Near the limit of recursion a file may also seem to be missing.
    chain = circle(environment, name) if name and isinstance(error, RecursionError | TemplateNotFound) else []
    if chain:
        what = f"templates refer to each other in a circle: {' -> '.join(chain)}"
        # Which of them was reached when Python gave up depends on how deep it stood before.
        return ModelpressError(f"{place.where}: {what}", hint="Break the circle.", file=place.file)
    if isinstance(error, TemplateError):
        return _template_error(error, where, file)
    # What Python says may quote a value, except for these two: they name types, and limits.
    said = f": {_short(str(error))}" if isinstance(error, TypeError | OverflowError) else ""
    what = f"{type(error).__name__}{said}"
    return ModelpressError(f"{where}: {what}", hint="Correct the expression in the template.", file=file)


def _template_error(error: Exception, where: str, file: str) -> ModelpressError:
    from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
    from jinja2.exceptions import SecurityError

    message = _short(str(getattr(error, "message", "") or error))
    missing = re.findall("'([^']*)'", message)[-1:] or [""]
    if isinstance(error, SecurityError) or (isinstance(error, UndefinedError) and missing[0].startswith("_")):
        return UnsafeInputError(
            f"{where}: the template reaches for the inside of Python: {message}",
            hint="Do not use this template set; ask where it comes from.",
            file=file,
        )
    if isinstance(error, UndefinedError):
        return ModelpressError(f"{where}: {message}", hint=_field_hint(missing[0]), file=file)
    if isinstance(error, TemplateNotFound):
        what = message if error.message != error.name else f"there is no template {message!r}"
        return ModelpressError(f"{where}: {what}", hint="Correct the name (`path` or `set:path`).", file=file)
    if isinstance(error, TemplateSyntaxError):
        return ModelpressError(f"{where}: {message}", hint=_syntax_hint(message, missing[0]), file=file)
    return ModelpressError(f"{where}: {message}", hint="Correct the template.", file=file)


def _field_hint(missing: str) -> str:
    from modelpress.templating.schema import field_names

    return (
        f"{suggestion(missing, field_names(), all_known=False)} `modelpress schema context` lists the fields.".strip()
    )


def _syntax_hint(message: str, name: str) -> str:
    from modelpress.templating.filters import FILTERS

    return suggestion(name, FILTERS) if message.startswith("No filter") else "Correct the template."


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _place(error: Exception, environment: SetEnvironment) -> Place | None:
    """The innermost template line that the error passed through."""
    from jinja2 import TemplateSyntaxError

    found = None
    if isinstance(error, TemplateSyntaxError):
        found = (error.filename or "", error.lineno)
    for frame, line in traceback.walk_tb(error.__traceback__):
        if "__jinja_exception__" in frame.f_globals:  # Jinja's mark on the frames that stand for templates
            found = (frame.f_code.co_filename, line)
    return None if found is None or found[0].startswith("<") else _at(*found, environment)  # "<template>": a file name


def _at(file: str, line: int, environment: SetEnvironment) -> Place:
    return Place(f"{environment.loader.display(file)}:{line}", f"{file}:{line}")


def circle(environment: SetEnvironment, start: TemplateName) -> list[str]:
    """The chain of templates that leads from `start` into a circle, empty where there is none."""
    return _search(environment, [start])


def _search(environment: SetEnvironment, chain: list[TemplateName]) -> list[str]:
    for name in _references(environment, chain[-1]):
        if name in chain or len(chain) > MAX_CHAIN:
            return [f"{one.set_name}:{one.path}" for one in [*chain, name]]
        if found := _search(environment, [*chain, name]):
            return found
    return []


def _references(environment: SetEnvironment, name: TemplateName) -> list[TemplateName]:
    from jinja2 import TemplateError
    from jinja2.meta import find_referenced_templates

    try:
        source = environment.loader.get_source(environment, str(name))[0]
        said = find_referenced_templates(environment.parse(source))
        return [environment.loader.resolve(one, name) for one in said if one is not None]
    except (TemplateError, RecursionError):
        return []
