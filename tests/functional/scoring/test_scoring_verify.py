"""`modelpress verify --only scoring`, and the rendered code as people read it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from modelpress.cli.main import modelpress
from modelpress.proving.environments import NoEnvironmentError, environment_for
from modelpress.proving.scoring import check_scoring

ROOT = Path(__file__).parents[3]
MODEL = ROOT / "examples" / "single-model" / "model.onnx"
HOSTILE = "x\"); import os; os.system('id') #\\ '''\"\"\" */ {{ 7*7 }}\n\u202e\u2028é"


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MODELPRESS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(modelpress, [str(argument) for argument in arguments])


def findings(result: Result) -> dict[str, dict[str, Any]]:
    return {found["what"]: found for found in json.loads(result.stdout)["findings"]}


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    result = run("render", MODEL, "-t", "azure-online", "-t", "azure-batch", "-o", tmp_path / "project")
    assert result.exit_code == 0, result.output
    return tmp_path / "project"


def test_both_scripts_are_proved_and_a_mistake_is_a_failure(rendered: Path, python: Path) -> None:
    assert python  # where there are no packages to be had, the fixture says so
    before = {path: path.read_bytes() for path in rendered.rglob("*") if path.is_file()}
    result = run(
        "verify", rendered, "--only", "scoring", "--require", "scoring/online,scoring/batch", "--format", "json"
    )
    assert result.exit_code == 0, result.output
    assert {what: found["status"] for what, found in findings(result).items()} == {
        "scoring/online": "passed",
        "scoring/batch": "passed",
    }
    assert {path: path.read_bytes() for path in rendered.rglob("*") if path.is_file()} == before
    answers = rendered / "scoring" / "model_serving" / "answers.py"
    answers.write_text(answers.read_text().replace("return array.tolist() if", "return (array + 1).tolist() if"))
    result = run("verify", rendered, "--only", "scoring", "--trust", "--format", "json")
    assert result.exit_code == 3
    found = findings(result)
    assert found["scoring/online"]["status"] == found["scoring/batch"]["status"] == "failed"
    assert "in nested lists: output 'scores'[0, 0]: got " in found["scoring/online"]["detail"]
    assert "output 'scores'[0, 0]: got " in found["scoring/batch"]["detail"]


def test_nothing_is_run_of_a_changed_project(rendered: Path, tmp_path: Path) -> None:
    script = rendered / "scoring" / "score.py"
    script.write_text(f"open({str(tmp_path / 'run')!r}, 'w')\n")
    result = run("verify", rendered, "--only", "scoring", "--format", "json")
    assert result.exit_code == 0
    assert "--trust" in findings(result)["scoring"]["hint"]
    assert not (tmp_path / "run").exists()


def test_a_script_of_ones_own_is_started(rendered: Path, python: Path, tmp_path: Path) -> None:
    assert python
    scoring = rendered / "scoring"
    (scoring / "score.py").unlink()
    (scoring / "batch_score.py").unlink()
    (scoring / "mine.py").write_text("def init(): pass\ndef run(data): return data\n")
    deployment = rendered / "azureml" / "online" / "deployment.yml"
    deployment.write_text(deployment.read_text().replace('"score.py"', '"mine.py"'))
    (found,) = check_scoring(rendered, tmp_path)
    assert (found.what, found.status) == ("scoring/online", "passed")
    assert found.detail.startswith("starts and is healthy; ")
    (scoring / "mine.py").write_text("def init(): raise OSError('no model')\ndef run(data): return data\n")
    (found,) = check_scoring(rendered, tmp_path)
    assert found.status == "failed"
    assert "OSError: no model" in found.detail
    (scoring / "requirements.txt").unlink()
    (found,) = check_scoring(rendered, tmp_path)
    assert (found.status, found.hint) == ("skipped", "Name there what the script needs.")


def test_what_there_is_not_is_skipped_with_the_reason(rendered: Path, tmp_path: Path) -> None:
    shutil.rmtree(rendered / "golden")
    (found,) = check_scoring(rendered, tmp_path)
    assert (found.status, found.hint) == ("skipped", "Render with --golden.")
    shutil.rmtree(rendered / "scoring")
    (found,) = check_scoring(rendered, tmp_path)
    assert found.detail == "there is no scoring script in the bundle"


@pytest.mark.parametrize(
    ("line", "index", "missing"),
    [
        ("numpy", "http://127.0.0.1:9/simple", True),
        ("no package of this form ==", None, False),
    ],
)
def test_an_environment_that_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, index: str | None, *, missing: bool
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_RETRIES", "1")
    if index:
        monkeypatch.setenv("PIP_INDEX_URL", index)
        monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"{line}\n")
    with pytest.raises(NoEnvironmentError, match=r"`pip install -r requirements\.txt` ended with") as caught:
        environment_for(requirements)
    assert caught.value.missing is missing
    assert list((tmp_path / "cache" / "modelpress" / "environments").iterdir()) == []


def test_an_environment_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("# nothing\n")
    python = environment_for(requirements)
    made = python.stat().st_ctime_ns, python.parents[1].stat().st_ctime_ns
    assert environment_for(requirements) == python
    assert (python.stat().st_ctime_ns, python.parents[1].stat().st_ctime_ns) == made
    prefix = subprocess.run([python, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True)
    assert prefix.stdout.strip() == str(python.parents[1])
    requirements.write_text("# nothing else\n")
    assert environment_for(requirements) != python


@pytest.mark.parametrize("which", ["plain", "hostile"])
def test_the_source_is_clean(
    project: Path, make_model: Callable[..., Any], render: Callable[..., Path], which: str
) -> None:
    from onnx import TensorProto, helper

    if which == "hostile":
        value = helper.make_tensor_value_info
        nodes = [helper.make_node("Neg", [HOSTILE], [f"{HOSTILE}!"])]
        inputs, outputs = ([value(name, TensorProto.FLOAT, [])] for name in (HOSTILE, f"{HOSTILE}!"))
        project = render(make_model(nodes, inputs, outputs))
    folder = project / "scoring"
    rules = "A,ARG,B,C4,C90,E,F,FBT,FURB,I,N,PERF,PIE,PLC,PLE,PLR,PLW,PTH,PYI,RET,RSE,RUF,S,SIM,SLF,T10,UP,W"
    ruff = [sys.executable, "-m", "ruff"]
    lint = [*ruff, "check", "--isolated", "--select", rules, "--ignore", "E501", "."]
    done = subprocess.run(lint, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    if which == "plain":
        done = subprocess.run([*ruff, "format", "--isolated", "--diff", "."], cwd=folder, check=False)
        assert done.returncode == 0
