"""Build contexts in Olive's layout, and what is refused or said before an image is rendered."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper

from modelpress.bundle import Bundle
from modelpress.errors import UsageError
from modelpress.packaging.chosen import Chosen, Request, choose
from modelpress.packaging.docker import SETS, DockerWishes, docker_variables, dockerfile_bundle
from modelpress.packaging.image_checks import image_remarks
from modelpress.packaging.project import project_bundle
from modelpress.packaging.rendering import Rendering
from modelpress.templating import ProjectContext, search_path

DATA = Path(__file__).parents[2] / "data"
DIGITS = DATA / "models" / "digits" / "digits.onnx"

MakeModel = Callable[..., Path]
tensor = helper.make_tensor_value_info


def rendering_of(**variables: Any) -> Rendering:
    return Rendering.of(ProjectContext("digits", "1"), search_path(), SETS, {"docker": variables})


def text_of(bundle: Bundle, path: str) -> str:
    with bundle.entries[path].open() as file:
        return file.read().decode()


@pytest.fixture
def make_model(tmp_path: Path) -> MakeModel:
    """A model with these inputs and outputs, each output the input of its place."""

    def make(inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]) -> Path:
        pairs = zip(inputs, outputs, strict=True)
        nodes = [helper.make_node("Identity", [given.name], [returned.name]) for given, returned in pairs]
        graph = helper.make_graph(nodes, "graph", inputs, outputs)
        model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])
        path = tmp_path / "made.onnx"
        path.write_bytes(model.SerializeToString())
        return path

    return make


def chosen_on(provider: str, tmp_path: Path) -> Chosen:
    """The digits model as a candidate for another execution provider."""
    listing = tmp_path / "candidates.yaml"
    listing.write_text(
        f"""
candidates:
- model: {DIGITS}
  metrics: {{latency: 1}}
  inference_settings: {{execution_provider: [{provider}], provider_options: [{{}}]}}
""",
        encoding="utf-8",
    )
    return choose(Request(listing))


def test_the_names_are_olive_s() -> None:
    bundle = dockerfile_bundle(choose(Request(DIGITS)), rendering_of(**docker_variables(DockerWishes())))
    tops = {path.partition("/")[0] for path in bundle.entries}
    assert tops == {"Dockerfile", "docker_content", ".dockerignore", "compose.yaml"}
    assert list(bundle.closings) == ["modelpress.lock"]
    assert "docker_content/model/model.onnx" in bundle.entries
    assert "docker_content/scoring/v2_server/main.py" in bundle.entries
    for source in re.findall(r"^COPY (?!--from)(?:--\S+ )?(\S+) ", text_of(bundle, "Dockerfile"), re.MULTILINE):
        assert any(path.startswith(source) for path in bundle.entries), source
    assert "--hash=sha256:" in text_of(bundle, "docker_content/docker/requirements.txt")


def test_only_the_best_candidate_is_in_it() -> None:
    chosen = choose(Request(DATA / "olive" / "0.7.1.1-multiep-zip"))
    assert len(chosen.entries) > 1
    bundle = dockerfile_bundle(chosen, rendering_of(**docker_variables(DockerWishes())))
    assert len([path for path in bundle.entries if path.endswith(".onnx")]) == 1
    assert f'"modelpress.candidate"="{chosen.entries[0].candidate.id}"' in text_of(bundle, "Dockerfile")


def test_olive_s_base_image_and_runtime_packages_have_their_effect() -> None:
    wishes = DockerWishes("example.org/base:1")
    text = text_of(dockerfile_bundle(choose(Request(DIGITS)), rendering_of(**docker_variables(wishes))), "Dockerfile")
    assert 'ARG BASE_IMAGE="example.org/base:1"\n' in text


def test_a_project_with_the_set_is_locked() -> None:
    bundle = project_bundle(choose(Request(DIGITS)), rendering_of())
    assert {".dockerignore", "docker/Dockerfile", "docker/compose.yaml", "docker/requirements.txt"} <= set(
        bundle.entries
    )
    assert "--hash=sha256:" in text_of(bundle, "docker/requirements.txt")


def test_without_the_set_there_is_nothing_to_say() -> None:
    rendering = Rendering.of(ProjectContext("digits", "1"), search_path(), ["candidate"], {})
    assert image_remarks(choose(Request(DATA / "olive" / "0.13.0-genai-zip")), rendering) == ()


def test_outputs_that_the_protocol_cannot_carry_are_named(make_model: MakeModel) -> None:
    path = make_model(
        [tensor("x", TensorProto.FLOAT, [1]), tensor("y", TensorProto.FLOAT, [1])],
        [tensor("a", TensorProto.FLOAT, [1]), tensor("b", TensorProto.FLOAT, [1])],
    )
    model = onnx.load(path)
    model.graph.node.append(helper.make_node("SequenceConstruct", ["x", "y"], ["pair"]))
    model.graph.node.append(helper.make_node("Cast", ["x"], ["small"], to=TensorProto.FLOAT8E4M3FN))
    model.graph.output.append(helper.make_tensor_sequence_value_info("pair", TensorProto.FLOAT, [1]))
    model.graph.output.append(tensor("small", TensorProto.FLOAT8E4M3FN, [1]))
    onnx.save(model, path)
    remarks = image_remarks(choose(Request(path)), rendering_of())
    left_out = "which is left out; the Azure ML server can (--var docker.server=azure)"
    assert remarks == (
        f"the Open Inference Protocol cannot carry the output 'pair' (sequence of float32[1]), {left_out}",
        f"the Open Inference Protocol cannot carry the output 'small' (float8e4m3fn[1]), {left_out}",
    )
    assert image_remarks(choose(Request(path)), rendering_of(server="azure")) == ()


def test_an_input_that_the_protocol_cannot_carry_is_an_error(make_model: MakeModel) -> None:
    value = helper.make_tensor_sequence_value_info
    path = make_model([value("many", TensorProto.INT64, [2])], [value("out", TensorProto.INT64, [2])])
    with pytest.raises(UsageError, match=r"cannot carry the input 'many': sequence of int64\[2\]") as raised:
        image_remarks(choose(Request(path)), rendering_of())
    assert raised.value.hint == "The Azure ML server can: --var docker.server=azure."


def test_what_one_model_of_a_composite_passes_to_the_next_is_not_carried() -> None:
    assert image_remarks(choose(Request(DATA / "olive" / "0.13.0-composite-nopkg")), rendering_of()) == ()


def test_models_for_other_runtimes_are_refused() -> None:
    with pytest.raises(UsageError, match="this model's format is genai"):
        image_remarks(choose(Request(DATA / "olive" / "0.13.0-genai-zip")), rendering_of())


def test_directml_is_on_windows_only(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="DmlExecutionProvider needs onnxruntime-directml, which no Linux container"):
        image_remarks(chosen_on("DmlExecutionProvider", tmp_path), rendering_of())


@pytest.mark.parametrize(
    ("variables", "error"),
    [
        ({"base_image": "x; RUN id"}, "docker.base_image: 'x; RUN id' is no reference of an image"),
        ({"base_image": "-x"}, "docker.base_image: '-x' is no reference of an image"),
        ({"labels": {"a b": "c"}}, "docker.labels: 'a b' cannot be the name of a label"),
        ({"labels": {'a"=b\n': "c"}}, "docker.labels: 'a\"=b\\n' cannot be the name of a label"),
        ({"port": 0}, "docker.port: 0 is not from 1 to 65535"),
        ({"workers": -1}, "docker.workers: -1 is not from 1 to 65535"),
    ],
)
def test_settings_that_no_image_can_have_are_refused(variables: dict[str, Any], error: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(error)}$"):
        image_remarks(choose(Request(DIGITS)), rendering_of(**variables))


def test_the_python_of_an_accelerator_s_image_is_given(tmp_path: Path) -> None:
    chosen = chosen_on("CUDAExecutionProvider", tmp_path)
    with pytest.raises(UsageError, match=r"has Python 3\.12, not 3\.13"):
        image_remarks(chosen, rendering_of(python_version="3.13"))
    assert image_remarks(chosen, rendering_of(python_version="3.12")) == ()
    assert image_remarks(chosen, rendering_of(python_version="3.13", base_image="example.org/cuda:1")) == ()
