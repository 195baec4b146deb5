"""Starts Azurite, Microsoft's own stand-in for the blob service, over TLS."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from standin.access import ACCOUNT_KEY
from standin.client import Azure

PROGRAM = Path(__file__).parents[2] / ".toolchains/javascript/node_modules/azurite/dist/src/blob/main.js"


class Azurite:
    """A running Azurite with the account of the stand-in's workspace; `host` is its name and port."""

    def __init__(self, node: str, folder: Path, azure: Azure) -> None:
        account = f"{azure.workspace.account}.blob.localhost"  # what the SDK makes of the account's name
        pair = str(azure.pair)
        options = ["--blobHost", "127.0.0.1", "--blobPort", "0", "--cert", pair, "--key", pair, "--location", folder]
        self._process = subprocess.Popen(
            [node, PROGRAM, *options, "--skipApiVersionCheck", "--loose", "--disableTelemetry"],
            env={"PATH": os.environ["PATH"], "AZURITE_ACCOUNTS": f"{account}:{ACCOUNT_KEY}"},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.host = f"localhost:{self._port()}"

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate()

    def _port(self) -> str:
        assert self._process.stdout
        said = []
        for line in self._process.stdout:
            if found := re.search(r"successfully listens on https://127\.0\.0\.1:(\d+)", line):
                return found[1]
            said.append(line)
        raise AssertionError("".join(said))
