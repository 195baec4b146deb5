"""Commands end with all that they started: at their time limit, and when nobody waits for them any more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modelpress.proving.processes import LAST_LINES, LONGEST_OUTPUT, build, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="POSIX commands, and /proc tells what goes on")


def has_ended(process_id: int) -> bool:
    """Whether the process ends within a few seconds; a zombie has ended."""
    for _ in range(500):
        try:
            state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


def test_the_end_of_what_is_printed_is_kept(tmp_path: Path) -> None:
    ended = build(["seq", "100000"], tmp_path)
    assert ended.code == 0
    assert ended.tail.splitlines() == [str(number) for number in range(100001 - LAST_LINES, 100001)]
    many = build([sys.executable, "-c", f"print('x' * {2 * LONGEST_OUTPUT}); print('end')"], tmp_path)
    assert many.output.endswith("x\nend\n")
    assert len(many.output) == LONGEST_OUTPUT


def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    ended = build(["no-such-program"], tmp_path)
    assert (ended.code, ended.output) == (127, "no-such-program: No such file or directory")


def test_at_the_time_limit_all_that_was_started_ends(tmp_path: Path) -> None:
    ended = build(["sh", "-c", "sleep 600 & echo $!; wait"], tmp_path, timeout=0.3)
    assert ended.code is None
    assert has_ended(int(ended.output))


def test_what_goes_on_in_the_background_is_not_waited_for(tmp_path: Path) -> None:
    ended = build(["sh", "-c", "sleep 600 & echo $!"], tmp_path, timeout=60)
    assert ended.code == 0
    os.kill(int(ended.output), signal.SIGKILL)


def test_a_secret_is_not_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MY_TOKEN", "AZURE_CLIENT_SECRET", "DB_PASSWORD"):
        monkeypatch.setenv(name, "hidden")
    monkeypatch.setenv("SOMETHING", "plain")
    assert "hidden" not in build(["env"], tmp_path).output
    assert "SOMETHING=plain" in build(["env"], tmp_path).output
    assert "SOMETHING" not in run(["env"], tmp_path, home=tmp_path).output
    assert f"HOME={tmp_path}\n" in run(["env"], tmp_path, home=tmp_path).output


def test_one_who_is_interrupted_leaves_nothing_running(tmp_path: Path) -> None:
    (tmp_path / "samples" / "python").mkdir(parents=True)
    (tmp_path / "golden").mkdir()
    (tmp_path / "golden" / "golden.json").touch()
    sample = "import os, pathlib, time; pathlib.Path('id').write_text(f'{os.getpid()}\\n'); time.sleep(600)"
    (tmp_path / "samples" / "python" / "sample.py").write_text(sample)
    place = f"Path({str(tmp_path)!r})"
    code = f"from pathlib import Path; from modelpress.proving.samples import check_samples as c; c({place}, {place})"
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as process:
        started = tmp_path / "samples" / "python" / "id"
        while not (started.exists() and started.read_text()):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) != 0
    assert has_ended(int(started.read_text()))
