"""Java samples rendered for models that the tests make, compiled and run in one Java machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import pytest

from modelpress.model.golden import Wishes
from modelpress.packaging.chosen import Request, candidate_of_rank, choose
from modelpress.packaging.golden import NO_GOLDEN, golden_of
from modelpress.packaging.rendering import Rendering
from modelpress.pipeline import Target, execute, plan_project
from modelpress.templating import Layer, ProjectContext

ROOT = Path(__file__).parents[4]
REPOSITORY = ROOT / ".toolchains" / "java" / "m2"
BATCH = Path(__file__).with_name("Batch.java")
JAVA_FOLDER = "java"


@dataclass(frozen=True)
class Answer:
    """What a run of the sample gave."""

    code: int
    stdout: str
    stderr: str

    @property
    def outputs(self) -> dict[str, dict[str, Any]]:
        """The outputs by name, of a run that went well."""
        assert self.code == 0, self.stderr
        return {output["name"]: output for output in json.loads(self.stdout)["outputs"]}

    @property
    def error(self) -> str:
        """The message of a run that had to fail."""
        assert (self.code, self.stdout) == (1, ""), self
        return self.stderr.partition("error: ")[2]


class JavaMachine:
    """A running Batch.java."""

    def __init__(self, libraries: Path) -> None:
        self.libraries = libraries
        command = ["java", "-Xcheck:jni", "-cp", f"{libraries}/*", str(BATCH)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def ask(self, folder: Path, **request: object) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"folder": str(folder), **request}) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("{"):  # -Xcheck:jni prints its findings to stdout
                return Answer(**json.loads(line))
        raise AssertionError("the Java machine has ended")

    def close(self) -> None:
        self._process.communicate(timeout=60)


@dataclass(frozen=True)
class JavaProject:
    """A rendered project with a compiled Java sample."""

    root: Path
    machine: JavaMachine

    @property
    def folder(self) -> Path:
        return self.root / "samples" / "java"

    @property
    def model(self) -> Path:
        return self.root / "model" / "model.onnx"

    @property
    def golden(self) -> dict[str, Any]:
        document = json.loads((self.root / "golden" / "golden.json").read_text(encoding="utf-8"))
        assert isinstance(document, dict)
        return document

    def configure(self, settings: object) -> None:
        (self.root / "model" / "inference_config.json").write_text(json.dumps(settings), encoding="utf-8")

    def call(self, *arguments: object) -> Answer:
        return self.machine.ask(self.folder, arguments=[str(argument) for argument in arguments])

    def command(self, *arguments: object, **variables: str) -> Answer:
        """Run the program in a Java machine of its own, with more environment variables."""
        classes = f"{self.folder / 'target' / 'classes'}:{self.machine.libraries}/*"
        program = ["java", "-cp", classes, "modelrunner.Sample", *map(str, arguments)]
        environment = {**os.environ, **variables}
        done = subprocess.run(
            program, capture_output=True, text=True, encoding="utf-8", env=environment, check=False, timeout=60
        )
        return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def java_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template folder with the Java part of the sample set, so that many models render quickly."""
    layer = tmp_path_factory.mktemp("templates")
    source, target = ROOT / "templates" / "samples", layer / "samples"
    shutil.copytree(source / "samples" / JAVA_FOLDER, target / "samples" / JAVA_FOLDER)
    for name in ("template-set.yaml", "_java.jinja", "_custom_ops.jinja"):
        shutil.copy(source / name, target / name)
    shutil.copytree(ROOT / "templates" / "runner", layer / "runner")  # which the set mounts
    return layer


@pytest.fixture(scope="session")
def render_java(java_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Render the Java sample for a model, with golden vectors unless told otherwise; where the project lies."""
    rendering = Rendering.of(ProjectContext("sample test", "1"), [Layer("test", java_set)], ["samples"], {})

    def render(model: onnx.ModelProto | Path, wishes: Wishes | None = Wishes()) -> Path:  # noqa: B008 - frozen
        source = model
        if isinstance(model, onnx.ModelProto):
            source = tmp_path_factory.mktemp("made") / "made.onnx"
            source.write_bytes(model.SerializeToString())
        chosen = choose(Request(source), candidate_of_rank(1))
        golden = NO_GOLDEN if wishes is None else golden_of(chosen, wishes)
        target = tmp_path_factory.mktemp("rendered") / "project"
        execute(plan_project(chosen, rendering, Target(target), golden))
        return target

    return render


@pytest.fixture(scope="session")
def maven_built(require_tool: Callable[[str], str], render_java: Callable[..., Path]) -> Path:
    """The folder of a sample that Maven built from its own pom.xml, without a network."""
    require_tool("javac")
    program = require_tool("mvn")
    if not (REPOSITORY.parent / ".ready").exists():
        required = {"java", "all"} & set(os.environ.get("MODELPRESS_REQUIRE", "").split(","))
        (pytest.fail if required else pytest.skip)("toolchains/java.sh has not been run")
    folder = render_java(ROOT / "tests" / "data" / "models" / "digits") / "samples" / "java"
    command = [program, "-o", "-B", f"-Dmaven.repo.local={REPOSITORY}", "package"]
    built = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300
    )
    assert (built.returncode, built.stdout.count("[WARNING]")) == (0, 0), built.stdout
    return folder


@pytest.fixture(scope="session")
def java_machine(maven_built: Path) -> Iterator[JavaMachine]:
    machine = JavaMachine(maven_built / "target" / "lib")
    yield machine
    machine.close()


@pytest.fixture(scope="session")
def open_project(java_machine: JavaMachine) -> Callable[[Path], JavaProject]:
    """Compile the Java sample of a rendered project, where every warning is an error."""

    def compiled(root: Path) -> JavaProject:
        project = JavaProject(root, java_machine)
        answer = java_machine.ask(project.folder, compile=True)
        assert (answer.code, answer.stderr) == (0, ""), answer.stderr
        return project

    return compiled


@pytest.fixture(scope="session")
def java_project(
    open_project: Callable[[Path], JavaProject], render_java: Callable[..., Path]
) -> Callable[..., JavaProject]:
    """Render the Java sample for a model and compile it."""

    def make(model: onnx.ModelProto | Path, wishes: Wishes | None = Wishes()) -> JavaProject:  # noqa: B008 - frozen
        return open_project(render_java(model, wishes))

    return make
