"""Takes the network away from a child process, where the system lets a user do that."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache


@cache
def without_network() -> tuple[str, ...]:
    """What stands before a command to put it into an empty network of its own; () where that cannot be had.

    The command's process is then the one that was started: its id, its exit code and its limits are the command's.
    """
    unshare = shutil.which("unshare") if sys.platform == "linux" else None
    if unshare is None:
        return ()
    prefix = (unshare, "--net", "--map-root-user")
    tried = subprocess.run([*prefix, "true"], capture_output=True, check=False)  # noqa: S603  # a fixed command
    return prefix if tried.returncode == 0 else ()
