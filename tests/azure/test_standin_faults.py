"""Each fault happens to the request it is meant for, and the journal tells what the service saw."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from requests.exceptions import ConnectionError as BrokenError
from standin import arrange, effects
from standin.client import Azure

VERSION = {"api-version": "2024-10-01"}
ENDPOINT = "onlineEndpoints/ep1"


@pytest.fixture
def http(azure: Azure) -> Iterator[requests.Session]:
    """Speaks to the stand-in as a client does, with a token and without retries."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(azure.ca)
        token = session.get(f"{azure.plain_url}/msi/token", headers={"secret": "x"}).json()["access_token"]
        session.headers["Authorization"] = f"Bearer {token}"
        session.params = VERSION
        yield session


def url(azure: Azure, path: str = "") -> str:
    return f"{azure.url}{azure.workspace.workspace_path}/{path}".rstrip("/")


def put_endpoint(azure: Azure, http: requests.Session) -> requests.Response:
    return http.put(url(azure, ENDPOINT), json={"location": "eastus", "properties": {"authMode": "Key"}})


def test_a_status_with_retry_after(azure: Azure, http: requests.Session) -> None:
    azure.fault("GET", "/workspaces/[^/]+$", effects.status(429, retry_after=7), nth=2, times=2)
    azure.fault("PUT", ".", effects.status(503), times=None)
    answers = [http.get(url(azure)) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 429, 429, 200]
    assert answers[1].headers["Retry-After"] == "7"
    assert answers[1].json()["error"]["code"] == "TooManyRequests"
    assert [put_endpoint(azure, http).status_code for _ in range(2)] == [503, 503]
    azure.clear_faults()
    assert put_endpoint(azure, http).status_code == 201


def test_an_error_after_the_deed(azure: Azure, http: requests.Session) -> None:
    azure.fault("PUT", ENDPOINT, effects.status(500, carried_out=True))
    assert put_endpoint(azure, http).status_code == 500
    assert list(azure.endpoints()) == ["ep1"]


@pytest.mark.parametrize(
    ("effect", "received", "done"),
    [
        (effects.reset(), 0, False),
        (effects.half_upload(10), 10, False),
        (effects.lost_answer(), 57, True),
        (effects.half_answer(), 57, True),
    ],
)
def test_broken_connections(
    azure: Azure, http: requests.Session, effect: effects.Effect, received: int, *, done: bool
) -> None:
    azure.fault("PUT", ENDPOINT, effect)
    with pytest.raises((BrokenError, requests.exceptions.ChunkedEncodingError)):
        put_endpoint(azure, http)
    [entry] = azure.requests("PUT", ENDPOINT)
    assert (entry["received"], entry["status"]) == (received, 0)
    assert list(azure.endpoints()) == (["ep1"] if done else [])
    assert put_endpoint(azure, http).status_code == (409 if done else 201)


def test_waiting(azure: Azure, http: requests.Session) -> None:
    azure.fault("PUT", ENDPOINT, effects.slow(0.3))
    with pytest.raises(requests.exceptions.ReadTimeout):
        http.put(url(azure, ENDPOINT), json={"location": "eastus", "properties": {"authMode": "Key"}}, timeout=0.1)
    while not azure.endpoints():  # it is carried out all the same
        pass
    azure.fault("GET", ".", effects.hang(), times=None)
    with pytest.raises(requests.exceptions.ReadTimeout):
        http.get(url(azure), timeout=0.1)
    with ThreadPoolExecutor() as pool:
        blocked = pool.submit(http.get, url(azure), timeout=60)
        while len(azure.requests("GET")) < 3:  # the token, the one given up, and this one
            pass
        azure.reset()
        assert isinstance(blocked.exception(), BrokenError)


@pytest.mark.parametrize("kind", ["Failed", "Canceled"])
def test_operations_that_end_badly(azure: Azure, http: requests.Session, kind: str) -> None:
    details = [{"code": "Inner", "message": "no such file"}]
    failed = effects.failed_operation("ImageBuildFailure", "build failed", details=details)
    azure.fault("PUT", ENDPOINT, failed if kind == "Failed" else effects.canceled_operation())
    started = put_endpoint(azure, http)
    assert started.headers["retry-after-ms"] == "10"
    polls = [http.get(started.headers["Azure-AsyncOperation"]).json() for _ in range(2)]
    assert [one["status"] for one in polls] == ["InProgress", kind]
    if kind == "Failed":
        assert polls[1]["error"] == {"code": "ImageBuildFailure", "message": "build failed", "details": details}
    assert http.get(url(azure, ENDPOINT)).json()["properties"]["provisioningState"] == kind


def test_an_operation_is_in_the_way_until_it_ends(azure: Azure, http: requests.Session) -> None:
    azure.fault("PUT", ENDPOINT, effects.endless_operation())
    put_endpoint(azure, http)
    for _ in range(5):
        assert http.get(url(azure, ENDPOINT)).json()["properties"]["provisioningState"] == "Creating"
    assert put_endpoint(azure, http).status_code == 409
    assert http.delete(url(azure, ENDPOINT)).status_code == 409
    azure.end_operations()
    assert azure.endpoints()["ep1"]["provisioningState"] == "Succeeded"


def test_looks_make_operations_advance(azure: Azure, http: requests.Session) -> None:
    azure.operations(looks=3, retry_after_ms=70)
    assert put_endpoint(azure, http).headers["retry-after-ms"] == "70"
    states = [http.get(url(azure, ENDPOINT)).json()["properties"]["provisioningState"] for _ in range(4)]
    assert states == ["Creating", "Creating", "Creating", "Succeeded"]
    assert [one["status"] for one in azure.operations()] == ["Succeeded"]


def test_a_failed_update_keeps_the_traffic(azure: Azure, http: requests.Session) -> None:
    arrange.online_endpoint(azure, "ep1")
    arrange.online_deployment(azure, "ep1", "blue")
    arrange.online_endpoint(azure, "ep1", {"blue": 100})
    azure.fault("PUT", ENDPOINT, effects.failed_operation("Internal", "failed"))
    put_endpoint(azure, http)
    azure.end_operations()
    endpoint = azure.endpoints()["ep1"]
    assert (endpoint["traffic"], endpoint["provisioningState"]) == ({"blue": 100}, "Failed")


def test_tokens(azure: Azure, http: requests.Session) -> None:
    assert azure.marker in str(http.headers["Authorization"])
    azure.revoke_tokens()
    assert http.get(url(azure)).status_code == 401
    http.headers["Authorization"] = "Bearer made-up"
    assert http.get(url(azure)).status_code == 401


def test_the_place_must_be_right(azure: Azure, http: requests.Session) -> None:
    place = azure.workspace
    for part, code in [
        (place.subscription, "SubscriptionNotFound"),
        (place.resource_group, "ResourceGroupNotFound"),
        (f"workspaces/{place.workspace}", "ResourceNotFound"),
    ]:
        answer = http.get(url(azure).replace(part, f"{part}-wrong"))
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)
    http.params = {}
    assert http.get(url(azure)).json()["error"]["code"] == "MissingApiVersionParameter"


def test_the_journal_keeps_bodies(azure: Azure, http: requests.Session) -> None:
    put_endpoint(azure, http)
    [entry] = azure.requests("PUT", f"{ENDPOINT}\\?api-version=")
    assert entry["body"] == {"location": "eastus", "properties": {"authMode": "Key"}}
    assert entry["received"] == len(json.dumps(entry["body"]))
    assert entry["status"] == 201
