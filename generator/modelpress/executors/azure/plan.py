"""What a plan for Azure says: one step for each thing in the workspace, and what is done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, Protocol

from modelpress.errors import ModelpressError

Kind = Literal["model", "data", "environment", "package", "endpoint", "deployment", "traffic"]
Action = Literal["create", "keep", "update", "delete", "conflict"]
OnConflict = Literal["fail", "next"]
"""Where a version exists with other content: fail, or take the next version."""
Uploader = Literal["own", "sdk"]
"""Who uploads: this program, or the SDK as a fallback."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing in the workspace.

    `version` is None for what has none. `overlays` are the fields in which the request differs
    from the rendered YAML, by name, and never hold a secret. `file` is the YAML's bundle path.
    """

    kind: Kind
    name: str
    version: str | None
    action: Action
    reason: str
    file: str = ""
    overlays: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def key(self) -> str:
        """What the state file calls it."""
        return f"{self.kind}:{self.name}"

    @property
    def label(self) -> str:
        """What people call it: `model digits_cpu-cpu_1, version 3`."""
        return f"{self.kind} {self.name}" + (f", version {self.version}" if self.version else "")


class AzurePlan(Protocol):
    """What every plan for Azure shows; `workspace` is its name and where it lies."""

    @property
    def workspace(self) -> str: ...

    @property
    def steps(self) -> Sequence[Step]: ...


def refuse_conflicts(plan: AzurePlan) -> None:
    """Raise ModelpressError where the plan holds a conflict: then nothing of it is done."""
    conflicts = [step for step in plan.steps if step.action == "conflict"]
    if conflicts:
        raise ModelpressError(
            "\n".join(f"{step.label}: {step.reason}" for step in conflicts),
            hint="Nothing was changed. Render another version, or register the next free one with --on-conflict next.",
        )
