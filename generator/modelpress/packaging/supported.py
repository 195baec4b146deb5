"""What this version can make of the packaging types and options that it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modelpress.config.package_types import PACKAGE_TYPES
from modelpress.errors import UsageError

if TYPE_CHECKING:
    from modelpress.config.packages import Package, ZipfilePackage

ZIPFILE: Final = "zipfile"


def refuse_unsupported_type(native: str, where: str) -> None:
    """Raise UsageError for a packaging type that this version cannot make; `native` is its name in modelpress.yaml."""
    if native != ZIPFILE:
        raise _refused(f"the packaging type {PACKAGE_TYPES[native]}", where)


def supported(package: Package, where: str) -> ZipfilePackage:
    """The package, if this version can make it; raises UsageError for a type or an option that it cannot.

    Olive's default of include_runtime_packages is no request; asking for them is.
    """
    if package.type != ZIPFILE:
        raise _refused(f"the packaging type {PACKAGE_TYPES[package.type]}", where)
    if package.mlflow:
        raise _refused("export_in_mlflow_format", where)
    if package.runtime_packages:
        raise _refused("include_runtime_packages", where)
    return package


def _refused(what: str, where: str) -> UsageError:
    return UsageError(
        f"{where}: this version of modelpress cannot make {what}",
        hint=f"Take it out of the configuration, or ask for the rest with --type {PACKAGE_TYPES[ZIPFILE]}.",
    )
