"""Secrets by name, after Key Vault's challenge; by the proxy and without it."""

from __future__ import annotations

import pytest
import requests
from standin.client import Azure


@pytest.mark.parametrize("proxied", [False, True])
def test_a_secret_needs_a_token(azure: Azure, *, proxied: bool) -> None:
    base = f"https://{azure.workspace.vault}.vault.azure.net" if proxied else azure.vault_url
    azure.secret("db", f"{azure.marker}-db")
    with requests.Session() as http:
        http.verify, http.trust_env = str(azure.ca), False
        http.proxies = {"https": azure.plain_url} if proxied else {}
        http.params = {"api-version": "7.4"}
        challenge = http.get(f"{base}/secrets/db", timeout=60)
        assert challenge.status_code == 401
        assert f'/{azure.workspace.tenant}", resource="' in challenge.headers["WWW-Authenticate"]
        token = http.get(f"{azure.plain_url}/msi/token", headers={"secret": "x"}, timeout=60).json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        found = http.get(f"{base}/secrets/db", timeout=60).json()
        missing = http.get(f"{base}/secrets/nothing", timeout=60)
    assert found["value"] == f"{azure.marker}-db"
    assert found["id"].startswith(f"{base}/secrets/db/")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "SecretNotFound")
