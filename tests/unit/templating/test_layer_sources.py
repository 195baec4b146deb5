"""Layers that lie elsewhere: what is fetched, what is kept, and what is refused."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from modelpress.errors import ModelpressError, RemoteError, UnsafeInputError, UsageError
from modelpress.fetching.extent import Extent
from modelpress.templating import GitSource, Layer, ZipSource, layer_sources, load_sets, search_path

NOWHERE = "0123456789abcdef0123456789abcdef01234567"
SETS = {"readme/README.md.jinja": "ours\n", "notes/template-set.yaml": "description: Notes.\n"}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in for ssh is a shell script")


def test_a_repository_is_used_as_it_is_in_the_commit(elsewhere: Any, private_cache: Path) -> None:
    first = elsewhere.commit({f"sets/{name}": content for name, content in SETS.items()})
    elsewhere.commit({"sets/readme/README.md.jinja": "changed\n"})
    address = elsewhere.address
    layer = GitSource(address, first, "sets").layer()
    assert (layer.name, layer.kind, layer.version(), layer.is_foreign) == ("acme-templates", "git", first, True)
    assert (layer.path / "readme/README.md.jinja").read_text() == "ours\n"
    assert layer.path == private_cache / "modelpress/layers" / f"git-{first}" / "sets"
    assert not (layer.path.parent / ".git").exists()
    sets = load_sets((layer, *search_path()))
    assert sets["notes"].layer == "acme-templates"
    assert sets["readme"].is_foreign


def test_what_was_fetched_is_used_without_the_repository(elsewhere: Any) -> None:
    commit = elsewhere.commit(SETS)
    source = GitSource(elsewhere.address, commit, name="org")
    kept = source.layer()
    shutil.rmtree(elsewhere.repository)
    assert source.layer() == kept
    with pytest.raises(RemoteError, match="cannot be fetched") as caught:
        GitSource(source.address, NOWHERE).layer()
    assert "git clone" in caught.value.hint


def test_nothing_of_a_commit_that_is_not_there_is_kept(elsewhere: Any, private_cache: Path) -> None:
    elsewhere.commit(SETS)
    elsewhere.git("branch", NOWHERE)  # what is called like a commit is none
    with pytest.raises(RemoteError, match=f"has no branch, tag or commit '{NOWHERE}'"):
        GitSource(elsewhere.address, NOWHERE).layer()
    assert list((private_cache / "modelpress/layers").iterdir()) == []


def test_nothing_of_a_repository_runs(elsewhere: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = tmp_path / "ran"
    hook = elsewhere.repository / ".githooks/post-checkout"
    first = {".gitattributes": "* filter=own\n", ".githooks/post-checkout": f"#!/bin/sh\ntouch {ran}\n"}
    elsewhere.commit(first)
    hook.chmod(0o755)
    elsewhere.git("submodule", "add", "--quiet", str(elsewhere.repository), "module")
    commit = elsewhere.commit(SETS)
    settings = tmp_path / "gitconfig"
    smudge = f'[filter "own"]\n\tsmudge = touch {ran}; cat\n\trequired = true\n'
    settings.write_text(f"[core]\n\thooksPath = {elsewhere.repository}/.githooks\n{smudge}")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    layer = GitSource(elsewhere.address, commit).layer()
    assert not ran.exists()
    assert list((layer.path / "module").iterdir()) == []


ADDRESSES = [
    "http://computer/x.git",
    "git://computer/x.git",
    "file:///srv/x.git",
    "ext::sh -c id",
    "--upload-pack=id",
    "ssh://-oProxyCommand=id/x",
    "-oProxyCommand=id@computer:x",
    "/srv/x.git",
    "git+https://computer/x.git",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_that_git_must_not_be_given(address: str) -> None:
    with pytest.raises(UnsafeInputError):
        GitSource(address, NOWHERE).layer()


@pytest.mark.parametrize("commit", ["main", "-u", NOWHERE[:12], f"{NOWHERE}\n", NOWHERE.upper(), ""])
def test_a_layer_is_pinned_to_a_whole_commit(commit: str) -> None:
    with pytest.raises(UsageError, match="is not pinned to a commit"):
        GitSource("https://computer/x.git", commit).layer()


def test_a_large_repository_is_refused_before_it_is_written(
    elsewhere: Any, monkeypatch: pytest.MonkeyPatch, private_cache: Path
) -> None:
    commit = elsewhere.commit({f"set/{number}.txt": "x" * 100 for number in range(5)})
    source = GitSource(elsewhere.address, commit)
    for most in (Extent(files=4, size=10_000), Extent(files=100, size=499)):
        monkeypatch.setattr(layer_sources, "MOST", most)
        with pytest.raises(UnsafeInputError, match=f"holds more than {most.files} files"):
            source.layer()
    assert list((private_cache / "modelpress/layers").iterdir()) == []
    monkeypatch.setattr(layer_sources, "MOST", Extent(files=5, size=500))
    assert source.layer().kind == "git"


def test_a_few_objects_that_make_millions_of_files_are_refused(elsewhere: Any) -> None:
    elsewhere.commit({"x": ""})
    item = f"100644 blob {elsewhere.git('rev-parse', 'HEAD:x')}\tx"
    for _ in range(9):
        lines = "".join(f"{item.rpartition('x')[0]}{name}\n" for name in "abcdefghij")
        made = elsewhere.git("mktree", given=lines)
        item = f"040000 tree {made}\tx"
    commit = elsewhere.git("commit-tree", item.split()[2], "-m", "Bomb")
    elsewhere.git("update-ref", "refs/heads/bomb", commit)
    with pytest.raises(UnsafeInputError, match="holds more than 10,000 files"):
        GitSource(elsewhere.address, commit).layer()


def test_a_link_out_of_a_repository_is_refused(elsewhere: Any, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (elsewhere.repository / "samples").symlink_to(tmp_path / "home")
    commit = elsewhere.commit({})
    with pytest.raises(UnsafeInputError, match="the symlink samples leads outside the layer"):
        GitSource(elsewhere.address, commit).layer()


def test_a_zip_is_used_while_it_is_the_pinned_one(elsewhere: Any, tmp_path: Path) -> None:
    path, sha256 = elsewhere.zip("acme.zip", [(f"top/{name}", content.encode()) for name, content in SETS.items()])
    source = ZipSource(path, sha256, "top")
    layer = source.layer()
    assert (layer.name, layer.kind, layer.version()) == ("acme", "zip", sha256)
    assert load_sets([layer])["notes"].description == "Notes."
    path.rename(tmp_path / "moved.zip")
    assert source.layer() == layer, "what was unpacked needs the zip no more"
    _, other = elsewhere.zip("acme.zip", [("readme/README.md.jinja", b"other")])
    with pytest.raises(UnsafeInputError, match=f"its SHA-256 is {other}, not {sha256}"):
        source.layer()


def test_a_zip_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelpressError, match=r"no\.zip cannot be read"):
        ZipSource(tmp_path / "no.zip", "0" * 64).layer()


def test_several_at_once_fetch_one_layer(elsewhere: Any, private_cache: Path) -> None:
    path, sha256 = elsewhere.zip("layer.zip", [(f"set/{number}.txt", b"x") for number in range(200)])
    with ThreadPoolExecutor(8) as pool:
        layers = list(pool.map(lambda _: ZipSource(path, sha256).layer(), range(8)))
    assert len({layer.path for layer in layers}) == 1
    assert [one.name for one in (private_cache / "modelpress/layers").iterdir()] == [f"zip-{sha256}"]
    assert len(list((layers[0].path / "set").iterdir())) == 200


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("set/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


HARMFUL = [
    ([("../evil.txt", b"x")], "written outside the folder"),
    ([("/evil.txt", b"x")], "written outside the folder"),
    ([("a\\..\\evil.txt", b"x")], "written outside the folder"),
    ([(link(), b"/etc/passwd")], "holds the symlink 'set/link'"),
    ([("set/bomb.txt", b"\0" * (300 << 20))], "holds more than 10,000 files or 256 MiB"),
]


@pytest.mark.parametrize(("members", "message"), HARMFUL, ids=[case[1] for case in HARMFUL])
def test_a_zip_that_is_made_to_do_harm(
    elsewhere: Any, private_cache: Path, members: list[tuple[str | zipfile.ZipInfo, bytes]], message: str
) -> None:
    source = ZipSource(*elsewhere.zip("layer.zip", members))
    with pytest.raises(UnsafeInputError, match=message):
        source.layer()
    assert list((private_cache / "modelpress/layers").iterdir()) == []


@pytest.mark.parametrize(("inside", "error"), [("nowhere", UsageError), ("../..", UnsafeInputError)])
def test_the_folder_inside_is_there(elsewhere: Any, inside: str, error: type[ModelpressError]) -> None:
    with pytest.raises(error):
        ZipSource(*elsewhere.zip("layer.zip", [("set/a.txt", b"x")]), inside).layer()


def test_without_a_cache_of_ones_own_there_are_no_layers_from_elsewhere(elsewhere: Any, private_cache: Path) -> None:
    path, sha256 = elsewhere.zip("layer.zip", [("set/a.txt", b"x")])
    (private_cache / "modelpress").mkdir()
    (private_cache / "modelpress/layers").write_text("in the way")
    with pytest.raises(ModelpressError, match="no cache folder that belongs to you alone"):
        ZipSource(path, sha256).layer()


def test_the_version_of_a_folder_is_that_of_its_content(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "set").mkdir(parents=True)
        (tmp_path / name / "set/a.txt").write_text("a")
    one, two = (Layer("project", tmp_path / name) for name in ("one", "two"))
    first = one.version()
    assert first == two.version()
    (tmp_path / "one/set/__pycache__").mkdir()
    (tmp_path / "one/set/__pycache__/a.pyc").write_bytes(b"x")
    assert one.version() == first
    (tmp_path / "one/set/a.txt").write_text("b")
    assert one.version() != first
    (tmp_path / "two/set/a.txt").rename(tmp_path / "two/set/b.txt")
    assert two.version() != first
