"""Whatever the bytes, the outcome is a signature or one clear error."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import ModelProto, TensorProto, helper

from modelpress.errors import ModelpressError
from modelpress.filetree import FolderTree, TreePath
from modelpress.model import ModelSignature, describe_type, inspect_model, signature_document

DATA = Path(__file__).parents[2] / "data" / "models"
REAL = {name: (DATA / name).read_bytes() for name in ("digits/digits.onnx", "composite/features.onnx")}


def rich() -> bytes:
    """A model with every kind of message that is entered, each long enough for it."""
    floats = helper.make_tensor_type_proto(TensorProto.FLOAT, ["n", None])
    weight = helper.make_tensor("w", TensorProto.FLOAT, [600], [0.5] * 600)
    raw = helper.make_tensor("r", TensorProto.UINT8, [3000], bytes(3000), raw=True)
    indices = helper.make_tensor("i", TensorProto.INT64, [300], list(range(300)))
    branch = helper.make_graph([helper.make_node("Constant", [], ["c"], value=weight)], "b", [], [], [raw])
    outside = TensorProto(name="o", data_type=1, dims=[4], data_location=TensorProto.EXTERNAL)
    outside.external_data.add(key="location", value="w.bin")
    nodes = [
        helper.make_node("If", ["x"], ["y"], then_branch=branch, else_branch=branch),
        helper.make_node("Tree", ["x"], ["z"], domain="ai.onnx.ml", a=[0.5] * 500, b=[7] * 900, c=["leaf"] * 300),
    ]
    inputs = [
        helper.make_value_info("x", helper.make_sequence_type_proto(floats)),
        helper.make_value_info("m", helper.make_map_type_proto(TensorProto.STRING, floats)),
        helper.make_value_info("o", helper.make_optional_type_proto(floats)),
    ]
    graph = helper.make_graph(nodes, "g", inputs, [], [weight, raw, outside])
    graph.sparse_initializer.append(helper.make_sparse_tensor(weight, indices, [900]))
    function = helper.make_function("local", "F", ["a"], ["b"], list(branch.node), [helper.make_opsetid("", 17)])
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    model: ModelProto = helper.make_model(graph, ir_version=8, opset_imports=imports, functions=[function])
    model.training_info.add().algorithm.CopyFrom(branch)
    return bytes(model.SerializeToString())


MODELS = [*REAL.values(), rich()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("fuzz")
    (made / "w.bin").write_bytes((DATA / "digits" / "w.bin").read_bytes())
    return made


def outcome(folder: Path, content: bytes) -> ModelSignature | None:
    (folder / "m.onnx").write_bytes(content)
    try:
        found = inspect_model(TreePath(FolderTree(folder), "m.onnx"))
    except ModelpressError:
        return None
    signature_document(found)
    assert all(describe_type(spec.type) for spec in (*found.inputs, *found.outputs))
    return found


@pytest.mark.parametrize("content", MODELS)
def test_the_models_themselves_are_read(folder: Path, content: bytes) -> None:
    assert outcome(folder, content) is not None


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=4096))
def test_any_bytes(folder: Path, content: bytes) -> None:
    outcome(folder, content)


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=3000))
def test_any_bytes_as_a_graph(folder: Path, content: bytes) -> None:
    length = bytes([len(content) & 0x7F | 0x80, len(content) >> 7])
    outcome(folder, b"\x08\x08\x42\x02\x10\x11\x3a" + length + content)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_mutations_of_models(folder: Path, data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(MODELS)))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        removed = data.draw(st.integers(0, 8))
        content[start : start + removed] = data.draw(st.binary(max_size=8))
    outcome(folder, bytes(content))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_cuts_of_models(folder: Path, data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(MODELS))
    outcome(folder, content[: data.draw(st.integers(0, len(content)))])
