"""How traffic moves to a new deployment, step by step, and back: arithmetic alone, nothing is asked of Azure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelpress.executors.azure.endpoints import WHOLE, Shares


@dataclass(frozen=True, slots=True)
class Ramp:
    """The way of a deployment to its last share.

    `start` is the traffic when it was planned, `before` that to go back to when a step fails, and
    `steps` is the traffic of each step. `restore` says that an earlier run left the traffic half
    way: `before` comes first.
    """

    deployment: str
    start: Shares
    before: Shares
    steps: tuple[Shares, ...]
    restore: bool = False

    def is_own(self, shares: Shares) -> bool:
        """Whether the traffic is one that this ramp begins with or sets; else somebody else has moved it."""
        return shares in (self.start, self.before, *self.steps)

    def record(self, *, rolling_back: bool) -> dict[str, Any]:
        """What the state file keeps while traffic moves."""
        return {
            "deployment": self.deployment,
            "before": dict(self.before),
            "steps": [dict(step) for step in self.steps],
            "rolling_back": rolling_back,
        }


def ramp_of(deployment: str, current: Shares, wanted: Sequence[int], record: Mapping[str, Any]) -> Ramp:
    """The ramp from the current traffic; `wanted` are rising percentages, `record` what an earlier run left.

    An earlier ramp of the same deployment is gone on with; one that failed, or was another
    deployment's, is taken back first. Traffic that neither had set is somebody else's, and stays.
    """
    before, restore = current, False
    if record.get("before") and current in (record["before"], *record.get("steps", ())):
        unfinished = not record.get("rolling_back") and record.get("deployment") == deployment
        before = record["before"]
        restore = not unfinished and current != before
    start = before if restore else current
    others = {name: share for name, share in before.items() if name != deployment}
    if not others:
        steps: tuple[Shares, ...] = () if start.get(deployment) == WHOLE else ({deployment: WHOLE},)
        return Ramp(deployment, current, before, steps, restore)
    left = [share for share in wanted if share > start.get(deployment, 0)]
    steps = tuple(divided(deployment, share, others) for share in left)
    return Ramp(deployment, current, before, steps, restore)


def divided(deployment: str, share: int, others: Shares) -> Shares:
    """`share` per cent to the deployment and the rest to the others in their proportion, in whole numbers."""
    rest, total = WHOLE - share, sum(others.values())
    exact = {name: rest * part / total for name, part in others.items()}
    whole = {name: int(part) for name, part in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (whole[name] - exact[name], name))
    for name in by_remainder[: rest - sum(whole.values())]:
        whole[name] += 1
    return {name: part for name, part in {**whole, deployment: share}.items() if part}


def key_of(endpoint: str) -> str:
    """What the state file calls the traffic of an endpoint."""
    return f"traffic:{endpoint}"


def described(shares: Shares) -> str:
    """`blue 90 %, green 10 %`."""
    return ", ".join(f"{name} {share} %" for name, share in sorted(shares.items())) or "none"
