"""The bundles of the packaging types of Azure ML."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from modelpress.bundle import LOCK_NAME, SUMS_NAME, Bundle
from modelpress.config.packages import AzuremlDataPackage, AzuremlDeploymentPackage, AzuremlModelsPackage
from modelpress.errors import UnsafeInputError, UsageError
from modelpress.executors.azure.checks import check_bundle
from modelpress.model import ModelFiles
from modelpress.packaging.azure import data_bundle, deployment_bundle, models_bundle
from modelpress.packaging.azure_options import SetWishes, asset_wishes, deployment_wishes
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.rendering import Rendering
from modelpress.packaging.scoring_code import read_scoring_code

ASSETS = {"models": AzuremlModelsPackage, "data": AzuremlDataPackage}
Rendered = Callable[[SetWishes], Rendering]
Read = Callable[[Bundle, str], dict[str, Any]]

SCRIPT = "def init():\n    pass\n\n\ndef run(data):\n    return data\n"
FOLDERS = {
    **{f"cpu-cpu_{k}": f"CandidateModels/cpu-cpu/BestCandidateModel_{k}" for k in (1, 2, 3, 4)},
    **{f"cpu-openvino_{k}": f"CandidateModels/cpu-openvino/BestCandidateModel_{k}" for k in (1, 2)},
}
BESIDE = ("configurations.json", "inference_config.json", "metrics.json", "model_info.json")


def deployment(**changes: Any) -> AzuremlDeploymentPackage:
    server = {"type": changes.pop("kind", "online")}
    package = {"inferencing_server": server, **changes.pop("model_package", {})}
    return AzuremlDeploymentPackage.model_validate({"type": "azureml-deployment", "model_package": package, **changes})


@pytest.mark.parametrize("kind", ["models", "data"])
@pytest.mark.parametrize("mlflow", [False, True])
def test_one_asset_for_each_candidate(
    kind: str, *, mlflow: bool, candidates: Chosen, rendering: Rendered, document: Read
) -> None:
    package = ASSETS[kind].model_validate({"type": f"azureml-{kind}", "version": "1", "mlflow": mlflow})
    bundle = (models_bundle if kind == "models" else data_bundle)(candidates, rendering(asset_wishes(package)))
    files = {path for path in bundle.entries if path.startswith("azureml/")}
    assert files == {f"azureml/{kind}/{name}.yml" for name in FOLDERS}
    for name, folder in FOLDERS.items():
        asset = document(bundle, f"azureml/{kind}/{name}.yml")
        content = f"{folder}/mlflow_model" if mlflow else folder
        assert (asset["name"], asset["version"], asset["path"]) == (f"OutputModels_{name}", "1", f"../../{content}")
        assert {f"{content}/{one}" for one in (*BESIDE, *(["MLmodel"] if mlflow else []))} <= bundle.entries.keys()
    assert "models_rank.json" in bundle.entries
    assert list(bundle.closings) == [SUMS_NAME]
    assert check_bundle(bundle) == ()


def test_tags_say_what_an_asset_is_made_from(candidates: Chosen, rendering: Rendered, document: Read) -> None:
    wishes = asset_wishes(AzuremlModelsPackage(type="azureml-models"))
    wishes = replace(wishes, variables={"azure-models": {"tags": {"rank": "mine", "team": "vision", "n": 1}}})
    asset = document(models_bundle(candidates, rendering(wishes)), "azureml/models/cpu-openvino_1.yml")
    ranked = next(one for one in candidates.entries if one.candidate.accelerator == "cpu-openvino")
    tags = asset["tags"]
    assert tags["candidate"] == ranked.candidate.id
    assert (tags["source"], tags["accelerator"], tags["rank_in_accelerator"]) == ("digits", "cpu-openvino", "1")
    assert (tags["rank"], tags["team"], tags["n"]) == ("mine", "vision", "1")
    assert len(tags["model_sha256"]) == 64
    assert {name for name in tags if name.startswith("metric.")} == {
        f"metric.{name}" for name in ranked.candidate.metrics
    }
    assert all(isinstance(value, str) for value in tags.values())
    assert "version" not in asset  # the next one
    assert asset["name"] == "digits_cpu-openvino_1"


def test_a_native_configuration_without_a_version_means_the_next_one() -> None:
    wishes = asset_wishes(AzuremlModelsPackage(type="azureml-models"))
    assert wishes.variables == {"azure-models": {"name": "OutputModels"}}
    assert wishes.sets == ("candidate", "ranking", "azure-models")


@pytest.mark.parametrize("kind", ["online", "batch"])
def test_a_deployment_is_a_project_for_the_best_candidate(
    kind: str, candidates: Chosen, rendering: Rendered, document: Read
) -> None:
    bundle = deployment_bundle(candidates, rendering(deployment_wishes(deployment(kind=kind))))
    names = {path.removeprefix(f"azureml/{kind}/") for path in bundle.entries if path.startswith("azureml/")}
    assert names == {"model.yml", "environment.yml", "conda.yml", "endpoint.yml", "deployment.yml", "package.yml"}
    assert {"model/model.onnx", "README.md", *(f"model/{one}" for one in BESIDE)} <= bundle.entries.keys()
    model = document(bundle, f"azureml/{kind}/model.yml")
    assert model["tags"]["candidate"] == candidates.entries[0].candidate.id
    assert model["path"] == "../../model"
    endpoint = document(bundle, f"azureml/{kind}/endpoint.yml")
    assert not {"traffic", "defaults"} & endpoint.keys()
    assert LOCK_NAME in bundle.closings
    assert check_bundle(bundle) == ()


def test_code_of_ones_own_replaces_the_rendered_one(
    candidates: Chosen, rendering: Rendered, document: Read, code_folder: Path
) -> None:
    (code_folder / "lib").mkdir()
    (code_folder / "lib/scale.py").write_text("FACTOR = 2\n")
    (code_folder / "serve.py").write_text(SCRIPT)
    package = deployment(
        model_package={
            "inferencing_server": {"type": "online", "code_folder": str(code_folder), "scoring_script": "serve.py"}
        }
    )
    code = read_scoring_code(code_folder, "serve.py")
    bundle = deployment_bundle(candidates, rendering(deployment_wishes(package)), code=code)
    scoring = {path for path in bundle.entries if path.startswith("scoring/")}
    assert scoring == {"scoring/lib/scale.py", "scoring/requirements.txt", "scoring/score.py", "scoring/serve.py"}
    assert document(bundle, "azureml/online/deployment.yml")["code_configuration"]["scoring_script"] == "serve.py"
    assert check_bundle(bundle) == ()


def test_packaging_can_be_left_out(candidates: Chosen, rendering: Rendered) -> None:
    bundle = deployment_bundle(candidates, rendering(deployment_wishes(deployment(packaging="direct"))))
    assert "azureml/online/package.yml" not in bundle.entries
    assert check_bundle(bundle) == ()


def test_what_is_said_to_a_set_outranks_the_option() -> None:
    wishes = deployment_wishes(deployment(deployment_config={"instance_type": "Standard_F2s_v2"}))
    configured = {
        "azure-online": {"instance_type": "Standard_F4s_v2", "auth_mode": "aad_token"},
        "samples": {"dims": ""},
    }
    variables = wishes.outranked_by(configured)
    assert variables.keys() == {"azure-online"}
    own = variables["azure-online"]
    assert (own["instance_type"], own["auth_mode"], own["packaging"]) == ("Standard_F4s_v2", "aad_token", "package")


@pytest.mark.parametrize(
    ("given", "referred"),
    [
        ("azureml:base:1", "azureml:base:1"),
        ("base:1", "azureml:base:1"),
        ("azureml://registries/azureml/environments/x/versions/1", None),
        (
            "/subscriptions/s/resourceGroups/r/environments/e/versions/1",
            "azureml:/subscriptions/s/resourceGroups/r/environments/e/versions/1",
        ),
    ],
)
def test_an_environment_that_exists_is_referred_to(
    given: str, referred: str | None, candidates: Chosen, rendering: Rendered, document: Read
) -> None:
    bundle = deployment_bundle(
        candidates, rendering(deployment_wishes(deployment(model_package={"base_environment_id": given})))
    )
    assert "azureml/online/environment.yml" not in bundle.entries
    assert document(bundle, "azureml/online/deployment.yml")["environment"] == (referred or given)
    assert check_bundle(bundle) == ()


EXTRA = [
    ({"instance_typ": "x"}, "online", "instance_typ: no field of an online deployment, ignored. Known: "),
    (
        {"liveness_prob": {}},
        "online",
        "liveness_prob: no field of an online deployment, ignored. Did you mean liveness_probe?",
    ),
    ({"mini_batch": 5}, "batch", "mini_batch: no field of a batch deployment, ignored. Known: "),
    (
        {"settings": {"error_treshold": 5}},
        "batch",
        "error_treshold: no field of a batch deployment, ignored. Did you mean error_threshold?",
    ),
    ({"instance_count": 5}, "online", "instance_count: ignored, since deployment_config.instance_count says it"),
    ({"code_path": "x"}, "batch", "code_path: ignored, since model_package.inferencing_server.code_folder says it"),
]


@pytest.mark.parametrize(("extra", "kind", "text"), EXTRA)
def test_an_unknown_name_in_extra_config_is_a_warning(extra: dict[str, Any], kind: str, text: str) -> None:
    wishes = deployment_wishes(deployment(kind=kind, deployment_config={"extra_config": extra}))
    (warning,) = wishes.warnings
    assert warning.startswith(f"deployment_config.extra_config.{text}")
    assert wishes.variables[f"azure-{kind}"]["extra_config"] == {}


def test_settings_of_a_batch_deployment_may_be_nested() -> None:
    extra = {"settings": {"error_threshold": 5, "output_action": "SUMMARY_ONLY"}, "logging_level": "INFO"}
    variables = deployment_wishes(deployment(kind="batch", deployment_config={"extra_config": extra})).variables
    own = variables["azure-batch"]
    assert (own["error_threshold"], own["output_action"], own["logging_level"]) == (5, "summary_only", "info")


BAD: list[tuple[dict[str, Any], str]] = [
    (
        {"deployment_config": {"extra_config": {"request_settings": 5}}},
        "azure-online.request_settings: expected a mapping",
    ),
    (
        {"deployment_config": {"extra_config": {"app_insights_enabled": "maybe"}}},
        "azure-online.app_insights_enabled: expected true or false",
    ),
    (
        {"deployment_config": {"extra_config": {"environment_variables": [1]}}},
        "deployment_config.extra_config.environment_variables: must be a mapping",
    ),
    (
        {"model_package": {"environment_variables": {"DB_PASSWORD": "hunter2"}}},
        "azure-online.environment_variables: DB_PASSWORD: a literal that looks like a secret",
    ),
    (
        {"deployment_config": {"extra_config": {"environment_variables": {"A": "AccountKey=" + "Zm9v" * 9}}}},
        "azure-online.environment_variables: A: a literal that looks like a secret",
    ),
    (
        {"model_package": {"inferencing_server": {"type": "online", "code_folder": "x"}}},
        "model_package.inferencing_server: scoring_script is missing",
    ),
    (
        {"model_package": {"inferencing_server": {"type": "online", "scoring_script": "x"}}},
        "model_package.inferencing_server: code_folder is missing",
    ),
]


@pytest.mark.parametrize(("changes", "message"), BAD)
def test_what_cannot_be_meant_is_an_error(changes: dict[str, Any], message: str, rendering: Rendered) -> None:
    with pytest.raises(UsageError) as caught:
        rendering(deployment_wishes(deployment(**changes)))
    assert caught.value.message.startswith(message)
    assert "hunter2" not in caught.value.message + caught.value.hint


# --- the user's folder of code


def test_ignore_files_and_leftovers_stay_at_home(code_folder: Path) -> None:
    for name in (
        ".git/config",
        "__pycache__/score.pyc",
        "data/big.bin",
        "data/keep.bin",
        "logs/a.log",
        "sub/.amlignore",
    ):
        path = code_folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    (code_folder / ".amlignore").write_text("# not sent\ndata/*\n!data/keep.bin\n*.log\n")
    (code_folder / ".gitignore").write_text("score.py\n")  # .amlignore counts alone
    code = read_scoring_code(code_folder, "./score.py")
    assert sorted(code.files) == ["data/keep.bin", "score.py", "sub/.amlignore"]
    assert code.script == "score.py"
    assert code.remarks == (f"left out of the code folder {code_folder}: .git, __pycache__",)


def test_requirements_of_ones_own_are_said_to_be_installed_by_nothing(code_folder: Path) -> None:
    (code_folder / "requirements.txt").write_text("pillow\n")
    [remark] = read_scoring_code(code_folder, "score.py").remarks
    assert remark.startswith(f"{code_folder / 'requirements.txt'} is sent, and installed by nothing")


def test_gitignore_counts_where_there_is_no_amlignore(code_folder: Path) -> None:
    (code_folder / "notes.txt").write_text("x")
    (code_folder / ".gitignore").write_text("*.txt\n")
    assert sorted(read_scoring_code(code_folder, "score.py").files) == ["score.py"]


def test_a_secret_that_is_ignored_is_no_error(code_folder: Path) -> None:
    (code_folder / ".env").write_text("API_KEY=hunter2")
    with pytest.raises(UsageError) as caught:
        read_scoring_code(code_folder, "score.py")
    assert caught.value.message == f"{code_folder}/.env: is a file for secrets, and would be sent with the code"
    assert caught.value.hint == "Remove it; packaging leaves out what .amlignore lists."
    (code_folder / ".amlignore").write_text(".env\n")
    assert sorted(read_scoring_code(code_folder, "score.py").files) == ["score.py"]


WRONG = [
    ("scor.py", SCRIPT, "{folder}/scor.py: there is no such scoring script", "Did you mean score.py?"),
    ("../score.py", SCRIPT, "{folder}/../score.py: there is no such scoring script", ""),
    ("score.py", "def init(): ...\n", "{folder}/score.py: does not define run()", "The server calls init() once"),
    ("score.py", "def init(:\n", "{folder}/score.py:1: is no valid Python: invalid syntax", "Correct the script."),
]


@pytest.mark.parametrize(("script", "text", "message", "hint"), WRONG)
def test_what_is_wrong_with_the_folder(code_folder: Path, script: str, text: str, message: str, hint: str) -> None:
    (code_folder / "score.py").write_text(text)
    with pytest.raises(UsageError) as caught:
        read_scoring_code(code_folder, script)
    assert caught.value.message == message.format(folder=code_folder)
    assert caught.value.hint.startswith(hint)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_scoring_code(tmp_path / "none", "score.py")


def test_an_ignore_file_that_is_none(code_folder: Path) -> None:
    (code_folder / ".amlignore").write_text("!\n")
    with pytest.raises(UsageError) as caught:
        read_scoring_code(code_folder, "score.py")
    assert caught.value.message.startswith(f"{code_folder}/.amlignore: ")


def test_a_link_out_of_the_folder_is_refused(code_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x")
    (code_folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(UnsafeInputError, match="leads outside"):
        read_scoring_code(code_folder, "score.py")


def test_nothing_of_the_environment_reaches_a_file(
    candidates: Chosen, rendering: Rendered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_OF_MINE", "marker-of-a-secret")
    package = deployment(model_package={"environment_variables": {"TOKEN": "${env:TOKEN_OF_MINE}"}})
    bundle = deployment_bundle(candidates, rendering(deployment_wishes(package)))
    texts: list[bytes] = []
    for path, entry in bundle.entries.items():
        with entry.open() as source:
            texts += [] if path.endswith(".onnx") else [source.read()]
    texts += [json.dumps(closing({}).decode()).encode() for closing in bundle.closings.values()]
    assert not any(b"marker-of-a-secret" in text for text in texts)
    assert sum(b"${env:TOKEN_OF_MINE}" in text for text in texts) == 3  # deployment, package, lock


def test_models_is_not_copied_into_the_bundle(candidates: Chosen, rendering: Rendered) -> None:
    bundle = deployment_bundle(candidates, rendering(deployment_wishes(deployment())))
    best: ModelFiles = candidates.models[candidates.entries[0].candidate.id]
    assert bundle.entries["model/model.onnx"] is best.files["model.onnx"]
