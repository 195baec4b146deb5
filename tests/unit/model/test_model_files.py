import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import onnx
import onnxruntime
import pytest
from onnx import helper

from modelpress.candidates.candidate import ModelReference
from modelpress.candidates.locating.locate import LocatedModel
from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.filetree import FileTree, FolderTree, TreePath, ZipTree
from modelpress.model import ModelFiles, gather_files

RECORDS = ["metrics.json", "model_config.json", "inference_config.json", "configurations.json", "model_info.json"]
RUN_RECORDS = ["footprint.json", "output_footprint.json", "pareto_frontier_footprints.json", "run_history_cpu-cpu.txt"]
GENAI_DATA = 476_416  # bytes of model.onnx.data; which ones does not matter here


def located(place: TreePath, onnx_file_name: str | None = None, **rest: object) -> LocatedModel:
    fields = {"type": "onnxmodel", "config": {}, "component_names": ()}
    reference = {key: rest.pop(key, value) for key, value in fields.items()}
    return LocatedModel(
        ModelReference(path=place.name, onnx_file_name=onnx_file_name, **reference),
        place,
        **rest,  # type: ignore[arg-type]
    )


def write(found: ModelFiles, folder: Path) -> Path:
    """Writes the files as a bundle would; gives the place of what a runtime loads."""
    for name, entry in found.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with entry.open() as source:
            path.write_bytes(source.read())
    return folder / found.path


def loads(path: Path) -> bool:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return bool(onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"]).get_inputs())


def zip_of(folder: Path, target: Path) -> ZipTree:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return ZipTree(target)


@pytest.fixture
def save(model) -> Callable[[Path], Path]:
    def write_model(path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        onnx.save(model(), path)
        return path

    return write_model


@pytest.fixture
def digits_run(tmp_path: Path, real_models: Path) -> Path:
    """A run's folder with a model of external data in its cache."""
    run = tmp_path / "run"
    shutil.copytree(real_models / "digits", run / "cache" / "runs" / "1" / "models")
    return run


def test_a_folder_with_external_data(tmp_path: Path, digits_run: Path) -> None:
    folder = digits_run / "cache" / "runs" / "1" / "models"
    for name in [*RECORDS, "tokens.txt", "more/metrics.json"]:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("{}")
    found = gather_files(located(TreePath(FolderTree(digits_run), "cache/runs/1/models"), "digits.onnx"))
    assert list(found.files) == ["model.onnx", "more/metrics.json", "tokens.txt", "w.bin"]
    assert (found.format, found.path, found.name, found.warnings) == ("onnx", "model.onnx", "digits", ())
    assert found.signature is not None
    assert found.signature.external_data == ("w.bin",)
    assert loads(write(found, tmp_path / "out"))


def test_a_candidate_folder_of_olives_zip(tmp_path: Path, real_models: Path) -> None:
    folder = tmp_path / "zip" / "CandidateModels" / "cpu-cpu" / "BestCandidateModel_1"
    shutil.copytree(real_models / "digits", folder)
    (folder / "digits.onnx").rename(folder / "model.onnx")  # as Olive does; the record keeps the old name
    for name in RECORDS:
        (folder / name).write_text("{}")
    tree = zip_of(tmp_path / "zip", tmp_path / "m.zip")
    found = gather_files(located(TreePath(tree, "CandidateModels/cpu-cpu/BestCandidateModel_1"), "digits.onnx"))
    assert list(found.files) == ["model.onnx", "w.bin"]
    assert (found.format, found.path, found.name) == ("onnx", "model.onnx", "digits")
    assert loads(write(found, tmp_path / "out"))


def test_a_file_brings_its_data(tmp_path: Path, digits_run: Path) -> None:
    (digits_run / "cache/runs/1/models/other.txt").write_text("not the model's")
    found = gather_files(located(TreePath(FolderTree(digits_run), "cache/runs/1/models/digits.onnx")))
    assert list(found.files) == ["model.onnx", "w.bin"]
    assert (found.format, found.path, found.name) == ("onnx", "model.onnx", "digits")
    assert loads(write(found, tmp_path / "out"))


def test_a_file_that_is_the_source_itself(tmp_path: Path, save) -> None:
    path = save(tmp_path / "net.onnx")
    found = gather_files(located(TreePath(FolderTree(tmp_path), path.name)))
    assert (list(found.files), found.name) == (["model.onnx"], "net")


@pytest.mark.parametrize("place", ["", "models"])
def test_companions_and_sidecars_come_along(tmp_path: Path, save, place: str) -> None:
    for name in ["net.onnx", "adapters.npz", "constants.npz", "unrelated.txt"]:
        save(tmp_path / "models" / name)
    for name in ["tokenizer.json", "vocabulary/a.txt", "vocabulary/b.txt"]:
        (tmp_path / "elsewhere" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "elsewhere" / name).write_text(name)
    elsewhere = FolderTree(tmp_path / "elsewhere")
    config = {"external_initializers_file_name": "adapters.npz", "constant_inputs_file_name": "constants.npz"}
    sidecars = (TreePath(elsewhere, "tokenizer.json"), TreePath(elsewhere, "vocabulary"))
    tree = FolderTree(tmp_path / "models") if not place else FolderTree(tmp_path)
    onnx_place = TreePath(tree, str(PurePosixPath(place) / "net.onnx"))
    found = gather_files(located(onnx_place, config=config, sidecars=sidecars))
    assert list(found.files) == [
        "adapters.npz", "constants.npz", "model.onnx", "tokenizer.json", "vocabulary/a.txt", "vocabulary/b.txt",
    ]  # fmt: skip
    whole = gather_files(located(TreePath(tree, place), "net.onnx", config=config, sidecars=sidecars))
    assert set(whole.files) == {*found.files, "unrelated.txt"}


@pytest.mark.parametrize(
    ("key", "error", "message"),
    [("gone.npz", ModelpressError, "needs 'gone.npz'"), ("../x.npz", UnsafeInputError, "leads outside")],
)
def test_companions_must_be_there(tmp_path: Path, save, key: str, error: type, message: str) -> None:
    save(tmp_path / "net.onnx")
    config = {"external_initializers_file_name": key, "constant_inputs_file_name": None}
    with pytest.raises(error, match=message):
        gather_files(located(TreePath(FolderTree(tmp_path), "net.onnx"), config=config))


@pytest.mark.parametrize("record", RUN_RECORDS)
def test_of_a_runs_own_folder_only_the_model_is_taken(digits_run: Path, record: str) -> None:
    shutil.copytree(digits_run / "cache/runs/1/models", digits_run, dirs_exist_ok=True)
    for name in [record, "model_config.json", "config.json", "OutputModels.zip"]:
        (digits_run / name).write_text("{}")
    tree = FolderTree(digits_run)
    for reference in (located(TreePath(tree, ""), "digits.onnx"), located(TreePath(tree, ""))):
        assert list(gather_files(reference).files) == ["model.onnx", "w.bin"]


def test_a_model_folder_that_is_the_source_itself(tmp_path: Path, save) -> None:
    save(tmp_path / "net.onnx")
    (tmp_path / "labels.txt").write_text("a")
    (tmp_path / "model_config.json").write_text("{}")
    tree = FolderTree(tmp_path)
    assert list(gather_files(located(TreePath(tree, ""), "net.onnx")).files) == ["labels.txt", "model.onnx"]
    save(tmp_path / "second.onnx")  # now the folder is not that of one model
    assert list(gather_files(located(TreePath(tree, ""), "net.onnx")).files) == ["model.onnx"]


def test_what_locate_leaves_out_is_left_out(tmp_path: Path, save) -> None:
    save(tmp_path / "mlflow_model" / "model.onnx")
    (tmp_path / "mlflow_model" / "MLmodel").write_text("")
    place = TreePath(FolderTree(tmp_path), "mlflow_model")
    assert list(gather_files(located(place, left_out=frozenset({"MLmodel"}))).files) == ["model.onnx"]


def test_a_taken_name_is_not_reused(tmp_path: Path, save) -> None:
    save(tmp_path / "m" / "net.onnx")
    save(tmp_path / "m" / "Model.onnx")
    found = gather_files(located(TreePath(FolderTree(tmp_path), "m"), "net.onnx"))
    assert (list(found.files), found.path) == (["Model.onnx", "net.onnx"], "net.onnx")


def test_data_called_model_onnx_keeps_its_name(tmp_path: Path, model, outside) -> None:
    made = model()
    made.graph.initializer.append(outside("model.onnx"))
    onnx.save(made, tmp_path / "net.onnx")
    (tmp_path / "model.onnx").write_bytes(bytes(16))
    found = gather_files(located(TreePath(FolderTree(tmp_path), "net.onnx")))
    assert (list(found.files), found.path) == (["model.onnx", "net.onnx"], "net.onnx")
    assert loads(write(found, tmp_path / "out"))


def test_an_onnx_file_in_a_subfolder_stays_there(tmp_path: Path, model, outside) -> None:
    made = model()
    made.graph.initializer.append(outside("d/w.bin"))
    (tmp_path / "m" / "sub" / "d").mkdir(parents=True)
    onnx.save(made, tmp_path / "m" / "sub" / "net.onnx")
    (tmp_path / "m" / "sub" / "d" / "w.bin").write_bytes(bytes(16))
    found = gather_files(located(TreePath(FolderTree(tmp_path), "m"), "sub/net.onnx"))
    assert (list(found.files), found.path) == (["sub/d/w.bin", "sub/model.onnx"], "sub/model.onnx")
    assert loads(write(found, tmp_path / "out"))


def test_data_with_the_name_of_a_record_is_kept(tmp_path: Path, model, outside) -> None:
    made = model()
    made.graph.initializer.append(outside("weights.zip"))
    (tmp_path / "m").mkdir()
    onnx.save(made, tmp_path / "m" / "net.onnx")
    (tmp_path / "m" / "weights.zip").write_bytes(bytes(16))
    (tmp_path / "m" / "other.zip").write_bytes(bytes(16))
    found = gather_files(located(TreePath(FolderTree(tmp_path), "m"), "net.onnx"))
    assert list(found.files) == ["model.onnx", "weights.zip"]


def genai(folder: Path, real_models: Path) -> Path:
    shutil.copytree(real_models / "genai", folder)
    with (folder / "model.onnx.data").open("wb") as file:
        file.truncate(GENAI_DATA)
    return folder


@pytest.mark.parametrize("onnx_file_name", ["model.onnx", None])
@pytest.mark.parametrize("zipped", [False, True])
def test_a_genai_folder(tmp_path: Path, real_models: Path, onnx_file_name: str | None, *, zipped: bool) -> None:
    folder = genai(tmp_path / "run" / "llama", real_models)
    (folder / "metrics.json").write_text("{}")
    tree: FileTree = zip_of(tmp_path / "run", tmp_path / "m.zip") if zipped else FolderTree(tmp_path / "run")
    found = gather_files(located(TreePath(tree, "llama"), onnx_file_name))
    assert list(found.files) == [
        "genai_config.json", "generation_config.json", "model.onnx", "model.onnx.data", "tokenizer_config.json",
    ]  # fmt: skip
    assert (found.format, found.path, found.name) == ("genai", "", "llama")
    assert found.signature is not None
    # The library feeds past_key_values.<layer>.key itself.
    assert [spec.name for spec in found.signature.inputs] == ["input_ids", "attention_mask"]
    assert [spec.name for spec in found.signature.outputs] == ["logits"]


def test_a_genai_folder_keeps_its_names(tmp_path: Path, real_models: Path) -> None:
    folder = genai(tmp_path / "llama", real_models)
    (folder / "model.onnx").rename(folder / "decoder.onnx")
    config = json.loads((folder / "genai_config.json").read_text())
    config["model"]["decoder"]["filename"] = "decoder.onnx"
    (folder / "genai_config.json").write_text(json.dumps(config))
    found = gather_files(located(TreePath(FolderTree(folder), "")))
    assert "decoder.onnx" in found.files
    assert "model.onnx" not in found.files
    assert found.signature is not None
    assert found.name == "llama"


@pytest.mark.parametrize("text", ["{}", '{"model": {"decoder": {"pipeline": []}}}', "[]", '{"model": {"decoder": 3}}'])
def test_a_genai_folder_without_a_decoder_file_has_no_signature(tmp_path: Path, text: str) -> None:
    (tmp_path / "genai_config.json").write_text(text)
    found = gather_files(located(TreePath(FolderTree(tmp_path), "")))
    assert (found.format, found.signature, list(found.files)) == ("genai", None, ["genai_config.json"])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", ":1:2: not valid JSON"),
        (b"\xff\xfe{", ": is not text"),
        (b"[" * 100_000, ": is nested too deeply"),
        (b"1" * 5000, ": holds a number that is too long"),
    ],
)
def test_a_broken_genai_configuration_is_an_error(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "genai_config.json").write_bytes(content)
    with pytest.raises(ModelpressError, match=rf"genai_config\.json{reason}"):
        gather_files(located(TreePath(FolderTree(tmp_path), "")))


def test_a_missing_decoder_is_an_error(tmp_path: Path, real_models: Path) -> None:
    folder = genai(tmp_path / "llama", real_models)
    (folder / "model.onnx").unlink()
    with pytest.raises(ModelpressError, match=r"model\.onnx is not a file"):
        gather_files(located(TreePath(FolderTree(folder), "")))


def composite(place: TreePath, parts: list[LocatedModel], names: tuple[str, ...]) -> LocatedModel:
    return located(place, type="compositemodel", component_names=names, components=tuple(parts))


@pytest.mark.parametrize("names", [("features", "classifier"), ("features",), ()])
def test_a_composite_model(tmp_path: Path, real_models: Path, names: tuple[str, ...]) -> None:
    tree = FolderTree(real_models)
    parts = [located(TreePath(tree, f"composite/{name}.onnx")) for name in ("features", "classifier")]
    found = gather_files(composite(TreePath(tree, "composite"), parts, names))
    folders = [*names, *("component_0", "component_1")[len(names) :]]
    assert set(found.files) == {f"{folder}/model.onnx" for folder in folders}
    assert (found.format, found.path, found.signature, found.name) == ("composite", "", None, "composite")
    assert [(part.name, part.path) for part in found.components] == [(name, f"{name}/model.onnx") for name in folders]
    assert [part.signature.outputs[0].name for part in found.components if part.signature] == ["a6", "logits"]
    write(found, tmp_path)
    assert all(loads(tmp_path / part.path) for part in found.components)


def test_a_composite_in_a_runs_own_folder(tmp_path: Path, real_models: Path) -> None:
    shutil.copytree(real_models / "composite", tmp_path / "run")
    tree = FolderTree(tmp_path / "run")
    parts = [located(TreePath(tree, ""), f"{name}.onnx") for name in ("features", "classifier")]
    expected = ["classifier/model.onnx", "features/model.onnx"]
    assert list(gather_files(composite(TreePath(tree, ""), parts, ("features", "classifier"))).files) == expected
    (tmp_path / "run" / "footprint.json").write_text("{}")
    assert list(gather_files(composite(TreePath(tree, ""), parts, ("features", "classifier"))).files) == expected


def test_component_names_become_folders(tmp_path: Path, save) -> None:
    save(tmp_path / "a.onnx")
    part = located(TreePath(FolderTree(tmp_path), "a.onnx"))
    names = ("text encoder", "../x", "con", "", "UNet", "unet", "ü")
    found = gather_files(composite(TreePath(FolderTree(tmp_path), ""), [part] * len(names), names))
    assert [component.name for component in found.components] == list(names)
    assert [component.path.partition("/")[0] for component in found.components] == [
        "text_encoder", ".._x", "component_2", "component_3", "UNet", "unet_", "_",
    ]  # fmt: skip


def test_a_broken_component_is_an_error(tmp_path: Path, save) -> None:
    save(tmp_path / "a.onnx")
    (tmp_path / "b.onnx").write_bytes(b"")
    tree = FolderTree(tmp_path)
    parts = [located(TreePath(tree, name)) for name in ("a.onnx", "b.onnx")]
    with pytest.raises(ModelpressError, match=r"b\.onnx is empty"):
        gather_files(composite(TreePath(tree, ""), parts, ("a", "b")))


def touch(folder: Path, *names: str) -> TreePath:
    for name in names:
        (folder / "m" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "m" / name).write_text(name)
    return TreePath(FolderTree(folder), "m")


def test_an_openvino_folder(tmp_path: Path) -> None:
    found = gather_files(located(touch(tmp_path, "net.xml", "net.bin", "labels.txt"), type="openvinomodel"))
    assert (found.format, found.path, found.signature, found.name) == ("openvino", "net.xml", None, "m")
    assert list(found.files) == ["labels.txt", "net.bin", "net.xml"]
    both = gather_files(located(touch(tmp_path, "tokenizer.xml", "tokenizer.bin"), type="openvinomodel"))
    assert (both.format, both.path) == ("openvino", "")


def test_other_models_are_packaged_as_they_are(tmp_path: Path) -> None:
    place = touch(tmp_path, "model.safetensors", "config.json", "sub/x.pt")
    found = gather_files(located(place, type="hfmodel"))
    assert (found.format, found.path, list(found.files)) == (
        "other", "", ["config.json", "model.safetensors", "sub/x.pt"],
    )  # fmt: skip
    assert found.warnings == (
        f"{place} is not a model whose signature can be read; its files are packaged as they are",
    )
    one = gather_files(located(TreePath(place.tree, "m/sub/x.pt"), type="pytorchmodel"))
    assert (one.format, one.path, list(one.files), one.name) == ("other", "x.pt", ["x.pt"], "x")
    assert len(one.warnings) == 1


@pytest.mark.parametrize("names", [["metrics.json", "model_config.json"], ["footprint.json", "cache/a.onnx"]])
def test_a_folder_of_records_holds_no_model(tmp_path: Path, names: list[str]) -> None:
    place = touch(tmp_path, *names)
    with pytest.raises(ModelpressError, match="holds no model file") as caught:
        gather_files(located(place))
    assert caught.value.exit_code == 1


def test_a_recorded_file_must_be_there(tmp_path: Path, save) -> None:
    save(tmp_path / "m" / "other.onnx")
    with pytest.raises(ModelpressError, match=r"m holds no 'net\.onnx', the ONNX file that its record names"):
        gather_files(located(TreePath(FolderTree(tmp_path), "m"), "net.onnx"))
    with pytest.raises(UnsafeInputError, match="leads outside the model's folder"):
        gather_files(located(TreePath(FolderTree(tmp_path), "m"), "../net.onnx"))


def test_a_missing_model_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelpressError, match="there is no model at"):
        gather_files(located(TreePath(FolderTree(tmp_path), "gone.onnx")))


@pytest.mark.parametrize("names", [["A.txt", "a.txt"], ["con.txt"], ["nul"], ["sub/AUX.bin"], ["D/x", "d/y"], ["a:b"]])
def test_names_that_not_all_systems_can_write_are_refused(tmp_path: Path, save, names: list[str]) -> None:
    save(tmp_path / "m" / "net.onnx")
    with pytest.raises(UnsafeInputError):
        gather_files(located(touch(tmp_path, *names), "net.onnx"))


def test_what_is_not_a_file_is_an_error(tmp_path: Path, save) -> None:
    save(tmp_path / "m" / "net.onnx")
    (tmp_path / "m" / "broken.txt").symlink_to("nowhere")
    with pytest.raises(ModelpressError, match=r"broken\.txt is not a readable file"):
        gather_files(located(TreePath(FolderTree(tmp_path), "m"), "net.onnx"))


def test_a_model_may_be_a_link_into_the_run(tmp_path: Path, save) -> None:
    save(tmp_path / "store" / "abc.onnx")
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "net.onnx").symlink_to("../store/abc.onnx")
    found = gather_files(located(TreePath(FolderTree(tmp_path), "m/net.onnx")))
    assert found.files["model.onnx"].identity == (tmp_path / "store" / "abc.onnx").resolve()


def test_hard_links_are_files(tmp_path: Path, model, outside) -> None:
    made = model()
    made.graph.initializer.append(outside("w.bin"))
    onnx.save(made, tmp_path / "net.onnx")
    (tmp_path / "store.bin").write_bytes(bytes(16))
    os.link(tmp_path / "store.bin", tmp_path / "w.bin")
    assert list(gather_files(located(TreePath(FolderTree(tmp_path), "net.onnx"))).files) == ["model.onnx", "w.bin"]


def test_warnings_of_the_signature_come_through(tmp_path: Path, model, tensor) -> None:
    graph = helper.make_graph([], "g", [tensor("x")], [onnx.ValueInfoProto(name="y")])
    onnx.save(model(graph), tmp_path / "net.onnx")
    assert gather_files(located(TreePath(FolderTree(tmp_path), "net.onnx"))).warnings[0].endswith("'y' has no type")
