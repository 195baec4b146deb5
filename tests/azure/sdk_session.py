"""Runs snippets with the real SDK in one child process, whose environment alone points it to the stand-in."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

PREAMBLE = """
from azure.ai.ml import MLClient, entities, load_model
from azure.ai.ml.entities import *
from azure.identity import DefaultAzureCredential
"""


class SdkError(Exception):
    """The snippet raised: `kind` is the class's name."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind, self.text = kind, text


class SdkSession:
    """A child process with the SDK imported and a client named `client`."""

    def __init__(self, environment: dict[str, str], place: tuple[str, str, str], folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, *place],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | environment,
            text=True,
            cwd=folder,
        )

    def run(self, code: str, **values: object) -> Any:
        """Run the code with `client` and the values as variables; returns what it leaves in `result`, as JSON.

        Raises:
            SdkError: When the code raises.
        """
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"code": code, "values": values}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if answer["error"]:
            raise SdkError(*answer["error"])
        return answer["result"]

    def stop(self) -> None:
        self._process.communicate()


def _serve(place: list[str]) -> None:
    channel, names = sys.stdout, {}
    exec(PREAMBLE, names)  # noqa: S102 (the snippets are the tests' own)
    for line in sys.stdin:
        asked = json.loads(line)
        scope = {**names, **asked["values"], "result": None}
        scope["client"] = scope["MLClient"](scope["DefaultAzureCredential"](), *place)
        error = None
        with contextlib.redirect_stdout(io.StringIO()):  # the SDK prints a dot a poll
            try:
                exec(asked["code"], scope)  # noqa: S102
            except Exception as raised:  # noqa: BLE001 (whatever it is, the test wants to know)
                error = [type(raised).__name__, f"{raised}\n{traceback.format_exc()}"]
        channel.write(json.dumps({"result": scope["result"], "error": error}, default=str) + "\n")
        channel.flush()


if __name__ == "__main__":
    _serve(sys.argv[1:])
