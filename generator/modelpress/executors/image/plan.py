"""What will be done to publish an image: the commands of the engine, in their order."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from modelpress.bundle import SUMS_NAME, Bundle, Entry, content_sha256
from modelpress.errors import ModelpressError, UsageError, VerificationError
from modelpress.executors.image.engines import Engine, Words, find_engine
from modelpress.executors.image.naming import ImageName, check_push, image_name
from modelpress.executors.image.options import BuildOptions
from modelpress.executors.progress import SILENT, Progress
from modelpress.executors.streaming import stream
from modelpress.filetree import reading

DOCKERFILES = ("docker/Dockerfile", "Dockerfile")  # of a rendered project, of Olive's layout
CONTENT = {"docker/Dockerfile": "", "Dockerfile": "docker_content/"}
COPIED = ("model/", "scoring/")  # what of the content gets into the image
TEMPORARY, IMAGE = Path("TEMPORARY"), "IMAGE"  # what a printed plan has for a private folder and the image's id
PIP_CONFIGURATION = "[global]\ncert = /run/ca.pem\n"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for: how to build, another repository than the project's name, where to push."""

    build: BuildOptions = field(default_factory=BuildOptions)
    repository: str = ""
    push: str = ""


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """One build: `context` is the folder that the engine reads, None where it is unpacked first."""

    bundle: Bundle
    context: Path | None
    dockerfile: str
    engine: Engine
    options: BuildOptions

    def command(self, context: Path, place: Path) -> Words:
        """The command, which writes the image's id to `place` and finds secrets there."""
        secrets = ("pip.conf", "ca.pem") if self.options.proxy_ca else ()
        return (
            *self.engine.building,
            f"--iidfile={place / 'image'}",
            f"--file={context / self.dockerfile}",
            *([f"--platform={self.options.platform}"] if self.options.platform else []),
            *(f"--build-arg={name}={value}" for name, value in self.options.arguments.items()),
            *(f"--secret=id={name},src={place / name}" for name in secrets),
            str(context),
        )


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """Exactly what `publish_image.execute` will do: build, push, then tag here.

    `pushed` is the name in the registry, None where nothing is pushed.
    """

    build: BuildPlan
    content_sha256: str
    name: ImageName
    pushed: ImageName | None

    @property
    def commands(self) -> tuple[str, ...]:
        """The command lines, with TEMPORARY for a private folder and IMAGE for the id of what was built."""
        return tuple(map(shlex.join, self._commands()))

    def _commands(self) -> Iterator[Words]:
        engine = self.build.engine
        yield self.build.command(self.build.context or TEMPORARY / "context", TEMPORARY)
        for reference in self.pushed.references if self.pushed else ():
            yield from engine.pushing(IMAGE, reference, TEMPORARY / "digest")
        for reference in self.name.references:
            yield (engine.name, "tag", IMAGE, reference)


def plan(bundle: Bundle, folder: Path | None, wishes: Wishes, progress: Progress = SILENT) -> ImagePlan:
    """Decide what to do, reading only; the whole bundle is read for the tag that names its content.

    `folder` is where the bundle lies, None where it is in a zip. Raises UsageError for a bundle
    without Dockerfile, VerificationError where what is copied alone is over the budget, and
    ModelpressError where no engine can be used.
    """
    if wishes.push:
        check_push(wishes.push)
    build = plan_build(bundle, folder, wishes.build)
    digests = stream(bundle, lambda *_: nullcontext(_Nowhere()), progress)
    identity = content_sha256({path: digest for path, digest in digests.items() if path != SUMS_NAME})
    name = image_name(_text(bundle.entries[build.dockerfile], build.dockerfile), identity, wishes.repository)
    return ImagePlan(build, identity, name, name.at(wishes.push) if wishes.push else None)


def plan_build(bundle: Bundle, folder: Path | None, options: BuildOptions, *, runs: bool = False) -> BuildPlan:
    """Decide how to build; with `runs` by an engine that can run the image. Raises what `plan` raises."""
    dockerfile = next((path for path in DOCKERFILES if path in bundle.entries), None)
    if dockerfile is None:
        raise UsageError(
            "there is no docker/Dockerfile in the project",
            hint="Render it with the template set docker: modelpress render SOURCE -t docker.",
        )
    _check_budget(bundle, CONTENT[dockerfile], options.size_budget)
    context = None if folder is None else folder.resolve()
    return BuildPlan(bundle, context, dockerfile, find_engine(options.engine, runs=runs), options)


def _check_budget(bundle: Bundle, content: str, budget: int | None) -> None:
    folders = tuple(f"{content}{folder}" for folder in COPIED)
    copied = sum(entry.size for path, entry in bundle.entries.items() if path.startswith(folders))
    if budget is not None and copied > budget:
        raise VerificationError(
            f"model and code alone have {copied:,} bytes, over the budget of {budget:,}",
            hint="Take a smaller candidate, or raise --size-budget.",
        )


class _Nowhere:
    """Takes bytes that are read for their digest alone."""

    def write(self, chunk: memoryview, /) -> None:
        pass


def _text(entry: Entry, path: str) -> str:
    with reading(path), entry.open() as source:
        content = source.read()
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ModelpressError(f"{path} is not UTF-8 text", hint="Render the project again.", file=path) from None
