"""Walks one template without rendering it, branches that no sample takes included. Imports Jinja."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateNotFound, nodes

from modelpress.templating.checking import shapes
from modelpress.templating.checking.expressions import Expressions, Report, dotted
from modelpress.templating.checking.shapes import ANY, MACRO, MODULE, SAFE, Shape
from modelpress.templating.filters import LITERAL_FILTERS
from modelpress.templating.set_folder import SUFFIX
from modelpress.templating.variables import suggestion

if TYPE_CHECKING:
    from modelpress.templating.checking.survey import Survey
    from modelpress.templating.engine import TemplateName

Names = dict[str, Shape]
Blocks = dict[str, Names]
"""Block name to what is in scope where the block stands."""

# The literal filters of each kind of file. A file of another kind may use any.
LANGUAGES = {
    **dict.fromkeys((".cc", ".cpp", ".cxx", ".h", ".hpp"), ("cpp",)),
    **dict.fromkeys((".cjs", ".js", ".mjs", ".ts"), ("js", "json")),
    **dict.fromkeys((".csproj", ".props", ".xml"), ("xml",)),
    **dict.fromkeys((".yaml", ".yml"), ("yaml",)),
    **dict.fromkeys((".cmake", "CMakeLists.txt"), ("cmake",)),
    ".cs": ("csharp",),
    ".html": ("html", "js"),
    ".java": ("java",),
    ".json": ("json",),
    ".md": ("md", "mdcode", "html"),
    ".py": ("py",),
    ".sh": ("shell",),
    ".toml": ("toml",),
    "Dockerfile": ("dockerfile", "shell"),
}


class Walk:
    """The way through one template."""

    def __init__(self, survey: Survey, name: TemplateName, report: Report, top: Names) -> None:
        environment = survey.environment
        self._survey = survey
        self._template = name
        self._report = report
        self._top = {**top, "self": MODULE}
        self._blocks: Blocks = {}
        self._parent: Blocks | None = None
        self._expressions = Expressions(environment.filters, environment.tests, report)
        file = PurePosixPath(name.path.removesuffix(SUFFIX))
        self._language = LANGUAGES.get(file.name, LANGUAGES.get(file.suffix, tuple(LITERAL_FILTERS)))

    def template(self, tree: nodes.Template) -> Blocks:
        extends = next((node for node in tree.body if isinstance(node, nodes.Extends)), None)
        parents = self._referred(extends, extends.template) if extends else []
        for parent in parents:
            self._parent = self._survey.template(parent)
            self._refuse_unknown_blocks(tree.body)
        self.body(tree.body, self._top)
        return {**(self._parent or {}), **self._blocks}

    def _refuse_unknown_blocks(self, body: Sequence[nodes.Node]) -> None:
        for node in body:
            if isinstance(node, nodes.Block) and node.name not in (self._parent or {}):
                hint = suggestion(node.name, self._parent or {})
                self._report(node.lineno, f"the template that this one extends has no block `{node.name}`. {hint}")

    def body(self, body: Sequence[nodes.Node], scope: Names) -> None:
        for node in body:
            visit: Callable[[Any, Names], None] = getattr(self, f"_{type(node).__name__.lower()}", self._other)
            visit(node, scope)

    def _other(self, node: nodes.Node, scope: Names) -> None:
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Stmt):
                self.body([child], scope)
            else:
                self._expressions.shape(child, scope)

    def _extends(self, node: nodes.Extends, scope: Names) -> None:
        """Seen to before all else."""

    def _output(self, node: nodes.Output, scope: Names) -> None:
        for part in node.nodes:
            known = len(self._survey.findings)
            self._expressions.shape(part, scope)
            if len(self._survey.findings) == known and not self._expressions.is_safe(part, scope):
                self._report(
                    part.lineno,
                    f"`{dotted(part)}` is written without a literal filter ({', '.join(self._language)}); "
                    "`raw_text` says that the place needs none",
                )
            for name in _literals(part):
                if name not in self._language:
                    self._report(part.lineno, f"`{name}` does not fit this file: {', '.join(self._language)}")

    def _for(self, node: nodes.For, scope: Names) -> None:
        inner = {**scope, "loop": shapes.LOOP}
        self._bind(node.target, shapes.items(self._expressions.shape(node.iter, scope)), inner)
        self._expressions.shape(node.test, inner)
        self.body(node.body, inner)
        self.body(node.else_, {**scope})

    def _bind(self, target: nodes.Node, shape: Shape, scope: Names) -> None:
        if isinstance(target, nodes.Name):
            scope[target.name] = shape
        elif isinstance(target, nodes.Tuple):
            for one, part in zip(target.items, shapes.parts(shape, len(target.items)), strict=True):
                self._bind(one, part, scope)

    def _assign(self, node: nodes.Assign, scope: Names) -> None:
        shape = self._expressions.shape(node.node, scope)
        if isinstance(node.target, nodes.Name) and node.target.name in scope:
            shape = shapes.union([scope[node.target.name], shape])  # it may have been set in another branch
        self._bind(node.target, shape, scope)

    def _assignblock(self, node: nodes.AssignBlock, scope: Names) -> None:
        self.body(node.body, {**scope})
        self._bind(node.target, SAFE if node.filter is None else ANY, scope)

    def _if(self, node: nodes.If, scope: Names) -> None:
        self._expressions.shape(node.test, scope)
        for body in (node.body, node.elif_, node.else_):
            self.body(body, scope)

    def _with(self, node: nodes.With, scope: Names) -> None:
        inner = {**scope}
        for target, value in zip(node.targets, node.values, strict=True):
            self._bind(target, self._expressions.shape(value, scope), inner)
        self.body(node.body, inner)

    def _macro(self, node: nodes.Macro, scope: Names) -> None:
        scope[node.name] = MACRO  # first: it may call itself
        self._parameters(node, scope)

    def _callblock(self, node: nodes.CallBlock, scope: Names) -> None:
        self._expressions.shape(node.call, scope)
        self._parameters(node, scope)

    def _parameters(self, node: nodes.Macro | nodes.CallBlock, scope: Names) -> None:
        for default in node.defaults:
            self._expressions.shape(default, scope)
        own = dict.fromkeys([*(argument.name for argument in node.args), "varargs", "kwargs"], ANY)
        self.body(node.body, {**scope, **own, "caller": MACRO})

    def _filterblock(self, node: nodes.FilterBlock, scope: Names) -> None:
        self.body(node.body, {**scope})

    def _block(self, node: nodes.Block, scope: Names) -> None:
        outside = scope if node.scoped else self._top
        self._blocks[node.name] = {**outside, **(self._parent or {}).get(node.name, {}), "super": MACRO}
        self.body(node.body, {**self._blocks[node.name]})

    def _include(self, node: nodes.Include, scope: Names) -> None:
        for name in self._referred(node, node.template):
            self._survey.inside(name, {**scope} if node.with_context else {**self._survey.functions})

    def _import(self, node: nodes.Import, scope: Names) -> None:
        self._imported(node)
        scope[node.target] = MODULE

    def _fromimport(self, node: nodes.FromImport, scope: Names) -> None:
        self._imported(node)
        for name in node.names:
            scope[name if isinstance(name, str) else name[1]] = MACRO

    def _imported(self, node: nodes.Import | nodes.FromImport) -> None:
        visible = {**self._survey.functions, **(self._survey.context if node.with_context else {})}
        for name in self._referred(node, node.template):
            self._survey.inside(name, visible)

    def _referred(self, node: nodes.Node, said: nodes.Expr) -> list[TemplateName]:
        """The templates that are named outright; names that are computed show when they are rendered."""
        choices = said.items if isinstance(said, nodes.List | nodes.Tuple) else [said]
        names = [choice.value for choice in choices if isinstance(choice, nodes.Const)]
        found = []
        for name in names:
            with suppress(TemplateNotFound):
                found.append(self._survey.environment.loader.resolve(name, self._template))
        if names and not found and not getattr(node, "ignore_missing", False):
            self._report(node.lineno, f"there is no template {' or '.join(map(repr, names))}")
        return found


def _literals(node: nodes.Node) -> Iterator[str]:
    """The literal filters that write this part of the output."""
    if isinstance(node, nodes.Filter) and node.name in LITERAL_FILTERS:
        yield node.name
    elif isinstance(node, nodes.CondExpr | nodes.Concat):
        for child in node.iter_child_nodes():
            yield from _literals(child)
