"""What `--skeleton` may name."""

from __future__ import annotations

import pytest

from modelpress.errors import ModelpressError, UnsafeInputError, UsageError
from modelpress.fetching.address import without_credentials
from modelpress.projects.skeleton.reference import parse_reference

ABBREVIATIONS = {"gh": "https://github.com/{0}.git", "bb": "https://bitbucket.org/{0}"}


@pytest.mark.parametrize(
    ("text", "kind", "location"),
    [
        ("gh:owner/name", "git", "https://github.com/owner/name.git"),
        ("bb:owner/name", "git", "https://bitbucket.org/owner/name"),
        ("https://computer/x.git", "git", "https://computer/x.git"),
        ("git+https://computer/x", "git", "https://computer/x"),
        ("HTTPS://computer/x", "git", "HTTPS://computer/x"),
        ("ssh://git@computer:22/x.git", "git", "ssh://git@computer:22/x.git"),
        ("git@computer:owner/x.git", "git", "git@computer:owner/x.git"),
        ("file:///srv/x", "git", "file:///srv/x"),
        ("folder", "folder", "folder"),
        ("./a/b:c", "folder", "./a/b:c"),
        (r"C:\skeletons\one", "folder", r"C:\skeletons\one"),
        ("me@home/skeleton", "folder", "me@home/skeleton"),
        ("one.ZIP", "zip", "one.ZIP"),
    ],
)
def test_what_it_means(text: str, kind: str, location: str) -> None:
    found = parse_reference(text, ABBREVIATIONS)
    assert (found.kind, found.location, found.shown) == (kind, location, text)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("-u", UnsafeInputError),
        ("gh:-u", UnsafeInputError),
        ("https:///x.git", UsageError),
        ("https://-host/x.git", UnsafeInputError),
        ("ssh://-oProxyCommand=x/y", UnsafeInputError),
        ("-oProxyCommand=x@computer:y", UnsafeInputError),
        ("git@-computer:x", UnsafeInputError),
        ("ext::sh", UnsafeInputError),
        ("https://computer/\x07", UnsafeInputError),
        ("https://computer/x.zip", UsageError),
    ],
)
def test_what_is_refused(text: str, error: type[ModelpressError]) -> None:
    with pytest.raises(error):
        parse_reference(text, ABBREVIATIONS)


@pytest.mark.parametrize("directory", ["/etc", "..", "a/../..", "..\\a", "C:a"])
def test_a_directory_lies_inside(directory: str) -> None:
    with pytest.raises(UsageError):
        parse_reference("folder", {}, directory=directory)
    assert parse_reference("folder", {}, directory="a/b/").directory == "a/b"


def test_credentials_are_never_shown() -> None:
    shown = parse_reference("https://user:t0ken@computer/x.git", {}).shown
    assert shown == "https://computer/x.git"
    said = without_credentials("see https://a:b@c/d and ssh://e@f/g and ssh://e:h@f/g and https://t0ken@c/d")
    assert said == "see https://c/d and ssh://e@f/g and ssh://f/g and https://c/d"
