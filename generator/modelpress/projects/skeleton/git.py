"""Fetch a git repository without running anything of it, or of what the user's git is set up with.

Fetching needs the user's own settings (credentials, proxies); they are in force until the
objects are here. Files are then written without any settings, so that no filter is known.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from modelpress.errors import ModelpressError, RemoteError
from modelpress.projects.skeleton.reference import Reference, without_credentials

TIMEOUT = 300  # seconds for the whole repository
NO_HOOKS = ("-c", "core.hooksPath=/dev/null")
# A command that runs inside a hook of another repository is told of that one by variables like these.
KEPT = ("GIT_SSH", "GIT_SSL", "GIT_ASKPASS", "GIT_PROXY", "GIT_HTTP", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM")
NO_SETTINGS = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


def clone(reference: Reference, folder: Path) -> str:
    """Fetch the repository into `folder`, which must not exist, and write the files of one commit; which one.

    Submodules stay empty folders. Raises RemoteError where the repository or the commit cannot
    be had.
    """
    fetch = ["clone", "--quiet", "--no-checkout", "--template=", "--no-recurse-submodules", "--"]
    environment = _environment(reference)
    _run([*fetch, reference.location, str(folder)], reference, environment)
    commit = _commit(reference, folder, environment)
    inside = ["-C", str(folder), "checkout", "--quiet", "--detach", "--no-recurse-submodules", commit, "--"]
    _run(inside, reference, {**environment, **NO_SETTINGS})
    return commit


def _commit(reference: Reference, folder: Path, environment: Mapping[str, str]) -> str:
    """The commit that was asked for: a branch of the other side first, then a tag or a commit."""
    wanted = reference.checkout
    names = ["HEAD"] if wanted is None else [f"refs/remotes/origin/{wanted}", wanted]
    for name in names:
        command = ["-C", str(folder), "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"]
        found = _git(command, {**environment, **NO_SETTINGS})
        if found.returncode == 0:
            return found.stdout.strip()
    missing = "no commit" if wanted is None else f"no branch, tag or commit {wanted!r}"
    raise RemoteError(f"{reference.shown} has {missing}", hint="Look at the repository, and at --checkout.")


def _environment(reference: Reference) -> dict[str, str]:
    """The user's variables less those about other repositories; git asks nothing and uses one kind of connection."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(KEPT)}
    allowed = "file" if reference.location.lower().startswith("file:") else "https:ssh"
    return {**kept, "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": allowed, "LC_ALL": "C"}


def _run(arguments: Sequence[str], reference: Reference, environment: Mapping[str, str]) -> None:
    try:
        done = _git(arguments, environment)
    except subprocess.TimeoutExpired:
        raise RemoteError(
            f"{reference.shown} was not here after {TIMEOUT} seconds", hint="Clone it with git, and give the folder."
        ) from None
    if done.returncode:
        said = without_credentials(done.stderr.replace(reference.location, reference.shown)).strip().splitlines()
        reason = next((line for line in said if line.startswith("fatal:")), said[-1] if said else "git failed")
        raise RemoteError(
            f"{reference.shown} cannot be fetched: {reason.removeprefix('fatal: ')}",
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
        raise ModelpressError("git is not installed", hint="Install it, or give the skeleton as a folder.") from None
