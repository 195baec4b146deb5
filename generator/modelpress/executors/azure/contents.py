"""What an asset holds: a folder or a file of the bundle, with the digests of its files and one for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from modelpress.bundle import Bundle, Digest, Entry, sha256sums
from modelpress.executors.progress import SILENT, Progress
from modelpress.executors.streaming import Sink, stream

_NOT_IN_URIS = re.compile(r"[^A-Za-z0-9_.-]")
TOP = "modelpress"  # the folder in the datastore under which all that we upload lies


@dataclass(frozen=True, slots=True)
class Content:
    """The content of one asset.

    `path` is its folder or file in the bundle, `files` maps what follows that path ("" for the
    file itself) to the entries, `sha256` is the digest of the SHA256SUMS of them, which names
    the whole content wherever it lies.
    """

    path: str
    files: Mapping[str, Entry]
    digests: Mapping[str, Digest]
    sha256: str

    @property
    def name(self) -> str:
        """The last part of the path, as it may stand in a URI: what a deployment sees below AZUREML_MODEL_DIR."""
        return _NOT_IN_URIS.sub("_", self.path.rpartition("/")[2])

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(digest.size for digest in self.digests.values())

    @property
    def remote_path(self) -> str:
        """Where it lies in the datastore: the same content always lies at the same place."""
        return f"{TOP}/{self.sha256}/{self.name}"

    def blobs(self) -> Iterator[tuple[str, Entry, Digest]]:
        """For each file: its place in the datastore, its bytes, their digest."""
        for name, entry in self.files.items():
            yield self.remote_path + (f"/{name}" if name else ""), entry, self.digests[name]


def files_at(bundle: Bundle, path: str) -> dict[str, Entry]:
    """The files of the bundle at `path`: those of a folder by their path below it, or one file by ""."""
    if path in bundle.entries:
        return {"": bundle.entries[path]}
    below = f"{path}/"
    return {name[len(below) :]: entry for name, entry in bundle.entries.items() if name.startswith(below)}


def contents_of(bundle: Bundle, paths: Iterable[str], progress: Progress = SILENT) -> dict[str, Content]:
    """The content at each path; each file is read once, however many paths it lies under.

    Raises ModelpressError for a file that cannot be read.
    """
    files = {path: files_at(bundle, path) for path in dict.fromkeys(paths)}
    wanted = {_joined(path, name): entry for path, found in files.items() for name, entry in found.items()}
    digests = stream(Bundle.of(wanted), _nowhere, progress)
    return {
        path: _content(path, found, {name: digests[_joined(path, name)] for name in found})
        for path, found in files.items()
    }


def _content(path: str, files: Mapping[str, Entry], digests: Mapping[str, Digest]) -> Content:
    named = {name or path.rpartition("/")[2]: digest for name, digest in digests.items()}
    return Content(path, files, digests, Digest.of(sha256sums(named)).sha256)


def _joined(path: str, name: str) -> str:
    return f"{path}/{name}" if name else path


class _Nowhere:
    def write(self, chunk: memoryview, /) -> None:
        pass


@contextmanager
def _nowhere(_path: str, _entry: Entry) -> Iterator[Sink]:
    yield _Nowhere()
