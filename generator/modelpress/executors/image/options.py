"""How an image is built: what the command line and the settings say of it, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from modelpress.errors import UsageError

UNITS: Mapping[str, int] = {
    unit: base**power
    for base, units in ((1000, ("b", "kb", "mb", "gb", "tb")), (1024, ("", "kib", "mib", "gib", "tib")))
    for power, unit in enumerate(units)
}
SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*")
PLATFORM = re.compile(r"[a-z0-9]+/[a-z0-9_]+(?:/[a-z0-9]+)?")
IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@-]*")
ARGUMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
CERTIFICATE = "-----BEGIN CERTIFICATE-----"
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How an image is built; what is empty or None is left to the project or the engine.

    `engine` is docker, podman or buildah. `proxy_ca` is a file with certificates in PEM, which
    pip trusts during the build. `size_budget` is in bytes, of all layers unpacked.
    Raises UsageError where a value cannot be.
    """

    engine: str | None = None
    base_image: str = ""
    build_args: Mapping[str, str] = field(default_factory=dict)
    platform: str = ""
    proxy_ca: Path | None = None
    size_budget: int | None = None

    def __post_init__(self) -> None:
        if self.base_image and not IMAGE.fullmatch(self.base_image):
            raise UsageError(
                f"--base-image: {self.base_image!r} is no reference of an image", hint="For example python:3.12-slim."
            )
        if self.platform and not PLATFORM.fullmatch(self.platform):
            raise UsageError(f"--platform: {self.platform!r} is no platform", hint="One, such as linux/arm64.")
        for name in self.build_args:
            if not ARGUMENT.fullmatch(name):
                raise UsageError(f"--build-arg: {name!r} cannot be the name of an argument", hint="Give NAME=VALUE.")
        if self.proxy_ca is not None:
            _check_certificates(self.proxy_ca)

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of the Dockerfile, by name."""
        return {**self.build_args, **({"BASE_IMAGE": self.base_image} if self.base_image else {})}


def size_in_bytes(text: str) -> int:
    """The size that a text such as `500 MB` or `1.5GiB` names; a plain number is of bytes. Raises UsageError."""
    found = SIZE.fullmatch(text)
    unit = UNITS.get(found[2].lower()) if found else None
    if found is None or unit is None or not (size := int(float(found[1]) * unit)):
        raise UsageError(f"--size-budget: {text!r} is no size", hint="For example 500MB or 1.5GiB.")
    return size


def _check_certificates(path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(
            f"--proxy-ca: {path} cannot be read: {error.strerror}", hint="Give a file in PEM.", file=str(path)
        ) from None
    if CERTIFICATE not in text:
        raise UsageError(
            f"--proxy-ca: {path} holds no certificate in PEM",
            hint=f"It must have a line {CERTIFICATE}.",
            file=str(path),
        )
    if PRIVATE_KEY.search(text):
        raise UsageError(f"--proxy-ca: {path} holds a private key", hint="Give the certificates alone.", file=str(path))
