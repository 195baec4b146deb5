"""A scoring script, looked at without running it: it parses, and defines what the server calls."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence

from modelpress.bundle import Entry
from modelpress.config.problems import at
from modelpress.executors.azure.checking.flaws import Flaw
from modelpress.filetree import reading

LONGEST = 10 << 20  # bytes of a script
CALLED_WITH = {"init": 0, "run": 1}
"""The functions that the server calls, with the number of arguments."""

_STAR = "*"  # what a star import may define
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def script_flaws(entry: Entry, file: str) -> Iterator[Flaw]:
    """What is wrong with the script at the bundle path `file`."""
    tree = _parsed(entry, file)
    if isinstance(tree, Flaw):
        yield tree
        return
    defined = dict(_definitions(tree.body))
    for name, count in CALLED_WITH.items():
        node = defined.get(name)
        if node is None and _STAR not in defined:
            yield Flaw(file, f"does not define {name}()", f"The server calls {_calls()}: define both.")
        elif isinstance(node, _Function) and not node.decorator_list and not _takes(node.args, count):
            wanted = f"{count} argument" if count else "no argument"
            yield Flaw(
                at(file, [node.lineno]), f"{name}() cannot be called with {wanted}", f"The server does {_calls()}."
            )


def _parsed(entry: Entry, file: str) -> ast.Module | Flaw:
    with reading(file), entry.open() as source:
        content = source.read(LONGEST + 1)
    if len(content) > LONGEST:
        return Flaw(file, f"is larger than {LONGEST:,} bytes", "Name the scoring script.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in the user's script is no matter of ours
            return ast.parse(content)
    except SyntaxError as error:
        where = at(file, [error.lineno] if error.lineno else [])
        return Flaw(where, f"is no valid Python: {error.msg}", "Correct the script.")
    except (ValueError, RecursionError, MemoryError):
        return Flaw(file, "is no valid Python", "Correct the script.")


def _calls() -> str:
    return "init() once and run(data) for each request"


def _takes(arguments: ast.arguments, count: int) -> bool:
    """Whether a function of these parameters can be called with `count` positional arguments."""
    positional = len(arguments.posonlyargs) + len(arguments.args)
    required = positional - len(arguments.defaults)
    keywords = any(default is None for default in arguments.kw_defaults)
    return required <= count and (count <= positional or arguments.vararg is not None) and not keywords


def _definitions(body: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """The names that a module's statements define, with what defines them; those in its branches too."""
    for node in body:
        if isinstance(node, _Function | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name, node) for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.id, node) for target in targets if isinstance(target, ast.Name))
        else:
            for part in ("body", "orelse", "finalbody"):
                yield from _definitions(getattr(node, part, []))
            for handler in getattr(node, "handlers", []):
                yield from _definitions(handler.body)
