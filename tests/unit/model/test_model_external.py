import os
import zipfile
from pathlib import Path

import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.filetree import FolderTree, TreePath, ZipTree
from modelpress.model import inspect_model


@pytest.fixture
def save(tmp_path: Path, model, outside, tensor):
    """Writes run/models/m.onnx, whose y = x + w takes w from a file, beside w.bin of 16 bytes."""
    folder = tmp_path / "run" / "models"
    folder.mkdir(parents=True)
    (folder / "w.bin").write_bytes(bytes(16))

    def write(location: str | None = "w.bin", **keys: str) -> Path:
        node = helper.make_node("Add", ["x", "w"], ["y"])
        graph = helper.make_graph([node], "g", [tensor("x", [4])], [tensor("y", [4])], [outside(location, **keys)])
        onnx.save(model(graph), folder / "m.onnx")
        return folder / "m.onnx"

    return write


def loads(path: Path) -> bool:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception:  # noqa: BLE001  onnxruntime's errors share no base class
        return False
    return True


@pytest.mark.parametrize(
    "location", ["w.bin", "./w.bin", "sub/w.bin", "sub//w.bin", "sub/./w.bin", "link.bin", "hard.bin"]
)
def test_files_in_the_models_folder_are_found(save, location: str) -> None:
    path = save(location)
    (path.parent / "sub").mkdir()
    (path.parent / "sub" / "w.bin").write_bytes(bytes(16))
    (path.parent / "link.bin").symlink_to("sub/w.bin")
    os.link(path.parent / "w.bin", path.parent / "hard.bin")
    assert inspect_model(path).external_data == (location.replace("./", "").replace("//", "/"),)
    assert inspect_model(TreePath(FolderTree(path.parents[1]), "models/m.onnx")) == inspect_model(path)
    assert loads(path)


@pytest.mark.parametrize(
    "location",
    [
        "../w.bin",
        "sub/../w.bin",
        "sub/../../w.bin",
        "/etc/passwd",
        "..\\w.bin",
        "sub\\w.bin",
        "C:w.bin",
        "c:/w.bin",
        "w\0.bin",
    ],
)
def test_names_that_lead_outside_are_refused(save, location: str) -> None:
    path = save(location)
    with pytest.raises(UnsafeInputError) as caught:
        inspect_model(path)
    assert caught.value.message == f"{path}: tensor 'w': {location!r} leads outside the model's folder"
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("target", ["../other/w.bin", "../../secret", "/etc/hostname"])
def test_links_that_leave_the_models_folder_are_refused(save, target: str) -> None:
    path = save("link.bin")
    (path.parents[1] / "other").mkdir()
    (path.parents[1] / "other" / "w.bin").write_bytes(bytes(16))
    (path.parents[2] / "secret").write_bytes(bytes(16))
    (path.parent / "link.bin").symlink_to(target)
    # Even where the link stays inside the run that the model belongs to.
    for place in (path, TreePath(FolderTree(path.parents[1]), "models/m.onnx")):
        with pytest.raises(UnsafeInputError, match=r"tensor 'w': .*link\.bin leads outside .*models"):
            inspect_model(place)
    assert not loads(path)


def test_links_to_folders_that_leave_are_refused(save) -> None:
    path = save("sub/w.bin")
    (path.parents[1] / "other").mkdir()
    (path.parents[1] / "other" / "w.bin").write_bytes(bytes(16))
    (path.parent / "sub").symlink_to("../other")
    with pytest.raises(UnsafeInputError, match="leads outside"):
        inspect_model(path)


@pytest.mark.parametrize("location", ["absent.bin", "sub", "w.bin/x", "n" * 300, "*/_ORT_MEM_ADDR_/*"])
def test_missing_files_are_named(save, location: str) -> None:
    path = save(location)
    (path.parent / "sub").mkdir()
    with pytest.raises(ModelpressError) as caught:
        inspect_model(path)
    assert caught.value.message == f"{path}: tensor 'w' needs {location!r}, and {path.parent / location} is not a file"
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("location", ["", None, ".", "./."])
def test_a_location_must_name_something(save, location: str | None) -> None:
    path = save(location)
    with pytest.raises(ModelpressError) as caught:
        inspect_model(path)
    assert caught.value.message == f"{path}: tensor 'w' names no file"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"offset": "-4"}, "offset is '-4', not a number of bytes"),
        ({"offset": "x"}, "offset is 'x', not a number of bytes"),
        ({"length": "1.5"}, "length is '1.5', not a number of bytes"),
        ({"length": "²"}, "length is '²', not a number of bytes"),
        ({"offset": ""}, "offset is '', not a number of bytes"),
        ({"offset": "9" * 50}, f"offset is '{'9' * 40}', not a number of bytes"),
        ({"offset": "17"}, "ends at byte 17, and the file has 16 bytes"),
        ({"offset": "8", "length": "9"}, "ends at byte 17, and the file has 16 bytes"),
        ({"length": "18446744073709551615"}, "not a number of bytes"),
    ],
)
def test_ranges_must_lie_in_the_file(save, keys: dict[str, str], message: str) -> None:
    path = save(**keys)
    with pytest.raises(ModelpressError) as caught:
        inspect_model(path)
    assert caught.value.message.startswith(f"{path}: tensor 'w' in 'w.bin'")
    assert message in caught.value.message
    assert not loads(path)


@pytest.mark.parametrize("keys", [{}, {"offset": "0", "length": "16"}, {"length": "16"}, {"offset": "0"}])
def test_ranges_in_the_file_are_taken(save, keys: dict[str, str]) -> None:
    assert inspect_model(save(**keys)).external_data == ("w.bin",)


def test_locations_are_found_wherever_a_tensor_lies(tmp_path: Path, model, outside, tensor) -> None:
    indices = helper.make_tensor("i", TensorProto.INT64, [4], [0, 1, 2, 3])

    def constant(location: str) -> onnx.NodeProto:
        return helper.make_node("Constant", [], ["c"], value=outside(location))

    branch = helper.make_graph([constant("in_subgraph")], "b", [], [tensor("c")], [outside("of_subgraph")])
    nested = helper.make_graph(
        [helper.make_node("If", ["x"], ["c"], then_branch=branch, else_branch=branch)], "b", [], [tensor("c")]
    )
    lists = helper.make_node(
        "Op", [], ["l"], domain="d", many=[outside("in_list"), outside("in_list_2")], graphs=[branch]
    )
    sparse = helper.make_sparse_tensor(outside("in_sparse"), indices, [9])
    sparse_node = helper.make_node("Constant", [], ["s"], sparse_value=sparse)
    nodes = [constant("in_attribute"), helper.make_node("If", ["x"], ["y"], then_branch=nested, else_branch=nested)]
    function = helper.make_function("l", "F", [], ["c"], [constant("in_function")], [helper.make_opsetid("", 17)])
    function.attribute_proto.append(helper.make_attribute("default", outside("in_default")))
    made = model(nodes=[*nodes, lists, sparse_node], functions=[function])
    made.graph.sparse_initializer.append(helper.make_sparse_tensor(outside("of_sparse"), indices, [9]))
    made.training_info.add().algorithm.initializer.append(outside("in_training"))
    onnx.save(made, tmp_path / "m.onnx")
    expected = ["in_attribute", "in_default", "in_function", "in_list", "in_list_2", "in_sparse", "in_subgraph"]
    expected += ["in_training", "of_sparse", "of_subgraph"]
    for name in expected:
        (tmp_path / name).write_bytes(bytes(16))
    assert list(inspect_model(tmp_path / "m.onnx").external_data) == expected


def test_tensors_that_are_inside_name_no_file(tmp_path: Path, model, outside) -> None:
    made = model()
    made.graph.initializer.append(outside("../gone"))
    made.graph.initializer[0].data_location = TensorProto.DEFAULT
    onnx.save(made, tmp_path / "m.onnx")
    assert inspect_model(tmp_path / "m.onnx").external_data == ()


def test_data_in_a_zip(tmp_path: Path, save) -> None:
    path = save("sub/./w.bin", length="16")
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        archive.write(path, "a/b/m.onnx")
        archive.writestr("a/b/sub/w.bin", bytes(16))
        archive.writestr("w.bin", bytes(16))
    tree = ZipTree(tmp_path / "m.zip")
    assert inspect_model(TreePath(tree, "a/b/m.onnx")).external_data == ("sub/w.bin",)


def test_missing_data_in_a_zip_is_named(tmp_path: Path, save) -> None:
    path = save("../w.bin")
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        archive.write(path, "a/out.onnx")
        archive.write(save("gone.bin"), "a/gone.onnx")
        archive.writestr("w.bin", bytes(16))
    tree = ZipTree(tmp_path / "m.zip")
    with pytest.raises(UnsafeInputError, match="leads outside"):
        inspect_model(TreePath(tree, "a/out.onnx"))
    with pytest.raises(ModelpressError, match=r"needs 'gone\.bin', and .*m\.zip!a/gone\.bin is not a file"):
        inspect_model(TreePath(tree, "a/gone.onnx"))
