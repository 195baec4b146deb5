"""What the expressions of a template give, and whether they reach for what is not there. Imports Jinja."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import nodes

from modelpress.templating.checking import shapes
from modelpress.templating.checking.shapes import ANY, BOOLEAN, INTEGER, SAFE, Shape
from modelpress.templating.filters import FILTERS, LITERAL_FILTERS
from modelpress.templating.manifest import MANIFEST_NAME
from modelpress.templating.variables import suggestion

Scope = Mapping[str, Shape]
Report = Callable[[int, str], None]

COUNTING = {"length", "count", "int", "wordcount"}
SAME_SHAPE = {"list", "sort", "unique", "reverse", "select", "reject", "selectattr", "rejectattr"}
ELEMENT = {"first", "last", "min", "max"}
FORGIVING_TESTS = {"defined", "undefined"}
FORGIVING_FILTERS = {"default", "d"}


def dotted(node: nodes.Node) -> str:
    """The expression as the author wrote it, as far as it is a path."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{dotted(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        inside = repr(node.arg.value) if isinstance(node.arg, nodes.Const) else "..."
        return f"{dotted(node.node)}[{inside}]"
    if isinstance(node, nodes.Filter) and node.node is not None:
        return f"{dotted(node.node)} | {node.name}"
    return "(...)"


class Expressions:
    """Infers shapes, and reports unknown names, fields, filters and tests by line."""

    def __init__(self, filters: Mapping[str, Any], tests: Mapping[str, Any], report: Report) -> None:
        self._filters = filters
        self._tests = tests
        self._report = report

    def shape(self, node: nodes.Node | None, scope: Scope) -> Shape:
        """What `node` gives, having looked at all that is in it."""
        if node is None:
            return ANY
        special: Callable[[Any, Scope], Shape] | None = getattr(self, f"_{type(node).__name__.lower()}", None)
        if special is not None:
            return special(node, scope)
        for child in node.iter_child_nodes():
            self.shape(child, scope)
        return ANY

    def is_safe(self, node: nodes.Node, scope: Scope) -> bool:
        """Whether what `node` gives may stand in the output: a constant, a literal, a whole number."""
        if isinstance(node, nodes.TemplateData | nodes.Const):
            return True
        if isinstance(node, nodes.CondExpr):
            return all(self.is_safe(one, scope) for one in (node.expr1, node.expr2) if one is not None)
        if isinstance(node, nodes.Concat):
            return all(self.is_safe(one, scope) for one in node.nodes)
        if isinstance(node, nodes.Filter) and node.name in FILTERS:
            return True
        return shapes.is_safe(self._silently(node, scope))

    def _silently(self, node: nodes.Node, scope: Scope) -> Shape:
        return Expressions(self._filters, self._tests, lambda _line, _message: None).shape(node, scope)

    def _name(self, node: nodes.Name, scope: Scope) -> Shape:
        if node.name not in scope:
            self._report(node.lineno, f"`{node.name}` is not defined. {suggestion(node.name, scope, all_known=False)}")
        return scope.get(node.name, ANY)

    def _const(self, node: nodes.Const, _scope: Scope) -> Shape:
        return INTEGER if type(node.value) is int else SAFE

    def _getattr(self, node: nodes.Getattr, scope: Scope) -> Shape:
        return self._member(node, node.node, node.attr, scope)

    def _getitem(self, node: nodes.Getitem, scope: Scope) -> Shape:
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._member(node, node.node, node.arg.value, scope)
        self.shape(node.arg, scope)
        of = self.shape(node.node, scope)
        if isinstance(node.arg, nodes.Slice):
            return of
        return shapes.union(
            [shapes.values(one) if one.get("type") == "object" else shapes.items(one) for one in shapes.variants(of)]
            or [ANY]
        )

    def _member(self, node: nodes.Node, of: nodes.Node, name: str, scope: Scope) -> Shape:
        owner = self.shape(of, scope)
        found = shapes.member(owner, name)
        if found is None:
            known = [set(one.get("properties", ())) for one in shapes.variants(owner)]
            hint = suggestion(name, set.intersection(*known))
            self._report(node.lineno, f"`{dotted(node)}` is not a field. {hint}")
        elif need := found.get("x-needs"):
            self._report(node.lineno, f"`{dotted(node)}` is none without `needs: [{need}]` in {MANIFEST_NAME}")
        return ANY if found is None else found

    def _filter(self, node: nodes.Filter, scope: Scope) -> Shape:
        if node.name not in self._filters:
            self._report(node.lineno, f"there is no filter `{node.name}`. {suggestion(node.name, FILTERS)}")
        forgiving = node.name in FORGIVING_FILTERS
        given = self._silently(node.node, scope) if forgiving and node.node else self.shape(node.node, scope)
        arguments = [self.shape(one, scope) for one in node.args]
        for keyword in node.kwargs:
            self.shape(keyword.value, scope)
        if node.name in LITERAL_FILTERS:
            return SAFE
        if node.name in COUNTING:
            return INTEGER
        if node.name in ELEMENT:
            return shapes.items(given)
        if node.name in SAME_SHAPE:
            return {"type": "array", "items": shapes.items(given)}
        if node.name in {"items", "dictsort"}:
            return shapes.result(shapes.member(given, "items") or ANY)
        return shapes.union([given, *arguments]) if forgiving else ANY

    def _test(self, node: nodes.Test, scope: Scope) -> Shape:
        if node.name not in self._tests:
            self._report(node.lineno, f"there is no test `{node.name}`. {suggestion(node.name, self._tests)}")
        if node.name not in FORGIVING_TESTS:
            self.shape(node.node, scope)
        for argument in node.args:
            self.shape(argument, scope)
        return BOOLEAN

    def _call(self, node: nodes.Call, scope: Scope) -> Shape:
        for argument in [*node.args, *(keyword.value for keyword in node.kwargs)]:
            self.shape(argument, scope)
        return shapes.result(self.shape(node.node, scope))

    def _condexpr(self, node: nodes.CondExpr, scope: Scope) -> Shape:
        self.shape(node.test, scope)
        return shapes.union([self.shape(one, scope) for one in (node.expr1, node.expr2) if one is not None])

    def _or(self, node: nodes.Or, scope: Scope) -> Shape:
        return shapes.union([self.shape(one, scope) for one in (node.left, node.right)])

    def _and(self, node: nodes.And, scope: Scope) -> Shape:
        return self._or(node, scope)  # type: ignore[arg-type]  # both have a left and a right

    def _list(self, node: nodes.List, scope: Scope) -> Shape:
        return {"type": "array", "items": shapes.union([self.shape(one, scope) for one in node.items] or [ANY])}

    def _dict(self, node: nodes.Dict, scope: Scope) -> Shape:
        found = [self.shape(pair.value, scope) for pair in node.items]
        for pair in node.items:
            self.shape(pair.key, scope)
        return {"type": "object", "additionalProperties": shapes.union(found or [{"type": "null"}])}

    def _compare(self, node: nodes.Compare, scope: Scope) -> Shape:
        for child in node.iter_child_nodes():
            self.shape(child, scope)
        return BOOLEAN

    def _not(self, node: nodes.Not, scope: Scope) -> Shape:
        self.shape(node.node, scope)
        return BOOLEAN

    def _operand(self, node: nodes.Operand, scope: Scope) -> Shape:
        return self.shape(node.expr, scope)

    def _templatedata(self, _node: nodes.TemplateData, _scope: Scope) -> Shape:
        return SAFE
