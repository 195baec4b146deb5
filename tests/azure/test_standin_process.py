"""The process that is the stand-in: it ends with whoever started it, and marks every secret."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from standin.access import ACCOUNT_KEY
from standin.client import SOURCE, Azure

STARTER = """
import os, signal, sys
from pathlib import Path
from standin.client import Azure
azure = Azure(Path(sys.argv[1]))
print(azure.plain_url, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_ends_with_its_starter(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    starter = [sys.executable, "-c", STARTER, str(tmp_path)]
    url = subprocess.run(starter, env=environment, stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    assert url
    while _answers(url):
        pass


def _answers(url: str) -> bool:
    try:
        return requests.post(f"{url}/control/requests", json={}, timeout=60).ok
    except requests.exceptions.ConnectionError:
        return False


def test_a_reset_forgets_everything(azure: Azure) -> None:
    azure.put_blob("x", "x")
    azure.secret("new", "value")
    azure.reset()
    assert (azure.blobs(), azure.requests(), azure.operations()) == ([], [], [])


def test_a_test_hears_what_it_asked_wrongly(azure: Azure) -> None:
    with pytest.raises(AssertionError, match="KeyError: 'nothing'"):
        azure.set(nothing=1)
    with pytest.raises(AssertionError, match="BlobNotFound"):
        azure.blob("azureml-blobstore", "nothing")


def test_every_secret_is_marked(azure: Azure) -> None:
    token = requests.get(f"{azure.plain_url}/msi/token", headers={"secret": "x"}, timeout=60).json()["access_token"]
    sas = azure.arm("POST", "datastores/workspaceblobstore/listSecrets")["sasToken"]
    azure.set(datastore_credentials="AccountKey")
    key = azure.arm("POST", "datastores/workspaceblobstore/listSecrets")["key"]
    assert key == ACCOUNT_KEY
    assert all(azure.marker in secret for secret in (token, sas, key))
