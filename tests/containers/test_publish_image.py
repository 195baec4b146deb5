"""`modelpress publish image` with real engines: builds, names, pushes, and what a zip, a budget and options change."""

from __future__ import annotations

import json
import shlex
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SERVERS = ("v2", "azure")
DIGITS = Path(__file__).parents[1] / "data" / "models" / "digits" / "digits.onnx"


def artifact(done: Any) -> dict[str, Any]:
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = json.loads(done.stdout)["artifacts"]
    return dict(found)


@pytest.mark.parametrize("server", SERVERS)
def test_an_image_is_built_and_named(engines: Any, built: Callable[[str], Any], server: str) -> None:
    told = built(server).told
    content = told["content_sha256"][:12]
    assert told["tags"] == [f"digits:sha256-{content}", "digits:1"]
    assert {f"localhost/{tag}" for tag in told["tags"]} <= engines.names() | {"localhost/digits:1"}
    assert told["size"] == sum(layer["size"] for layer in told["layers"])
    base, packages, model, code = told["layers"]
    assert base["size"] > packages["size"] / 10
    assert "/opt/serving" in packages["instruction"]
    assert "/srv/project/model/" in model["instruction"]
    assert "/srv/project/scoring/" in code["instruction"]


@pytest.mark.parametrize("server", SERVERS)
def test_what_is_in_an_image(engines: Any, built: Callable[[str], Any], server: str) -> None:
    """Nobody's user, a health check, no pip and no certificate: the build's secrets are in no layer."""
    image = built(server).id
    (settings,) = json.loads(engines.told("podman", "image", "inspect", image))
    assert settings["Config"]["User"] == "10001:10001"
    assert settings["Healthcheck"]["Test"][0] == "CMD"
    assert settings["ManifestType"] == "application/vnd.docker.distribution.manifest.v2+json"
    assert settings["Labels"]["org.opencontainers.image.title"] == "digits"
    container = engines.told("buildah", "from", image)
    unwanted = ("pip", "pip3", "pip.conf", "ca.pem", "*.whl", "cc", "gcc")
    look = f"find / -xdev -type f ( -name {' -o -name '.join(unwanted)} ) -print"
    found = engines.told("buildah", "run", "--isolation=chroot", "--user=0", container, "--", *shlex.split(look))
    engines.told("buildah", "rm", container)
    assert [path for path in found.splitlines() if not path.startswith("/usr/share/python-wheels")] == []


def test_engines_build_the_same(engines: Any, built: Callable[[str], Any]) -> None:
    """Layers are shared, since both have one store; the layers are told alike."""
    image = built("v2")
    told = artifact(engines.modelpress("publish", "image", image.folder, "--engine", "buildah", "--format", "json"))
    assert [layer["size"] for layer in told["layers"]] == [layer["size"] for layer in image.told["layers"]]
    assert told["tags"] == image.told["tags"]


def test_new_code_sends_no_model(engines: Any, built: Callable[[str], Any], copied: Callable[[str], Path]) -> None:
    image, folder = built("v2"), copied("v2")
    (folder / "scoring" / "more.py").write_text("MORE = 1\n")
    told = artifact(engines.modelpress("publish", "image", folder, "--engine", "podman", "--format", "json"))
    assert told["image"] != image.id
    assert told["content_sha256"] != image.told["content_sha256"]

    def layers(image: str) -> list[str]:
        (told,) = json.loads(engines.told("podman", "image", "inspect", image))
        return list(told["RootFS"]["Layers"])

    assert layers(told["image"])[:3] == layers(image.id)[:3]


def test_a_zip_is_built_as_the_folder_is(engines: Any, built: Callable[[str], Any], tmp_path: Path) -> None:
    image = built("v2")
    with zipfile.ZipFile(tmp_path / "project.zip", "w") as archive:
        for path in sorted(image.folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(image.folder))
    told = artifact(engines.modelpress("publish", "image", tmp_path / "project.zip", "--format", "json"))
    assert told["content_sha256"] == image.told["content_sha256"]
    assert [layer["size"] for layer in told["layers"]] == [layer["size"] for layer in image.told["layers"]]


def test_the_plan_is_what_is_run(engines: Any, built: Callable[[str], Any], tmp_path: Path) -> None:
    """The commands of a dry run, with its two placeholders filled in, build and name the image."""
    folder = built("v2").folder
    asked = ("publish", "image", folder, "--engine", "buildah", "--name", "team/by-hand", "--format", "json")
    before = engines.names()
    done = engines.modelpress(*asked, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert engines.names() == before
    plan = json.loads(done.stdout)
    for name, text in (("pip.conf", "[global]\ncert = /run/ca.pem\n"), ("ca.pem", "")):
        (tmp_path / name).write_text(text)
    for command in plan["commands"]:
        image = (tmp_path / "image").read_text() if (tmp_path / "image").exists() else "IMAGE"
        engines.told(*shlex.split(command.replace("TEMPORARY", str(tmp_path)).replace("IMAGE ", f"{image} ")))
    assert plan["tags"] == artifact(engines.modelpress(*asked))["tags"]
    assert {f"localhost/{tag}" for tag in plan["tags"]} <= engines.names() - before


def test_an_image_over_the_budget_gets_no_name(engines: Any, built: Callable[[str], Any]) -> None:
    image = built("v2")
    done = engines.modelpress("publish", "image", image.folder, "--name", "too-large", "--size-budget", "100MB")
    assert done.returncode == 3, done.stderr
    assert "over the budget of 100,000,000; it got no name" in done.stderr
    assert "/opt/serving" in done.stderr
    assert not any("too-large" in name for name in engines.names())


def test_a_budget_below_the_model_fails_the_plan(engines: Any, built: Callable[[str], Any]) -> None:
    done = engines.modelpress("publish", "image", built("v2").folder, "--dry-run", "--size-budget", "1kB")
    assert done.returncode == 3
    assert "model and code alone have" in done.stderr


def test_a_push_comes_back_identical(
    engines: Any, built: Callable[[str], Any], start_registry: Callable[..., Any]
) -> None:
    image, registry = built("v2"), start_registry()
    name = f"{registry.address}/team/digits"
    told = artifact(engines.modelpress("publish", "image", image.folder, "--push", name, "--format", "json"))
    assert told["pushed"] == [f"{name}:{tag.partition(':')[2]}" for tag in told["tags"]]
    by_digest = f"{name}@{told['digest']}"
    assert engines.told("podman", "pull", "-q", by_digest) == told["image"].removeprefix("sha256:")
    for reference in told["pushed"]:
        assert engines.told("podman", "pull", "-q", reference) == told["image"].removeprefix("sha256:")


def test_progress_shows_steps(engines: Any, copied: Callable[[str], Path]) -> None:
    done = engines.modelpress("publish", "image", copied("v2"), "--progress", "plain")
    assert done.returncode == 0, done.stderr
    assert "FROM localhost/python:ci" in done.stderr


def test_olives_layout_is_built(engines: Any, tmp_path: Path) -> None:
    """The packaging type Dockerfile: a Dockerfile beside docker_content/."""
    made = engines.modelpress("package", DIGITS, "--type", "Dockerfile", "-o", tmp_path, "--format", "json")
    assert made.returncode == 0, made.stdout + made.stderr
    folder = Path(json.loads(made.stdout)["artifacts"][0]["path"])
    told = artifact(engines.modelpress("publish", "image", folder, "--format", "json"))
    assert told["tags"][-1] == "digits:1"
    assert len(told["layers"]) == 4
