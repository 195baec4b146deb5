"""What a test holds: starts the stand-in as a child process, and controls it."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import urllib.request
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

from standin.access import MARKER
from standin.answers import Answer
from standin.effects import Effect
from standin.history import Moment
from standin.store import Place

SOURCE = Path(__file__).parents[1]
TIMEOUT = 60  # seconds for one control request


class Azure:
    """A running stand-in.

    Attributes:
        workspace: Subscription, resource group, workspace name and the other names of the place.
        environment: Environment variables that point the unmodified SDK of a child process here.
        ca: The certificate authority that clients must trust.
        pair: A server certificate of it for localhost, with its key.
        proxy_environment: The same by a proxy that ends TLS, so that the SDK sees Azure's real host names.
        marker: The text that every secret handed out contains.
    """

    workspace = Place()
    marker = MARKER

    def __init__(self, folder: Path) -> None:
        search = os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "standin", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": search},
        )
        assert self._process.stdout
        ready = json.loads(self._process.stdout.readline())
        self.ca, self.pair = Path(ready["ca"]), Path(ready["pair"])
        self.url = f"https://localhost:{ready['https']}"
        self.plain_url = f"http://127.0.0.1:{ready['http']}"
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    @property
    def vault_url(self) -> str:
        """The Key Vault without the proxy; by the proxy it is `https://{workspace.vault}.vault.azure.net`."""
        return f"{self.url}/vault/{self.workspace.vault}.vault.localhost"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "ARM_CLOUD_METADATA_URL": f"{self.url}/metadata/endpoints?api-version=2019-05-01",
            **self._trust,
        }

    @property
    def proxy_environment(self) -> dict[str, str]:
        proxy = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), self.plain_url)
        direct = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
        return {**proxy, **direct, **self._trust}

    @property
    def _trust(self) -> dict[str, str]:
        authority = dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"), str(self.ca))
        return {**authority, "MSI_ENDPOINT": f"{self.plain_url}/msi/token", "MSI_SECRET": "standin"}

    def stop(self) -> None:
        """End the process."""
        self._process.communicate(timeout=TIMEOUT)

    def reset(self) -> None:
        """Forget everything: an empty workspace, no faults, no requests."""
        self._ask("reset")

    def fault(self, method: str, path: str, effect: Effect, *, nth: int = 1, times: int | None = 1) -> None:
        """Let `effect` happen to requests that match, from the nth match on, `times` times (None: always).

        Args:
            method: An HTTP method, or `*`.
            path: A regular expression, searched without case in the path with its query.
            effect: One of `standin.effects`.
            nth: Counted from 1, from now on.
            times: How often.
        """
        self._ask("fault", method=method, path=path, effect=asdict(effect), nth=nth, times=times)

    def clear_faults(self) -> None:
        self._ask("clear_faults")

    def set(self, **settings: object) -> None:
        """Change the workspace; see `standin.service.Settings`."""
        self._ask("set", **settings)

    def requests(self, method: str = "*", path: str = "") -> list[dict[str, Any]]:
        """The requests so far, in order; see `standin.journal.Entry`. `path` is searched as in `fault`."""
        return [
            one
            for one in self._ask("requests")
            if method in {"*", one["method"]} and re.search(path, _target(one), re.IGNORECASE)
        ]

    def defects(self) -> list[str]:
        """Tracebacks of the stand-in itself; the fixture fails the test for one."""
        return list(self._ask("defects"))

    def blobs(self) -> list[dict[str, Any]]:
        """Container, name, size, md5, metadata and blocks [id, size] of every blob."""
        return list(self._ask("blobs"))

    def blob(self, container: str, name: str) -> bytes:
        return self._send("blob", {"container": container, "name": name})

    def uncommitted(self, container: str, name: str) -> list[tuple[str, int]]:
        """Id and size of each block that is waiting to be committed."""
        return [tuple(one) for one in self._ask("uncommitted", container=container, name=name)]

    def models(self) -> dict[str, dict[str, Any]]:
        """`name:version` -> the registered model's properties."""
        return self._versions("models")

    def data(self) -> dict[str, dict[str, Any]]:
        return self._versions("data")

    def environments(self) -> dict[str, dict[str, Any]]:
        return self._versions("environments")

    def endpoints(self) -> dict[str, dict[str, Any]]:
        """Name -> properties of each online endpoint."""
        return {one["name"]: one["properties"] for one in self._ask("resources", path="onlineEndpoints")}

    def deployments(self, endpoint: str) -> dict[str, dict[str, Any]]:
        """Name -> properties of each deployment of an online endpoint."""
        found = self._ask("resources", path=f"onlineEndpoints/{endpoint}/deployments")
        return {one["name"]: one["properties"] for one in found}

    def batch_endpoints(self) -> dict[str, dict[str, Any]]:
        return {one["name"]: one["properties"] for one in self._ask("resources", path="batchEndpoints")}

    def batch_deployments(self, endpoint: str) -> dict[str, dict[str, Any]]:
        found = self._ask("resources", path=f"batchEndpoints/{endpoint}/deployments")
        return {one["name"]: one["properties"] for one in found}

    def answer(self, endpoint: str, deployment: str, *answers: Answer) -> None:
        """What the deployment answers when it is scored: one request each, the last one from then on.

        May be set before the deployment exists. See `standin.answers`.
        """
        self._ask("answers", endpoint=endpoint, deployment=deployment, answers=[asdict(one) for one in answers])

    def traffic_history(self, endpoint: str) -> list[Moment]:
        """Every change of the endpoint's traffic or of its deployments' health."""
        return [Moment(**one) for one in self._ask("history", endpoint=endpoint)]

    def traffic_gaps(self, endpoint: str) -> list[Moment]:
        """The moments, after the first with all traffic on healthy deployments, at which that was not so."""
        moments = self.traffic_history(endpoint)
        return [one for one in itertools.dropwhile(_is_not_full, moments) if _is_not_full(one)]

    def secret(self, name: str, value: str) -> None:
        """Put a secret into the Key Vault; let the value contain `marker`."""
        self._ask("secret", **{name: value})

    def use_azurite(self, host: str) -> None:
        """Let the Azurite at `host` (name and port) be the storage account until the next reset."""
        self._ask("use_azurite", host=host, ca=str(self.ca))

    def arm(self, method: str, path: str, body: object = None) -> Any:
        """Carry out an ARM request on the workspace (`path` below it) beside faults and journal; returns the answer.

        Operations it starts end at once. Raises urllib.error.HTTPError when the service refuses.
        """
        answer = self._send("arm", {"method": method, "path": path, "body": body})
        self.end_operations()
        return json.loads(answer or b"null")

    def put_blob(self, name: str, text: str, *, container: str = Place.container) -> None:
        self._ask("put_blob", container=container, name=name, text=text)

    def operations(self, *, looks: int | None = None, retry_after_ms: int | None = None) -> list[dict[str, str]]:
        """All long-running operations.

        `looks` sets how many unfinished answers each new one gives, `retry_after_ms` how soon the client asks again.
        """
        given = {"looks": looks, "retry_after_ms": retry_after_ms}
        return list(self._ask("operations", **{key: value for key, value in given.items() if value is not None}))

    def end_operations(self) -> None:
        """Let every unfinished operation end now, endless ones too."""
        self._ask("end_operations")

    def expire_signatures(self) -> None:
        """Every SAS handed out so far is refused from now on."""
        self._ask("expire_signatures")

    def revoke_tokens(self) -> None:
        self._ask("revoke_tokens")

    def _versions(self, collection: str) -> dict[str, dict[str, Any]]:
        containers = self._ask("resources", path=collection)
        return {
            f"{container['name']}:{version['name']}": version["properties"]
            for container in containers
            for version in self._ask("resources", path=f"{collection}/{container['name']}/versions")
        }

    def _ask(self, verb: str, **arguments: object) -> Any:
        return json.loads(self._send(verb, arguments))

    def _send(self, verb: str, arguments: dict[str, Any]) -> bytes:
        url = f"{self.plain_url}/control/{verb}"
        request = urllib.request.Request(url, json.dumps(arguments).encode())  # noqa: S310 (always http)
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return bytes(answer.read())
        except HTTPError as error:
            if verb == "arm":
                raise
            with error:
                raise AssertionError(error.read().decode()) from error


def _is_not_full(moment: Moment) -> bool:
    return moment.healthy_share != 100


def _target(request: dict[str, Any]) -> str:
    return f"{request['path']}?{urlencode(request['query'])}".rstrip("?")
