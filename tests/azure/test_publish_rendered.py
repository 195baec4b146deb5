"""The how-to of docs/azure.md, command by command: what is rendered is deployed, and answers with its own code."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from publishing import environment_of
from standin.answers import served_by_azure
from standin.client import Azure

from modelpress.proving.environments import NoEnvironmentError, environment_for

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "azure.md"


def commands(section: str) -> list[list[str]]:
    """The commands of a section of the page; what `verify` needs is its own test's."""
    text = PAGE.read_text(encoding="utf-8").partition(f"## {section}\n")[2].partition("\n## ")[0]
    lines = "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)).splitlines()
    found = [shlex.split(line)[1:] for line in lines]
    return [command for command in found if command[0] != "verify"]


def run(azure: Azure, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "modelpress", *arguments],
        cwd=folder,
        env={**os.environ, **azure.environment, **environment_of(azure)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert azure.marker not in done.stdout + done.stderr
    return done


def server_for(project: Path) -> str:
    """The Python of an environment with Azure's server and what the project's script needs."""
    try:
        return str(environment_for(project / "scoring" / "requirements.txt"))
    except NoEnvironmentError as error:
        if error.missing and not os.environ.get("MODELPRESS_REQUIRE"):
            pytest.skip(error.message)
        raise


def test_from_an_olive_run_to_a_live_endpoint(azure: Azure, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "olive-run" / "run", tmp_path / "runs" / "my-model")
    render, dry_run, publish = commands("From an Olive run to a live endpoint")
    run(azure, tmp_path, *render)
    plan = run(azure, tmp_path, *dry_run).stdout
    endpoint = re.findall(r"would create endpoint ([\w-]+):", plan)[0]
    azure.answer(endpoint, "blue", served_by_azure(server_for(tmp_path / "deploy")))
    done = run(azure, tmp_path, *publish)
    assert done.stderr.endswith("blue 100 %: blue answers as it should\n")
    assert azure.endpoints()[endpoint]["traffic"] == {"blue": 100}
    assert [one["status"] for one in azure.requests("POST", "/score$")] == [200, 200]
    render, publish = commands("Batch endpoints")
    run(azure, tmp_path, *render)
    run(azure, tmp_path, *publish)
    [batch] = azure.batch_endpoints().values()
    assert batch["defaults"]["deploymentName"] == "blue"


def test_what_is_rendered_for_packaging_is_packaged(azure: Azure, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "olive-run" / "run", tmp_path / "run")
    variables = ("--var", "azure-online.packaging=package", "--var", "azure-online.environment=docker")
    run(azure, tmp_path, "render", "run", "-t", "azure-online", "-o", "deploy", *variables)
    shutil.make_archive(str(tmp_path / "deploy"), "zip", tmp_path / "deploy")
    plan = run(azure, tmp_path, "publish", "online", "deploy.zip", "--dry-run").stdout
    endpoint = re.findall(r"would create endpoint ([\w-]+):", plan)[0]
    azure.answer(endpoint, "blue", served_by_azure(server_for(tmp_path / "deploy")))
    run(azure, tmp_path, "publish", "online", "deploy.zip")
    assert azure.endpoints()[endpoint]["traffic"] == {"blue": 100}
    assert len(azure.requests("POST", "/package")) == 1
