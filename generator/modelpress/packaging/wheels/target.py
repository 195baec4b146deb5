"""The computers that wheels are for: a version of Python on a platform."""

from __future__ import annotations

import re
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from modelpress.errors import UsageError
from modelpress.wording import nearest

DEFAULT_PYTHON = "3.11"
# The oldest system that the newest releases of ONNX Runtime and numpy still have wheels for.
PLATFORMS: Final[Mapping[str, str]] = {
    "linux-x86_64": "manylinux_2_28_x86_64",
    "linux-aarch64": "manylinux_2_28_aarch64",
    "macos-arm64": "macosx_14_0_arm64",
    "macos-x86_64": "macosx_13_0_x86_64",
    "windows-x86_64": "win_amd64",
    "windows-arm64": "win_arm64",
}
LEGACY: Final[Mapping[str, int]] = {"manylinux2014": 17, "manylinux2010": 12, "manylinux1": 5}  # name to glibc 2.N
TAG = re.compile(
    r"(manylinux(_2_\d{1,2}|2014|2010|1)|musllinux_1_\d{1,2}|linux|macosx_\d{1,2}_\d{1,2}|win)_?[a-z0-9_]+"
)
MACHINES = ("x86_64", "aarch64", "arm64", "amd64", "i686", "armv7l", "ppc64le", "s390x", "riscv64")


@dataclass(frozen=True, slots=True)
class Target:
    """A version of Python ("3.11") and a platform tag of wheels ("win_amd64"), None for this computer's own."""

    python: str
    tag: str | None

    @classmethod
    def of(cls, python: str, platform: str | None) -> Target:
        """From what a user says: a name of PLATFORMS or a tag. Raises UsageError for what is neither."""
        if not re.fullmatch(r"3\.\d{1,2}(\.\d{1,2})?", python):
            raise UsageError(f"--python-version {python}: not a version of Python 3", hint="Give one such as 3.12.")
        tag = PLATFORMS.get(platform or "", platform)
        if tag is not None and not TAG.fullmatch(tag):
            close = nearest(tag, PLATFORMS)
            names = f"Did you mean {close}?" if close else f"There are {', '.join(PLATFORMS)}, and the tags of wheels."
            raise UsageError(f"--platform {tag}: no such platform", hint=names)
        return cls(python, tag)

    @property
    def platform(self) -> str:
        """The platform for people."""
        return self.tag or _own_tag()

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags of wheels that run there, since pip takes those given as they are; () for this computer."""
        if self.tag is None:
            return ()
        head, _, machine = self.tag.partition("_")
        tag = f"manylinux_2_{LEGACY[head]}_{machine}" if head in LEGACY else self.tag
        found = re.fullmatch(r"(manylinux_2|musllinux_1)_(\d+)_(\w+)", tag)
        if found is None:
            return (tag,)
        family, newest, machine = found[1], int(found[2]), found[3]
        older = [f"{family}_{number}_{machine}" for number in range(newest, -1, -1)]
        legacy = [f"{name}_{machine}" for name, glibc in LEGACY.items() if family == "manylinux_2" and glibc <= newest]
        return (*older, *legacy)

    @property
    def marker(self) -> str:
        """The environment marker of requirements that is true on this platform."""
        tag = self.platform
        system = "win32" if tag.startswith("win") else "darwin" if tag.startswith("macosx") else "linux"
        machine = next((one for one in MACHINES if tag.endswith(f"_{one}")), None)
        if machine is None:
            return f"sys_platform == '{system}'"
        spelled = machine.upper() if system == "win32" else machine
        return f"sys_platform == '{system}' and platform_machine == '{spelled}'"


def _own_tag() -> str:
    return re.sub(r"[-.]", "_", sysconfig.get_platform())
