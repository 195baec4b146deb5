"""The template set `docker`: what it renders is clean, runs as nobody, and holds hostile text as data."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelpress.bundle import Entry
from modelpress.model import image_for, runtime_for
from modelpress.model.runtime import Versions
from modelpress.templating import RenderContext, find_set, load_sets, render, resolve_settings, search_path
from modelpress.templating.checking.specimens import HOSTILE, sample_contexts

ORDINARY, HOSTILE_CONTEXT, *_ = sample_contexts()
TEMPORARY = "/tmp:size=64m"  # noqa: S108  # in the container
DOCKER = find_set(load_sets(search_path()), "docker")
PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "rocm": "ROCMExecutionProvider",
    "migraphx": "MIGraphXExecutionProvider",
}
VARIANTS = [
    *({"server": server, "wheels": wheels} for server, wheels in product(("v2", "azure"), (False, True))),
    {"content": "docker_content"},
    {"base_image": "registry.example:5000/team/python:3.12@sha256:0123", "labels": {"org.example.team": "vision"}},
    {"python_version": "3.13", "port": 80, "workers": 3, "source": "https://example.org/code.git"},
]


def on(provider: str, context: RenderContext = ORDINARY, version: str | None = None) -> RenderContext:
    """The context of a candidate for another execution provider."""
    name = PROVIDERS[provider]
    runtime = runtime_for([name], Versions(version))
    image = image_for([name], runtime.version)
    changed = replace(
        context.runtime,
        package=runtime.package,
        version=runtime.version,
        execution_providers=[{"name": name, "options": {}}],
        image={"name": image.reference, "python_version": image.python_version, "has_python": image.has_python},
    )
    return replace(context, runtime=changed)


def rendered(context: RenderContext = ORDINARY, **variables: Any) -> dict[str, str]:
    settings = resolve_settings([DOCKER], {"docker": variables})
    entries = render(replace(context, settings=settings), DOCKER)
    return {path: _text(entry) for path, entry in entries.items()}


def _text(entry: Entry) -> str:
    with entry.open() as file:
        return file.read().decode()


def instructions(dockerfile: str) -> list[tuple[str, str]]:
    """Keyword and the rest of each instruction, continued lines joined."""
    lines = re.sub(r"^\s*#.*\n", "", dockerfile, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [(keyword, rest) for keyword, _, rest in (line.partition(" ") for line in lines if line.strip())]


def labels(dockerfile: str) -> dict[str, str]:
    """As the engine reads them: quotes and backslashes away, expansions refused."""
    found: dict[str, str] = {}
    for keyword, rest in instructions(dockerfile):
        if keyword == "LABEL":
            match = re.fullmatch(r'"((?:[^"\\$]|\\.)*)"="((?:[^"\\$]|\\.)*)"', rest)
            assert match, rest
            name, value = (re.sub(r"\\(.)", r"\1", part) for part in match.groups())
            found[name] = value
    return found


def hadolint(*dockerfiles: Path) -> Mapping[str, Any]:
    program = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([program, "--format", "json", *dockerfiles], capture_output=True, text=True, check=False)
    return {f"{one['file']}:{one['line']}": one["message"] for one in json.loads(done.stdout)}


def test_the_linter_finds_nothing_in_any_variant(tmp_path: Path) -> None:
    # The linter cannot read a backslash before a quote, which JSON has where a metric's name has a quote.
    hostile = replace(HOSTILE_CONTEXT, candidate=replace(HOSTILE_CONTEXT.candidate, metrics=ORDINARY.candidate.metrics))
    paths = []
    for number, (provider, variables) in enumerate(product(PROVIDERS, VARIANTS)):
        for context in (ORDINARY, hostile):
            path = tmp_path / f"{provider}-{number}-{len(paths) % 2}" / "Dockerfile"
            path.parent.mkdir()
            path.write_text(rendered(on(provider, context), **variables)["docker/Dockerfile"], encoding="utf-8")
            paths.append(path)
    assert not hadolint(*paths)
    paths[0].write_text("FROM python:latest\nCMD run me\n")
    assert len(hadolint(paths[0])) > 1  # it does look


@pytest.mark.parametrize("variables", VARIANTS, ids=str)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_it_runs_as_nobody_and_can_be_asked_for_its_health(provider: str, variables: dict[str, Any]) -> None:
    dockerfile = rendered(on(provider), **variables)["docker/Dockerfile"]
    found = instructions(dockerfile)
    assert [rest for keyword, rest in found if keyword == "USER"][-1] == "10001:10001"
    (health,) = [rest for keyword, rest in found if keyword == "HEALTHCHECK"]
    probe = json.loads(health.partition("CMD ")[2])
    assert probe[:2] == ["python", "-c"]
    compile(probe[2], "probe", "exec")
    port = variables.get("port", 8080)
    assert f"'127.0.0.1', {port}" in probe[2]
    (command,) = [json.loads(rest) for keyword, rest in found if keyword == "CMD"]
    assert command[0] == ("azmlinfsrv" if variables.get("server") == "azure" else "python")
    assert ("ENTRYPOINT", "[]") in found
    assert ("EXPOSE", str(port)) in found
    assert not [rest for keyword, rest in found if keyword in ("ADD", "SHELL", "VOLUME", "ONBUILD")]


@pytest.mark.parametrize("variables", VARIANTS, ids=str)
def test_hostile_text_is_only_in_labels(variables: dict[str, Any]) -> None:
    """All instructions but LABEL are the same, whatever the model, its run and its project are called."""
    found = [
        [one for one in instructions(rendered(context, **variables)["docker/Dockerfile"]) if one[0] != "LABEL"]
        for context in (on("cpu"), on("cpu", HOSTILE_CONTEXT))
    ]
    assert found[0] == found[1]


def test_labels_say_what_the_image_holds() -> None:
    assert labels(rendered(source="https://example.org/a b$c")["docker/Dockerfile"]) == {
        "org.opencontainers.image.title": "digits",
        "org.opencontainers.image.version": "1",
        "org.opencontainers.image.description": "Reads a digit.",
        "org.opencontainers.image.source": "https://example.org/a b$c",
        "modelpress.candidate": "586a48e5",
        "modelpress.accelerator": "cpu-cpu",
        "modelpress.rank": "1",
        "modelpress.metrics": json.dumps(ORDINARY.candidate.metrics),
    }
    hashed = replace(ORDINARY, model=replace(ORDINARY.model, sha256="0" * 64))
    assert labels(rendered(hashed)["docker/Dockerfile"])["modelpress.model.sha256"] == "0" * 64


def test_hostile_labels_come_back_as_they_were() -> None:
    given = {"org.example.a": 'x"\\$(id) `id` ${HOME} \\', "org.example.b": [1, {"a": None}], "modelpress.rank": "own"}
    found = labels(rendered(HOSTILE_CONTEXT, labels=given)["docker/Dockerfile"])
    assert found["org.example.a"] == given["org.example.a"]
    assert json.loads(found["org.example.b"]) == given["org.example.b"]
    assert found["modelpress.rank"] == "own"
    assert found["org.opencontainers.image.title"] == " ".join(HOSTILE.split())
    assert HOSTILE in json.loads(found["modelpress.metrics"])


def test_what_changes_least_comes_first() -> None:
    copied = [rest.split()[-1] for keyword, rest in instructions(rendered()["docker/Dockerfile"]) if keyword == "COPY"]
    assert [one.rpartition("/docker/")[1] or one for one in copied] == [
        "/docker/",
        "/opt/serving",
        "/srv/project/model/",
        "/srv/project/scoring/",
    ]


@pytest.mark.parametrize(
    ("provider", "image", "python"),
    [
        ("cpu", "docker.io/library/python:${PYTHON_VERSION}-slim-bookworm", "3.11"),
        ("cuda", "docker.io/nvidia/cuda:13.0.1-cudnn-runtime-ubuntu24.04", "3.12"),
        ("tensorrt", "nvcr.io/nvidia/tensorrt:25.11-py3", "3.12"),
        ("openvino", "docker.io/openvino/ubuntu24_runtime:2025.4.1", "3.12"),
        ("rocm", "docker.io/rocm/onnxruntime:rocm7.2.4_ub24.04_ort1.23_torch2.10.0", "3.12"),
        ("migraphx", "docker.io/rocm/onnxruntime:rocm7.2.4_ub24.04_ort1.23_torch2.10.0", "3.12"),
    ],
)
def test_the_execution_provider_chooses_the_base_image(provider: str, image: str, python: str) -> None:
    found = instructions(rendered(on(provider))["docker/Dockerfile"])
    assert found[:2] == [("ARG", f"PYTHON_VERSION={python}"), ("ARG", f"BASE_IMAGE={image}")]
    installs = [rest for keyword, rest in found if keyword == "RUN" and "apt-get" in rest]
    assert len(installs) == (provider != "cpu")


@pytest.mark.parametrize(("version", "cuda"), [("1.26.0", "12.8.1"), ("1.27.0", "13.0.1"), ("1.32.0", "13.0.1")])
def test_the_version_of_the_runtime_chooses_that_of_cuda(version: str, cuda: str) -> None:
    found = instructions(rendered(on("cuda", version=version))["docker/Dockerfile"])
    assert found[1] == ("ARG", f"BASE_IMAGE=docker.io/nvidia/cuda:{cuda}-cudnn-runtime-ubuntu24.04")


def test_a_base_image_of_ones_own_has_python() -> None:
    found = instructions(
        rendered(on("cuda"), base_image="example.org/cuda:1", python_version="3.13")["docker/Dockerfile"]
    )
    assert found[:2] == [("ARG", "PYTHON_VERSION=3.13"), ("ARG", 'BASE_IMAGE="example.org/cuda:1"')]
    assert not [rest for keyword, rest in found if keyword == "RUN" and "apt-get" in rest]


@pytest.mark.parametrize("content", [".", "docker_content"])
def test_compose_runs_it_with_the_same_hardening(content: str) -> None:
    service = yaml.safe_load(rendered(content=content, port=9000)["docker/compose.yaml"])["services"]["model"]
    nested = content == "."
    assert service == {
        "build": {"context": ".." if nested else ".", "dockerfile": "docker/Dockerfile" if nested else "Dockerfile"},
        "ports": ["127.0.0.1:9000:9000"],
        "read_only": True,
        "tmpfs": [TEMPORARY],
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "stop_grace_period": "10s",
        "restart": "unless-stopped",
    }


@pytest.mark.parametrize("provider", PROVIDERS)
def test_compose_asks_for_the_device(provider: str) -> None:
    service = yaml.safe_load(rendered(on(provider))["docker/compose.yaml"])["services"]["model"]
    assert ("deploy" in service) == (provider in ("cuda", "tensorrt"))
    assert service.get("devices") == (["/dev/kfd", "/dev/dri"] if provider in ("rocm", "migraphx") else None)


def test_only_what_the_image_is_made_of_is_sent() -> None:
    def lines(**variables: Any) -> list[str]:
        return [one for one in rendered(**variables)[".dockerignore"].splitlines() if one and not one.startswith("#")]

    records = ["configurations.json", "metrics.json", "model_info.json"]
    never = ["**/__pycache__", "**/*.pyc", "**/.*"]
    here = ["*", "!docker/requirements.txt", "!model", "!scoring", *(f"model/{one}" for one in records), *never]
    assert lines() == here
    assert lines(wheels=True) == [*here[:2], "!docker/wheels", *here[2:]]
    below = [f"docker_content/model/{one}" for one in records]
    assert lines(content="docker_content") == ["*", "!docker_content", *below, *never]


def test_requirements_are_those_of_the_server() -> None:
    def lines(context: RenderContext = ORDINARY, **variables: Any) -> list[str]:
        return rendered(context, **variables)["docker/requirements.txt"].split("\n")[:-1]

    begins = ["--require-hashes", "--only-binary :all:"]
    runtime = f"onnxruntime=={ORDINARY.runtime.version}"
    assert lines() == [*begins, runtime, "fastapi", "httptools", "numpy", "orjson", "uvicorn"]
    assert "azureml-inference-server-http" in " ".join(lines(server="azure"))
    assert lines(wheels=True)[2] == "--no-index"
    assert lines(requirements=["pandas>=2", "scipy"])[-2:] == ["pandas>=2", "scipy"]
    tensors = [{**ORDINARY.model.inputs[0], "dtype": "bfloat16"}]
    assert any(
        one.startswith("ml_dtypes") for one in lines(replace(ORDINARY, model=replace(ORDINARY.model, inputs=tensors)))
    )


def test_each_server_brings_its_code() -> None:
    v2, azure = (set(rendered(server=server)) for server in ("v2", "azure"))
    runner = {path for path in v2 if path.startswith(("scoring/model_runner/", "scoring/model_serving/"))}
    assert runner < v2 & azure
    assert {"scoring/v2_server/main.py", "scoring/v2_server/page.html"} < v2 - azure
    assert azure - v2 == {"scoring/score.py"}
