"""What bad input is made of, how the command is run on it, and a look at all that it may have touched."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from modelpress.cli.main import modelpress

EXAMPLES = Path(__file__).parents[2] / "examples"
PATIENCE = 30  # seconds; no command here needs two
SIZES = re.compile(r"\d+ files, [\d,]+ bytes")  # they change with every template


class HungError(BaseException):
    """The command waits for something that never comes. No Exception, so that nothing takes it for bad input."""


@dataclass(frozen=True)
class Outcome:
    """What a command did. `<here>` stands for the working folder, `<home>` for the user's, `<sizes>` for counts."""

    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Inputs:
    """Makes input in `folder`, the working folder of the commands. Names are relative to it."""

    top: Path

    @property
    def folder(self) -> Path:
        return self.top / "here"

    def path(self, name: str) -> Path:
        """The place of that name, with the folders above it."""
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def bytes(self, name: str, content: bytes) -> None:
        self.path(name).write_bytes(content)

    def text(self, name: str, content: str) -> None:
        self.bytes(name, content.encode())

    def json(self, name: str, data: object) -> None:
        self.text(name, json.dumps(data, indent=2))

    def sparse(self, name: str, size: int) -> None:
        """A file of `size` bytes that takes no room on the disk."""
        with self.path(name).open("wb") as file:
            file.truncate(size)

    def model(self, name: str = "model.onnx") -> None:
        """A sound model with the inputs `features` and the outputs `scores`."""
        shutil.copyfile(EXAMPLES / "single-model" / "model.onnx", self.path(name))

    def external_model(self, name: str, **keys: str) -> None:
        """A model whose tensor `weights` of 16 bytes lies in the file that `keys` say (location, offset, length)."""
        self.bytes(name, _external_model(tuple(keys.items())))

    def listing(self, name: str = "candidates.yaml", **fields: object) -> None:
        """A list of two candidates with a model; `fields` are added to the first."""
        self.model()
        first = {"id": "one", "model": "model.onnx", "metrics": {"latency": 1.5, "accuracy": 0.9}, **fields}
        second = {"id": "two", "model": "model.onnx", "metrics": {"latency": 2.5, "accuracy": 0.8}}
        rules = {
            "latency": {"priority": 1, "higher_is_better": False},
            "accuracy": {"priority": 2, "higher_is_better": True},
        }
        self.json(name, {"metrics": rules, "candidates": [first, second]})

    def footprint(self, name: str = "run/footprint.json", **models: Mapping[str, Any] | None) -> None:
        """The footprint of a run with an input model and a node for each of these model configurations."""
        latency = {"value": 1.0, "priority": 1, "higher_is_better": False}
        metrics = {"value": {"latency": latency}, "cmp_direction": {"latency": -1}, "if_goals_met": True}
        nodes: dict[str, object] = {"input": {"parent_model_id": None, "model_id": "input", "model_config": None}}
        for model_id, config in models.items():
            node = {"parent_model_id": "input", "model_id": model_id, "model_config": config, "metrics": metrics}
            nodes[model_id] = {**node, "from_pass": "quantization", "is_pareto_frontier": True}
        self.json(name, nodes)

    def olive_run(self, name: str = "run") -> None:
        """A real run with four candidates, without its zip."""
        shutil.copytree(EXAMPLES / "olive-run" / "run", self.folder / name, ignore=shutil.ignore_patterns("*.zip"))

    def zip(self, name: str, members: Sequence[tuple[str | zipfile.ZipInfo, bytes]]) -> None:
        with zipfile.ZipFile(self.path(name), "w") as archive:
            for member, content in members:
                archive.writestr(member, content)

    def template_set(self, files: Mapping[str, str], name: str = "custom") -> None:
        """A template set below the folder `templates`, and a model to render it for."""
        self.model()
        for path, content in {"template-set.yaml": "description: A set.\n", **files}.items():
            self.text(f"templates/{name}/{path}", content)

    def layer(self, files: Mapping[str, bytes], sha256: str = "") -> None:
        """A model, and a configuration whose one layer of templates is a zip of these files, pinned to its hash."""
        self.model()
        members = [(zipfile.ZipInfo(name), content) for name, content in files.items()]  # the earliest date: same bytes
        for info, content in members:
            info.compress_type = zipfile.ZIP_DEFLATED if len(content) > 1 << 20 else zipfile.ZIP_STORED
        self.zip("layer.zip", members)
        found = hashlib.sha256(self.path("layer.zip").read_bytes()).hexdigest()
        self.json("modelpress.yaml", {"templates": [{"zip": "layer.zip", "sha256": sha256 or found}]})

    def command(self, line: str | Sequence[str]) -> Outcome:
        """Run a command in this process; whatever is no ModelpressError is raised."""
        arguments = shlex.split(line) if isinstance(line, str) else list(line)
        with _within(PATIENCE):
            result = CliRunner(catch_exceptions=False).invoke(modelpress, arguments)
        return self._outcome(result.exit_code, result.stdout, result.stderr)

    def process(self, line: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command in a process of its own, for what cannot be done to this one."""
        command = [sys.executable, "-m", "modelpress", *shlex.split(line)]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, cwd=self.folder, text=True, **streams, **options)

    def finish(self, process: subprocess.Popen[str]) -> Outcome:
        """Wait for a process."""
        stdout, stderr = process.communicate(timeout=PATIENCE)
        return self._outcome(process.returncode, stdout, stderr)

    def _outcome(self, exit_code: int, stdout: str, stderr: str) -> Outcome:
        places = {str(self.folder): "<here>", str(self.top / "home"): "<home>"}
        for place, name in places.items():
            stdout, stderr = stdout.replace(place, name), stderr.replace(place, name)
        return Outcome(exit_code, SIZES.sub("<sizes>", stdout), stderr)

    def snapshot(self, *, folder_times: bool = True) -> dict[str, tuple[int, ...]]:
        """Everything in the working folder, the home folder and the folder for temporary files.

        A folder's time tells of a file that was made in it and is gone again.
        """
        found = {}
        for top, folders, files in os.walk(self.top):
            for place in (Path(top, name) for name in (*folders, *files)):
                status = place.lstat()
                timed = folder_times or not stat.S_ISDIR(status.st_mode)
                details = (status.st_size, status.st_mtime_ns) if timed else ()
                found[place.relative_to(self.top).as_posix()] = (status.st_mode, status.st_ino, *details)
        return found


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    def give_up(*_: object) -> None:
        raise HungError

    previous = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@cache
def _external_model(keys: tuple[tuple[str, str], ...]) -> bytes:
    from onnx import TensorProto, helper

    weights = TensorProto(name="weights", data_type=TensorProto.FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    for key, value in keys:
        weights.external_data.add(key=key, value=value)
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [4]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Add", ["x", "weights"], ["y"])], "graph", values[:1], values[1:])
    graph.initializer.append(weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


@pytest.fixture(scope="session")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compiled templates, golden vectors, and what was rendered here: what a command may write elsewhere."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _cache: Path) -> Inputs:
    """An empty working folder, with a home and a folder for temporary files of its own."""
    for name in [name for name in os.environ if name.startswith("MODELPRESS_")]:
        monkeypatch.delenv(name)
    top = tmp_path.resolve()
    for folder in ("here", "home/config", "temporary"):
        (top / folder).mkdir(parents=True)
    for variable, folder in {"HOME": "home", "XDG_CONFIG_HOME": "home/config", "TMPDIR": "temporary"}.items():
        monkeypatch.setenv(variable, str(top / folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(_cache))
    monkeypatch.setenv("XDG_STATE_HOME", str(_cache))
    monkeypatch.setenv("MODELPRESS_RENDER_GOLDEN", "false")  # bad input is to be met without running a model
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(top / "here")
    return Inputs(top)
