"""A plan for Azure, printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelpress.executors.azure.plan import AzurePlan, Step

VERBS = {
    "create": "would create",
    "keep": "would keep",
    "update": "would update",
    "delete": "would delete",
    "conflict": "conflict:",
}


def steps_document(plan: AzurePlan) -> dict[str, Any]:
    """The plan as plain data."""
    return {
        "workspace": plan.workspace,
        "steps": [
            {
                "kind": step.kind,
                "name": step.name,
                "version": step.version,
                "action": step.action,
                "reason": step.reason,
                "file": step.file or None,
                "overlays": dict(step.overlays),
            }
            for step in plan.steps
        ],
    }


def steps_text(plan: AzurePlan) -> str:
    """The plan for people: what would be done, and below it what the request says that the file does not."""
    return "\n".join([f"in {plan.workspace}", *(line for step in plan.steps for line in _lines(step))])


def _lines(step: Step) -> list[str]:
    first = f"  {VERBS[step.action]} {step.label}: {step.reason}"
    return [first, *(f"      {name}: {value}" for name, value in step.overlays.items())]
