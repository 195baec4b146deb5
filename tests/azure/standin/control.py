"""The control interface: what a test asks of the stand-in, as `POST /control/{verb}` with a JSON object."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from standin.answers import Answer
from standin.effects import Effect
from standin.exchange import Document, Request, Response
from standin.faults import Rule
from standin.service import Service


class Control:
    """Holds the service of the moment, and answers for it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.host = ""  # of the TLS port, set when it is known
        self._generation = 0
        self.service = Service(folder / "0")

    def current(self) -> Service:
        return self.service

    def answer(self, request: Request) -> Response:
        verb, arguments = request.path.removeprefix("/control/"), json.loads(request.body or b"{}")
        if verb == "reset":
            self._reset()
            return Response.of(None)
        if verb == "blob":
            blob = self.service.blobs.get(arguments["container"], arguments["name"])
            return Response(200, blob.path.read_bytes())
        if verb == "arm":
            return self._arm(arguments)
        if verb not in VERBS:
            return Response.of({"error": f"unknown verb {verb}"}, 404)
        return Response.of(VERBS[verb](self.service, arguments))

    def _arm(self, arguments: Document) -> Response:
        """Carry out an ARM request without the wire: no fault hits it, and the journal does not show it."""
        path = f"{self.service.place.workspace_path}/{arguments['path']}"
        headers = {"authorization": f"Bearer {self.service.access.token()}"}
        request = Request(arguments["method"], self.host, path, {"api-version": "2024-10-01"}, headers)
        request.body = json.dumps(arguments["body"]).encode()
        return self.service.answer(request)

    def _reset(self) -> None:
        old, self._generation = self._generation, self._generation + 1
        self.service.close()
        self.service = Service(self._folder / str(self._generation))
        shutil.rmtree(self._folder / str(old), ignore_errors=True)


def _fault(service: Service, arguments: Document) -> None:
    service.faults.add(Rule(**{**arguments, "effect": Effect(**arguments["effect"])}))


def _set(service: Service, arguments: Document) -> None:
    for key, value in arguments.items():
        if not hasattr(service.settings, key):
            raise KeyError(key)
        setattr(service.settings, key, value)


def _operations(service: Service, arguments: Document) -> list[Document]:
    service.operations.looks = arguments.get("looks", service.operations.looks)
    service.operations.retry_after_ms = arguments.get("retry_after_ms", service.operations.retry_after_ms)
    return service.operations.summary()


def _blobs(service: Service, _: Document) -> list[Document]:
    return [
        {
            "container": container,
            "name": blob.name,
            "size": blob.size,
            "md5": blob.md5,
            "metadata": blob.metadata,
            "blocks": [[block.identifier, block.size] for block in blob.blocks],
        }
        for container, blobs in service.blobs.containers.items()
        for blob in blobs.values()
    ]


def _uncommitted(service: Service, arguments: Document) -> list[Any]:
    blocks = service.blobs.staged(arguments["container"], arguments["name"])
    return [[block.identifier, block.size] for block in blocks]


def _put_blob(service: Service, arguments: Document) -> None:
    service.blobs.put(arguments["container"], arguments["name"], arguments["text"].encode())


def _end_operations(service: Service, _: Document) -> None:
    with service.store.lock:
        service.operations.end_all()


def _answers(service: Service, arguments: Document) -> None:
    answers = [Answer(**one) for one in arguments["answers"]]
    with service.store.lock:
        service.scoring.set_answers((arguments["endpoint"], arguments["deployment"]), answers)


VERBS: dict[str, Callable[[Service, Document], object]] = {
    "answers": _answers,
    "blobs": _blobs,
    "clear_faults": lambda service, _: service.faults.clear(),
    "defects": lambda service, _: service.journal.defects,
    "end_operations": _end_operations,
    "expire_signatures": lambda service, _: service.access.expire_signatures(),
    "fault": _fault,
    "history": lambda service, arguments: service.history.moments(arguments["endpoint"]),
    "operations": _operations,
    "put_blob": _put_blob,
    "requests": lambda service, _: service.journal.entries(),
    "resources": lambda service, arguments: service.store.children(arguments["path"]),
    "secret": lambda service, arguments: service.secrets.update(arguments),
    "revoke_tokens": lambda service, _: service.access.revoke_tokens(),
    "set": _set,
    "use_azurite": lambda service, arguments: service.use_azurite(**arguments),
    "uncommitted": _uncommitted,
}
