"""Options for the packages of ONNX Runtime in a zip, and what they become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from modelpress.config.packages import ZipfilePackage
    from modelpress.config.settings import Settings
    from modelpress.packaging.chosen import Chosen
    from modelpress.packaging.runtime_packages import RuntimePackages

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class RuntimeOptions:
    """What the command line says of runtime packages; `wanted` is None where it leaves that to the configuration."""

    wanted: bool | None
    python: str | None
    platforms: tuple[str, ...]
    native_feed: str | None
    allow_missing: bool

    def packages_for(self, package: ZipfilePackage, chosen: Chosen, settings: Settings) -> RuntimePackages:
        """The runtime packages of a zip, downloaded where they are asked for.

        They are part of what a configuration asks for unless it says no.
        """
        from modelpress.packaging.runtime_packages import NO_RUNTIME_PACKAGES, RuntimeWishes, runtime_packages_of
        from modelpress.packaging.wheels.target import DEFAULT_PYTHON, Target

        if not (package.runtime_packages is not False if self.wanted is None else self.wanted):
            return NO_RUNTIME_PACKAGES
        python = self.python or DEFAULT_PYTHON
        targets = dict.fromkeys(Target.of(python, platform) for platform in self.platforms or (None,))
        version = settings.configuration.render.runtime_version
        wishes = RuntimeWishes(tuple(targets), version, _feed(settings), self.allow_missing)
        return runtime_packages_of(chosen, wishes)


def _feed(settings: Settings) -> str | Path | None:
    """Where NuGet packages come from: an address, or a folder where the setting means one."""
    named = settings.configuration.native_feed
    return named if named is None or "://" in named else settings.resolve("native_feed", named)


def runtime_package_options(command: Command) -> Command:
    """Add the options; the command receives them as `runtime: RuntimeOptions`."""

    @click.option(
        "--runtime-packages/--no-runtime-packages",
        default=None,
        help="Put packages of ONNX Runtime into the zip; by default as the configuration says, without one not.",
    )
    @click.option("--python-version", metavar="3.N", help="Python that the wheels are for; by default 3.11.")
    @click.option(
        "--platform",
        multiple=True,
        metavar="NAME",
        help="Platform that the wheels are for, such as linux-x86_64 or win_amd64; by default this one.",
    )
    @click.option(
        "--native-feed",
        metavar="URL|DIR",
        help="NuGet feed of the packages for C++ and C#: the address of a service index, or a folder.",
    )
    @click.option("--allow-missing-runtime", is_flag=True, help="Only warn of packages that cannot be downloaded.")
    @wraps(command)
    def with_runtime(**options: Any) -> Any:
        runtime = RuntimeOptions(
            options.pop("runtime_packages"),
            options.pop("python_version"),
            options.pop("platform"),
            options.pop("native_feed"),
            options.pop("allow_missing_runtime"),
        )
        return command(runtime=runtime, **options)

    return with_runtime  # type: ignore[return-value]  # click's decorators keep the signature loosely
