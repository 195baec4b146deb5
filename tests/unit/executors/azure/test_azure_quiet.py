"""What an SDK prints, logs and warns of inside a call goes nowhere, and nothing else is lost."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import warnings

import pytest

from modelpress.executors.azure.quiet import quiet


def test_prints_and_warnings_go_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    with quiet():
        print("a dot")  # noqa: T201 - as the SDK does
        print("a bar", file=sys.stderr)  # noqa: T201
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    print("after")  # noqa: T201
    assert capsys.readouterr() == ("after\n", "")


def test_the_warnings_of_its_loggers_go_nowhere() -> None:
    code = (
        "import logging; from modelpress.executors.azure.quiet import quiet\n"
        "with quiet(): pass\n"
        "logging.getLogger('azure.core').warning('noise'); logging.getLogger('mine').warning('kept')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "kept\n")


def test_a_handler_of_the_user_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), quiet():
        logging.getLogger("azure.core").warning("asked for")
    assert caplog.messages == ["asked for"]


def test_threads_leave_the_streams_as_they_were() -> None:
    before = sys.stdout, sys.stderr

    def many() -> None:
        for _ in range(200):
            with quiet():
                pass

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sys.stdout, sys.stderr) == before
