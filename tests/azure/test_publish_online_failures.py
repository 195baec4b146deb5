"""Deployments that fail, secrets that must not be seen, time limits and Ctrl-C."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from deploying import ENDPOINT, RIGHT, WRONG, EndpointProject, answering, online_project
from publishing import Outcome, changes, names_of, pointed_to, publish, running
from standin import arrange, effects
from standin.answers import served
from standin.client import Azure

from modelpress.errors import ModelpressError
from modelpress.executors.azure import endpoint_plan, publish_endpoint
from modelpress.executors.azure.assets import Wishes
from modelpress.executors.azure.workspace import WorkspaceOptions
from modelpress.project_files import open_bundle

IMAGE = [{"code": "ImageBuildFailure", "message": "conda: no matching distribution for numpy==9", "details": []}]
CRASHED = "User container has crashed or terminated."


@pytest.fixture
def project(tmp_path: Path) -> EndpointProject:
    return online_project(tmp_path / "deploy")


@pytest.fixture(autouse=True)
def right(azure: Azure) -> None:
    azure.answer(ENDPOINT, "blue", RIGHT)


def online(azure: Azure, project: EndpointProject, *arguments: object, **settings: object) -> Outcome:
    return publish(azure, "online", project.folder, *arguments, **settings)


@pytest.mark.parametrize(
    ("effect", "message", "hint"),
    [
        (
            effects.failed_operation("BadArgument", "Image build failed", details=IMAGE),
            "numpy==9",
            "could not be built",
        ),
        (effects.failed_operation("OutOfQuota", "Not enough quota available."), "Not enough quota", "more quota"),
        (effects.failed_operation("BadArgument", CRASHED, log="MemoryError"), "crashed", "larger instance_type"),
        (effects.failed_operation("BadArgument", CRASHED, log="ModuleNotFoundError: x"), "crashed", "conda.yml"),
        (effects.failed_operation("BadArgument", CRASHED, log="ValueError: bad"), "ValueError: bad", "scoring script"),
        (effects.failed_operation("BadArgument", CRASHED), "crashed", "initial_delay"),
        (
            effects.failed_operation("ResourceNotReady", "Failed to download the model from storage"),
            "Failed to download",
            "Storage Blob Data Reader",
        ),
        (effects.canceled_operation(), "the operation was canceled", "Run the command again"),
    ],
    ids=["image", "quota", "memory", "package", "script", "crash", "model", "canceled"],
)
def test_a_failed_deployment_says_why(
    azure: Azure, project: EndpointProject, effect: effects.Effect, message: str, hint: str
) -> None:
    azure.fault("PUT", "/deployments/blue", effect)
    outcome = online(azure, project)
    assert outcome.exit_code == 6
    assert outcome.error["message"].startswith("making deployment blue failed: ")
    assert message in outcome.error["message"]
    assert hint in outcome.error["hint"]
    assert "storage-initializer logged:\n  Downloading code and model: done" in outcome.error["message"]
    assert azure.requests("POST", "/score$") == []
    assert online(azure, project).exit_code == 0
    assert azure.endpoints()[ENDPOINT]["traffic"] == {"blue": 100}


def test_a_script_that_fails_at_start_is_shown(azure: Azure, project: EndpointProject) -> None:
    azure.answer(ENDPOINT, "blue", served())
    project.write("scoring/score.py", "def init():\n    raise ValueError('bad weights')\n\ndef run(text):\n    pass\n")
    outcome = online(azure, project)
    assert outcome.exit_code == 6
    assert outcome.error["message"].endswith("ValueError: bad weights")
    assert outcome.error["hint"].startswith("The scoring script failed")


def test_a_failed_update_leaves_the_traffic_alone(azure: Azure, project: EndpointProject) -> None:
    online(azure, project)
    project.new_model("model 2")
    name = answering(project, azure, RIGHT)
    azure.fault("PUT", f"/deployments/{name}", effects.failed_operation("BadArgument", CRASHED))
    assert online(azure, project).exit_code == 6
    assert azure.endpoints()[ENDPOINT]["traffic"] == {"blue": 100}
    assert azure.traffic_gaps(ENDPOINT) == []
    assert online(azure, project).exit_code == 0
    assert azure.endpoints()[ENDPOINT]["traffic"] == {name: 100}


def test_logs_that_cannot_be_had_hide_nothing(azure: Azure, project: EndpointProject) -> None:
    azure.fault("PUT", "/deployments/blue", effects.failed_operation("OutOfQuota", "Not enough quota."))
    azure.fault("POST", "/getLogs", effects.status(500), times=None)
    assert online(azure, project).error["message"] == "making deployment blue failed: Not enough quota."


def test_quota_is_refused_at_once(azure: Azure, project: EndpointProject) -> None:
    azure.set(quota_cores=1)
    outcome = online(azure, project)
    assert outcome.exit_code == 6
    assert outcome.error["message"].startswith("making deployment blue failed (HTTP 400, OutOfQuota): Not enough quota")
    assert "Usage + quotas" in outcome.error["hint"]


def test_an_instance_type_that_the_region_does_not_have(azure: Azure, project: EndpointProject) -> None:
    project.change("deployment", instance_type="Standard_NOSUCH_v9")
    outcome = online(azure, project)
    assert outcome.exit_code == 6
    assert "The instance type Standard_NOSUCH_v9 is not supported" in outcome.error["message"]


def test_secrets_arrive_and_are_seen_nowhere(
    azure: Azure, project: EndpointProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    azure.secret("db", f"{azure.marker}-db")
    monkeypatch.setenv("API_TOKEN", f"{azure.marker}-env")
    variables = {"DB": "user:${keyvault:db}", "API": "${env:API_TOKEN}", "MODE": "fast"}
    project.change("deployment", environment_variables=variables)
    steps = online(azure, project, "--dry-run", keyvault_name=azure.vault_url).document["steps"]
    overlays = next(one["overlays"] for one in steps if one["kind"] == "deployment")
    assert overlays["environment_variables.DB"] == "user:${keyvault:db} resolved"
    assert "environment_variables.MODE" not in overlays
    crash = effects.failed_operation("BadArgument", CRASHED, log=f"KeyError: {azure.marker}-env")
    azure.fault("PUT", "/deployments/blue", crash)
    failed = online(azure, project, keyvault_name=azure.vault_url)
    assert "KeyError: ***" in failed.error["message"]
    assert online(azure, project, keyvault_name=azure.vault_url).exit_code == 0
    assert azure.deployments(ENDPOINT)["blue"]["environmentVariables"] == {
        "DB": f"user:{azure.marker}-db",
        "API": f"{azure.marker}-env",
        "MODE": "fast",
    }
    assert azure.marker not in project.state_file.read_text(encoding="utf-8")


def test_a_secret_that_the_vault_does_not_have(azure: Azure, project: EndpointProject) -> None:
    project.change("deployment", environment_variables={"DB": "${keyvault:nothing}"})
    outcome = online(azure, project, keyvault_name=azure.vault_url)
    assert outcome.exit_code == 6
    start = f"reading the secret nothing of the Key Vault {azure.vault_url} failed (HTTP 404, SecretNotFound): "
    assert outcome.error["message"].startswith(start)
    assert changes(azure) == []


def test_a_vault_cannot_collect_tokens_for_others(azure: Azure, project: EndpointProject) -> None:
    project.change("deployment", environment_variables={"DB": "${keyvault:db}"})
    challenge = 'Bearer authorization="https://login.example/t", resource="https://management.azure.example"'
    azure.fault("GET", "/secrets/", effects.Effect(status=401, headers={"WWW-Authenticate": challenge}))
    outcome = online(azure, project, keyvault_name=azure.vault_url)
    assert outcome.exit_code == 6
    assert outcome.error["message"].endswith("failed: it does not say whom to ask for a token")
    assert [one["status"] for one in azure.requests("GET", "/secrets/")] == [401]


def test_the_time_limit_ends_the_waiting_alone(azure: Azure, project: EndpointProject) -> None:
    arrange.online_endpoint(azure, ENDPOINT)  # so that the deployment is the first to be waited for
    azure.fault("PUT", "/deployments/blue", effects.endless_operation())
    outcome = online(azure, project, "--time-limit", "0.02")
    assert outcome.exit_code == 6
    expected = "deployment blue is not ready within the time limit of 1 s; it goes on in Azure"
    assert outcome.error["message"] == expected
    assert "--time-limit" in outcome.error["hint"]
    azure.end_operations()
    assert online(azure, project).document["artifacts"][0]["action"] == "keep"
    assert len(azure.requests("PUT", "/deployments/blue")) == 1
    assert azure.endpoints()[ENDPOINT]["traffic"] == {"blue": 100}


def test_what_fails_while_a_later_run_waits_for_it_says_so(azure: Azure, project: EndpointProject) -> None:
    azure.fault("PUT", "/deployments/blue", effects.failed_operation("BadArgument", CRASHED, log="MemoryError"))
    azure.operations(looks=0)
    with running(azure, "online", project.folder, operation_retry_interval=0) as child:
        child.wait_for("PUT", "/onlineEndpoints/[^/]*[?]")
        azure.operations(looks=100_000)
        child.wait_for("GET", "/mfeOperationsStatus/", count=3)
        child.kill()
    with running(azure, "online", project.folder, operation_retry_interval=0) as child:
        seen = len(azure.requests("GET", "/deployments/blue"))
        child.wait_for("GET", "/deployments/blue", count=seen + 2)
        azure.end_operations()
        outcome = child.end()
    assert outcome.exit_code == 6
    assert "making deployment blue failed: deployment blue is failed" in outcome.stderr
    assert "MemoryError" in outcome.stderr
    azure.operations(looks=1)
    assert online(azure, project).exit_code == 0


def test_ctrl_c_leaves_the_operation_and_says_how_to_go_on(azure: Azure, project: EndpointProject) -> None:
    azure.fault("PUT", "/deployments/blue", effects.endless_operation())
    with running(azure, "online", project.folder, operation_retry_interval=1) as child:
        child.wait_for("GET", "/mfeOperationsStatus/", count=4)
        outcome = child.end(signal.SIGINT)
    assert outcome.exit_code == 130
    assert "interrupted; deployment blue goes on in Azure" in outcome.stderr
    assert "Run the same command again: it goes on where it stopped." in outcome.stderr
    azure.end_operations()
    assert online(azure, project).exit_code == 0
    assert len(azure.requests("PUT", "/deployments/blue")) == 1


def test_a_rollback_that_fails_is_made_up_for(azure: Azure, project: EndpointProject) -> None:
    online(azure, project)
    project.new_model("model 2")
    name = answering(project, azure, RIGHT, WRONG)
    azure.fault("PUT", "/onlineEndpoints/[^/]*[?]", effects.status(503), nth=2, times=None)
    outcome = online(azure, project, "--traffic", "10,100")
    assert outcome.exit_code == 3
    assert "\nputting the traffic back failed as well: " in outcome.error["message"]
    assert azure.endpoints()[ENDPOINT]["traffic"] == {"blue": 90, name: 10}
    azure.clear_faults()
    again = online(azure, project, "--traffic", "10,100")
    assert again.exit_code == 3
    assert azure.endpoints()[ENDPOINT]["traffic"] == {"blue": 100}


def test_traffic_that_somebody_else_moved_meanwhile_stays(azure: Azure, project: EndpointProject) -> None:
    online(azure, project)
    project.new_model("model 2")
    name = answering(project, azure, RIGHT, WRONG)
    azure.fault("PUT", "/onlineEndpoints/[^/]*[?]", effects.status(503), nth=2, times=None)
    online(azure, project, "--traffic", "10,100")
    azure.clear_faults()
    endpoint = azure.arm("GET", f"onlineEndpoints/{ENDPOINT}")
    endpoint["properties"]["traffic"] = {"blue": 75, name: 25}
    azure.arm("PUT", f"onlineEndpoints/{ENDPOINT}", endpoint)
    assert online(azure, project, "--traffic", "30").exit_code == 3
    assert azure.endpoints()[ENDPOINT]["traffic"] == {"blue": 75, name: 25}


def test_an_endpoint_that_appears_after_the_plan_keeps_its_traffic(azure: Azure, project: EndpointProject) -> None:
    options = WorkspaceOptions(**names_of(azure), retry_interval=0)
    target = endpoint_plan.EndpointTarget(
        "online", options, project.state_file, Wishes(), endpoint_plan.Rollout(time_limit=60)
    )
    with pointed_to(azure):
        plan = endpoint_plan.plan(open_bundle(project.folder), target)
        assert plan.endpoint.action == "create"
        arrange.online_endpoint(azure, ENDPOINT)
        arrange.online_deployment(azure, ENDPOINT, "theirs")
        arrange.online_endpoint(azure, ENDPOINT, {"theirs": 100})
        with pytest.raises(ModelpressError, match="somebody else has moved the traffic"):
            publish_endpoint.execute(plan)
    assert azure.endpoints()[ENDPOINT]["traffic"] == {"theirs": 100}
    assert azure.traffic_gaps(ENDPOINT) == []
    assert online(azure, project).exit_code == 0
    assert azure.endpoints()[ENDPOINT]["traffic"] == {"blue": 100}
    assert azure.traffic_gaps(ENDPOINT) == []


def test_what_is_not_tested_is_not_called_tested(azure: Azure, project: EndpointProject) -> None:
    plan = publish(azure, "online", project.folder, "--dry-run", "--untested", as_json=False)
    assert "blue 100 %; blue is not tested" in plan.stdout
    done = publish(azure, "online", project.folder, "--untested", as_json=False)
    assert done.exit_code == 0
    assert "answers" not in done.stderr
    assert azure.requests("POST", "/score$") == []
