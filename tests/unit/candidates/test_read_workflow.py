"""The workflow file as a source."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from modelpress.candidates import read
from modelpress.errors import ModelpressError

OLIVE = Path(__file__).parents[2] / "data" / "olive"
CASE = OLIVE / "0.9.1-search-zip"


@pytest.mark.parametrize("case", sorted(path.name for path in OLIVE.iterdir()))
def test_its_own_folder_when_the_output_is_on_another_computer(case: str) -> None:
    found = read(OLIVE / case / "config.json")
    assert found.candidates == read(OLIVE / case).candidates
    assert (found.source, found.root) == (OLIVE / case / "config.json", OLIVE / case)


@pytest.mark.parametrize("under_engine", [True, False])
@pytest.mark.parametrize("suffix", [".json", ".yaml", ".workflow"])
def test_output_dir_beside_the_file(tmp_path: Path, suffix: str, *, under_engine: bool) -> None:
    shutil.copytree(CASE, tmp_path / "out" / "run")
    where = {"output_dir": "out/run"}
    workflow = {"input_model": {"type": "OnnxModel"}} | ({"engine": where} if under_engine else where)
    path = tmp_path / f"olive{suffix}"
    path.write_text(yaml.safe_dump(workflow) if suffix == ".yaml" else json.dumps(workflow))
    found = read(path)
    assert found.root == tmp_path / "out" / "run"
    assert len(found.candidates) == 6


def test_output_dir_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(CASE, tmp_path / "cwd" / "out")
    (tmp_path / "olive.json").write_text('{"passes": {}, "output_dir": "out"}')
    monkeypatch.chdir(tmp_path / "cwd")
    assert read(Path("../olive.json")).root == tmp_path / "cwd" / "out"


def test_an_output_dir_with_a_dot_that_olive_took_for_a_file(tmp_path: Path) -> None:
    shutil.copytree(CASE, tmp_path / "out")
    (tmp_path / "olive.json").write_text('{"passes": {}, "output_dir": "out/model-0.13"}')
    assert read(tmp_path / "olive.json").root == tmp_path / "out"


def test_the_target_system_names_the_accelerator(tmp_path: Path) -> None:
    shutil.copy(OLIVE / "0.13.0-noeval-zip" / "footprint.json", tmp_path)
    systems = {
        "here": {"type": "LocalSystem", "accelerators": [{"device": "cpu"}]},
        "there": {"config": {"accelerators": [{"device": "gpu", "execution_providers": ["DmlExecutionProvider"]}]}},
    }
    for engine in ({"target": "there"}, {"target": systems["there"], "host": "here"}):
        (tmp_path / "olive.json").write_text(json.dumps({"passes": {}, "systems": systems, "engine": engine}))
        assert read(tmp_path / "olive.json").candidates[0].accelerator == "gpu-dml"


@pytest.mark.parametrize("output", ["nowhere", "/nowhere/at/all", "C:\\out", "a\0b", "x" * 5000, "", 7])
def test_no_run_names_every_place_tried(tmp_path: Path, output: object) -> None:
    path = tmp_path / "olive.json"
    path.write_text(json.dumps({"passes": {}, "output_dir": output}))
    with pytest.raises(ModelpressError, match=r"no Olive run was found in its output_dir; tried ") as caught:
        read(path)
    assert caught.value.message.endswith(str(tmp_path))
    if output == "nowhere":
        assert f"{tmp_path / 'nowhere'}, {Path.cwd() / 'nowhere'}, {tmp_path}" in caught.value.message


def test_a_yaml_workflow_that_is_broken_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "olive.yaml"
    path.write_text("input_model:\n  type: OnnxModel\n passes: {}\n")
    with pytest.raises(ModelpressError) as caught:
        read(path)
    assert caught.value.message.startswith(f"{path}:3:")
    assert caught.value.file == f"{path}:3"


def test_yaml_aliases_that_expand_without_end_are_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    path = tmp_path / "olive.yaml"
    path.write_text("\n".join([*lines, "passes: {}"]))
    with pytest.raises(ModelpressError, match="aliases"):
        read(path)
