"""Which tags of wheels run on a platform, and which are refused."""

import pytest

from modelpress.errors import UsageError
from modelpress.packaging.wheels.target import PLATFORMS, Target


def test_older_tags_of_a_platform_run_there_as_well() -> None:
    tags = Target.of("3.11", "linux-x86_64").tags
    assert tags[0] == "manylinux_2_28_x86_64"
    assert {"manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux1_x86_64"} < set(tags)
    assert "manylinux_2_31_x86_64" not in tags
    assert "manylinux_2_28_x86_64" not in Target.of("3.11", "manylinux2014_x86_64").tags
    assert "manylinux_2_17_aarch64" in Target.of("3.11", "manylinux2014_aarch64").tags
    assert Target.of("3.11", "musllinux_1_2_x86_64").tags[:2] == ("musllinux_1_2_x86_64", "musllinux_1_1_x86_64")


@pytest.mark.parametrize("platform", [*PLATFORMS, "win32", "macosx_11_0_universal2", "linux_armv7l", None])
def test_a_platform_has_a_marker(platform: str | None) -> None:
    target = Target.of("3.13", platform)
    assert target.marker.startswith("sys_platform == ")
    assert (target.tags == ()) == (platform is None)


@pytest.mark.parametrize(
    ("platform", "marker"),
    [
        ("windows-x86_64", "sys_platform == 'win32' and platform_machine == 'AMD64'"),
        ("macos-arm64", "sys_platform == 'darwin' and platform_machine == 'arm64'"),
        ("linux-aarch64", "sys_platform == 'linux' and platform_machine == 'aarch64'"),
        ("macosx_11_0_universal2", "sys_platform == 'darwin'"),
    ],
)
def test_the_marker_is_true_on_that_platform(platform: str, marker: str) -> None:
    assert Target.of("3.11", platform).marker == marker


@pytest.mark.parametrize(
    ("python", "platform", "message"),
    [
        ("2.7", None, "--python-version 2.7: not a version of Python 3"),
        ("3.11; import os", None, "not a version of Python 3"),
        ("3.11", "linux-x86", "no such platform"),
        ("3.11", "--index-url=x", "no such platform"),
        ("3.11", "win_amd64 --pre", "no such platform"),
        ("3.11", "", "no such platform"),
    ],
)
def test_what_is_no_platform_is_refused(python: str, platform: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Target.of(python, platform)


def test_a_misspelt_platform_is_corrected() -> None:
    with pytest.raises(UsageError) as error:
        Target.of("3.11", "linux-x86-64")
    assert error.value.hint == "Did you mean linux-x86_64?"
