"""The front of the sweep is the front by definition, and stays fast when every point is on it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.candidates.ranking.pareto import dominators

few_values = st.integers(0, 4).map(float) | st.just(float("inf"))  # few, so that ties and equal points are common
points = st.integers(1, 5).flatmap(lambda width: st.lists(st.tuples(*[few_values] * width), max_size=40))


def dominates(one, other):
    return one != other and all(mine <= theirs for mine, theirs in zip(one, other, strict=True))


@settings(deadline=None, max_examples=400)
@given(points)
def test_a_point_is_on_the_front_when_none_dominates_it(rows):
    found = dominators(rows)
    for row, dominator in zip(rows, found, strict=True):
        if dominator is None:
            assert not any(dominates(other, row) for other in rows)
        else:
            assert dominates(rows[dominator], row)
            assert found[dominator] is None
            assert rows.index(rows[dominator]) == dominator


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(*[st.floats(allow_nan=False)] * 3), max_size=30))
def test_any_floats_will_do(rows):
    front = [row for row, dominator in zip(rows, dominators(rows), strict=True) if dominator is None]
    assert front == [row for row in rows if not any(dominates(other, row) for other in rows)]


@pytest.mark.parametrize("rows", [[], [()], [(), ()], [(1.0,)], [(2.0, 3.0), (2.0, 3.0)]])
def test_nothing_to_compare_leaves_all_on_the_front(rows):
    assert dominators(rows) == [None] * len(rows)


def test_a_coordinate_that_never_differs_does_not_slow_the_search():
    # Accuracy ties across most real searches: four objectives, of which three tell points apart.
    size = 20_000
    rows = [(float(i), float(i * 7919 % size), 1.0, float(-i)) for i in range(size)]
    started = time.process_time()
    assert dominators(rows) == [None] * size
    assert time.process_time() - started < 2  # pairwise takes half a minute


def test_it_is_fast_where_every_point_is_on_the_front():
    size = 20_000
    rows = [(float(i), float(i * 7919 % size), float(-i - i * 7919 % size)) for i in range(size)]
    started = time.process_time()
    assert dominators(rows) == [None] * size
    assert time.process_time() - started < 2
