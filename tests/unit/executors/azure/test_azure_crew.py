"""A crew carries out calls, a few at once, and ends with the first that fails."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.executors.azure.crew import Crew
from modelpress.executors.azure.upload import BLOCK, MOST_BLOCKS, block_size


def test_every_call_is_carried_out_and_counted() -> None:
    counted: list[int] = []
    with Crew(3, counted.append) as crew:
        for number in range(20):
            crew.give(lambda number=number: number)
        crew.finish()
    assert sorted(counted) == list(range(20))


def test_no_more_than_its_hands_are_under_way() -> None:
    lock, most, now = threading.Lock(), 0, 0
    gate = threading.Event()

    def call() -> int:
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        gate.wait(0.01)
        with lock:
            now -= 1
        return 1

    with Crew(2, lambda _: None) as crew:
        for _ in range(10):
            crew.give(call)
        crew.finish()
    assert most == 2


def test_the_first_failure_is_raised_where_the_calls_are_given() -> None:
    crew = Crew(2, lambda _: None)

    def give_all() -> None:
        with crew:
            for number in (1, 0, 1, 1, 1, 1):
                crew.give(lambda number=number: 1 // number)
            crew.finish()

    with pytest.raises(ZeroDivisionError):
        give_all()
    assert crew.ended()


@settings(deadline=None)
@given(st.integers(0, 190 << 40))
def test_a_blob_never_has_more_blocks_than_the_service_takes(size: int) -> None:
    assert -(-size // block_size(size)) <= MOST_BLOCKS
    assert block_size(size) >= BLOCK
    assert block_size(size) <= 4000 << 20  # the largest block that there is
