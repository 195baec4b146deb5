"""What a deployment answers, and how the service passes it on."""

from __future__ import annotations

from collections import Counter

import pytest
import requests
from standin import arrange
from standin.answers import canned, served, wrong
from standin.client import Azure

SLOW = "import time\n\ndef init():\n    pass\n\ndef run(text):\n    time.sleep(3)\n"
FAILING = "def init():\n    print('ready')\n\ndef run(text):\n    raise ValueError(text)\n"


def score(azure: Azure, deployment: str = "", *, key: str = "", body: object = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {key or azure.arm('POST', 'onlineEndpoints/ep1/listKeys')['secondaryKey']}"}
    headers |= {"azureml-model-deployment": deployment} if deployment else {}
    return requests.post(f"{azure.url}/scoring/ep1/score", json=body, headers=headers, verify=str(azure.ca), timeout=60)


@pytest.fixture
def live(azure: Azure) -> Azure:
    arrange.online_endpoint(azure, "ep1")
    for name in ("blue", "green"):
        arrange.online_deployment(azure, "ep1", name)
    arrange.online_endpoint(azure, "ep1", {"blue": 75, "green": 25})
    return azure


def test_requests_follow_the_traffic_exactly(live: Azure) -> None:
    answered = Counter(score(live).headers["azureml-model-deployment"] for _ in range(100))
    assert answered == {"blue": 75, "green": 25}
    assert score(live, "green").json() == {"deployment": "green"}
    assert score(live, "red").status_code == 404
    arrange.online_endpoint(live, "ep1", {})
    assert score(live).status_code == 404


def test_answers_in_turn_change_the_health(live: Azure) -> None:
    live.answer("ep1", "green", canned([1]), canned([2], status=503), wrong([3]))
    assert [score(live, "green").status_code for _ in range(4)] == [200, 503, 200, 200]
    assert score(live, "green").json() == [3]
    shares = [one.healthy_share for one in live.traffic_history("ep1")]
    assert shares[-3:] == [100, 75, 75]


def test_a_key_is_needed(live: Azure) -> None:
    assert score(live, key="wrong").status_code == 401
    assert live.requests("POST", "/score$")[0]["deployment"] == ""


def test_a_container_that_fails_becomes_424(live: Azure) -> None:
    live.answer("ep1", "third", served())
    code = {"codeId": arrange.code(live, "failing", FAILING), "scoringScript": "score.py"}
    arrange.online_deployment(live, "ep1", "third", codeConfiguration=code)
    answer = score(live, "third", body="text")
    assert (answer.status_code, answer.headers["ms-azureml-model-error-statuscode"]) == (424, "500")
    assert "ValueError" in answer.text
    log = live.arm("POST", "onlineEndpoints/ep1/deployments/third/getLogs", {})
    assert "ready" in log["content"]


def test_a_slow_model_ends_in_408(live: Azure) -> None:
    live.answer("ep1", "third", served())
    code = {"codeId": arrange.code(live, "slow", SLOW), "scoringScript": "score.py"}
    settings = {"requestTimeout": "PT0.2S"}
    arrange.online_deployment(live, "ep1", "third", codeConfiguration=code, requestSettings=settings)
    assert score(live, "third").status_code == 408


def test_a_failed_deployment_serves_nothing(live: Azure) -> None:
    resource = live.arm("GET", "onlineEndpoints/ep1/deployments/blue")
    code = {"codeId": arrange.code(live, "other"), "scoringScript": "nothing.py"}
    resource["properties"]["codeConfiguration"] = code
    live.arm("PUT", "onlineEndpoints/ep1/deployments/blue", resource)
    assert live.deployments("ep1")["blue"]["provisioningState"] == "Failed"
    assert score(live, "blue").status_code == 503
    causes = [(one.cause, one.healthy_share) for one in live.traffic_history("ep1")][-2:]
    assert [one.cause for one in live.traffic_gaps("ep1")] == ["deployment blue Failed"]
    assert causes == [("deployment blue Updating", 100), ("deployment blue Failed", 25)]
