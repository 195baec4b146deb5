"""Where configuration files lie, and what the relative paths in them mean."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

PROJECT_FILE = "modelpress.yaml"


def resolve_path(value: str, base: Path | None = None) -> Path:
    """The path that `value` means: relative to `base` (the configuration file's folder), then to the working folder.

    What exists in neither is relative to `base`. `~` is the home folder.
    """
    path = _expand(Path(value))
    if base is None or path.is_absolute():
        return path
    inside = base / path
    return path if _exists(path) and not _exists(inside) else inside


def _exists(path: Path) -> bool:
    """Whether there is something at `path`; no for a folder that may not be entered or a name that is too long."""
    try:
        return path.exists()
    except OSError:
        return False


def project_file(folder: Path) -> Path | None:
    """The project's configuration file in `folder`, if there is one."""
    path = folder / PROJECT_FILE
    return path if _exists(path) else None


def user_file(environ: Mapping[str, str]) -> Path | None:
    """The user's configuration file where the platform keeps such files, if there is one."""
    path = _user_folder(environ, sys.platform) / "modelpress" / "config.yaml"
    return path if _exists(path) else None


def _user_folder(environ: Mapping[str, str], platform: str) -> Path:
    home = _expand(Path("~"))
    if environ.get("XDG_CONFIG_HOME"):
        return Path(environ["XDG_CONFIG_HOME"])
    if platform == "win32":
        return Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
    if platform == "darwin":
        return home / "Library" / "Application Support"
    return home / ".config"


def _expand(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # no such user, or no home folder
        return path
