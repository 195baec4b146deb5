"""Looks at the templates of a set without rendering them. Imports Jinja: only functions import this module."""

from __future__ import annotations

from dataclasses import dataclass, field

from jinja2 import TemplateSyntaxError, nodes

from modelpress.errors import ModelpressError
from modelpress.templating.engine import SetEnvironment, TemplateName
from modelpress.templating.expressions import Expressions
from modelpress.templating.render import is_expression
from modelpress.templating.statements import Blocks, Names, Walk


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a template: `file` is `set:path`, `line` is 0 where the whole file is meant."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


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
        """Look at the expressions in the name of a file; its parts are checked again when it is rendered."""
        if not is_expression(name.path):
            return
        folder = self.environment.loader.folder(name)
        file = f"{folder.set_name}:{name.path}"

        def report(_line: int, message: str) -> None:
            self.findings.setdefault(Finding(file, 0, f"in the file name: {message.strip()}"))

        expressions = Expressions(self.environment.filters, self.environment.tests, report)
        try:
            tree = self.environment.parse(name.path)
        except TemplateSyntaxError as error:
            report(0, error.message or "syntax error")
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

    def _inside(self, name: TemplateName, scope: Names) -> Blocks:
        loader = self.environment.loader
        file = loader.display(str(loader.folder(name).path / name.path))

        def report(line: int, message: str) -> None:
            self.findings.setdefault(Finding(file, line, message.strip()))

        try:
            tree = self.environment.parse(loader.get_source(self.environment, str(name))[0])
        except TemplateSyntaxError as error:
            report(error.lineno, error.message or "syntax error")
            return {}
        except ModelpressError as error:
            report(0, error.message)
            return {}
        return Walk(self, name, report, scope).template(tree)
