"""Projects with scoring scripts for models that the tests make, and Azure ML's server to run them in."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import helper

from modelpress.model.golden import Wishes
from modelpress.packaging.chosen import Request, candidate_of_rank, choose
from modelpress.packaging.golden import NO_GOLDEN, golden_of
from modelpress.packaging.rendering import Rendering
from modelpress.pipeline import Target, execute, plan_project
from modelpress.proving.environments import NoEnvironmentError, environment_for
from modelpress.templating import ProjectContext, search_path

IR_VERSION = 10
OPSETS = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3)]
SETS = ["candidate", "azure-online", "azure-batch"]
# What the scripts of all the models here need: those of one of them need less.
FURTHER = ["ml_dtypes==0.6.0", "pandas==2.3.3", "pyarrow==23.0.1"]


@pytest.fixture(scope="session")
def render(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Render a model, or the winner of a source, with scoring scripts and golden vectors, to the folder returned."""

    def render(
        source: Path | onnx.ModelProto,
        *,
        sets: Sequence[str] = SETS,
        variables: Mapping[str, Mapping[str, object]] | None = None,
        golden: bool = True,
        **wishes: Any,
    ) -> Path:
        folder = tmp_path_factory.mktemp("scoring")
        if isinstance(source, onnx.ModelProto):
            (folder / "made.onnx").write_bytes(source.SerializeToString())
            source = folder / "made.onnx"
        rendering = Rendering.of(ProjectContext("scoring test", "1"), search_path(), sets, variables or {})
        chosen = choose(Request(source), candidate_of_rank(1))
        vectors = golden_of(chosen, Wishes(**wishes)) if golden else NO_GOLDEN
        execute(plan_project(chosen, rendering, Target(folder / "project"), vectors))
        return folder / "project"

    return render


@pytest.fixture(scope="session")
def make_model() -> Callable[..., onnx.ModelProto]:
    """A model of IR 10 and opset 21."""

    def make(
        nodes: Sequence[onnx.NodeProto],
        inputs: Sequence[onnx.ValueInfoProto],
        outputs: Sequence[onnx.ValueInfoProto],
        initializers: Sequence[onnx.TensorProto] = (),
    ) -> onnx.ModelProto:
        graph = helper.make_graph(list(nodes), "graph", list(inputs), list(outputs), list(initializers))
        return helper.make_model(graph, ir_version=IR_VERSION, opset_imports=OPSETS)

    return make


@pytest.fixture(scope="session")
def linear(make_model: Callable[..., onnx.ModelProto]) -> onnx.ModelProto:
    """x [batch, 3] times a matrix that is not symmetric, plus n: y [batch, 2] and n + 1."""
    return make_model(
        [
            helper.make_node("MatMul", ["x", "w"], ["xw"]),
            helper.make_node("Add", ["n", "one"], ["next"]),
            helper.make_node("Cast", ["n"], ["real"], to=onnx.TensorProto.FLOAT),
            helper.make_node("Add", ["xw", "real"], ["y"]),
        ],
        [
            helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["batch", 3]),
            helper.make_tensor_value_info("n", onnx.TensorProto.INT64, ["batch", 1]),
        ],
        [
            helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["batch", 2]),
            helper.make_tensor_value_info("next", onnx.TensorProto.INT64, ["batch", 1]),
        ],
        [
            helper.make_tensor("w", onnx.TensorProto.FLOAT, [3, 2], [1, 2, 3, 4, 5, 7]),
            helper.make_tensor("one", onnx.TensorProto.INT64, [1], [1]),
        ],
    )


@pytest.fixture(scope="session")
def project(render: Callable[..., Path], linear: onnx.ModelProto) -> Path:
    """The linear model's project, with two rows of golden inputs. Not to be changed."""
    return render(linear, dims={"batch": 2})


@pytest.fixture(scope="session")
def python(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment for all scripts here, made once in the user's cache."""
    requirements = tmp_path_factory.mktemp("environment") / "requirements.txt"
    own = (project / "scoring" / "requirements.txt").read_text()
    requirements.write_text("\n".join([own, *FURTHER]) + "\n")
    try:
        return environment_for(requirements)
    except NoEnvironmentError as error:
        if error.missing and not os.environ.get("MODELPRESS_REQUIRE"):
            pytest.skip(error.message)
        raise
