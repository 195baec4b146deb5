"""Imports run one way, along the flow, and the command line starts without anything heavy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "generator" / "modelpress"

# A part may import the parts on earlier lines, and itself.
FLOW = [
    {"errors", "version", "wording", "limits", "whole_file"},
    {
        "bundle",
        "filetree",
        "project_files",
        "config",
        "installation",
        "cache_folder",
        "golden_documents",
        "isolation",
        "fetching",
    },
    {"candidates"},
    {"model"},
    {"templating"},
    {"executors"},
    {"proving"},
    {"packaging"},
    {"pipeline"},
    {"fleet"},
    {"projects"},
    {"cli"},
    {"__main__"},
]
LEAVES = {"bundle", "filetree", "project_files", "config", "fetching"}
EXECUTORS_NEVER_IMPORT = {"candidates", "model", "templating"}
# Modules that only functions import may have one heavy dependency of their own at the top.
OWN_DEPENDENCY = {
    **dict.fromkeys(
        ("fleet/form.py", "config/native.py", "config/packages.py", "config/template_layers.py", "config/values.py"),
        frozenset({"pydantic"}),
    ),
    **dict.fromkeys(
        ("templating/engine.py", *(f"templating/checking/{one}.py" for one in ("expressions", "statements", "survey"))),
        frozenset({"jinja2"}),
    ),
    "projects/skeleton/filters.py": frozenset({"jinja2"}),
}
HEAVY = {"pydantic", "onnx", "numpy", "onnxruntime", "cookiecutter", "jinja2", "yaml", "rich", "azure", "tenacity"}


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_parts(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            base = node.module or ""
            names = [f"{base}.{alias.name}" for alias in node.names] if base == "modelpress" else [base]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("modelpress.")}
    return found


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_along_the_flow(path: Path) -> None:
    level = {part: place for place, parts in enumerate(FLOW) for part in parts}
    part = part_of(path)
    for other in imported_parts(path) - {part, "templates"}:
        allowed = level[other] < level[part] or {part, other} <= LEAVES
        assert allowed, f"{part} imports {other}"
        assert part not in {"executors", "proving"} or other not in EXECUTORS_NEVER_IMPORT


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}


def test_help_imports_nothing_heavy() -> None:
    statement = "from modelpress.cli.main import modelpress; modelpress(['--help'], standalone_mode=False)"
    assert not loaded_by(statement) & HEAVY


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_imports_anything_heavy_at_its_top(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tops = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name.split(".")[0] for node in tops if isinstance(node, ast.Import) for alias in node.names}
    names |= {(node.module or "").split(".")[0] for node in tops if isinstance(node, ast.ImportFrom)}
    own = OWN_DEPENDENCY.get(path.relative_to(PACKAGE).as_posix(), frozenset())
    assert not names & (HEAVY - own)
