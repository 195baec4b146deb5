"""Under which name a deployment goes: the configured one, or one of its own beside what carries traffic."""

from __future__ import annotations

from dataclasses import dataclass

from modelpress.executors.azure.endpoints import Live
from modelpress.executors.azure.plan import Action
from modelpress.executors.azure.waiting import ENDED, SUCCEEDED

LONGEST_NAME = 32  # characters of a deployment's name, the service's limit
DIGITS = 8  # of the digest in a name


@dataclass(frozen=True, slots=True)
class Place:
    """The name of the deployment, and what becomes of what has that name."""

    name: str
    action: Action
    reason: str


def place_of(configured: str, sha256: str, live: Live | None) -> Place:
    """Where a deployment of this digest goes.

    One that was made from the same is kept. What requests reach is never replaced: beside it goes
    `<configured>-<digest>`.
    """
    if live is None:
        return Place(configured, "create", "there is no such endpoint yet")
    names = (configured, suffixed(configured, sha256))
    for name in names:
        found = live.deployments.get(name)
        if found and found.sha256 == sha256 and (found.state == SUCCEEDED or found.state not in ENDED):
            works = found.state == SUCCEEDED
            return Place(name, "keep", "it was made from this" if works else f"it is made from this, and {found.state}")
    for name in names:
        if name not in live.deployments:
            beside = f"{configured} carries traffic" if name != configured else "there is no such deployment yet"
            return Place(name, "create", beside)
        if not live.is_used(name):
            state = live.deployments[name].state
            failed = "" if state == SUCCEEDED else f" and is {state}"
            return Place(name, "update", f"it carries no traffic{failed}: it is replaced")
    return Place(names[-1], "conflict", "it carries traffic, and was made from something else")


def suffixed(name: str, sha256: str) -> str:
    """`<name>-<digest>`, the name cut so that the service takes it."""
    return f"{name[: LONGEST_NAME - DIGITS - 1].rstrip('-')}-{sha256[:DIGITS]}"
