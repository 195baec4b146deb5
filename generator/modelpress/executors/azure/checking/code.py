"""The folder of code that is sent with a deployment: the script is in it, and nothing that nobody meant to send."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from modelpress.bundle import Entry
from modelpress.config.problems import at, suggestion
from modelpress.config.references import secret_form
from modelpress.executors.azure.checking.documents import LONGEST
from modelpress.executors.azure.checking.flaws import Flaw
from modelpress.executors.azure.checking.scripts import script_flaws
from modelpress.filetree import reading

LEFTOVERS = frozenset(
    (
        *(".git", ".hg", ".svn"),
        *("__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".ipynb_checkpoints", ".tox", ".nox"),
        *(".venv", "venv", "node_modules", ".idea", ".vscode", ".DS_Store"),
    )
)
"""Names of files and folders that tools leave behind: version control, caches, environments."""

SECRET_FILES = (
    *(".env", ".env.*", ".netrc", "_netrc", ".pypirc", ".npmrc", ".pgpass", ".git-credentials"),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "*.pfx", "*.p12", "*.jks", "*.keystore", "*.publishsettings"),
)
"""Patterns for names of files that hold secrets."""

IGNORE = "Remove it; packaging leaves out what .amlignore lists."


def code_flaws(files: Mapping[str, Entry], folder: str, script: str) -> Iterator[Flaw]:
    """What is wrong with a code folder; `files` are those in it by their path in the folder.

    `folder` is what messages put before these paths, `script` the scoring script's path in the folder.
    """
    if script in files:
        yield from script_flaws(files[script], f"{folder}/{script}")
    else:
        scripts = [path for path in files if path.endswith(".py")]
        yield Flaw(f"{folder}/{script}", "there is no such scoring script", suggestion(script, scripts) or "Name one.")
    yield from _leftovers(files, folder)
    for path, entry in files.items():
        if not is_leftover(path):
            yield from _secrets(path, entry, folder)


def is_leftover(path: str) -> bool:
    """Whether a file is, or lies in, what tools leave behind."""
    return any(part in LEFTOVERS for part in path.split("/")) or path.endswith((".pyc", ".pyo"))


def _leftovers(files: Mapping[str, Entry], folder: str) -> Iterator[Flaw]:
    """One flaw for each folder, whatever it holds."""
    found = dict.fromkeys(leftover_of(path) for path in files if is_leftover(path))
    for path in found:
        yield Flaw(f"{folder}/{path}", "is no code, and would be sent with it", IGNORE)


def leftover_of(path: str) -> str:
    """The path as far as what makes it a leftover: `.git` of all that lies in it."""
    parts = path.split("/")
    for place, part in enumerate(parts, start=1):
        if part in LEFTOVERS:
            return "/".join(parts[:place])
    return path


def _secrets(path: str, entry: Entry, folder: str) -> Iterator[Flaw]:
    name = posixpath.basename(path)
    if any(fnmatchcase(name, pattern) for pattern in SECRET_FILES):
        yield Flaw(f"{folder}/{path}", "is a file for secrets, and would be sent with the code", IGNORE)
        return
    if entry.size > LONGEST:
        return
    with reading(path), entry.open() as source:
        text = source.read().decode("utf-8", errors="replace")
    if not secret_form(text):
        return
    for number, line in enumerate(text.splitlines(), start=1):
        form = secret_form(line)
        if form:
            hint = "Take it out of the code: refer to it in environment_variables by ${env:NAME} or ${keyvault:NAME}."
            yield Flaw(at(f"{folder}/{path}", [number]), f"holds {form}", hint)
            return
