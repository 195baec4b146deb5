"""Environments: a base image with a conda file, or a Docker build context."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modelpress.bundle import Bundle
from modelpress.errors import UsageError
from modelpress.executors.azure.checking.documents import RENDER, Document, is_there
from modelpress.executors.azure.checking.flaws import Flaw
from modelpress.executors.azure.checking.names import ASSET, VERSION

MOST_FILES = 100  # of a build context, as the service's limits say
MOST_BYTES = 1 << 20  # likewise
SERVERS = ("azureml-inference-server-http", "azureml-defaults")
"""Packages that bring the server of online deployments."""


def environment_flaws(bundle: Bundle, document: Document, kind: str) -> Iterator[Flaw]:
    """What is wrong with the file of an environment; `kind` is online or batch."""
    yield from ASSET.flaws(document, "name", required=True)
    yield from VERSION.flaws(document, "version")
    image, build = document.get("image"), document.get("build")
    if (image is None) == (build is None):
        yield document.flaw(("image",), "must be given, or else build", "Name a base image, or a build context.")
    if build is not None:
        yield from _context_flaws(bundle, document)
    elif document.get("conda_file") is not None:
        yield from _conda_flaws(bundle, document, kind)


def _context_flaws(bundle: Bundle, document: Document) -> Iterator[Flaw]:
    given = document.get("build", "path")
    path = document.place(given) if isinstance(given, str) else None
    files = [name for name in bundle.entries if path is not None and name.startswith(f"{path}/")]
    if path is None or not files:
        yield document.flaw(("build", "path"), "is no folder of the project", "Name one relative to this file.")
        return
    dockerfile = f"{path}/{document.get('build', 'dockerfile_path') or 'Dockerfile'}"
    if dockerfile not in bundle.entries:
        yield document.flaw(("build", "dockerfile_path"), f"there is no {dockerfile}", RENDER)
    size = sum(bundle.entries[name].size for name in files)
    if len(files) > MOST_FILES or size > MOST_BYTES:
        limits = f"the service takes {MOST_FILES} files of {MOST_BYTES:,} bytes in all"
        yield document.flaw(("build", "path"), f"holds {len(files)} files of {size:,} bytes: {limits}", "Shrink it.")


def _conda_flaws(bundle: Bundle, document: Document, kind: str) -> Iterator[Flaw]:
    given = document.get("conda_file")
    path = document.place(given) if isinstance(given, str) else None
    if path is None or not is_there(bundle, path):
        yield document.flaw(("conda_file",), "is no file of the project", "Name one relative to this file.")
        return
    try:
        conda = Document.read(bundle, path)
    except UsageError as error:
        yield Flaw(error.file, error.message.removeprefix(f"{error.file}: "), error.hint)
        return
    dependencies = conda.get("dependencies")
    if not isinstance(dependencies, list):
        yield conda.flaw(("dependencies",), "must be a list of packages", RENDER)
    elif kind == "online" and not any(name.startswith(SERVERS) for name in _packages(dependencies)):
        yield conda.flaw(
            ("dependencies",), "have no server in them", f"Add {SERVERS[0]} below pip: the endpoint runs it."
        )


def _packages(dependencies: list[object]) -> Iterator[str]:
    for one in dependencies:
        if isinstance(one, Mapping):
            yield from (str(name) for name in one.get("pip") or ())
        else:
            yield str(one)
