"""Why a deployment failed: the service's words, what its containers have logged, and what to do about it."""

from __future__ import annotations

import re
from typing import Any

from modelpress.errors import ModelpressError
from modelpress.executors.azure.faults import ServiceError
from modelpress.executors.azure.wording import cleaned
from modelpress.executors.azure.workspace import Workspace

CONTAINERS = ("storage-initializer", "inference-server")
"""The container that fetches model and code, and the one that runs the scoring script."""
LINES = 200  # that are asked for of each log
SHOWN = 15  # of them, those at the end
_HINTS = (
    (
        r"ImageBuildFailure|image build|no matching distribution|ResolutionImpossible|PackagesNotFound|conda",
        "The environment could not be built: look at its conda file or Dockerfile, and at the build log in the studio.",
    ),
    (
        r"quota|OutOfCapacity|SkuNotAvailable|not enough cores",
        (
            "Ask for more quota in the Azure portal (Usage + quotas of the subscription), "
            "or choose another instance type or fewer instances."
        ),
    ),
    (
        (
            r"(fail|error|unable|cannot|could not|denied)\w*[^.\n]{0,60}\b(download|mount)"
            r"|AuthorizationPermissionMismatch|(download|mount)\w*[^.\n]{0,60}(failed|denied|timed out)"
        ),
        (
            "The model could not be fetched: the endpoint's identity needs the role Storage Blob Data Reader, "
            "and the network a way to the storage account."
        ),
    ),
    (
        r"MemoryError|OutOfMemory|OOMKilled|exit code 137|Killed",
        "The model does not fit into the instance: choose a larger instance_type.",
    ),
    (
        r"ModuleNotFoundError|ImportError|No module named",
        (
            "The environment lacks a package that the scoring script imports: add it to conda.yml or "
            "context/requirements.txt, whichever lies beside environment.yml."
        ),
    ),
    (
        r"Traceback|\w+Error: |\w+Exception: |FileNotFound",
        "The scoring script failed: `modelpress verify --only scoring` runs it here.",
    ),
    (
        r"container has crashed|crash|probe|unhealthy|Readiness|Liveness",
        (
            "The container did not come up: look at its log, and give the probes a longer initial_delay "
            "where the model takes long to load."
        ),
    ),
)


def explained(workspace: Workspace, error: ServiceError, endpoint: str, deployment: str) -> ServiceError:
    """The error with the ends of the containers' logs below it, and the hint of its class."""
    logs = {name: _log(workspace, endpoint, deployment, name) for name in CONTAINERS}
    shown = [f"{name} logged:\n{_end(text)}" for name, text in logs.items() if text]
    return ServiceError(
        "\n".join([error.message, *shown]),
        hint=hint_of(error.message, *reversed(logs.values())) or error.hint,
        status=error.status,
    )


def hint_of(*texts: str) -> str:
    """What to do about the first class that any of the texts names, looked for in their order; empty for none."""
    for text in texts:
        for pattern, hint in _HINTS[:-1]:
            if re.search(pattern, text, re.IGNORECASE):
                return hint
    pattern, hint = _HINTS[-1]
    return hint if any(re.search(pattern, text, re.IGNORECASE) for text in texts) else ""


def _log(workspace: Workspace, endpoint: str, deployment: str, container: str) -> str:
    """The end of a log; empty where there is none, which is no reason to lose the error that it explains."""
    operations: Any = workspace.client.online_deployments
    try:
        text = workspace.call(
            f"reading the log of {container}",
            lambda: operations.get_logs(deployment, endpoint, LINES, container_type=container),
        )
    except ModelpressError:
        return ""
    return str(text).strip()


def _end(text: str) -> str:
    return "\n".join(f"  {line}" for line in cleaned(text[-4000:]).splitlines()[-SHOWN:])
