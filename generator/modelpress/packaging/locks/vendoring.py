"""Fetches the wheels of a lock, for installing without a package index."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from packaging.utils import canonicalize_name

from modelpress.bundle import Entry
from modelpress.errors import RemoteError
from modelpress.packaging.locks.lock_file import Lock
from modelpress.packaging.wheels.cache import Wheel, fetch_wheels
from modelpress.packaging.wheels.target import Target

WHEELS = "wheels"
TAG = "manylinux_2_36_x86_64"  # Debian 12, the oldest system among the base images


def vendored(lock: Lock, python: str, built: Collection[str] = ()) -> dict[str, Entry]:
    """The wheels by their file names, for a container of that version of Python on x86_64.

    `built` are the file names of those that are at hand.

    Raises RemoteError for one that cannot be had, or that is not the one which was locked.
    """
    at_hand = {canonicalize_name(name.partition("-")[0]) for name in built}
    pins = [pin for pin in lock.on(linux_environment(python)) if pin.name not in at_hand]
    wheels = fetch_wheels([f"{pin.name}=={pin.version}" for pin in pins], Target(python, TAG))
    by_hash = {wheel.sha256: wheel for wheel in wheels}
    found: dict[str, Entry] = {}
    for pin in pins:
        wheel: Wheel | None = next((by_hash[one] for one in pin.hashes if one in by_hash), None)
        if wheel is None:
            raise RemoteError(
                f"the wheel of {pin.name}=={pin.version} for Python {python} on {TAG} is not one that was locked",
                hint="Check the package index that pip is configured with.",
            )
        found[wheel.path.name] = wheel.entry
    return found


def linux_environment(python: str) -> Mapping[str, str]:
    """The variables of environment markers on such a container."""
    return {
        "extra": "",
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }
