"""The programs that build images: how each is asked to build, tag, push and tell the layers."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from modelpress.errors import ModelpressError
from modelpress.executors.image.faults import engine_fault

Words = tuple[str, ...]

# What engines of other times put before an instruction in the history of an image.
NOT_SAID = re.compile(r"^/bin/sh -c (?:#\(nop\) *)?|\s*# buildkit$|(?<=COPY )(?:dir|file|multi):[0-9a-f]{64} in ")
DIGEST = re.compile(r"\bdigest: (sha256:[0-9a-f]{64})\b")
PATIENCE = 60.0  # seconds for an answer that needs no network


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of an image: the instruction that made it, and its size unpacked in bytes."""

    instruction: str
    size: int


class Engine(Protocol):
    """A program that builds images. Methods give command lines; `layers` reads what an answer says.

    `runs` says whether it runs containers in the background, `names_to_push` whether an image
    needs a name here before it can be pushed. `environment` is set for it.
    """

    @property
    def name(self) -> str: ...

    @property
    def runs(self) -> bool: ...

    @property
    def names_to_push(self) -> bool: ...

    @property
    def environment(self) -> Mapping[str, str]: ...

    @property
    def asking(self) -> Words:
        """A command that fails where the engine cannot be used."""

    @property
    def building(self) -> Words:
        """The words before the options that all engines share."""

    def pushing(self, image: str, reference: str, digest: Path) -> tuple[Words, ...]:
        """Commands that push; the digest is in the file or in what the last one prints."""

    def telling(self, image: str) -> Words:
        """A command that prints what `layers` reads."""

    def layers(self, answer: str) -> tuple[Layer, ...]:
        """The layers with anything in them, the base first."""


@dataclass(frozen=True, slots=True)
class Docker:
    """Docker, with BuildKit: the Dockerfile mounts secrets."""

    name: str = "docker"
    runs: bool = True
    names_to_push: bool = True

    @property
    def environment(self) -> Mapping[str, str]:
        return {"DOCKER_BUILDKIT": "1"}  # before version 23 it was off

    @property
    def asking(self) -> Words:
        return ("docker", "version", "--format", "{{.Server.Version}}")

    @property
    def building(self) -> Words:
        return ("docker", "build", "--progress=plain")

    def pushing(self, image: str, reference: str, digest: Path) -> tuple[Words, ...]:  # noqa: ARG002 - docker prints it
        return ("docker", "tag", image, reference), ("docker", "push", reference)

    def telling(self, image: str) -> Words:
        return ("docker", "history", "--no-trunc", "--human=false", "--format", "{{json .}}", image)

    def layers(self, answer: str) -> tuple[Layer, ...]:
        return _layers([(one["CreatedBy"], one["Size"]) for one in map(json.loads, reversed(answer.splitlines()))])


@dataclass(frozen=True, slots=True)
class Podman:
    """Podman. Its own format has no HEALTHCHECK, Docker's has."""

    name: str = "podman"
    runs: bool = True
    names_to_push: bool = False

    @property
    def environment(self) -> Mapping[str, str]:
        return {}

    @property
    def asking(self) -> Words:
        return (self.name, "info", "--format", "{{.Version.Version}}")

    @property
    def building(self) -> Words:
        return (self.name, "build", "--format=docker", "--layers")

    def pushing(self, image: str, reference: str, digest: Path) -> tuple[Words, ...]:
        return ((self.name, "push", f"--digestfile={digest}", image, f"docker://{reference}"),)

    def telling(self, image: str) -> Words:
        return (self.name, "history", "--format=json", image)

    def layers(self, answer: str) -> tuple[Layer, ...]:
        return _layers([(one["CreatedBy"], one["size"]) for one in reversed(json.loads(answer))])


@dataclass(frozen=True, slots=True)
class Buildah:
    """Buildah, which builds and pushes as podman does, and runs nothing in the background."""

    name: str = "buildah"
    runs: bool = False
    names_to_push: bool = False

    @property
    def environment(self) -> Mapping[str, str]:
        return {}

    @property
    def asking(self) -> Words:
        return (self.name, "info")

    @property
    def building(self) -> Words:
        return (self.name, "build", "--format=docker", "--layers")

    def pushing(self, image: str, reference: str, digest: Path) -> tuple[Words, ...]:
        return ((self.name, "push", f"--digestfile={digest}", image, f"docker://{reference}"),)

    def telling(self, image: str) -> Words:
        return (self.name, "inspect", "--type=image", image)

    def layers(self, answer: str) -> tuple[Layer, ...]:
        told = json.loads(answer)
        made = [one["created_by"] for one in told["Docker"]["history"] if not one.get("empty_layer")]
        sizes = [one["size"] for one in json.loads(told["Manifest"])["layers"]]
        return _layers(list(zip(made, sizes, strict=True)))


ENGINES: Mapping[str, Engine] = {engine.name: engine for engine in (Docker(), Podman(), Buildah())}
"""By name; the first that can be used is taken where none is asked for."""


def find_engine(name: str | None = None, *, runs: bool = False) -> Engine:
    """The engine of this name, or the first that answers; with `runs` one that runs containers.

    Raises ModelpressError that says of each why it cannot be used.
    """
    tried = [ENGINES[name]] if name else [engine for engine in ENGINES.values() if engine.runs or not runs]
    refused: list[ModelpressError] = []
    for engine in tried:
        try:
            ask(engine, engine.asking)
        except ModelpressError as error:
            refused.append(error)
        else:
            return engine
    there = [error for error in refused if shutil.which(error.file)]
    if len(tried) == 1 or len(there) == 1:
        raise (there or refused)[0]
    if not there:
        raise ModelpressError(
            f"none of {', '.join(engine.name for engine in tried)} is on the PATH",
            hint="Install one of them.",
        )
    raise ModelpressError(
        "; ".join(error.message for error in there), hint=" ".join(dict.fromkeys(error.hint for error in there))
    )


def ask(engine: Engine, command: Sequence[str]) -> str:
    """What a quick command prints. Raises ModelpressError where it fails."""
    if shutil.which(command[0]) is None:
        hint = "Install it, or name another engine with --engine."
        raise ModelpressError(f"{engine.name} is not on the PATH", hint=hint, file=engine.name)
    try:
        done = subprocess.run(  # noqa: S603  # the engine that the user has
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        hint = "Is its service running?"
        raise ModelpressError(f"{engine.name} does not answer", hint=hint, file=engine.name) from None
    if done.returncode != 0:
        raise engine_fault(engine.name, " ".join(command[:2]), done.stderr or done.stdout)
    return done.stdout


def _layers(made: Sequence[tuple[str, Any]]) -> tuple[Layer, ...]:
    told = [Layer(" ".join(NOT_SAID.sub("", instruction).split()), int(size)) for instruction, size in made]
    return tuple(layer for layer in told if layer.size)
