"""What this version can make of the packaging types and options that it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modelpress.config.package_types import PACKAGE_TYPES
from modelpress.errors import UsageError

if TYPE_CHECKING:
    from modelpress.config.packages import Package, ZipfilePackage

ZIPFILE: Final = "zipfile"
OPTION = "Take the option out of the configuration, or set it to false."


def refuse_unsupported_type(native: str, where: str) -> None:
    """Raise UsageError for a packaging type that this version cannot make; `native` is its name in modelpress.yaml."""
    if native != ZIPFILE:
        raise _refused_type(native, where)


def supported(package: Package, where: str) -> ZipfilePackage:
    """The package, if this version can make it; raises UsageError for a type or an option that it cannot.

    Olive's default of include_runtime_packages is no request; asking for them is.
    """
    if package.type != ZIPFILE:
        raise _refused_type(package.type, where)
    if package.mlflow:
        raise _refused("export_in_mlflow_format", where, OPTION)
    if package.runtime_packages:
        raise _refused("include_runtime_packages", where, OPTION)
    return package


def _refused_type(native: str, where: str) -> UsageError:
    rest = f"Take it out of the configuration, or ask for the rest with --type {PACKAGE_TYPES[ZIPFILE]}."
    return _refused(f"the packaging type {PACKAGE_TYPES[native]}", where, rest)


def _refused(what: str, where: str, hint: str) -> UsageError:
    return UsageError(f"{where}: this version of modelpress cannot make {what}", hint=hint)
