"""The SDK prints bars, dots and coloured lines from inside its calls; here they go nowhere."""

from __future__ import annotations

import io
import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

LOGGERS = ("azure", "msal")
_ONE_AT_A_TIME = threading.RLock()  # two threads that redirect at once would leave the streams redirected


@contextmanager
def quiet() -> Iterator[None]:
    """Swallow what the SDK prints, logs and warns of.

    This holds for the whole process, so it is put around single calls of the SDK, never around
    anything of ours that shows progress.
    """
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not logger.hasHandlers():  # otherwise Python prints the warnings of such a logger itself
            logger.addHandler(logging.NullHandler())
    sink = io.StringIO()
    with _ONE_AT_A_TIME, redirect_stdout(sink), redirect_stderr(sink), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
