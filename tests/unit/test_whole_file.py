"""Small files are replaced whole, whoever else writes them."""

import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from modelpress.whole_file import LIKE_OTHERS, replace_file


def test_a_reader_finds_one_content_or_the_other_while_many_write(tmp_path: Path) -> None:
    place = tmp_path / "record"
    contents = [bytes([letter]) * 100_000 for letter in b"abcd"]
    replace_file(place, contents[0])
    with ThreadPoolExecutor(4) as pool:
        written = [pool.submit(replace_file, place, content) for content in contents * 20]
        found = {place.read_bytes() for _ in range(100)}
        for one in written:
            one.result()
    assert found <= set(contents)
    assert list(tmp_path.iterdir()) == [place]


def test_what_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    place = tmp_path / "record"
    (place / "inner").mkdir(parents=True)
    with pytest.raises(OSError, match="record"):
        replace_file(place, b"text")
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.skipif(sys.platform == "win32", reason="modes say nothing there")
def test_it_is_the_users_alone_unless_said_otherwise(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    replace_file(tmp_path / "private", b"")
    replace_file(tmp_path / "shared", b"", LIKE_OTHERS)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes["private"] == 0o600
    assert modes["shared"] == modes["usual"]
