"""A model on its own, without a run."""

import json
import shutil
from pathlib import Path

import pytest

from modelpress.candidates import locate, read
from modelpress.errors import ModelpressError

OLIVE = Path(__file__).parents[2] / "data" / "olive"
CACHE = OLIVE / "0.13.0-genai-zip" / "olive_cache" / "default_workflow" / "runs" / "03c7649e"


def place_of(source: Path) -> str:
    found = read(source)
    return str(locate(found.candidates[0].model, found).place)


def test_an_onnx_file_is_one_candidate_without_metrics(tmp_path: Path) -> None:
    path = tmp_path / "Digits.ONNX"
    shutil.copy(OLIVE / "0.9.1-search-zip" / "model.onnx", path)
    found = read(path)
    (one,) = found.candidates
    assert (one.id, one.accelerator, one.metrics, one.history, one.selected) == ("Digits", "cpu-cpu", {}, (), True)
    assert (found.kind, found.root, one.model.type, one.model.path) == ("model", tmp_path, "onnxmodel", "Digits.ONNX")
    assert place_of(path) == str(path)


def test_an_onnx_file_is_not_judged_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_text('{"candidates": 1')
    assert read(path).candidates[0].id == "m"


def test_a_folder_with_one_model(tmp_path: Path) -> None:
    (tmp_path / "my_model.onnx").write_bytes(b"x")
    (tmp_path / "weights.bin").write_bytes(b"x")
    assert read(tmp_path).candidates[0].id == tmp_path.name
    assert place_of(tmp_path) == str(tmp_path / "my_model.onnx")


def test_a_folder_with_several_models(tmp_path: Path) -> None:
    for name in ("a.onnx", "b.onnx"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(ModelpressError, match=r"holds 2 models: a\.onnx, b\.onnx"):
        read(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"x")
    assert place_of(tmp_path) == str(tmp_path / "model.onnx")


def test_a_genai_folder() -> None:
    (one,) = read(CACHE / "models").candidates
    assert (one.model.type, one.model.path, one.model.onnx_file_name) == ("onnxmodel", ".", "model.onnx")
    assert Path(place_of(CACHE / "models")) == CACHE / "models"


def test_an_openvino_folder(tmp_path: Path) -> None:
    (tmp_path / "m.xml").write_bytes(b"x")
    with pytest.raises(ModelpressError, match="holds no candidates"):
        read(tmp_path)
    (tmp_path / "m.bin").write_bytes(b"x")
    (one,) = read(tmp_path).candidates
    assert (one.model.type, one.model.path) == ("openvinomodel", ".")


@pytest.mark.parametrize("name", ["", "model_config.json"])
def test_a_folder_that_olive_saved_a_model_in(name: str) -> None:
    folder = OLIVE / "0.7.1.1-nosearch-zip" / "output_model"
    (one,) = read(folder / name).candidates
    assert one.model.type == "onnxmodel"
    assert place_of(folder / name) == str(folder / "model.onnx")


def test_a_saved_composite_model(tmp_path: Path) -> None:
    for name in ("features.onnx", "classifier.onnx", "model_config.json"):
        shutil.copy(OLIVE / "0.13.0-composite-nopkg" / name, tmp_path)
    found = read(tmp_path)
    located = locate(found.candidates[0].model, found)
    assert [one.place.name for one in located.components] == ["features.onnx", "classifier.onnx"]


def test_settings_of_a_saved_model_name_its_accelerator(tmp_path: Path) -> None:
    settings = {"execution_provider": ["CUDAExecutionProvider"], "provider_options": [{}]}
    config = {"type": "ONNXModel", "config": {"model_path": "/gone/m.onnx", "inference_settings": settings}}
    (tmp_path / "model_config.json").write_text(json.dumps(config))
    (tmp_path / "m.onnx").write_bytes(b"x")
    (one,) = read(tmp_path).candidates
    assert (one.accelerator, one.inference_settings) == ("gpu-cuda", settings)
