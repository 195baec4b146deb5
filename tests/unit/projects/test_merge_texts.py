"""Merging edits of a text with a new rendering of it: nothing that a person wrote is lost."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.projects.merging import CannotMergeError, ConflictStyle, merge

BASE = b"one\ntwo\nthree\nfour\nfive\nsix\nseven\n"


@pytest.fixture(autouse=True, scope="module")
def _git(require_tool: Callable[[str], str]) -> None:
    require_tool("git")


def test_edits_that_do_not_overlap_survive() -> None:
    ours, theirs = BASE.replace(b"two", b"2"), BASE.replace(b"six", b"6")
    merged = merge(BASE, ours, theirs, "markers", "a.txt")
    assert not merged.conflict
    assert merged.content == b"one\n2\nthree\nfour\nfive\n6\nseven\n"


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    changed = BASE.replace(b"two", b"2")
    assert merge(BASE, changed, changed, "markers", "a.txt").content == changed


def test_an_overlap_is_marked_with_both_sides_by_name() -> None:
    merged = merge(BASE, BASE.replace(b"two", b"mine"), BASE.replace(b"two", b"new"), "markers", "a.txt")
    assert merged.conflict
    assert merged.content == (
        b"one\n<<<<<<< this project\nmine\n=======\nnew\n>>>>>>> as it is rendered now\nthree\nfour\nfive\nsix\nseven\n"
    )


def test_a_rejected_change_is_a_patch_that_applies_to_what_is_kept(tmp_path: Path) -> None:
    ours = BASE.replace(b"two", b"mine")
    theirs = BASE.replace(b"two", b"new").replace(b"seven\n", b"7")
    merged = merge(BASE, ours, theirs, "rej", "a.txt")
    assert merged.conflict
    assert merged.content == b"one\nmine\nthree\nfour\nfive\nsix\n7"
    (tmp_path / "a.txt").write_bytes(merged.content)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=merged.rejected, check=True)
    assert (tmp_path / "a.txt").read_bytes() == theirs


@pytest.mark.parametrize("style", ["markers", "rej"])
def test_a_text_that_was_converted_to_crlf_merges_and_stays_crlf(style: ConflictStyle) -> None:
    ours = BASE.replace(b"two", b"mine").replace(b"\n", b"\r\n")
    merged = merge(BASE, ours, BASE.replace(b"six", b"6"), style, "a.txt")
    assert not merged.conflict
    assert merged.content == b"one\r\nmine\r\nthree\r\nfour\r\nfive\r\n6\r\nseven\r\n"
    marked = merge(BASE, ours, BASE.replace(b"two", b"new"), style, "a.txt")
    assert marked.conflict
    assert marked.content.count(b"\n") == marked.content.count(b"\r\n")


def test_a_text_rendered_with_crlf_stays_crlf() -> None:
    base, theirs = (text.replace(b"\n", b"\r\n") for text in (BASE, BASE.replace(b"six", b"6")))
    merged = merge(base, base.replace(b"two", b"mine"), theirs, "markers", "a.bat")
    assert merged.content == b"one\r\nmine\r\nthree\r\nfour\r\nfive\r\n6\r\nseven\r\n"


def test_a_missing_last_newline_stays_missing_on_either_side() -> None:
    changed = BASE.replace(b"two", b"2")
    assert merge(BASE, BASE[:-1], changed, "markers", "a.txt").content == changed[:-1]
    assert merge(BASE, changed, BASE[:-1], "markers", "a.txt").content == changed[:-1]


def test_text_of_any_language_and_bytes_that_are_none_pass_through() -> None:
    mine = "größer 模型 🚀 ".encode() + b"\xff\xfe"
    merged = merge(BASE, BASE.replace(b"two", mine), BASE.replace(b"six", "шесть".encode()), "markers", "a.txt")
    assert merged.content == BASE.replace(b"two", mine).replace(b"six", "шесть".encode())


def test_what_is_no_text_is_not_merged() -> None:
    with pytest.raises(CannotMergeError):
        merge(BASE, "two".encode("utf-16"), BASE.replace(b"two", b"2"), "markers", "a.txt")


def test_settings_of_git_do_not_change_what_a_conflict_looks_like(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".gitconfig").write_text("[merge]\n\tconflictStyle = diff3\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / ".gitconfig"))
    merged = merge(BASE, BASE.replace(b"two", b"mine"), BASE.replace(b"two", b"new"), "markers", "a.txt")
    assert b"|||||||" not in merged.content


words = st.sampled_from(["alpha", "beta", "gamma", "", "}", "größer"])
texts = st.lists(words, max_size=8)


@st.composite
def edits(draw: st.DrawFn, base: list[str], tag: str) -> list[str]:
    """The base with lines removed, and lines of nobody else's inserted."""
    lines = []
    for number, line in enumerate([*base, None]):
        lines += [f"{tag} {number} {count}" for count in range(draw(st.sampled_from([0, 0, 0, 1, 2])))]
        if line is not None and draw(st.sampled_from([True, True, True, False])):
            lines.append(line)
    return lines


@st.composite
def cases(draw: st.DrawFn) -> tuple[bytes, bytes, bytes]:
    base = draw(texts)
    sides = [base, draw(edits(base, "mine")), draw(edits(base, "new"))]
    ends = [draw(st.sampled_from(["\n", "\n", ""])) for _ in sides]
    base_text, ours, theirs = ("\n".join(lines) + end for lines, end in zip(sides, ends, strict=True))
    if draw(st.booleans()):
        ours = ours.replace("\n", "\r\n")
    return base_text.encode(), ours.encode(), theirs.encode()


def lines_of(text: bytes) -> Counter[str]:
    return Counter(text.decode().replace("\r\n", "\n").splitlines())


@given(case=cases(), style=st.sampled_from(["markers", "rej"]))
@settings(max_examples=60, deadline=None)
def test_every_line_that_either_side_wrote_is_in_the_result_or_in_the_patch(
    case: tuple[bytes, bytes, bytes], style: ConflictStyle
) -> None:
    base, ours, theirs = case
    merged = merge(base, ours, theirs, style, "a.txt")
    content, rejected = lines_of(merged.content), merged.rejected.decode()
    for line in lines_of(ours) - lines_of(base):
        assert content[line] >= 1, "an edit is lost"
    for line in lines_of(theirs) - lines_of(base):
        assert content[line] >= 1 or (style == "rej" and line in rejected), "a change of the template is lost"
    assert bool(rejected) == (merged.conflict and style == "rej")


@given(case=cases())
@settings(max_examples=25, deadline=None)
def test_what_only_one_side_changed_is_taken(case: tuple[bytes, bytes, bytes]) -> None:
    base, _, theirs = case
    assert merge(base, base, theirs, "markers", "a.txt").content == theirs
    assert merge(base, theirs, base, "markers", "a.txt").content == theirs
