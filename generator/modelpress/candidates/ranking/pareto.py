"""The Pareto front: which of many points no other point beats."""

from __future__ import annotations

from collections.abc import Sequence
from operator import le

Row = tuple[float, ...]


def dominators(points: Sequence[Sequence[float]]) -> list[int | None]:
    """For each point the index of one that dominates it, None where it is on the front.

    Lower is better on every coordinate; the points have the same number of them and none is
    NaN. A point dominates another when it is nowhere higher and somewhere lower, so equal
    points never dominate each other. The dominator is itself on the front; of equal ones it
    is the first. O(n log n) where at most three coordinates differ between the points,
    O(n * front) otherwise.
    """
    columns = [column for column in zip(*points, strict=True) if len(set(column)) > 1]
    if not columns:
        return [None] * len(points)
    rows: list[Row] = list(zip(*columns, strict=True))
    first: dict[Row, int] = {}
    for index, row in enumerate(rows):
        first.setdefault(row, index)
    # In this order, without equal points, a point can only be dominated by one before it, and
    # one before it that is nowhere higher dominates it.
    distinct = sorted(first)
    search = _sweep if len(columns) <= 3 else _pairwise  # noqa: PLR2004 - the sweep keeps the third in a tree
    found = search(distinct)
    dominator = {
        row: None if position is None else first[distinct[position]]
        for row, position in zip(distinct, found, strict=True)
    }
    return [dominator[row] for row in rows]


def _sweep(rows: list[Row]) -> list[int | None]:
    """Take the points in order of the first coordinate and look the other two up in a tree.

    The tree (Fenwick's) answers in O(log n): of the front points so far that are no higher on
    the second coordinate, which is lowest on the third? It stays O(n log n) when every point
    is on the front, where a sorted list would shift its elements at each insertion.
    """
    padded = [(*row, 0.0, 0.0)[:3] for row in rows]
    places = {height: place for place, height in enumerate(sorted({row[1] for row in padded}), start=1)}
    nothing = (float("inf"), len(rows))
    lowest = [nothing] * (len(places) + 1)
    found: list[int | None] = []
    for position, (_, second, third) in enumerate(padded):
        place = at = places[second]
        best = nothing
        while at:
            best = min(best, lowest[at])
            at &= at - 1
        if best[1] < len(rows) and best[0] <= third:
            found.append(best[1])
            continue
        found.append(None)
        entry = (third, position)
        while place < len(lowest) and entry < lowest[place]:
            lowest[place] = entry
            place += place & -place
    return found


def _pairwise(rows: list[Row]) -> list[int | None]:
    """Compare each point with the front so far."""
    front: list[int] = []
    found: list[int | None] = []
    for position, row in enumerate(rows):
        dominator = next((other for other in front if all(map(le, rows[other], row))), None)
        found.append(dominator)
        if dominator is None:
            front.append(position)
    return found
