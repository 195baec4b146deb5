"""Who makes the projects: processes of this computer, or the workers of a cluster."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial

from modelpress.errors import ModelpressError, RemoteError
from modelpress.fetching.address import without_credentials

RARELY = 100_000  # new objects between two collections of garbage: as in the command itself
PATIENCE = 10  # seconds for a scheduler to answer
WHOLE_FLEET = 1_000_000  # projects that a scheduler is given at once: it deals them out itself


@dataclass(frozen=True, slots=True)
class Crew:
    """Opens an executor of `concurrent.futures`; `width` is how many projects it is given at a time.

    `lost` are the exceptions that a future of it has where its worker was lost for good.
    """

    open: Callable[[], AbstractContextManager[Executor]]
    width: int
    lost: tuple[type[Exception], ...] = ()


def local_crew(processes: int) -> Crew:
    """That many processes of this computer."""
    return Crew(partial(_pool, processes), 2 * processes)


def cluster_crew(address: str) -> Crew:
    """The workers of the Dask scheduler at `address`.

    Raises ModelpressError where dask.distributed is not installed, RemoteError where no scheduler answers.
    """
    try:
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise ModelpressError(
            "dask.distributed is not installed", hint="Install it: pip install 'modelpress[cluster]'"
        ) from None
    return Crew(partial(_cluster, address), WHOLE_FLEET, (KilledWorker,))


@contextmanager
def _pool(processes: int) -> Iterator[Executor]:
    # Processes start afresh: a fork of one that has threads may hang, and Windows has no fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_prepare_worker) as executor:
        yield executor


def _prepare_worker() -> None:
    """A worker ends what it has begun when Ctrl-C is pressed, and does not outlive who gives it work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(RARELY)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    from distributed import Client

    shown = without_credentials(address)
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise RemoteError(
            f"no Dask scheduler answers at {shown}: {type(error).__name__}",
            hint="Start one with `dask scheduler`, and give the address that it prints.",
        ) from None
    with client, client.get_executor(pure=False) as executor:
        yield executor
