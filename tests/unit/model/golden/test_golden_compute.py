"""Golden vectors are computed in a child process: what is guessed, refused, left out, and kept."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from modelpress.errors import UsageError
from modelpress.isolation import without_network
from modelpress.model import ModelFiles, golden
from modelpress.model.golden import NoVectorsError, Wishes, compute
from modelpress.packaging.chosen import Request, candidate_of_rank, choose

CPU = "CPUExecutionProvider"
tensor = helper.make_tensor_value_info
Files = Callable[[ModelProto], ModelFiles]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """The files of a model as they are gathered from a folder."""

    def gather(model: ModelProto) -> ModelFiles:
        (tmp_path / "made").mkdir(exist_ok=True)
        path = tmp_path / "made" / "model.onnx"
        path.write_bytes(model.SerializeToString())
        return source_files(path)

    return gather


def source_files(source: Path) -> ModelFiles:
    return next(iter(choose(Request(source), candidate_of_rank(1)).models.values()))


def made(
    nodes: Sequence[NodeProto],
    inputs: Sequence[ValueInfoProto],
    outputs: Sequence[ValueInfoProto],
    initializers: Sequence[TensorProto] = (),
) -> ModelProto:
    graph = helper.make_graph(list(nodes), "g", list(inputs), list(outputs), list(initializers))
    opsets = [helper.make_opsetid("", 21)]
    return helper.make_model(graph, ir_version=10, opset_imports=opsets)


def reshaped(*shape: int | str, to: Sequence[int]) -> ModelProto:
    """y = Reshape(x, to)."""
    return made(
        [helper.make_node("Reshape", ["x", "to"], ["y"])],
        [tensor("x", TensorProto.FLOAT, list(shape))],
        [tensor("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.array(to, np.int64), "to")],
    )


def identity(*shape: int | str | None, dtype: int = TensorProto.FLOAT) -> ModelProto:
    return made(
        [helper.make_node("Identity", ["x"], ["y"])], [tensor("x", dtype, list(shape))], [tensor("y", dtype, None)]
    )


def document(found: golden.GoldenVectors) -> dict[str, Any]:
    parsed = json.loads(found.files["golden.json"])
    assert isinstance(parsed, dict)
    return parsed


def test_the_document_of_a_model(files: Files) -> None:
    found = golden.compute_golden(files(identity("batch", 2)), CPU, Wishes())
    parsed = document(found)
    assert list(parsed) == [
        *("format", "model_sha256", "runtime", "seed", "dimensions", "note", "inputs", "outputs"),
    ]
    assert parsed["runtime"] == {"package": "onnxruntime", "version": onnxruntime.__version__, "provider": CPU}
    assert (found.dimensions, found.guessed) == ({"batch": 1}, ("batch",))
    assert parsed["dimensions"] == {"batch": {"size": 1, "origin": "guessed"}}
    (output,) = parsed["outputs"]
    assert output["data"] == parsed["inputs"][0]["data"]
    assert all(-1 <= value <= 1 for value in output["data"])


def test_the_hash_is_that_of_the_file(files: Files, tmp_path: Path) -> None:
    import hashlib

    found = golden.compute_golden(files(identity(2)), CPU, Wishes())
    content = (tmp_path / "made" / "model.onnx").read_bytes()
    assert document(found)["model_sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("size", [1, 8, 32, 160, 512])
def test_sizes_are_tried_until_one_works(files: Files, size: int) -> None:
    found = golden.compute_golden(files(reshaped("n", to=[1, size])), CPU, Wishes())
    assert (found.dimensions, found.guessed) == ({"n": size}, ("n",))


def test_where_no_size_works_the_error_says_what_to_supply(files: Files) -> None:
    with pytest.raises(NoVectorsError, match="with any of 1, 8, 32, 160, 512 for n: ") as caught:
        golden.compute_golden(files(reshaped("n", to=[1, 7])), CPU, Wishes())
    assert "--inputs FILE.npz" in caught.value.hint
    assert "--dim" in caught.value.hint
    found = golden.compute_golden(files(reshaped("n", to=[1, 7])), CPU, Wishes({"n": 7}))
    assert (found.dimensions, found.guessed) == ({"n": 7}, ())


def test_sizes_by_name_and_by_axis(files: Files) -> None:
    found = golden.compute_golden(files(identity("a", None, "b")), CPU, Wishes({"a": 2, "x:1": 3}))
    assert found.dimensions == {"a": 2, "x:1": 3, "b": 1}
    assert found.guessed == ("b",)


def test_an_impossible_size_names_the_tensor(files: Files) -> None:
    with pytest.raises(UsageError) as caught:
        golden.compute_golden(files(reshaped("n", 2, to=[1, 16])), CPU, Wishes({"n": 3}))
    assert caught.value.message.startswith("--dim n=3: the model does not run with the input 'x' (float32[n, 2])")
    assert "cannot be reshaped" in caught.value.message
    assert caught.value.hint == "The model runs with n=8."


def test_a_size_beyond_measure_names_the_tensor(files: Files) -> None:
    with pytest.raises(UsageError, match=r"input 'x' \(float32\[n, 4\]\) would be \[2000000, 4\]"):
        golden.compute_golden(files(identity("n", 4)), CPU, Wishes({"n": 2_000_000}))


def test_a_size_that_is_not_to_blame_is_no_error_of_the_user(files: Files) -> None:
    model = made(
        [helper.make_node("Gather", ["table", "i"], ["y"])],
        [tensor("i", TensorProto.INT32, ["n"]), tensor("unused", TensorProto.FLOAT, [1])],
        [tensor("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.zeros((1, 2), np.float32), "table")],
    )
    with pytest.raises(NoVectorsError, match=r"does not run on made-up inputs: .*indices"):
        golden.compute_golden(files(model), CPU, Wishes({"n": 64}))


def test_outputs_beyond_measure_are_left_out(files: Files) -> None:
    model = made(
        [helper.make_node("Expand", ["x", "to"], ["y"])],
        [tensor("x", TensorProto.FLOAT, [1])],
        [tensor("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.array([5000, 1000], np.int64), "to")],
    )
    with pytest.raises(NoVectorsError, match="the outputs have 5,000,000 elements"):
        golden.compute_golden(files(model), CPU, Wishes())


def given(folder: Path, **arrays: Any) -> Path:
    path = folder / "given.npz"
    np.savez(path, **arrays)
    return path


def test_real_inputs_and_made_up_ones_agree_in_size(files: Files, tmp_path: Path) -> None:
    model = made(
        [helper.make_node("Add", ["a", "b"], ["y"])],
        [tensor("a", TensorProto.FLOAT, ["n"]), tensor("b", TensorProto.FLOAT, ["n"])],
        [tensor("y", TensorProto.FLOAT, ["n"])],
    )
    found = golden.compute_golden(files(model), CPU, Wishes(inputs=given(tmp_path, a=np.arange(3))))
    parsed = document(found)
    assert parsed["inputs"][0]["data"] == [0, 1, 2]
    assert parsed["inputs"][1]["shape"] == [3]
    assert parsed["dimensions"] == {"n": {"size": 3, "origin": "given"}}


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"x": np.zeros((3, 2))},
            r"the input 'x' \(float32\[n, 4\]\) cannot be float64\[3, 2\]: the shape does not fit",
        ),
        ({"x": np.zeros(4)}, r"cannot be float64\[4\]: the shape does not fit"),
        ({"x": np.full((1, 4), "a")}, r"cannot be str32\[1, 4\]: not float32"),
        ({"x": np.full((1, 4), 1e300)}, r"it has values beyond the range of float32"),
        ({"z": np.zeros(1)}, "the model has no input 'z'"),
    ],
)
def test_wrong_inputs_name_the_tensor(files: Files, tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        golden.compute_golden(files(identity("n", 4)), CPU, Wishes(inputs=given(tmp_path, **arrays)))
    assert caught.value.file == str(tmp_path / "given.npz")


def corrupt(path: Path, what: str) -> None:
    if what == "text":
        path.write_text("not a zip")
    elif what == "cut":
        path.write_bytes(path.read_bytes()[:60])
    elif what == "pickle":
        np.savez(path, x=np.array([object()]))
    elif what == "empty":
        path.write_bytes(b"")
    elif what == "flipped":
        path.write_bytes(path.read_bytes().replace(b"'shape'", b"'shxpe'"))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("x.npy", b"\x93NUMPY\x01\x00\x10\x00" + b"{" * 16)


@pytest.mark.parametrize("what", ["text", "cut", "pickle", "empty", "flipped", "header"])
def test_a_corrupt_npz_is_named(files: Files, tmp_path: Path, what: str) -> None:
    path = given(tmp_path, x=np.zeros((1, 4), np.float32))
    corrupt(path, what)
    with pytest.raises(UsageError, match=rf"{re.escape(str(path))} cannot be read as an \.npz file: "):
        golden.compute_golden(files(identity("n", 4)), CPU, Wishes(inputs=path))


def test_a_missing_npz(files: Files, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.npz cannot be read: No such file"):
        golden.compute_golden(files(identity(1)), CPU, Wishes(inputs=tmp_path / "none.npz"))


def test_real_inputs_that_the_model_refuses(files: Files, tmp_path: Path) -> None:
    path = given(tmp_path, x=np.zeros(5, np.float32))
    with pytest.raises(UsageError, match=r"the model does not run on 'x' float32\[n\]: "):
        golden.compute_golden(files(reshaped("n", to=[1, 8])), CPU, Wishes(inputs=path))


def test_dim_and_inputs_must_agree(files: Files, tmp_path: Path) -> None:
    path = given(tmp_path, x=np.zeros((3, 4), np.float32))
    with pytest.raises(UsageError, match="--dim gives n = 2, and the input 'x' has 3"):
        golden.compute_golden(files(identity("n", 4)), CPU, Wishes({"n": 2}, path))


def test_a_provider_that_is_not_here_is_noted(files: Files) -> None:
    found = golden.compute_golden(files(identity(1)), "CUDAExecutionProvider", Wishes())
    assert found.note == "the candidate's own provider CUDAExecutionProvider is not available here"
    assert document(found)["note"] == found.note


def test_unstable_outputs_are_named(files: Files) -> None:
    model = made(
        [helper.make_node("RandomUniformLike", ["x"], ["y"])],
        [tensor("x", TensorProto.FLOAT, [3])],
        [tensor("y", TensorProto.FLOAT, [3])],
    )
    assert golden.compute_golden(files(model), CPU, Wishes()).unstable == ("y",)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (identity(1, dtype=TensorProto.COMPLEX64), "cannot load the model|complex64"),
        (
            made(
                [helper.make_node("Mystery", ["x"], ["y"], domain="my.own")],
                [tensor("x", TensorProto.FLOAT, [1])],
                [tensor("y", TensorProto.FLOAT, [1])],
            ),
            "custom-op library for the domain 'my.own'",
        ),
        (
            made(
                [helper.make_node("Mystery", ["x"], ["y"])],
                [tensor("x", TensorProto.FLOAT, [1])],
                [tensor("y", TensorProto.FLOAT, [1])],
            ),
            f"onnxruntime {onnxruntime.__version__} cannot load the model",
        ),
    ],
)
def test_models_that_cannot_run_here(files: Files, model: ModelProto, message: str) -> None:
    with pytest.raises(NoVectorsError, match=message):
        golden.compute_golden(files(model), CPU, Wishes())


def test_a_model_that_takes_all_memory_ends_in_the_child(files: Files, tmp_path: Path) -> None:
    model = made(
        [helper.make_node("ConstantOfShape", ["shape"], ["big"]), helper.make_node("ReduceSum", ["big"], ["y"])],
        [tensor("shape", TensorProto.INT64, [3])],
        [tensor("y", TensorProto.FLOAT, None)],
    )
    path = given(tmp_path, shape=np.array([4096, 4096, 4096], np.int64))
    with pytest.raises(UsageError, match="does not run on 'shape' int64"):
        golden.compute_golden(files(model), CPU, Wishes(inputs=path))


def test_a_model_that_runs_for_ever_is_stopped(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "TIME_LIMIT", 0.05)
    with pytest.raises(NoVectorsError, match=r"took longer than 0\.05 seconds"):
        golden.compute_golden(files(identity(1)), CPU, Wishes())


def test_other_formats_have_none(tmp_path: Path) -> None:
    (tmp_path / "model.xml").write_text("<net/>")
    (tmp_path / "model.bin").write_bytes(b"weights")
    with pytest.raises(NoVectorsError, match="this one's format is openvino"):
        golden.compute_golden(source_files(tmp_path), CPU, Wishes())


def test_the_same_again_gives_the_same_bytes_from_the_cache_and_without_it(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = files(identity("n", 3))
    first = golden.compute_golden(model, CPU, Wishes())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    assert golden.compute_golden(model, CPU, Wishes()) == first
    (kept,) = (tmp_path / "other" / "modelpress" / "golden").glob("*/golden.json")
    kept.write_bytes(b"from the cache")
    assert golden.compute_golden(model, CPU, Wishes()).files["golden.json"] == b"from the cache"
    kept.unlink()
    assert golden.compute_golden(model, CPU, Wishes()) == first


def test_what_differs_is_computed_again(files: Files, tmp_path: Path) -> None:
    model = files(identity("n", 3))
    path = given(tmp_path, x=np.zeros((1, 3), np.float32))
    wishes = [Wishes(), Wishes({"n": 2}), Wishes(seed=1), Wishes(inputs=path)]
    found = [golden.compute_golden(model, CPU, one).files["golden.json"] for one in wishes]
    given(tmp_path, x=np.ones((1, 3), np.float32))
    found.append(golden.compute_golden(model, CPU, Wishes(inputs=path)).files["golden.json"])
    found.append(golden.compute_golden(files(identity("n", 4)), CPU, Wishes()).files["golden.json"])
    assert len(set(found)) == len(found)


def test_no_cache_is_no_error(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert golden.compute_golden(files(identity(1)), CPU, Wishes()).files


def test_nothing_of_the_working_folder_runs(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("numpy", "onnxruntime", "modelpress"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('ran foreign code')")
    monkeypatch.chdir(tmp_path)
    assert golden.compute_golden(files(identity(1)), CPU, Wishes()).files


def test_the_child_sees_no_secret(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen.json"
    code = f"import json, os; open({str(seen)!r}, 'w').write(json.dumps(dict(os.environ)))"
    (tmp_path / "sitecustomize.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("MY_TOKEN", "secret")
    golden.compute_golden(files(identity(1)), CPU, Wishes())
    assert "MY_TOKEN" not in json.loads(seen.read_text())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can take the network away")
def test_the_child_has_no_network(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    (tmp_path / "sitecustomize.py").write_text(
        f"import os; os.symlink(os.readlink('/proc/self/ns/net'), {str(seen)!r})"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    golden.compute_golden(files(identity(1)), CPU, Wishes())
    ours = os.readlink("/proc/self/ns/net")  # noqa: PTH115  # no path: a name of the network
    assert (os.readlink(seen) == ours) == (without_network() == ())  # noqa: PTH115  # likewise


def test_asking_imports_neither_numpy_nor_onnxruntime(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(identity(1).SerializeToString())
    code = (
        "import sys; from modelpress.model import golden; "
        "assert not {'numpy', 'onnxruntime', 'onnx'} & set(sys.modules); print('light')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "light\n"


def test_gathered_models_elsewhere_are_copied_beside_their_data() -> None:
    """A model in a zip has no place on disk, and its external data must lie beside it."""
    packed = Path(__file__).parents[3] / "data" / "olive" / "0.13.0-extdata-search-zip" / "OutputModels.zip"
    model = source_files(packed)
    assert model.signature
    assert model.signature.external_data
    assert golden.compute_golden(model, CPU, Wishes()).files
