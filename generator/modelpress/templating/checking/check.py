"""Checks a template set: each template as it is written, then what it renders from sample contexts."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from modelpress.bundle import Entry
from modelpress.errors import ModelpressError
from modelpress.templating.checking.finding import Finding
from modelpress.templating.checking.shapes import ANY, RANGE, context_shapes
from modelpress.templating.checking.specimens import fitted
from modelpress.templating.context import RenderContext, as_plain
from modelpress.templating.manifest import MANIFEST_NAME
from modelpress.templating.render import render_plain
from modelpress.templating.set_folder import SUFFIX, takes_out
from modelpress.templating.sets import TemplateSet, is_partial, resolve_settings

if TYPE_CHECKING:
    from modelpress.templating.checking.survey import Survey


def check(template_set: TemplateSet, contexts: Iterable[RenderContext]) -> list[Finding]:
    """What is wrong with a set, by file and line.

    Found without rendering: syntax errors, unknown fields, filters, blocks and templates, output
    that no literal filter made, and removals of what is not there. Found by rendering each
    context: what fails, and JSON, YAML, TOML, XML or Python that does not parse.
    """
    survey = _survey(template_set)
    findings = {**survey.findings, **dict.fromkeys(_idle_removals(template_set))}
    for context in contexts:
        for finding in _rendered(template_set, context, survey):
            findings.setdefault(finding)
    return sorted(findings, key=lambda finding: (finding.file, finding.line, finding.message))


def _survey(template_set: TemplateSet) -> Survey:
    from modelpress.templating.checking.survey import Survey
    from modelpress.templating.engine import TemplateName, environment_for

    environment = environment_for(template_set.library)
    known = dict.fromkeys((template_set.name, *template_set.lineage), template_set.variables)
    functions = {**dict.fromkeys(environment.globals, ANY), "range": RANGE}
    survey = Survey(environment, context_shapes(known, template_set.needs), functions)
    for path, place in template_set.sources().items():
        name = TemplateName(template_set.name, path, place)
        if path.endswith(SUFFIX) and is_partial(path):
            survey.syntax(name)  # what it may refer to depends on who includes it
        elif path.endswith(SUFFIX):
            survey.template(name)
        survey.file_name(name)
    for path, expression in template_set.only_if.items():
        survey.condition(template_set.name, path, expression)
    return survey


def _idle_removals(template_set: TemplateSet) -> Iterator[Finding]:
    """A path in `remove` that is no path of a farther folder: misspelt, or no longer there."""
    for place, folder in enumerate(template_set.folders):
        farther = [name for other in template_set.folders[place + 1 :] for name in other.names()]
        for path in folder.removes:
            if not any(takes_out(path, name) for name in farther):
                message = f"`remove` names {path!r}, and there is no such file to remove"
                yield Finding(folder.describe(MANIFEST_NAME), 0, message)


def _rendered(template_set: TemplateSet, context: RenderContext, survey: Survey) -> Iterable[Finding]:
    plain = as_plain(fitted(context, template_set))
    plain["settings"] = {**plain["settings"], **resolve_settings([template_set], {})}
    try:
        rendered = render_plain(plain, template_set)
    except ModelpressError as error:
        file, _, line = error.file.rpartition(":")
        path, number = (file, int(line)) if line.isdigit() else (error.file, 0)
        name = survey.environment.loader.display(path)
        yield Finding(name, number, error.message.removeprefix(f"{name}:{number}: "))
        return
    for path, entry in rendered.items():
        problem = _parse_problem(path, entry)
        if problem:
            yield Finding(f"{template_set.name}:{path}", 0, f"what is rendered does not parse: {problem}")


def _parse_problem(path: str, entry: Entry) -> str:
    parse = PARSERS.get(PurePosixPath(path).suffix)
    if parse is None:
        return ""
    with entry.open() as file:
        content = file.read()
    try:
        parse(content.decode())
    except (ValueError, SyntaxError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _parse_yaml(text: str) -> None:
    import yaml

    try:
        list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _parse_python(text: str) -> None:
    compile(text, "rendered", "exec", dont_inherit=True)


def _parse_xml(text: str) -> None:
    from xml.parsers import expat

    try:
        expat.ParserCreate().Parse(text, True)  # noqa: FBT003 - takes no keywords
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None


PARSERS: Mapping[str, Callable[[str], Any]] = {
    ".json": json.loads,
    ".py": _parse_python,
    ".toml": tomllib.loads,
    ".xml": _parse_xml,
    ".yaml": _parse_yaml,
    ".yml": _parse_yaml,
}
