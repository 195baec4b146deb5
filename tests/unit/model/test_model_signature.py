from pathlib import Path

import onnx
import onnxruntime
import pytest
from onnx import SparseTensorProto, TensorProto, helper

from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.filetree import FolderTree, TreePath
from modelpress.model import describe_type, inspect_model, signature_document
from modelpress.model.signature import TensorSpec, TypeSpec

SILENT = 4  # log severity of onnxruntime
BUNDLED = sorted(Path(onnx.__file__).parent.glob("backend/test/data/simple/*/model.onnx")) + sorted(
    Path(onnxruntime.__file__).parent.glob("datasets/*.onnx")
)


def runtime_view(path: Path) -> list[list[tuple[str, str, list[object]]]]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = SILENT
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return [[(n.name, n.type, n.shape) for n in nodes] for nodes in (session.get_inputs(), session.get_outputs())]


def own_view(path: Path) -> list[list[tuple[str, str, list[object]]]]:
    """Our signature in the runtime's words, in which a scalar and an unknown rank look the same."""
    signature = inspect_model(path)
    return [
        [(spec.name, runtime_type(spec.type), list(spec.type.shape or ())) for spec in specs]
        for specs in (signature.inputs, signature.outputs)
    ]


def runtime_type(spec: TypeSpec) -> str:
    names = {"float32": "float", "float64": "double"}
    if spec.kind == "sequence":
        return f"seq({runtime_type(spec.element)})"
    if spec.kind == "optional":
        return f"optional({runtime_type(spec.element)})"
    if spec.kind == "map":
        return f"map({spec.key},{runtime_type(spec.value)})"
    return f"tensor({names.get(spec.dtype, spec.dtype)})"


@pytest.mark.parametrize(
    "name", ["digits/digits.onnx", "composite/features.onnx", "composite/classifier.onnx"], ids=str
)
def test_the_runtime_sees_the_same_in_olives_models(real_models, name: str) -> None:
    assert own_view(real_models / name) == runtime_view(real_models / name)


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_runtime_sees_the_same_in_packaged_models(path: Path) -> None:
    own = own_view(path)
    try:
        expected = runtime_view(path)
    except Exception:  # noqa: BLE001  onnxruntime's errors share no base class
        expected = own  # some of ONNX's own cases are newer than the runtime; to be read is all that they can show
    assert own == expected


def test_there_are_packaged_models() -> None:
    assert len(BUNDLED) > 20


DTYPES = {
    name.lower(): number
    for name, number in TensorProto.DataType.items()
    if name not in {"UNDEFINED", "FLOAT", "DOUBLE"}
} | {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE}
NOT_IN_RUNTIME = {"complex64", "complex128", "int4", "uint4"}


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_element_type_has_its_name(tmp_path: Path, model, tensor, dtype: str) -> None:
    node = helper.make_node("Identity", ["x"], ["y"])
    x, y = (tensor(name, ["n", 2], DTYPES[dtype]) for name in "xy")
    made = model(helper.make_graph([node], "g", [x], [y]), opsets=[("", 21)], ir_version=10)
    onnx.save(made, tmp_path / "m.onnx")
    found = inspect_model(tmp_path / "m.onnx")
    assert found.inputs == (TensorSpec("x", TypeSpec("tensor", dtype, ("n", 2))),)
    if DTYPES[dtype] <= TensorProto.INT4 and dtype not in NOT_IN_RUNTIME:  # what Identity of opset 21 runs on
        assert own_view(tmp_path / "m.onnx") == runtime_view(tmp_path / "m.onnx")


def test_kinds(tmp_path: Path, model) -> None:
    tensor = helper.make_tensor_type_proto(TensorProto.FLOAT, ["n"])
    scalar = helper.make_tensor_type_proto(TensorProto.STRING, [])
    types = {
        "sequence": helper.make_sequence_type_proto(tensor),
        "optional": helper.make_optional_type_proto(tensor),
        "optional sequence": helper.make_optional_type_proto(helper.make_sequence_type_proto(tensor)),
        "map": helper.make_map_type_proto(TensorProto.INT64, scalar),
        "sparse": helper.make_sparse_tensor_type_proto(TensorProto.INT8, [3, None]),
    }
    types["sequence of maps"] = helper.make_sequence_type_proto(types["map"])
    inputs = [helper.make_value_info(name, proto) for name, proto in types.items()]
    opaque = helper.make_value_info("opaque", onnx.TypeProto())
    opaque.type.opaque_type.domain = "d"
    graph = helper.make_graph([], "g", [*inputs, opaque], [])
    onnx.save(model(graph), tmp_path / "m.onnx")
    found = {spec.name: spec.type for spec in inspect_model(tmp_path / "m.onnx").inputs}
    floats = TypeSpec("tensor", "float32", ("n",))
    of_maps = TypeSpec("map", key="int64", value=TypeSpec("tensor", "string", ()))
    assert found == {
        "sequence": TypeSpec("sequence", element=floats),
        "optional": TypeSpec("optional", element=floats),
        "optional sequence": TypeSpec("optional", element=TypeSpec("sequence", element=floats)),
        "map": of_maps,
        "sparse": TypeSpec("sparse_tensor", "int8", (3, None)),
        "sequence of maps": TypeSpec("sequence", element=of_maps),
        "opaque": TypeSpec("opaque"),
    }
    assert {name: describe_type(spec) for name, spec in found.items()} == {
        "sequence": "sequence of float32[n]",
        "optional": "optional of float32[n]",
        "optional sequence": "optional of sequence of float32[n]",
        "map": "map of int64 to string[]",
        "sparse": "sparse int8[3, ?]",
        "sequence of maps": "sequence of map of int64 to string[]",
        "opaque": "opaque",
    }


@pytest.mark.parametrize(
    ("kind", "op"),
    [
        (helper.make_sequence_type_proto, "Identity"),
        (helper.make_optional_type_proto, "Identity"),
    ],
)
def test_the_runtime_sees_the_same_kinds(tmp_path: Path, model, kind, op: str) -> None:
    proto = kind(helper.make_tensor_type_proto(TensorProto.FLOAT, None))
    infos = [helper.make_value_info(name, proto) for name in "xy"]
    onnx.save(
        model(helper.make_graph([helper.make_node(op, ["x"], ["y"])], "g", *([i] for i in infos))), tmp_path / "m.onnx"
    )
    assert own_view(tmp_path / "m.onnx") == runtime_view(tmp_path / "m.onnx")


def test_the_runtime_sees_the_same_maps(tmp_path: Path, model, tensor) -> None:
    numbers = helper.make_map_type_proto(TensorProto.INT64, helper.make_tensor_type_proto(TensorProto.FLOAT, None))
    nodes = [
        helper.make_node("DictVectorizer", ["m"], ["v"], domain="ai.onnx.ml", string_vocabulary=["a", "b"]),
        helper.make_node("ZipMap", ["p"], ["z"], domain="ai.onnx.ml", classlabels_int64s=[3, 4]),
    ]
    words = helper.make_map_type_proto(TensorProto.STRING, helper.make_tensor_type_proto(TensorProto.FLOAT, None))
    inputs = [helper.make_value_info("m", words), tensor("p", [None, 2])]
    outputs = [tensor("v", None), helper.make_value_info("z", helper.make_sequence_type_proto(numbers))]
    made = model(helper.make_graph(nodes, "g", inputs, outputs), opsets=[("", 17), ("ai.onnx.ml", 1)])
    onnx.save(made, tmp_path / "m.onnx")
    assert own_view(tmp_path / "m.onnx") == runtime_view(tmp_path / "m.onnx")


def test_dimensions_and_ranks_are_told_apart(tmp_path: Path, model, tensor) -> None:
    infos = [tensor("scalar", []), tensor("unranked", None), tensor("t", [2, "batch", None, 0, -1, "p2o.Dim.0"])]
    infos[2].type.tensor_type.shape.dim.add().dim_param = ""
    onnx.save(model(helper.make_graph([], "g", infos, [])), tmp_path / "m.onnx")
    found = inspect_model(tmp_path / "m.onnx")
    assert [spec.type.shape for spec in found.inputs] == [(), None, (2, "batch", None, 0, None, "p2o.Dim.0", None)]
    assert [describe_type(spec.type) for spec in found.inputs] == [
        "float32[]",
        "float32[...]",
        "float32[2, batch, ?, 0, ?, p2o.Dim.0, ?]",
    ]


def test_initializers_are_no_inputs(tmp_path: Path, model, tensor) -> None:
    weight = helper.make_tensor("w", TensorProto.FLOAT, [1], [1.0])
    indices = helper.make_tensor("i", TensorProto.INT64, [1], [0])
    sparse: SparseTensorProto = helper.make_sparse_tensor(
        helper.make_tensor("s", TensorProto.FLOAT, [1], [1.0]), indices, [4]
    )
    node = helper.make_node("Add", ["x", "w"], ["y"])
    graph = helper.make_graph([node], "g", [tensor("x"), tensor("w"), tensor("s")], [tensor("y")], [weight])
    graph.sparse_initializer.append(sparse)
    onnx.save(model(graph), tmp_path / "m.onnx")
    assert [spec.name for spec in inspect_model(tmp_path / "m.onnx").inputs] == ["x"]


def test_hostile_names_come_through(tmp_path: Path, model, tensor) -> None:
    name = 'x"); import os; os.system("id") #\n\\€\0'
    onnx.save(model(helper.make_graph([], "g", [tensor(name, [name])], [])), tmp_path / "m.onnx")
    spec = inspect_model(tmp_path / "m.onnx").inputs[0]
    assert (spec.name, spec.type.shape) == (name, (name,))


def test_names_that_are_not_text_are_an_error(tmp_path: Path, model, tensor) -> None:
    made = model(helper.make_graph([], "g", [tensor("abcdefgh")], [])).SerializeToString()
    (tmp_path / "m.onnx").write_bytes(made.replace(b"abcdefgh", b"abc\xffefgh"))
    with pytest.raises(ModelpressError, match=r"m\.onnx is damaged: b'abc\\xffefgh' is not UTF-8"):
        inspect_model(tmp_path / "m.onnx")


def test_unknown_element_types_are_an_error(tmp_path: Path, model, tensor) -> None:
    onnx.save(model(helper.make_graph([], "g", [tensor("x", [1], 99)], [])), tmp_path / "m.onnx")
    with pytest.raises(ModelpressError, match="element type 99") as caught:
        inspect_model(tmp_path / "m.onnx")
    assert "Upgrade onnx" in caught.value.hint


def test_what_has_no_type_is_warned_of(tmp_path: Path, model, tensor) -> None:
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])], "g", [tensor("x")], [onnx.ValueInfoProto(name="y")]
    )
    onnx.save(model(graph), tmp_path / "m.onnx")
    found = inspect_model(tmp_path / "m.onnx")
    assert found.outputs == (TensorSpec("y", TypeSpec("tensor")),)
    assert describe_type(found.outputs[0].type) == "unknown[...]"
    assert found.warnings == (f"{tmp_path / 'm.onnx'}: 'y' has no type",)


def test_versions_metadata_and_producer(tmp_path: Path, model) -> None:
    made = model(opsets=[("ai.onnx", 17), ("ai.onnx.ml", 3)], producer_name="pytorch", producer_version="2.9")
    helper.set_model_props(made, {"character": "a\nb", "task": "digits"})
    onnx.save(made, tmp_path / "m.onnx")
    found = inspect_model(tmp_path / "m.onnx")
    assert (found.opset, found.ir_version, found.producer) == ({"": 17, "ai.onnx.ml": 3}, 8, "pytorch 2.9")
    assert found.metadata == {"character": "a\nb", "task": "digits"}


@pytest.mark.parametrize(
    ("imports", "domains"),
    [
        (["", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc", "ai.onnx.training", "ai.onnx"], ()),
        (["", "com.acme"], ("com.acme",)),
        (["", "z", "a"], ("a", "z")),
    ],
)
def test_custom_domains_of_the_opsets(tmp_path: Path, model, imports: list[str], domains: tuple[str, ...]) -> None:
    onnx.save(model(opsets=[(domain, 1) for domain in imports]), tmp_path / "m.onnx")
    assert inspect_model(tmp_path / "m.onnx").custom_domains == domains


def test_custom_domains_of_nodes_and_functions(tmp_path: Path, model, tensor) -> None:
    inner = helper.make_graph([helper.make_node("Op", [], ["b"], domain="in.subgraph")], "b", [], [tensor("b")])
    in_function = [helper.make_node("Op", ["a"], ["b"], domain="in.function")]
    functions = [
        helper.make_function("local", "F", ["a"], ["b"], in_function, [helper.make_opsetid("in.import", 1)]),
        helper.make_function("half", "F", ["a"], ["b"], [], [helper.make_opsetid("", 17)]),
    ]
    nodes = [
        helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner),
        helper.make_node("F", ["x"], ["l"], domain="local"),
        helper.make_node("F", ["x"], ["h"], domain="half"),
        helper.make_node("G", ["x"], ["i"], domain="half"),  # which the model does not bring
    ]
    made = model(nodes=nodes, functions=functions, opsets=[("", 17), ("local", 1), ("half", 1)])
    onnx.save(made, tmp_path / "m.onnx")
    assert inspect_model(tmp_path / "m.onnx").custom_domains == ("half", "in.function", "in.import", "in.subgraph")


def test_the_document_has_the_published_form(real_models) -> None:
    found = inspect_model(real_models / "digits" / "digits.onnx")
    assert signature_document(found) == {
        "inputs": [{"name": "input", "kind": "tensor", "dtype": "float32", "shape": ["batch", 1, 8, 8]}],
        "outputs": [{"name": "logits", "kind": "tensor", "dtype": "float32", "shape": ["batch", 10]}],
        "opset": dict.fromkeys(found.opset, 1) | {"": 17, "ai.onnx.ml": 5},
        "ir_version": 8,
        "external_data": ["w.bin"],
        "metadata": {
            "onnx.infer": "onnxruntime.quant",
            "onnx.quant.pre_process": "onnxruntime.quant",
            "olive_version": "0.13.0",
        },
    }
    assert len(found.opset) == 9  # Olive's quantiser names every domain that the runtime has
    assert found.custom_domains == ()


def test_the_document_of_nested_types(tmp_path: Path, model) -> None:
    inner = helper.make_map_type_proto(TensorProto.STRING, helper.make_tensor_type_proto(TensorProto.INT64, []))
    info = helper.make_value_info("x", helper.make_sequence_type_proto(inner))
    onnx.save(model(helper.make_graph([], "g", [info], [])), tmp_path / "m.onnx")
    integers = {"kind": "tensor", "dtype": "int64", "shape": []}
    pairs = {"kind": "map", "dtype": None, "shape": None, "key": "string", "value": integers}
    assert signature_document(inspect_model(tmp_path / "m.onnx"))["inputs"] == [
        {"name": "x", "kind": "sequence", "dtype": None, "shape": None, "element": pairs}
    ]


def test_a_link_that_the_user_names_is_followed(tmp_path: Path, model) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "models").mkdir()
    onnx.save(model(), tmp_path / "store" / "abc")
    (tmp_path / "models" / "m.onnx").symlink_to("../store/abc")
    assert inspect_model(tmp_path / "models" / "m.onnx").ir_version == 8
    with pytest.raises(UnsafeInputError, match="leads outside"):
        inspect_model(TreePath(FolderTree(tmp_path / "models"), "m.onnx"))


@pytest.mark.parametrize("name", ["absent.onnx", "loop.onnx", "", "nul\0.onnx"])
def test_what_is_no_file_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop.onnx").symlink_to("loop.onnx")
    with pytest.raises(ModelpressError, match="is not a file"):
        inspect_model(tmp_path / name)
