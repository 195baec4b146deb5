"""Looks at the templates of a set without rendering them. Imports Jinja: only functions import this module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from jinja2 import TemplateSyntaxError, nodes

from modelpress.errors import ModelpressError
from modelpress.templating.checking.expressions import Expressions
from modelpress.templating.checking.finding import Finding
from modelpress.templating.checking.statements import Blocks, Names, Walk
from modelpress.templating.engine import SetEnvironment, TemplateName
from modelpress.templating.making import is_expression
from modelpress.templating.manifest import MANIFEST_NAME

TOO_DEEP = "it is nested too deeply"


@dataclass
class Survey:
    """The findings in a set's templates. `context` is what templates see, `functions` what Jinja brings."""

    environment: SetEnvironment
    context: Names
    functions: Names
    findings: dict[Finding, None] = field(default_factory=dict)  # a set that keeps its order
    _done: dict[TemplateName, Blocks] = field(default_factory=dict)
    _open: list[TemplateName] = field(default_factory=list)

    def template(self, name: TemplateName) -> Blocks:
        """Look at a template of its own, or at one that others extend."""
        if name not in self._done:
            self._done[name] = {}
            self._done[name] = self.inside(name, {**self.functions, **self.context})
        return self._done[name]

    def file_name(self, name: TemplateName) -> None:
        """Look at the expressions in the name of a file; the path that they give is checked when it is rendered."""
        if is_expression(name.path):
            self._expressions(name.path, lambda message: self._report(name, 0, f"in the file name: {message}"))

    def condition(self, set_name: str, path: str, expression: str) -> None:
        """Look at what a set's `only_if` says of a path."""
        where = f"{set_name}:{MANIFEST_NAME}"
        text = f"{{% if {expression} %}}{{% endif %}}"
        self._expressions(
            text, lambda message: self.findings.setdefault(Finding(where, 0, f"in `only_if` of {path}: {message}"))
        )

    def _expressions(self, text: str, tell: Callable[[str], None]) -> None:
        def report(_line: int, message: str) -> None:
            tell(message)

        expressions = Expressions(self.environment.filters, self.environment.tests, report)
        try:
            tree = self.environment.parse(text)
        except TemplateSyntaxError as error:
            report(0, error.message or "syntax error")
            return
        except RecursionError:
            report(0, TOO_DEEP)
            return
        for node in tree.find_all(nodes.Expr):
            if not isinstance(node, nodes.Name) or node.ctx == "load":
                expressions.shape(node, self.context)

    def inside(self, name: TemplateName, scope: Names) -> Blocks:
        """Look at a template where `scope` is visible: an included one sees what the including one does."""
        if name in self._open:
            return {}
        self._open.append(name)
        try:
            return self._inside(name, scope)
        finally:
            self._open.pop()

    def syntax(self, name: TemplateName) -> nodes.Template | None:
        """The parsed template, None where it does not parse: a finding says why."""
        loader = self.environment.loader
        try:
            return self.environment.parse(loader.get_source(self.environment, str(name))[0])
        except TemplateSyntaxError as error:
            self._report(name, error.lineno, error.message or "syntax error")
        except RecursionError:
            self._report(name, 0, TOO_DEEP)
        except ModelpressError as error:
            self._report(name, 0, error.message)
        return None

    def _inside(self, name: TemplateName, scope: Names) -> Blocks:
        tree = self.syntax(name)
        return Walk(self, name, partial(self._report, name), scope).template(tree) if tree else {}

    def _report(self, name: TemplateName, line: int, message: str) -> None:
        folder = self.environment.loader.folder(name)
        self.findings.setdefault(Finding(folder.describe(name.path), line, message.strip()))
