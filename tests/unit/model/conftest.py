"""Models that the tests of inspection make."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, helper

MakeModel = Callable[..., ModelProto]


@pytest.fixture(scope="session")
def real_models() -> Path:
    """Outputs of real Olive runs."""
    return Path(__file__).parents[2] / "data" / "models"


@pytest.fixture(scope="session")
def tensor() -> Callable[..., ValueInfoProto]:
    def make(
        name: str, shape: Sequence[int | str | None] | None = (1,), dtype: int = TensorProto.FLOAT
    ) -> ValueInfoProto:
        return helper.make_tensor_value_info(name, dtype, shape)

    return make


@pytest.fixture(scope="session")
def model(tensor: Callable[..., ValueInfoProto]) -> MakeModel:
    """A model of IR version 8 and opset 17 unless asked otherwise; by default y = Identity(x)."""

    def make(
        graph: GraphProto | None = None,
        *,
        nodes: Iterable[NodeProto] | None = None,
        opsets: Iterable[tuple[str, int]] = (("", 17),),
        ir_version: int = 8,
        **rest: object,
    ) -> ModelProto:
        if graph is None:
            body = list(nodes or [helper.make_node("Identity", ["x"], ["y"])])
            graph = helper.make_graph(body, "g", [tensor("x")], [tensor("y", None)])
        imports = [helper.make_opsetid(domain, version) for domain, version in opsets]
        return helper.make_model(graph, ir_version=ir_version, opset_imports=imports, **rest)

    return make


@pytest.fixture(scope="session")
def outside() -> Callable[..., TensorProto]:
    """A tensor of four floats whose values lie in another file."""

    def make(location: str | None, name: str = "w", **keys: str) -> TensorProto:
        made = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
        for key, value in {"location": location, **keys}.items():
            if value is not None:
                made.external_data.add(key=key, value=value)
        return made

    return make
