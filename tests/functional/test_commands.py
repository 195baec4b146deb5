"""The commands, run as users run them, on real Olive runs."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import onnxruntime
import pytest
from click.testing import CliRunner, Result

from modelpress.cli.main import modelpress

DATA = Path(__file__).parents[1] / "data"
OLIVE = DATA / "olive"
EXAMPLES = Path(__file__).parents[2] / "examples"
RUNS = sorted(path.name for path in OLIVE.iterdir() if path.is_dir())
PACKED = [name for name in RUNS if (OLIVE / name / "OutputModels.zip").exists()]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of the person who runs the tests has a say."""
    for name in [name for name in os.environ if name.startswith("MODELPRESS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / "config"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return


def run(*arguments: object) -> Result:
    return CliRunner().invoke(modelpress, [str(argument) for argument in arguments])


def run_json(*arguments: object) -> dict[str, object]:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert isinstance(document, dict)
    return document


def unpack(path: Path, target: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(target)
    return target


def model_paths(config: dict[str, object]) -> list[str]:
    """Every ONNX file that a model_config of Olive's form names, relative to the bundle."""
    inner = config["config"]
    assert isinstance(inner, dict)
    if inner.get("model_components"):
        return [path for component in inner["model_components"] for path in model_paths(component)]
    path = inner["model_path"]
    return [f"{path}/{inner['onnx_file_name']}" if inner.get("onnx_file_name") else path]


def load_every_model(bundle: Path) -> int:
    """Load each model that models_rank.json names; how many there were."""
    paths = [
        path
        for entry in json.loads((bundle / "models_rank.json").read_text())
        if entry["model_config"]["config"]["model_path"]
        for path in model_paths(entry["model_config"])
    ]
    for path in paths:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        onnxruntime.InferenceSession(str(bundle / path), options, providers=["CPUExecutionProvider"])
    return len(paths)


@pytest.mark.parametrize("name", RUNS)
def test_every_run_is_packaged_and_every_path_in_the_zip_loads(name: str, tmp_path: Path) -> None:
    document = run_json("package", OLIVE / name, "-o", tmp_path)
    (artifact,) = document["artifacts"]
    assert artifact["type"] == "Zipfile"
    assert artifact["path"] == str(tmp_path / "OutputModels.zip")
    bundle = unpack(tmp_path / "OutputModels.zip", tmp_path / "unpacked")
    ranked = json.loads((bundle / "models_rank.json").read_text())
    assert [entry["rank"] for entry in ranked] == list(range(1, len(ranked) + 1))
    assert load_every_model(bundle) >= len(ranked)
    sums = (bundle / "SHA256SUMS").read_bytes()
    assert artifact["content_sha256"] == hashlib.sha256(sums).hexdigest()
    checked = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=bundle, check=False)
    assert checked.returncode == 0


@pytest.mark.parametrize("name", PACKED)
def test_olives_own_zip_gives_the_same_candidates_as_its_run(name: str, tmp_path: Path) -> None:
    zipped = tmp_path / "OlivesOwn.zip"
    shutil.copy(OLIVE / name / "OutputModels.zip", zipped)
    from_run = run_json("rank", OLIVE / name)["candidates"]
    from_zip = run_json("rank", zipped)["candidates"]
    assert [one["metrics"] for one in from_zip] == [one["metrics"] for one in from_run]
    run_json("package", zipped)
    assert load_every_model(unpack(tmp_path / "OutputModels.zip", tmp_path / "unpacked")) == len(from_run)


def test_the_ranks_of_olive_0_9_1_are_put_right() -> None:
    document = run_json("rank", OLIVE / "0.9.1-search-zip")
    assert [one["id"] for one in document["candidates"]] == ["586a48e5", "f70d676e", "51aec17d", "d01fcce8"]
    assert document["candidates"][0]["metrics"]["latency-avg"] == {
        "value": 0.0382,
        "priority": 1,
        "higher_is_better": False,
    }
    assert any("lists 1 of 4 candidates" in warning for warning in document["warnings"])


def test_several_accelerators_are_ranked_together_and_each_on_its_own(tmp_path: Path) -> None:
    run_json("package", OLIVE / "0.7.1.1-multiep-zip", "-o", tmp_path)
    bundle = unpack(tmp_path / "OutputModels.zip", tmp_path / "unpacked")
    paths = [model_paths(entry["model_config"])[0] for entry in json.loads((bundle / "models_rank.json").read_text())]
    for accelerator, count in (("cpu-cpu", 4), ("cpu-openvino", 2)):
        own = [path for path in paths if f"/{accelerator}/" in path]
        assert own == [f"CandidateModels/{accelerator}/BestCandidateModel_{k + 1}/model.onnx" for k in range(count)]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("first", "second"):
        source = Path(shutil.copytree(OLIVE / "0.9.1-search-zip", tmp_path / folder / "run"))
        run_json("package", source, "-o", tmp_path / folder)
        run_json("render", source, "-o", tmp_path / folder / "project.zip")
    for name in ("OutputModels.zip", "project.zip"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_two_zipfile_entries_are_both_complete(tmp_path: Path) -> None:
    config = tmp_path / "two.json"
    entries = [{"type": "Zipfile"}, {"type": "zipfile", "include_sample_code": False}]
    config.write_text(json.dumps({"packaging_config": entries}))
    source = OLIVE / "0.13.0-search-zip"
    document = run_json("package", source, "-c", config, "-o", tmp_path, "--no-runtime-packages")
    first, second = (Path(artifact["path"]) for artifact in document["artifacts"])
    assert (first.name, second.name) == ("OutputModels.zip", "OutputModels-2.zip")
    for place, path in enumerate((first, second)):
        bundle = unpack(path, tmp_path / str(place))
        assert load_every_model(bundle) == 2
        assert (bundle / "SampleCode").exists() == (place == 0)


def test_the_workflow_file_is_source_and_configuration_at_once(tmp_path: Path) -> None:
    shutil.copytree(OLIVE / "0.9.1-search-zip", tmp_path / "run")
    workflow = tmp_path / "run" / "config.json"
    settings = json.loads(workflow.read_text())
    settings["packaging_config"] = {"type": "Zipfile", "config": {}, "name": "Named"}
    workflow.write_text(json.dumps(settings))
    run_json("package", workflow, "--no-runtime-packages")
    assert load_every_model(unpack(tmp_path / "run" / "Named.zip", tmp_path / "unpacked")) == 4


def test_a_dockerfile_package_is_a_build_context(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"packaging_config": {"type": "Dockerfile"}}))
    given = ("package", OLIVE / "0.9.1-search-zip", "-c", config, "-o", tmp_path, "--format", "json")
    assert run(*given).exit_code == 0
    result = run(*given)  # what nobody edited is replaced
    assert result.exit_code == 0, result.stderr
    [artifact] = json.loads(result.stdout)["artifacts"]
    assert artifact["type"] == "Dockerfile"
    context = Path(artifact["path"])
    assert context == tmp_path / "docker"
    assert "COPY" in (context / "Dockerfile").read_text()
    assert (context / "docker_content/model/model.onnx").is_file()


def test_a_dockerfile_package_that_was_edited_is_replaced_by_force_alone(tmp_path: Path) -> None:
    given = ("package", OLIVE / "0.9.1-search-zip", "--type", "Dockerfile", "-o", tmp_path)
    assert run(*given).exit_code == 0
    dockerfile = tmp_path / "docker/Dockerfile"
    written = dockerfile.read_bytes()
    dockerfile.write_bytes(written + b"# mine\n")
    refused = run(*given)
    assert refused.exit_code == 1
    assert "was edited since modelpress wrote it" in refused.stderr
    assert run(*given, "--force").exit_code == 0
    assert dockerfile.read_bytes() == written


def test_a_base_image_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"packaging_config": {"type": "Dockerfile", "base_image": "python:3.12\nRUN false"}}))
    result = run("package", OLIVE / "0.9.1-search-zip", "-c", config, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "docker.base_image: 'python:3.12\\nRUN false' is no reference of an image" in result.stderr
    assert not (tmp_path / "out").exists()


def test_every_candidate_becomes_an_mlflow_model_where_the_configuration_says_so(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"packaging_config": {"config": {"export_in_mlflow_format": True}}}))
    source = OLIVE / "0.13.0-extdata-search-zip"
    run_json("package", source, "-c", config, "-o", tmp_path, "--no-runtime-packages")
    bundle = unpack(tmp_path / "OutputModels.zip", tmp_path / "unpacked")
    count = load_every_model(bundle)
    assert count == len(list(bundle.glob("CandidateModels/*/*/mlflow_model/MLmodel"))) > 1
    assert len(list(bundle.rglob("*.onnx"))) == len(list(bundle.rglob("*.bin"))) == count
    again = run_json("package", tmp_path / "OutputModels.zip", "-c", config, "-o", tmp_path / "again")
    assert again["artifacts"][0]["type"] == "Zipfile"


def test_a_model_that_cannot_be_an_mlflow_model_is_a_usage_error(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"packaging_config": {"config": {"export_in_mlflow_format": True}}}))
    result = run("package", OLIVE / "0.13.0-composite-nopkg", "-c", config, "-o", tmp_path)
    assert result.exit_code == 2
    assert "cannot be an MLflow model: it holds one ONNX file, and this model's format is composite" in result.stderr
    assert list(tmp_path.glob("*.zip")) == []


def test_a_dry_run_writes_nothing_and_lists_what_would_be_written(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    document = run_json("package", OLIVE / "0.9.1-search-zip", "-o", target, "--dry-run")
    planned = [file["path"] for file in document["artifacts"][0]["files"]]
    assert list(target.iterdir()) == []
    run_json("package", OLIVE / "0.9.1-search-zip", "-o", target)
    with zipfile.ZipFile(target / "OutputModels.zip") as archive:
        assert archive.namelist() == planned
    document = run_json("render", OLIVE / "0.9.1-search-zip", "-o", target / "project", "-n")
    assert not (target / "project").exists()
    assert "modelpress.lock" in [file["path"] for file in document["files"]]


def test_a_folder_and_a_zip_hold_the_same_project(tmp_path: Path) -> None:
    source = EXAMPLES / "listing" / "candidates.yaml"
    folder = run_json("render", source, "-o", tmp_path / "project")
    zipped = run_json("render", source, "-o", tmp_path / "project.zip")
    assert folder["content_sha256"] == zipped["content_sha256"]
    unpacked = unpack(tmp_path / "project.zip", tmp_path / "unpacked")
    files = {path.relative_to(unpacked): path.read_bytes() for path in unpacked.rglob("*") if path.is_file()}
    assert files == {
        path.relative_to(tmp_path / "project"): path.read_bytes()
        for path in (tmp_path / "project").rglob("*")
        if path.is_file()
    }


def test_the_lock_lists_every_file_with_its_hash(tmp_path: Path) -> None:
    run_json("render", EXAMPLES / "listing" / "candidates.yaml", "-o", tmp_path / "project", "--rank", "2")
    lock = json.loads((tmp_path / "project" / "modelpress.lock").read_text())
    found = {
        path.relative_to(tmp_path / "project").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (tmp_path / "project").rglob("*")
        if path.is_file() and path.name != "modelpress.lock"
    }
    assert {path: file["sha256"] for path, file in lock["files"].items()} == found
    assert lock["candidate"] == "medium"
    assert str(tmp_path) not in json.dumps(lock)


def test_an_edited_project_is_kept_unless_forced(tmp_path: Path) -> None:
    source, target = EXAMPLES / "listing" / "candidates.yaml", tmp_path / "project"
    run_json("render", source, "-o", target)
    run_json("render", source, "-o", target)
    (target / "README.md").write_text("edited")
    result = run("render", source, "-o", target)
    assert result.exit_code == 1
    assert "README.md (changed)" in result.stderr
    assert "--force" in result.stderr
    assert (target / "README.md").read_text() == "edited"
    run_json("render", source, "-o", target, "--force")
    assert (target / "README.md").read_text() != "edited"


def test_a_candidate_without_its_model_is_left_out_and_said_so(tmp_path: Path) -> None:
    run_folder = tmp_path / "run"
    shutil.copytree(OLIVE / "0.9.1-search-zip", run_folder)
    (run_folder / "OutputModels.zip").unlink()
    (run_folder / "model.onnx").unlink()
    shutil.rmtree(run_folder / "olive_cache" / "default_workflow" / "runs" / "586a48e5")
    document = run_json("package", run_folder, "-o", tmp_path)
    assert any("candidate 586a48e5 is left out" in warning for warning in document["warnings"])
    bundle = unpack(tmp_path / "OutputModels.zip", tmp_path / "unpacked")
    assert load_every_model(bundle) == 3
    strict = run("package", run_folder, "-o", tmp_path, "--strict")
    assert strict.exit_code == 1
    assert "586a48e5" in strict.stderr


def test_models_are_found_under_a_model_root(tmp_path: Path) -> None:
    run_folder = tmp_path / "run"
    shutil.copytree(OLIVE / "0.13.0-search-zip", run_folder, ignore=shutil.ignore_patterns("*.zip"))
    shutil.move(run_folder / "olive_cache", tmp_path / "cache")
    missing = run("package", run_folder, "-o", tmp_path)
    assert missing.exit_code == 1
    assert "was not found" in missing.stderr or "not found" in missing.stderr
    run_json("package", run_folder, "-o", tmp_path, "--model-root", tmp_path / "cache")
    assert load_every_model(unpack(tmp_path / "OutputModels.zip", tmp_path / "unpacked")) == 2


def test_a_zip_that_models_are_read_from_is_not_replaced(tmp_path: Path) -> None:
    source = tmp_path / "OutputModels.zip"
    shutil.copy(OLIVE / "0.9.1-search-zip" / "OutputModels.zip", source)
    before = source.read_bytes()
    result = run("package", source)
    assert result.exit_code == 1
    assert "cannot be replaced" in result.stderr
    assert source.read_bytes() == before


def test_constraints_tolerances_and_metrics_of_ones_own() -> None:
    source = EXAMPLES / "listing" / "candidates.yaml"
    assert [one["id"] for one in run_json("rank", source)["candidates"]] == ["small", "medium", "large"]
    document = run_json("rank", source, "--tolerance", "latency-ms=10%", "--where", "size-mb<0.02")
    assert [one["id"] for one in document["candidates"]] == ["medium", "small"]
    assert document["rejected"] == [{"id": "large", "reason": "size-mb 0.033 misses < 0.02 by 0.013"}]
    document = run_json("rank", source, "--by", "accuracy", "--top", "1")
    assert [one["id"] for one in document["candidates"]] == ["large"]
    nothing = run("rank", source, "--where", "size-mb<0")
    assert nothing.exit_code == 5


def test_explain_tells_each_step() -> None:
    text = run("rank", EXAMPLES / "listing" / "candidates.yaml", "--tolerance", "latency-ms=10%", "--explain").stdout
    assert "1. medium:" in text
    assert "in a group with 1 other" in text


def test_errors_are_json_where_json_is_asked_for(tmp_path: Path) -> None:
    result = run("rank", tmp_path / "missing", "--format", "json")
    assert result.exit_code == 1
    error = json.loads(result.stdout)["error"]
    assert error.keys() == {"code", "message", "hint", "file"}
    usage = run("rank", "--format=json", "--no-such-option", tmp_path)
    assert usage.exit_code == 2
    assert json.loads(usage.stdout)["error"]["code"] == "usage"


@pytest.mark.parametrize(
    ("name", "title"), [("candidates", ""), ("config", "modelpress configuration"), ("context", "")]
)
def test_schemas_are_json_schemas(name: str, title: str) -> None:
    import jsonschema

    schema = json.loads(run("schema", name).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert not title or schema["title"] == title


def test_a_listing_of_the_examples_fits_its_schema() -> None:
    import jsonschema
    import yaml

    schema = json.loads(run("schema", "candidates").stdout)
    listing = yaml.safe_load((EXAMPLES / "listing" / "candidates.yaml").read_text())
    jsonschema.validate(listing, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"candidates": [{"model": 3}]}, schema)


def test_inspect_prints_the_documented_shape() -> None:
    document = run_json("inspect", EXAMPLES / "single-model" / "model.onnx")
    assert document == {
        "inputs": [{"name": "features", "kind": "tensor", "dtype": "float32", "shape": ["batch", 4]}],
        "outputs": [{"name": "scores", "kind": "tensor", "dtype": "float32", "shape": ["batch", 3]}],
        "opset": {"": 17},
        "ir_version": 8,
        "external_data": [],
        "metadata": {},
    }


def test_settings_come_from_the_environment_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELPRESS_RANKING_BY", "accuracy:max")
    assert run_json("rank", EXAMPLES / "listing" / "candidates.yaml")["candidates"][0]["id"] == "large"
    shown = run_json("config")
    assert shown["ranking.by"] == {
        "value": ["accuracy:max"],
        "origin": "environment",
        "where": "MODELPRESS_RANKING_BY",
    }


def test_the_source_and_where_results_go_may_stand_in_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    source = EXAMPLES / "listing" / "candidates.yaml"
    no_source = run("rank")
    assert no_source.exit_code == 2
    assert no_source.stderr.startswith("error: no SOURCE is given\n")
    Path("modelpress.yaml").write_text(f"source: {json.dumps(str(source))}\noutput: results\n")
    assert [one["id"] for one in run_json("rank")["candidates"]] == ["small", "medium", "large"]
    assert run_json("package")["artifacts"][0]["path"] == str(Path.cwd() / "results" / "OutputModels.zip")
    assert run_json("render")["path"] == str(Path.cwd() / "results" / "deploy")
    monkeypatch.setenv("MODELPRESS_SOURCE", str(EXAMPLES / "single-model" / "model.onnx"))
    assert [one["id"] for one in run_json("rank")["candidates"]] == ["model"]
    assert [one["id"] for one in run_json("rank", source)["candidates"]] == ["small", "medium", "large"]


def test_a_workflow_as_source_goes_before_the_configuration_of_the_project(tmp_path: Path) -> None:
    shutil.copytree(OLIVE / "0.9.1-search-zip", tmp_path / "run")
    workflow = tmp_path / "run" / "config.json"
    settings = json.loads(workflow.read_text())
    workflow.write_text(json.dumps({**settings, "packaging_config": {"type": "Zipfile", "name": "OfTheRun"}}))
    Path("modelpress.yaml").write_text(
        "output: results\nranking: {by: [size-kb]}\npackages: [{type: zipfile, name: Other}]\n"
    )
    (artifact,) = run_json("package", workflow)["artifacts"]
    assert artifact["path"] == str(Path.cwd() / "results" / "OfTheRun.zip")
    bundle = unpack(Path(artifact["path"]), tmp_path / "unpacked")
    sizes = [one["metrics"]["size-kb"]["value"] for one in json.loads((bundle / "models_rank.json").read_text())]
    assert sizes == sorted(sizes)


def test_a_setting_is_shown_on_one_line() -> None:
    Path("modelpress.yaml").write_text("ranking: {by: [a, 'b:max']}\npackages: [{type: zipfile, name: One}]\n")
    shown = run("config").stdout.splitlines()
    assert shown[1] == 'ranking.by  ["a", "b:max"]'
    assert shown[2].startswith('packages    [{"type": "zipfile", "name": "One", ')


def test_the_model_card_names_the_program_that_loads_the_model(tmp_path: Path) -> None:
    model = tmp_path / "ir"
    model.mkdir()
    (model / "model.xml").write_text('<net name="m" version="11"/>')
    (model / "model.bin").write_bytes(b"weights")
    cases = {model: "openvino", OLIVE / "0.13.0-genai-zip": "onnxruntime-genai"}
    for source, package in cases.items():
        run_json("render", source, "-o", tmp_path / package)
        card = (tmp_path / package / "README.md").read_text()
        assert re.search(rf"\nRuntime: `{package}`[ 0-9.]*, which loads ", card)
        assert "ExecutionProvider" not in card


def test_verbose_tells_which_files_had_a_say_and_what_was_left_out(tmp_path: Path) -> None:
    Path("modelpress.yaml").write_text("strict: false\n")
    source = OLIVE / "0.9.1-search-zip"
    told = run("rank", source, "-v").stderr
    assert f"note: settings from {Path.cwd() / 'modelpress.yaml'}\n" in told
    assert "note: a2c80624 is not ranked: was not evaluated\n" in told
    for command in ("package", "render"):
        told = run(command, source, "-o", tmp_path / command, "--verbose").stderr
        assert f"note: the model of 586a48e5: {source / 'olive_cache'}" in told
        assert "note: settings from" in told
    assert "note:" not in run("rank", source).stderr


def test_what_is_wrong_with_a_configuration_is_in_the_document_too(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"packaging_config": {"type": "Zipfile", "nmae": "x"}}))
    source = EXAMPLES / "single-model" / "model.onnx"
    (warning,) = run_json("package", source, "-c", config, "-o", tmp_path, "--no-runtime-packages")["warnings"]
    assert "packaging_config.nmae: unknown key, ignored" in warning


def test_doctor_knows_this_python() -> None:
    document = run_json("doctor")
    found = {item["name"]: item["version"] for item in document["installed"]}
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert document["missing"] == []


def test_doctor_knows_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "modelpress" / "wheels" / "set").mkdir(parents=True)
    (tmp_path / "modelpress" / "wheels" / "set" / "one.whl").write_bytes(bytes(100))
    place = tmp_path / "modelpress" / "wheels"
    assert run_json("doctor")["caches"] == [{"kind": "wheels", "path": str(place), "bytes": 100}]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes_commands(shell: str) -> None:
    environment = {**os.environ, "_MODELPRESS_COMPLETE": f"{shell}_source"}
    command = [str(Path(sys.executable).parent / "modelpress")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "_MODELPRESS_COMPLETE" in done.stdout


def test_a_dimension_is_given_to_the_sample(tmp_path: Path) -> None:
    source = EXAMPLES / "single-model" / "model.onnx"
    run_json("render", source, "-o", tmp_path / "project", "--dim", "batch=3")
    sample = tmp_path / "project" / "samples" / "python" / "sample.py"
    command = [sys.executable, str(sample), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    (output,) = json.loads(done.stdout)["outputs"]
    assert output["shape"] == [3, 3]
    wrong = run("render", source, "-o", tmp_path / "other", "--dim", "bach=3")
    assert wrong.exit_code == 2
    assert "--dim bach" in wrong.stderr
    assert "batch" in wrong.stderr


@pytest.mark.parametrize(
    ("compression", "model", "text"),
    [("default", "store", "deflate"), ("store", "store", "store"), ("deflate", "deflate", "deflate")],
)
def test_compression_is_as_asked_for(compression: str, model: str, text: str, tmp_path: Path) -> None:
    methods = {"store": zipfile.ZIP_STORED, "deflate": zipfile.ZIP_DEFLATED}
    source = EXAMPLES / "single-model" / "model.onnx"
    run_json("render", source, "-o", tmp_path / "project.zip", "--compression", compression)
    with zipfile.ZipFile(tmp_path / "project.zip") as archive:
        assert archive.getinfo("model/model.onnx").compress_type == methods[model]
        assert archive.getinfo("README.md").compress_type == methods[text]


def test_compression_by_samples_packs_what_shrinks(tmp_path: Path) -> None:
    model = tmp_path / "model.onnx"
    content = (EXAMPLES / "single-model" / "model.onnx").read_bytes()
    model.write_bytes(content + b"\x62\x80\x80\x40" + b" " * 2**20)  # a domain name of a megabyte of blanks
    run_json("render", model, "-o", tmp_path / "project.zip", "--compression", "auto")
    with zipfile.ZipFile(tmp_path / "project.zip") as archive:
        assert archive.getinfo("model/model.onnx").compress_type == zipfile.ZIP_DEFLATED


def test_a_csv_listing_is_packaged(tmp_path: Path) -> None:
    listing = tmp_path / "candidates.csv"
    folder = EXAMPLES / "listing" / "models"
    rows = [f"small,{folder}/small.onnx,0.9,0.93", f"large,{folder}/large.onnx,0.8,0.96"]
    listing.write_text("\n".join(["id,model,latency:min,accuracy:max", *rows, ""]))
    run_json("package", listing, "-o", tmp_path / "out")
    bundle = unpack(tmp_path / "out" / "OutputModels.zip", tmp_path / "unpacked")
    assert load_every_model(bundle) == 2


def test_packaging_replaces_olives_own_zip_and_ours(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "olive-run" / "run", tmp_path / "run")
    with zipfile.ZipFile(tmp_path / "run" / "OutputModels.zip") as olives:
        assert "SHA256SUMS" not in olives.namelist()
    for _ in range(2):
        run_json("package", tmp_path / "run", "--no-runtime-packages")
        with zipfile.ZipFile(tmp_path / "run" / "OutputModels.zip") as ours:
            assert "SHA256SUMS" in ours.namelist()


def test_a_file_in_the_way_is_replaced_by_force(tmp_path: Path) -> None:
    (tmp_path / "project.zip").write_text("precious")
    source = EXAMPLES / "single-model" / "model.onnx"
    assert run("render", source, "-o", tmp_path / "project.zip").exit_code == 1
    assert (tmp_path / "project.zip").read_text() == "precious"
    run_json("render", source, "-o", tmp_path / "project.zip", "--force")
    run_json("render", source, "-o", tmp_path / "project.zip")


@pytest.mark.parametrize("kind", ["online", "batch"])
def test_a_model_without_a_scoring_script_needs_one_of_the_users_own(kind: str, tmp_path: Path) -> None:
    sets = ("-t", "candidate", "-t", f"azure-{kind}")
    document = run_json("render", OLIVE / "0.13.0-genai-zip", "-o", tmp_path / "deploy", "--no-golden", *sets)
    [warning] = [text for text in document["warnings"] if "scoring script" in text]
    assert f"--var azure-{kind}.scoring_script=FILE" in warning
    named = ("--var", f"azure-{kind}.scoring_script=own.py")
    document = run_json("render", OLIVE / "0.13.0-genai-zip", "-o", tmp_path / "own", "--no-golden", *sets, *named)
    assert not [text for text in document["warnings"] if "scoring script" in text]
