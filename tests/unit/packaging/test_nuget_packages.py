"""Versions, ranges and manifests of NuGet packages."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.packaging.nuget.choice import is_for_cpp
from modelpress.packaging.nuget.nuspec import LONGEST, Nuspec, read_package
from modelpress.packaging.nuget.versions import Range, Version

labels = st.lists(st.from_regex(r"[0-9A-Za-z]{1,4}", fullmatch=True), max_size=3)
versions = st.builds(
    lambda numbers, words: Version.parse(".".join(map(str, numbers)) + ("-" + ".".join(words) if words else "")),
    st.lists(st.integers(0, 999), min_size=1, max_size=4),
    labels,
)


def test_versions_are_in_nugets_order() -> None:
    texts = [
        "0.9",
        "1.0.0-1",
        "1.0.0-2",
        "1.0.0-10",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-BETA",
        "1.0",
        "1.0.0.1",
        "1.10",
    ]
    parsed = [Version.parse(text) for text in texts]
    shuffled = parsed[5:] + parsed[:5]
    assert sorted(shuffled) == parsed


@pytest.mark.parametrize(
    ("text", "shown"), [("1", "1.0.0"), ("01.02", "1.2.0"), ("1.2.3.0", "1.2.3"), ("1.2.3.4", "1.2.3.4"),
                        ("1.0.7+r3456", "1.0.7"), ("1.0-RC.1", "1.0.0-rc.1")]
)  # fmt: skip
def test_a_version_has_one_form(text: str, shown: str) -> None:
    assert str(Version.parse(text)) == shown


@given(versions, versions)
@settings(deadline=None, max_examples=100)
def test_the_form_of_a_version_is_the_version(one: Version, other: Version) -> None:
    assert Version.parse(str(one)) == one
    assert (one < other) + (one == other) + (one > other) == 1
    assert one in Range.exactly(one) or one.labels
    assert (one in Range.parse(str(other))) == (one >= other and (not one.labels or bool(other.labels)))


@pytest.mark.parametrize(
    ("notation", "inside", "outside"),
    [
        ("1.0", ["1.0", "1.5", "9"], ["0.9", "1.1-rc"]),
        ("[1.0]", ["1.0", "1.0.0.0"], ["0.9", "1.0.1"]),
        ("[1.0,2.0)", ["1.0", "1.9.9"], ["2.0", "0.9"]),
        ("(1.0, 2.0]", ["1.0.1", "2.0"], ["1.0", "2.1"]),
        ("(,2.0]", ["0.1", "2.0"], ["2.0.1"]),
        ("(1.0,)", ["1.0.1", "7"], ["1.0"]),
        ("1.0-rc", ["1.0-rc", "1.0", "2.0-beta"], ["1.0-beta"]),
        ("", ["0.1", "9"], ["1.0-rc"]),
    ],
)
def test_ranges_are_nugets(notation: str, inside: Sequence[str], outside: Sequence[str]) -> None:
    versions = Range.parse(notation)
    assert all(Version.parse(text) in versions for text in inside)
    assert not any(Version.parse(text) in versions for text in outside)


@pytest.mark.parametrize("text", ["", "one", "1..2", "1.2.3.4.5", "1.0 beta", "-1", "1.0-", "9" * 5000])
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="is no version"):
        Version.parse(text)


@pytest.mark.parametrize("text", ["[1.0", "1.0]", "[1.0,2.0,3.0]", "(a,b)", "[]", "(,"])
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        Range.parse(text)


def package(path: Path, dependencies: str = "", *, manifest: str | None = None, files: Sequence[str] = ()) -> Path:
    inside = f"<id>A</id><version>1.0</version><dependencies>{dependencies}</dependencies>"
    text = f"<package><metadata>{inside}</metadata></package>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("A.nuspec", text if manifest is None else manifest)
        for file in files:
            archive.writestr(file, "")
    return path


@pytest.mark.parametrize(
    ("frameworks", "taken"),
    [
        (["net8.0", "netstandard2.0"], "net8.0"),
        (["net6.0", "net9.0", "net472", "netstandard2.1"], "net6.0"),
        ([".NETCoreApp3.1", ".NETStandard2.0"], ".NETCoreApp3.1"),
        ([".NETFramework4.7.2", ".NETStandard1.3", ".NETStandard2.0"], ".NETStandard2.0"),
        (["NETCOREAPP", "NETSTANDARD", "NETFRAMEWORK"], "NETCOREAPP"),
        ([".NETCoreApp,Version=v5.0", "net8.0-android34.0"], ".NETCoreApp,Version=v5.0"),
        (["net8.0-ios", "native", "net48"], None),
        (["native", ""], ""),
    ],
)
def test_dependencies_are_those_of_dotnet_8(tmp_path: Path, frameworks: Sequence[str], taken: str | None) -> None:
    groups = "".join(
        f'<group{f" targetFramework={one!r}" if one else ""}><dependency id="D{place}" version="1.0"/></group>'
        for place, one in enumerate(frameworks)
    )
    found = read_package(package(tmp_path / "a.nupkg", groups))
    assert [one.name for one in found.dependencies] == ([] if taken is None else [f"D{frameworks.index(taken)}"])


def test_dependencies_without_groups_are_for_all(tmp_path: Path) -> None:
    found = read_package(package(tmp_path / "a.nupkg", '<dependency id="D" version="[1.0,2.0)"/>'))
    assert [(one.name, str(one.versions)) for one in found.dependencies] == [("D", "from 1.0.0 before 2.0.0")]


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ("", "its .nuspec cannot be understood"),
        ("<package>", "its .nuspec cannot be understood"),
        ("<package/>", "its .nuspec names no package"),
        ("<package><metadata><id>../evil</id></metadata></package>", "its .nuspec names no package"),
        ("<package><metadata><id>A</id><version>x</version></metadata></package>", "'x' is no version"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><package/>', "its .nuspec is not one that NuGet writes"),
        (" " * (LONGEST + 1), "its .nuspec is not one that NuGet writes"),
        (
            "<package><metadata><id>A</id><version>1</version>"  # noqa: ISC004 - one text
            "<dependencies><dependency id='a/b'/></dependencies></metadata></package>",
            "its .nuspec names no package where it depends on one",
        ),
    ],
)
def test_a_manifest_that_is_none(tmp_path: Path, manifest: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_package(package(tmp_path / "a.nupkg", manifest=manifest))


def test_a_file_that_is_no_package(tmp_path: Path) -> None:
    path = tmp_path / "a.nupkg"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ValueError, match="it is not a whole NuGet package"):
        read_package(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("folder/A.nuspec", "<package/>")
    with pytest.raises(ValueError, match="it is no NuGet package"):
        read_package(path)


@pytest.mark.parametrize(
    ("files", "platform", "usable"),
    [
        (["runtimes/linux-x64/native/a.so"], "manylinux_2_28_x86_64", True),
        (["runtimes/linux-x64/native/a.so"], "manylinux_2_28_aarch64", False),
        (["runtimes/linux-x64/native/a.so"], "win_amd64", False),
        (["runtimes/win-x64/native/a.dll", "lib/net8.0/A.dll"], "win_amd64", True),
        (["runtimes/osx.10.14-arm64/native/a.dylib"], "macosx_14_0_arm64", True),
        (["runtimes/osx-x64/native/a.dylib"], "macosx_14_0_arm64", False),
        (["runtimes/any/lib/A.dll", "lib/net8.0/A.dll"], "linux_x86_64", False),
        (["lib/net8.0/A.dll"], "linux_x86_64", False),
        (["build/native/include/a.h"], "linux_x86_64", True),
    ],
)
def test_what_cpp_can_use(files: Sequence[str], platform: str, usable: bool) -> None:  # noqa: FBT001 - pytest names it
    assert is_for_cpp(Nuspec("A", Version.parse("1"), (), tuple(files)), (), [platform]) == usable
