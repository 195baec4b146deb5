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
        raise _refused_type(native, where)


def supported(package: Package, where: str) -> ZipfilePackage:
    """The package, if this version can make it; raises UsageError for a type that it cannot."""
    if package.type != ZIPFILE:
        raise _refused_type(package.type, where)
    return package


def _refused_type(native: str, where: str) -> UsageError:
    return UsageError(
        f"{where}: this version of modelpress cannot make the packaging type {PACKAGE_TYPES[native]}",
        hint=f"Take it out of the configuration, or ask for the rest with --type {PACKAGE_TYPES[ZIPFILE]}.",
    )
