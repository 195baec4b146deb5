"""YAML by way of its node graph: values, positions, and no repeated keys or endless aliases."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from modelpress.config.problems import Keys, MalformedError, quoted

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

DEPTH_LIMIT = 100  # libyaml's composer overflows the C stack somewhere above ten thousand
VALUES_LIMIT = 1_000_000  # with aliases expanded: nine lines of nested aliases make a billion
TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null", "merge"))


def load(text: str) -> Any:
    """The data of one YAML document: JSON's types only, dates stay text; None for an empty one.

    Raises MalformedError for anything else, with line and column where they are known.
    """
    import yaml

    try:
        root = _compose(text)
        if root is None:
            return None
        _measure(root, {})
        return _loader_class()("").construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = (mark.line + 1, mark.column + 1) if mark else ()
        text = ", ".join(filter(None, (error.context, error.problem)))
        raise MalformedError(f"not valid YAML: {text}", position) from None
    except yaml.YAMLError:
        raise MalformedError("not valid YAML: holds a control character") from None
    except (ValueError, ArithmeticError, LookupError) as error:  # a number that Python cannot make
        if isinstance(error, MalformedError):
            raise
        raise MalformedError("not valid YAML: holds a value that does not fit its type") from None


def positions(text: str, places: Sequence[Keys]) -> list[tuple[int, ...]]:
    """For each place the line and column (from 1) of the deepest of its keys that is in the text.

    Empty where no key is in it, or the text is not YAML.
    """
    import yaml

    try:
        root = _compose(text)
    except (yaml.YAMLError, MalformedError):
        root = None
    return [_position(root, keys) for keys in places]


def position(text: str, keys: Keys) -> tuple[int, ...]:
    """`positions` for a single place."""
    return positions(text, [keys])[0]


def _position(node: Node | None, keys: Keys) -> tuple[int, ...]:
    found: tuple[int, ...] = ()
    for key in keys:
        step = _step(node, key)
        if step is None:
            break
        at, node = step
        found = _mark(at)
    return found


def _step(node: Node | None, key: str | int) -> tuple[Node, Node] | None:
    """The node to point at for `key` (in a mapping the key itself) and the node of its value."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key], node.value[key]
    return None


@cache
def _loader_class() -> Any:
    import yaml

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    rules = {
        first: [rule for rule in choices if rule[0] != "tag:yaml.org,2002:timestamp"]
        for first, choices in base.yaml_implicit_resolvers.items()
    }
    return type("PlainLoader", (base,), {"yaml_implicit_resolvers": rules})


def _compose(text: str) -> Node | None:
    import yaml

    loader = _loader_class()
    depth = 0
    for event in yaml.parse(text, Loader=loader):  # not recursive, unlike what follows
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_LIMIT:
            raise _too_deep(event)
    return yaml.compose(text, Loader=loader)


def _measure(node: Node, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """Values and depth below `node` with its aliases expanded; refuses what a configuration never has."""
    if node.tag not in TAGS:
        raise MalformedError("not valid YAML: only plain values are allowed, no tags", _mark(node))
    if isinstance(node.value, str):
        return 1, 0
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = (VALUES_LIMIT, 0)  # while it is open: an alias inside itself is endless
    children = _children(node)
    sizes = [_measure(child, known) for child in children]
    total, depth = 1 + sum(size for size, _ in sizes), 1 + max((depth for _, depth in sizes), default=0)
    if total > VALUES_LIMIT:
        raise MalformedError("holds more values, aliases included, than a configuration can", _mark(node))
    if depth > DEPTH_LIMIT:
        raise _too_deep(node)
    known[id(node)] = (total, depth)
    return known[id(node)]


def _children(node: Node) -> list[Node]:
    import yaml

    if not isinstance(node, yaml.MappingNode):
        return list(node.value)
    _refuse_repeated_keys(node)
    return [child for pair in node.value for child in pair]


def _refuse_repeated_keys(node: MappingNode) -> None:
    seen = set()
    for key, _ in node.value:
        if isinstance(key.value, str) and (key.tag, key.value) in seen:
            text = f"the key {quoted(key.value)} stands twice in one mapping"
            raise MalformedError(text, _mark(key), "Keep one of the two.")
        seen.add((key.tag, str(key.value)))


def _too_deep(found: Any) -> MalformedError:
    return MalformedError("is nested too deeply", _mark(found))


def _mark(found: Any) -> tuple[int, int]:
    """Line and column of a node or event."""
    return found.start_mark.line + 1, found.start_mark.column + 1
