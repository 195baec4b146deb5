"""The working copy holds what was hashed; large files are lent, and small ones are its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from modelpress.bundle import Bundle, Digest, ExistingFile, sha256sums
from modelpress.errors import ModelpressError
from modelpress.project_files import open_bundle
from modelpress.proving.lending import lend
from modelpress.proving.working_copy import LARGE, Loan, working_copy


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small text, and a large file of zeros that takes no room on the disk."""
    folder = tmp_path / "project"
    (folder / "model").mkdir(parents=True)
    (folder / "sample.txt").write_text("as it was")
    with (folder / "model" / "weights.bin").open("wb") as file:
        file.truncate(4 * LARGE)
    return folder


def hashed(bundle: Bundle) -> dict[str, Digest]:
    """Digests of the small files; nobody asks for the others here."""
    small = {path: one for path, one in bundle.entries.items() if isinstance(one, ExistingFile) and one.size < LARGE}
    return {path: Digest.of(one.path.read_bytes()) for path, one in small.items()}


def test_bytes_of_a_large_file_are_not_copied(project: Path) -> None:
    bundle = open_bundle(project)
    with working_copy(bundle, Loan.of(bundle), hashed(bundle)) as copy:
        lent = copy / "model" / "weights.bin"
        assert lent.stat().st_size == 4 * LARGE
        assert lent.stat().st_blocks == (project / "model" / "weights.bin").stat().st_blocks
        assert not lent.is_symlink()
    assert not copy.exists()
    assert (project / "model" / "weights.bin").stat().st_size == 4 * LARGE


def test_small_files_may_be_written_to(project: Path) -> None:
    bundle = open_bundle(project)
    with working_copy(bundle, Loan.of(bundle), hashed(bundle)) as copy:
        (copy / "sample.txt").write_text("built")
    assert (project / "sample.txt").read_text() == "as it was"


@pytest.mark.parametrize("name", ["sample.txt", "model/weights.bin"])
def test_what_changed_since_it_was_hashed_is_not_run(project: Path, name: str) -> None:
    bundle = open_bundle(project)
    loan, digests = Loan.of(bundle), hashed(bundle)
    with (project / name).open("r+b") as file:
        file.write(b"other")
    with (
        pytest.raises(ModelpressError, match=f"{name} changed while it was verified"),
        working_copy(bundle, loan, digests),
    ):
        pytest.fail("there must be no working copy")


def test_a_large_file_that_changes_meanwhile_is_told(project: Path) -> None:
    bundle = open_bundle(project)
    with (
        pytest.raises(ModelpressError, match=r"weights.bin changed while"),
        working_copy(bundle, Loan.of(bundle), hashed(bundle)),
        (project / "model" / "weights.bin").open("r+b") as file,
    ):
        file.write(b"other")


def test_the_list_of_hashes_is_that_of_the_whole(project: Path) -> None:
    (project / "SHA256SUMS").write_text("")
    bundle = open_bundle(project)
    digests = {**hashed(bundle), "model/weights.bin": Digest(4 * LARGE, "0" * 64)}
    with working_copy(bundle, Loan.of(bundle), digests) as copy:
        assert (copy / "SHA256SUMS").read_bytes() == sha256sums(digests)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is a file system of its own on Linux alone")
def test_what_cannot_be_lent_is_copied(tmp_path: Path) -> None:
    lend(Path("/proc/version"), tmp_path / "version")
    assert (tmp_path / "version").read_bytes() == Path("/proc/version").read_bytes()
