"""Follows the traffic of each endpoint, and which of its deployments are healthy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from standin.exchange import Document
from standin.journal import Journal
from standin.store import Store


@dataclass(frozen=True)
class Moment:
    """An endpoint after a change.

    Attributes:
        at: Seconds since the last reset.
        cause: What changed, such as `deployment blue Succeeded`.
        traffic: Per cent by deployment, zeros included.
        healthy: Whether each deployment answers as it should.
    """

    at: float
    cause: str
    traffic: dict[str, int]
    healthy: dict[str, bool]

    @property
    def healthy_share(self) -> int:
        """Per cent of the traffic that healthy deployments carry."""
        return sum(share for name, share in self.traffic.items() if self.healthy.get(name))


class History:
    """Every change of every endpoint's traffic and health."""

    def __init__(self, store: Store, journal: Journal, answers_well: Callable[[str, str], bool]) -> None:
        self._store, self._journal, self._answers_well = store, journal, answers_well
        self._moments: dict[str, list[Moment]] = {}
        self._serving: set[tuple[str, str]] = set()  # deployments with a working revision

    def note(self, endpoint: str, cause: str) -> None:
        """Keep how the endpoint is now."""
        deployments = self._store.children(f"onlineEndpoints/{endpoint}/deployments")
        healthy = {one["name"]: self._is_healthy(endpoint, one) for one in deployments}
        found = self._store.find(f"onlineEndpoints/{endpoint}")
        traffic = dict(found["properties"].get("traffic", {})) if found and self._is_there(found) else {}
        moment = Moment(self._journal.now(), cause, traffic, healthy)
        self._moments.setdefault(endpoint, []).append(moment)

    def moments(self, endpoint: str) -> list[Document]:
        return [asdict(moment) for moment in self._moments.get(endpoint, [])]

    def serves(self, endpoint: str, deployment: str) -> bool:
        """Whether the deployment has a revision that works, which an update under way leaves in service."""
        return (endpoint, deployment) in self._serving

    def _is_healthy(self, endpoint: str, deployment: Document) -> bool:
        name, state = deployment["name"], deployment["properties"]["provisioningState"]
        if state == "Succeeded":
            self._serving.add((endpoint, name))
        elif state != "Updating":
            self._serving.discard((endpoint, name))
        return self.serves(endpoint, name) and self._answers_well(endpoint, name)

    @staticmethod
    def _is_there(endpoint: Document) -> bool:
        return bool(endpoint["properties"]["provisioningState"] != "Creating")
