import contextlib
import hashlib
import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from onnx import AttributeProto, ModelProto, TensorProto, helper

from modelpress.bundle import RenderedText
from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.filetree import FolderTree, TreePath, ZipTree
from modelpress.model.outline import DEPTH_LIMIT, OUTLINE_LIMIT, outline_bytes, read_outline
from modelpress.model.wire import SMALL, encode_varint

WEIGHT = 1 << 20  # bytes


class CountingEntry:
    """A file in memory that counts what is read of it."""

    is_text = False
    executable = False
    identity = None

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.size = len(content)
        self.read = 0

    def open(self) -> io.BytesIO:
        entry = self

        class Counting(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                part = super().read(size)
                entry.read += len(part)
                return part

        return Counting(self.content)


def weight(name: str) -> TensorProto:
    return helper.make_tensor(name, TensorProto.UINT8, [WEIGHT], bytes(WEIGHT), raw=True)


def outline(message: ModelProto) -> ModelProto:
    return ModelProto.FromString(outline_bytes(RenderedText(message.SerializeToString()), "m.onnx"))


def test_a_small_model_is_its_own_outline(model, real_models) -> None:
    made = model().SerializeToString()
    assert outline_bytes(RenderedText(made), "m.onnx") == made
    digits = (real_models / "digits" / "digits.onnx").read_bytes()
    assert (
        ModelProto.FromString(outline_bytes(RenderedText(digits), "m.onnx")).graph
        == ModelProto.FromString(digits).graph
    )


def test_weights_are_left_out_and_not_read(model) -> None:
    made = model()
    made.graph.initializer.extend(weight(f"w{number}") for number in range(20))
    entry = CountingEntry(made.SerializeToString())
    found = ModelProto.FromString(outline_bytes(entry, "m.onnx"))
    assert entry.size > 20 * WEIGHT
    assert entry.read < entry.size / 8
    assert [(t.name, t.data_type, list(t.dims)) for t in found.graph.initializer] == [
        (f"w{number}", TensorProto.UINT8, [WEIGHT]) for number in range(20)
    ]
    for tensor in [*made.graph.initializer, *found.graph.initializer]:
        tensor.ClearField("raw_data")
    assert found == made


@pytest.mark.parametrize(
    ("field", "dtype", "value"),
    [
        ("float_data", TensorProto.FLOAT, 1.5),
        ("int32_data", TensorProto.INT32, -7),
        ("int64_data", TensorProto.INT64, 300),
        ("double_data", TensorProto.DOUBLE, 1.5),
        ("uint64_data", TensorProto.UINT64, 1 << 60),
        ("string_data", TensorProto.STRING, b"word"),
    ],
)
def test_typed_values_are_left_out(model, field: str, dtype: int, value: object) -> None:
    made = model()
    tensor = made.graph.initializer.add(name="w", data_type=dtype, dims=[50_000], doc_string="kept")
    getattr(tensor, field).extend([value] * 50_000)
    found = outline(made).graph.initializer[0]
    assert not getattr(found, field)
    assert (found.name, found.data_type, list(found.dims), found.doc_string) == ("w", dtype, [50_000], "kept")


@pytest.mark.parametrize("field", ["floats", "ints", "strings"])
def test_long_lists_of_an_attribute_are_left_out(model, field: str) -> None:
    values = {"floats": 0.5, "ints": 12345, "strings": b"BRANCH_LEQ"}
    attribute = AttributeProto(name="nodes", type=getattr(AttributeProto, field.upper()), doc_string="kept")
    getattr(attribute, field).extend([values[field]] * 50_000)
    node = helper.make_node("TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml")
    node.attribute.append(attribute)
    found = outline(model(nodes=[node])).graph.node[0]
    assert (found.op_type, found.domain, list(found.input)) == ("TreeEnsembleRegressor", "ai.onnx.ml", ["x"])
    assert [(a.name, a.type, a.doc_string) for a in found.attribute] == [("nodes", attribute.type, "kept")]
    assert not getattr(found.attribute[0], field)


def test_weights_are_left_out_wherever_they_lie(model, tensor) -> None:
    constant = helper.make_node("Constant", [], ["c"], value=weight("inner"))
    branch = helper.make_graph([constant], "branch", [], [tensor("c")], [weight("in branch")])
    nodes = [helper.make_node("If", ["x"], ["y"], then_branch=branch, else_branch=branch)]
    function = helper.make_function("local", "F", ["a"], ["b"], [constant], [helper.make_opsetid("", 17)])
    made = model(nodes=nodes, functions=[function])
    values, indices = weight("values"), helper.make_tensor("indices", TensorProto.INT64, [1], [0])
    made.graph.sparse_initializer.append(helper.make_sparse_tensor(values, indices, [WEIGHT]))
    made.training_info.add().initialization.CopyFrom(branch)
    found = outline(made)
    assert found.ByteSize() < SMALL * 4
    for graph in (
        found.graph.node[0].attribute[0].g,
        found.graph.node[0].attribute[1].g,
        found.training_info[0].initialization,
    ):
        assert graph.initializer[0].name == "in branch"
        assert graph.node[0].attribute[0].t.name == "inner"
    assert found.functions[0].node[0].attribute[0].t.name == "inner"
    assert found.graph.sparse_initializer[0].values.name == "values"
    assert list(found.graph.sparse_initializer[0].indices.int64_data) == [0]


def test_many_nodes_are_kept(model, tensor) -> None:
    nodes = [helper.make_node("Identity", [f"t{n}"], [f"t{n + 1}"], name="n" * (n % 300)) for n in range(20_000)]
    made = model(helper.make_graph(nodes, "g", [tensor("t0")], [tensor("t20000")]))
    assert outline(made) == made


def test_a_member_of_a_zip_is_read_through(tmp_path: Path, model) -> None:
    made = model()
    made.graph.initializer.extend(weight(f"w{number}") for number in range(3))
    with zipfile.ZipFile(tmp_path / "m.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/m.onnx", made.SerializeToString())
    found = read_outline(TreePath(ZipTree(tmp_path / "m.zip"), "a/m.onnx"))
    assert [t.name for t in found.graph.initializer] == ["w0", "w1", "w2"]


def test_a_big_sparse_file_takes_little_memory(tmp_path: Path, model) -> None:
    path = tmp_path / "big.onnx"
    tensor_head = b"\x08" + encode_varint(3 << 28) + b"\x10\x02\x42\x01w"
    data = 3 << 28
    tensor = len(tensor_head) + 1 + len(encode_varint(data)) + data
    rest = model().graph.SerializeToString()
    graph = 1 + len(encode_varint(tensor)) + tensor + len(rest)
    with path.open("wb") as file:
        file.write(b"\x08\x08\x42\x02\x10\x11\x3a" + encode_varint(graph))
        file.write(b"\x2a" + encode_varint(tensor) + tensor_head + b"\x4a" + encode_varint(data))
        file.seek(data, io.SEEK_CUR)
        file.write(rest)
    place = TreePath(FolderTree(tmp_path), "big.onnx")
    read_outline(place)  # onnx is imported before memory is counted
    tracemalloc.start()
    found = read_outline(place)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [t.name for t in found.graph.initializer] == ["w"]
    assert found.graph.input[0].name == "x"
    assert peak < 1 << 20


def test_every_cut_ends_in_an_error(real_models) -> None:
    whole = (real_models / "digits" / "digits.onnx").read_bytes()
    enough = ModelProto.FromString(whole)  # what follows the first opset may be missing in a valid model
    del enough.opset_import[1:], enough.metadata_props[:]
    assert whole.startswith(enough.SerializeToString())
    for end in range(len(whole)):
        place = TreePath(OneFile(whole[:end]), "m.onnx")
        if end < enough.ByteSize():
            with pytest.raises(ModelpressError):
                read_outline(place)
        else:
            with contextlib.suppress(ModelpressError):
                assert read_outline(place).graph == enough.graph


class OneFile:
    """A tree whose every name is the same file in memory."""

    location = Path()

    def __init__(self, content: bytes) -> None:
        self.content = content

    def names(self, _under: str = "") -> list[str]:
        return ["m.onnx"]

    def entry(self, _name: str) -> RenderedText:
        return RenderedText(self.content)

    def is_folder(self, _name: str) -> bool:
        return False

    def describe(self, name: str) -> str:
        return name


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (b"", "m.onnx is empty", "Copy or download"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n",
            "m.onnx is a Git LFS pointer, not the model itself",
            "git lfs pull",
        ),
        (b"\n<!DOCTYPE html><html><body>Sign in</body></html>", "m.onnx is a web page, not a model", "Download"),
        (b"\xef\xbb\xbf<HTML>", "m.onnx is a web page, not a model", "Download"),
        (b"\x08\x08", "m.onnx is damaged or not an ONNX model: it holds no graph or no IR version", "cut off"),
        (b"\x3a\x00", "m.onnx is damaged or not an ONNX model: it holds no graph or no IR version", "cut off"),
        (b"\x08\x08\x3a\x00", "m.onnx is damaged or not an ONNX model: it names no opset", "cut off"),
        (
            b"\x08\x08\x3a\x05ab",
            "m.onnx is damaged or not an ONNX model: a field is 5 bytes long where 2 are left (at byte 4)",
            "cut off",
        ),
        (b"\xff" * 40, "m.onnx is damaged or not an ONNX model: a number has no end (at byte 0)", "cut off"),
        (b"\x0b", "m.onnx is damaged or not an ONNX model: a field of unknown form 3 (at byte 1)", "cut off"),
        (
            b"\x0d\x00",
            "m.onnx is damaged or not an ONNX model: a field is 4 bytes long where 1 are left (at byte 1)",
            "cut",
        ),
        (b"PK\x03\x04" + bytes(40), "m.onnx is damaged or not an ONNX model", "cut off"),
        (b'{"model": 1}', "m.onnx is damaged or not an ONNX model", "cut off"),
    ],
)
def test_what_is_no_model_is_named(content: bytes, message: str, hint: str) -> None:
    with pytest.raises(ModelpressError) as caught:
        read_outline(TreePath(OneFile(content), "m.onnx"))
    assert caught.value.message.startswith(message)
    assert hint in caught.value.hint
    assert caught.value.exit_code == 1
    assert caught.value.file == "m.onnx"


def test_two_gibibytes_are_too_long(tmp_path: Path) -> None:
    path = tmp_path / "huge.onnx"
    with path.open("wb") as file:
        file.truncate(1 << 31)
    with pytest.raises(ModelpressError, match=r"huge\.onnx is 2\.0 GiB long: an ONNX file of 2 GiB or more") as caught:
        read_outline(TreePath(FolderTree(tmp_path), "huge.onnx"))
    assert "external data" in caught.value.hint


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelpressError, match="is not a file"):
        read_outline(TreePath(FolderTree(tmp_path.parent), tmp_path.name))


def nested(depth: int) -> bytes:
    """A graph with graphs of nodes in it, each big enough to be entered."""
    body = b""
    for _ in range(depth):
        for tag in (0x32, 0x2A, 0x0A):  # a graph in an attribute in a node of a graph
            body += b"\x6a" + encode_varint(SMALL) + bytes(SMALL) if not body else b""
            body = bytes([tag]) + encode_varint(len(body)) + body
    return body


def test_nesting_is_bounded() -> None:
    body = nested(DEPTH_LIMIT)
    content = b"\x08\x08\x42\x02\x10\x11\x3a" + encode_varint(len(body)) + body
    with pytest.raises(ModelpressError, match="nested more than 100 deep"):
        outline_bytes(RenderedText(content), "m.onnx")


def test_a_graph_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    length = OUTLINE_LIMIT + 1
    with (tmp_path / "m.onnx").open("wb") as file:
        file.write(b"\x32" + encode_varint(length))  # a remark of the model
        file.truncate(length + 6)
    with pytest.raises(UnsafeInputError, match="more than 128 MiB, weights not counted"):
        read_outline(TreePath(FolderTree(tmp_path), "m.onnx"))


def test_a_file_that_shrinks_is_an_error(model) -> None:
    made = model().SerializeToString()

    class Shrunk(CountingEntry):
        def open(self) -> io.BytesIO:
            return io.BytesIO(self.content[:-10])

    with pytest.raises(ModelpressError, match="the file ends too early"):
        outline_bytes(Shrunk(made), "m.onnx")


def test_a_broken_zip_member_is_an_error(tmp_path: Path, model) -> None:
    made = model()
    made.graph.initializer.append(
        helper.make_tensor("w", TensorProto.UINT8, [4096], hashlib.shake_128(b"").digest(4096), raw=True)
    )
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("m.onnx", made.SerializeToString())
    content = bytearray(path.read_bytes())
    content[60:2000] = bytes(1940)
    path.write_bytes(content)
    with pytest.raises(ModelpressError, match=r"m\.onnx cannot be read"):
        read_outline(TreePath(ZipTree(path), "m.onnx"))
