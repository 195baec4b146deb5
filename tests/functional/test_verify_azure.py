"""`modelpress verify --only azure` finds what a deployment would fail of, without Azure and without running code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from modelpress.cli.main import modelpress

MODEL = Path(__file__).parents[2] / "examples" / "single-model" / "model.onnx"
SETS = ("candidate", "azure-models", "azure-data", "azure-online", "azure-batch")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(modelpress, [str(argument) for argument in arguments])


def findings(result: Result) -> dict[str, dict[str, Any]]:
    return {found["what"]: found for found in json.loads(result.stdout)["findings"]}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("azure") / "project"
    sets = [word for name in SETS for word in ("-t", name)]
    result = run("render", MODEL, *sets, "-o", folder, "--no-golden", "--var", "azure-online.packaging=package")
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def project(rendered: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(rendered, tmp_path / "project"))


def test_what_is_rendered_is_in_order(project: Path) -> None:
    result = run("verify", project, "--only", "azure", "--format", "json")
    assert result.exit_code == 0, result.output
    assert {what: found["status"] for what, found in findings(result).items()} == {
        "azure/models": "passed",
        "azure/data": "passed",
        "azure/online": "passed",
        "azure/batch": "passed",
    }


def test_what_was_edited_wrong_is_found_without_trust(project: Path) -> None:
    deployment = project / "azureml/online/deployment.yml"
    deployment.write_text(deployment.read_text().replace("Standard_DS3_v2", "DS3"))
    (project / "scoring/score.py").write_text("raise SystemExit('it was run')\n")
    result = run("verify", project, "--only", "azure", "--format", "json")
    assert result.exit_code == 3
    found = findings(result)
    assert found["azure/models"]["status"] == "passed"
    assert found["azure/online"]["detail"] == (
        "scoring/score.py: does not define init(). The server calls init() once and run(data) for each request: "
        "define both.\n"
        "scoring/score.py: does not define run(). The server calls init() once and run(data) for each request: "
        "define both.\n"
        "azureml/online/deployment.yml:9: instance_type: must be the size of a virtual machine. As Standard_DS3_v2."
    )


def test_a_project_without_azure_is_skipped(tmp_path: Path) -> None:
    assert run("render", MODEL, "-t", "candidate", "-o", tmp_path / "plain", "--no-golden").exit_code == 0
    result = run("verify", tmp_path / "plain", "--only", "azure", "--format", "json")
    assert result.exit_code == 0
    assert findings(result)["azure"]["status"] == "skipped"
