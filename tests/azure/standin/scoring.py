"""Answers POST to an endpoint's scoring URI, by the answer that a test has set for the deployment."""

from __future__ import annotations

import itertools
import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from standin.answers import Answer
from standin.containers import Container, Layout, send
from standin.exchange import ApiError, Document, Request, Response
from standin.references import referenced
from standin.uris import locate

if TYPE_CHECKING:
    from standin.service import Service

Key = tuple[str, str]  # endpoint, deployment


class Scoring:
    """What the deployments answer, what they have logged, and their containers."""

    def __init__(self, service: Service, folder: Path) -> None:
        self._service, self._folder = service, folder
        self._answers: dict[Key, list[Answer]] = {}
        self._logs: dict[Key, str] = {}
        self._containers: dict[Key, Container] = {}
        self._revisions = itertools.count(1)
        self.turns = itertools.count()

    def set_answers(self, key: Key, answers: list[Answer]) -> None:
        """Each answers one request; the last one all that follow."""
        self._answers[key] = answers
        self._service.history.note(key[0], f"answers of {key[1]} set")

    def answers_well(self, endpoint: str, deployment: str) -> bool:
        return self._answers.get((endpoint, deployment), [Answer()])[0].healthy

    def take_answer(self, key: Key) -> Answer:
        """The answer whose turn it is."""
        with self._service.store.lock:
            answers = self._answers.get(key, [Answer(body={"deployment": key[1]})])
            if len(answers) > 1:
                self.set_answers(key, answers[1:])
        return answers[0]

    def start(self, endpoint: str, deployment: str, properties: Document) -> str:
        """Start the container when the deployment serves its own files; returns the log of one that crashes."""
        key = endpoint, deployment
        command = self._answers.get(key, [Answer()])[0].command
        if not command:
            self._logs[key] = "Healthy"
            return ""
        folder = self._folder / f"{endpoint}-{deployment}-{next(self._revisions)}"
        environment = self._layout(properties).write(self._service.blobs, folder)
        container = Container(command, folder, (properties.get("environmentVariables") or {}) | environment)
        if not container.wait_until_ready():
            container.stop()
            return container.log()
        self.stop(*key)
        self._containers[key] = container
        return ""

    def stop(self, endpoint: str, deployment: str) -> None:
        if container := self._containers.pop((endpoint, deployment), None):
            container.stop()

    def stop_all(self) -> None:
        for key in list(self._containers):
            self.stop(*key)

    def url(self, key: Key, answer: Answer) -> str:
        """Where a request goes on to; empty when the answer is canned."""
        return self._containers[key].url if answer.command else answer.forward

    def keep_log(self, endpoint: str, deployment: str, log: str) -> None:
        self._logs[endpoint, deployment] = log

    def log(self, endpoint: str, deployment: str, container: str) -> str:
        """What getLogs shows for `InferenceServer` or `StorageInitializer`."""
        if container.lower() == "storageinitializer":
            return "Downloading code and model: done"
        running = self._containers.get((endpoint, deployment))
        return running.log() if running else self._logs.get((endpoint, deployment), "")

    def _layout(self, properties: Document) -> Layout:
        service, environment = self._service, properties.get("environmentId") or ""
        packaged = service.packaged.get(service.store.path_of(environment) or "", {})
        code = properties.get("codeConfiguration") or packaged["codeConfiguration"]
        code_uri = referenced(service, "code", code["codeId"], "codes")["properties"]["codeUri"]
        model, name = properties.get("model") or packaged.get("model"), ""
        if model:
            found = referenced(service, "model", model, "models")
            name = "/".join((service.store.path_of(model) or "").split("/")[1::2])
            model = locate(service.place, found["properties"]["modelUri"])
        return Layout(locate(service.place, code_uri), code["scoringScript"], model, name)


def answer(service: Service, request: Request) -> Response:
    """The endpoint's front door: key or token, then the deployment by header or by traffic."""
    endpoint = service.store.find(f"onlineEndpoints/{request.names['endpoint']}")
    if endpoint is None:
        raise ApiError(404, "NotFound", "There is no such endpoint.")
    _check_key(service, request, endpoint)
    deployment = _choose(service, request, endpoint)
    key = endpoint["name"], deployment
    if not service.history.serves(*key):
        raise ApiError(503, "ServiceUnavailable", "no healthy upstream")
    found = service.scoring.take_answer(key)
    time.sleep(found.delay)
    response = _answer_of(service, request, key, found)
    response.headers |= {"azureml-model-deployment": deployment, "x-ms-request-id": "standin"}
    return response


def _answer_of(service: Service, request: Request, key: Key, found: Answer) -> Response:
    url = service.scoring.url(key, found)
    if not url:
        return Response(found.status, json.dumps(found.body).encode(), {"Content-Type": "application/json"})
    properties = service.store.get(f"onlineEndpoints/{key[0]}/deployments/{key[1]}")["properties"]
    try:
        status, body, kind = send(url, request.body, request.headers, _timeout(properties))
    except TimeoutError as error:
        raise ApiError(408, "RequestTimeout", "The model took longer than request_timeout_ms.") from error
    if status == 200:
        return Response(200, body, {"Content-Type": kind})
    # Whatever else a container answers, the service makes it 424 and says so in headers.
    headers = {"Content-Type": kind, "ms-azureml-model-error-statuscode": str(status)}
    return Response(424, body, {**headers, "ms-azureml-model-error-reason": "model_error"})


def _check_key(service: Service, request: Request, endpoint: Document) -> None:
    if endpoint["properties"]["authMode"].lower() != "key":
        return service.access.check_token(request)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or key not in service.access.endpoint_keys(endpoint["name"]):
        raise ApiError(401, "Unauthorized", "The key is missing or wrong.")
    return None


def _choose(service: Service, request: Request, endpoint: Document) -> str:
    named = request.headers.get("azureml-model-deployment")
    if named:
        if not service.store.find(f"onlineEndpoints/{endpoint['name']}/deployments/{named}"):
            raise ApiError(404, "NotFound", f"Specified deployment [{named}] could not be found.")
        return named
    shares = {name: share for name, share in sorted(endpoint["properties"]["traffic"].items()) if share}
    if not shares:
        raise ApiError(404, "NotFound", "The endpoint has no valid deployment with positive weight.")
    # 37 and 100 have no common factor: a hundred requests in a row meet the split exactly, well mixed.
    point = next(service.scoring.turns) * 37 % 100
    for name, share in shares.items():
        point -= share
        if point < 0:
            return str(name)
    raise AssertionError(shares)


def _timeout(properties: Document) -> float:
    text = (properties.get("requestSettings") or {}).get("requestTimeout") or "PT5S"
    found = re.fullmatch(r"PT(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?", text)
    assert found, text
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds
