"""Fetch a git repository without running anything of it, or of what the user's git is set up with.

Fetching needs the user's own settings (credentials, proxies); they are in force until the
objects are here. Files are then written without any settings, so that no filter is known.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from modelpress.errors import ModelpressError, RemoteError
from modelpress.fetching.address import without_credentials

TIMEOUT = 300  # seconds for the whole repository
NO_HOOKS = ("-c", "core.hooksPath=/dev/null")
# A command that runs inside a hook of another repository is told of that one by variables like these.
KEPT = ("GIT_SSH", "GIT_SSL", "GIT_ASKPASS", "GIT_PROXY", "GIT_HTTP", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM")
NO_SETTINGS = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository: its address, which `address.check_address` has passed, and how to name it in messages.

    `checkout` is a branch, tag or commit; without it the branch that the repository begins with.
    """

    address: str
    shown: str
    checkout: str | None = None


def clone(repository: Repository, folder: Path) -> str:
    """Fetch the repository into `folder`, which must not exist, and write the files of one commit; which one.

    Submodules stay empty folders. Raises RemoteError where the repository or the commit cannot
    be had.
    """
    fetch = ["clone", "--quiet", "--no-checkout", "--template=", "--no-recurse-submodules", "--"]
    environment = _environment(repository)
    _run([*fetch, repository.address, str(folder)], repository, environment)
    commit = _commit(repository, folder, environment)
    inside = ["-C", str(folder), "checkout", "--quiet", "--detach", "--no-recurse-submodules", commit, "--"]
    _run(inside, repository, {**environment, **NO_SETTINGS})
    return commit


def is_commit(text: str) -> bool:
    """Whether the text is the full name of a commit, which no branch can take the place of."""
    return re.fullmatch("[0-9a-f]{40}", text) is not None


def _commit(repository: Repository, folder: Path, environment: Mapping[str, str]) -> str:
    """The commit that was asked for: a branch of the other side first, then a tag or a commit."""
    wanted = repository.checkout
    names = ["HEAD"] if wanted is None else [f"refs/remotes/origin/{wanted}", wanted]
    if wanted is not None and is_commit(wanted):  # even where there is a branch of that name
        names = [wanted]
    for name in names:
        command = ["-C", str(folder), "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"]
        found = _git(command, {**environment, **NO_SETTINGS})
        if found.returncode == 0:
            return found.stdout.strip()
    missing = "no commit" if wanted is None else f"no branch, tag or commit {wanted!r}"
    raise RemoteError(f"{repository.shown} has {missing}", hint="Look at the repository.")


def _environment(repository: Repository) -> dict[str, str]:
    """The user's variables less those about other repositories; git asks nothing and uses one kind of connection."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(KEPT)}
    allowed = "file" if repository.address.lower().startswith("file:") else "https:ssh"
    return {**kept, "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": allowed, "LC_ALL": "C"}


def _run(arguments: Sequence[str], repository: Repository, environment: Mapping[str, str]) -> None:
    try:
        done = _git(arguments, environment)
    except subprocess.TimeoutExpired:
        raise RemoteError(
            f"{repository.shown} was not here after {TIMEOUT} seconds", hint="Clone it with git, and give the folder."
        ) from None
    if done.returncode:
        said = without_credentials(done.stderr.replace(repository.address, repository.shown)).strip().splitlines()
        reason = next((line for line in said if line.startswith("fatal:")), said[-1] if said else "git failed")
        raise RemoteError(
            f"{repository.shown} cannot be fetched: {reason.removeprefix('fatal: ')}",
            hint="Look at the address, and whether `git clone` reaches it without asking anything.",
        )


def _git(arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603  # nothing in it begins with a dash that was not written here
            ["git", *NO_HOOKS, *arguments],  # noqa: S607  # git as the user finds it
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT,
            check=False,
        )
    except OSError:
        raise ModelpressError("git is not installed", hint="Install it, or give a folder.") from None
