"""What went wrong in a skeleton, with its file and line, and never with an answer or the context."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from modelpress.errors import ModelpressError, UsageError
from modelpress.projects.skeleton.task import Task

LONGEST = 300  # characters of what a library says
MEND = "Correct the skeleton, or ask who made it."


def explain(error: Exception, task: Task) -> ModelpressError:
    """The error to report for what cookiecutter, Jinja or the skeleton's own code raised.

    Notes on the error say what was being rendered.
    """
    from cookiecutter.exceptions import CookiecutterException, UndefinedVariableInTemplate

    if isinstance(error, ModelpressError):
        return error
    what = ", ".join(getattr(error, "__notes__", ()))
    if isinstance(error, UndefinedVariableInTemplate):  # its text holds the whole context
        what, error = error.message, error.error
    if isinstance(error, EOFError):
        return UsageError("the answers ended before the questions", hint="Pass --no-input to take every default.")
    if isinstance(error, CookiecutterException):
        return _of_cookiecutter(error, task)
    place = _place(error)
    where = ": ".join(filter(None, (task.template, place or what)))
    if isinstance(error, UnicodeDecodeError):
        return ModelpressError(f"{where} is not UTF-8 text", hint="List it in _copy_without_render, or convert it.")
    return ModelpressError(f"{where}: {_said(error)}", hint=MEND, file=place)


def _said(error: Exception) -> str:
    from jinja2 import TemplateError, TemplateNotFound

    if isinstance(error, TemplateNotFound):
        return f"there is no template {str(error.name)!r}"
    if isinstance(error, TemplateError):
        text = str(error.message or type(error).__name__)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
    if isinstance(error, OSError):
        name = Path(str(error.filename)).name if error.filename else "a file"
        return f"{name}: {os.strerror(error.errno) if error.errno else type(error).__name__}"
    return type(error).__name__  # what Python says may quote a value


def _of_cookiecutter(error: Exception, task: Task) -> ModelpressError:
    from cookiecutter.exceptions import FailedHookException, NonTemplatedInputDirException, UnknownExtension

    if isinstance(error, FailedHookException):
        return ModelpressError(f"{task.template}: {error}", hint="What the hook printed is above. Nothing was written.")
    if isinstance(error, NonTemplatedInputDirException):
        return UsageError(
            f"{task.template} is no skeleton: no folder in it has a name such as {{{{cookiecutter.name}}}}", hint=MEND
        )
    if isinstance(error, UnknownExtension):
        return ModelpressError(f"{task.template}: {error}", hint="Install the package that it comes from.")
    return ModelpressError(f"{task.template}: {error or type(error).__name__}", hint=MEND)


def _place(error: BaseException) -> str:
    """`file:line` of the innermost template that the error passed through, empty where it has no file."""
    from jinja2 import TemplateSyntaxError

    found = (error.filename or error.name or "", error.lineno) if isinstance(error, TemplateSyntaxError) else ("", 0)
    for frame, line in traceback.walk_tb(error.__traceback__):
        if "__jinja_exception__" in frame.f_globals:  # Jinja's mark on the frames that stand for templates
            found = (frame.f_code.co_filename, line)
        elif frame.f_code.co_name == "generate_file" and isinstance(error, UnicodeDecodeError):
            return str(frame.f_locals.get("infile", ""))  # cookiecutter's name for the file that it reads
    name, line = found
    return "" if not name or name.startswith("<") else f"{os.path.normpath(name)}:{line}"
