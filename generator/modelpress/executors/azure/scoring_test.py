"""The golden inputs, sent to one deployment through its endpoint, and the answer compared."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from modelpress.bundle import Bundle
from modelpress.errors import UsageError, VerificationError
from modelpress.executors.azure.sending import WebRequest, ask
from modelpress.executors.azure.workspace import Workspace
from modelpress.filetree import reading
from modelpress.golden_documents import GoldenDocument, difference, read_golden

GOLDEN = "golden/golden.json"


def golden_of(bundle: Bundle) -> GoldenDocument:
    """The golden vectors of a project. Raises UsageError where it has none: nothing untested gets traffic."""
    if GOLDEN not in bundle.entries:
        raise UsageError(
            f"the project has no {GOLDEN}, so that a deployment could not be tested before it gets traffic",
            hint="Render it with golden vectors. `publish --untested` and `package --no-golden` leave the test out.",
        )
    with reading(GOLDEN), bundle.entries[GOLDEN].open() as source:
        return read_golden(source.read(), GOLDEN)


@dataclass(frozen=True, slots=True)
class ScoringTest:
    """Asks deployments of one endpoint."""

    workspace: Workspace
    endpoint: str
    golden: GoldenDocument

    def run(self, deployment: str) -> None:
        """Raise VerificationError where the answer differs, ServiceError where there is none."""
        doing = f"testing deployment {deployment}"
        self.workspace.retries.report.waiting(doing)
        endpoint = self.workspace.call(doing, lambda: self.workspace.client.online_endpoints.get(self.endpoint))
        answer = self.workspace.call(doing, lambda: self._answer(deployment, str(endpoint.scoring_uri)))
        found = difference(answer, self.golden)
        if found:
            raise VerificationError(
                f"{doing} failed: {found}",
                hint="Look at the scoring script and at the model: `modelpress verify --only scoring` runs both here.",
            )

    def _answer(self, deployment: str, uri: str) -> Any:
        keys = self.workspace.client.online_endpoints.get_keys(self.endpoint)
        key = getattr(keys, "primary_key", None) or getattr(keys, "access_token", None)
        headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "azureml-model-deployment": deployment,
        }
        response = ask(self.workspace, WebRequest("POST", uri, "", self.golden.request, headers))
        try:
            answer = response.json()
            return json.loads(answer) if isinstance(answer, str) else answer  # the server encodes text once more
        except ValueError:
            return None
