"""The JavaScript sample as a program: its modules, its packages, its options, where it lies."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from modelpress.model.golden import Wishes
from modelpress.packaging.chosen import Request, candidate_of_rank, choose
from modelpress.packaging.golden import golden_of
from modelpress.packaging.rendering import Rendering
from modelpress.pipeline import Target, execute, plan_zip
from modelpress.templating import ProjectContext, search_path

Make = Callable[..., Any]

ROOT = Path(__file__).parents[4]


def test_all_modules_are_javascript(program: Any) -> None:
    modules = sorted(program.folder.glob("*.mjs")) + sorted((program.folder / "model_runner").glob("*.mjs"))
    assert len(modules) == 11
    for module in modules:
        subprocess.run([program.node, "--check", module], check=True, timeout=60)


def test_the_packages_are_those_that_are_tested(program: Any) -> None:
    locked = json.loads((ROOT / "toolchains/javascript/package-lock.json").read_text())["packages"]
    needed = json.loads((program.folder / "package.json").read_text())["dependencies"]
    assert needed == {name: locked[f"node_modules/{name}"]["version"] for name in needed}
    assert all("resolved" not in package and (not path or package["integrity"]) for path, package in locked.items())


def test_without_golden_vectors_inputs_must_be_given(program: Any, make_program: Make) -> None:
    without = make_program(onnx.load(program.model))
    assert "give --inputs FILE" in without.call().error
    assert "no golden vectors" in without.call("--check").error


@pytest.mark.parametrize("arguments", [["--bogus"], ["--model"], ["file"], ["--check", "--inputs", "x"]], ids=str)
def test_wrong_options(program: Any, arguments: list[str]) -> None:
    outcome = program.call(*arguments)
    assert (outcome.code, outcome.stdout) == (2, "")
    assert "usage: node sample.mjs" in outcome.stderr


def test_help(program: Any) -> None:
    outcome = program.call("--help")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert set(re.findall(r"--[a-z-]+", outcome.stdout)) == {
        *("--model", "--config", "--inputs", "--check", "--allow-fallback")
    }


def test_without_its_packages_the_sample_says_how_to_get_them(program: Any, tmp_path: Path) -> None:
    shutil.copytree(program.root, tmp_path / "copy", ignore=shutil.ignore_patterns("node_modules"))
    alone = type(program)(program.node, tmp_path / "copy")
    assert "npm install" in alone.call().error


def test_another_model_with_its_own_settings(program: Any, tmp_path: Path) -> None:
    model = tmp_path / "other.onnx"
    shutil.copy(program.model, model)
    assert program.call("--check", "--model", model).code == 0
    (tmp_path / "inference_config.json").write_text('{"execution_provider": ["CUDAExecutionProvider"]}')
    assert "cannot load the model on cuda" in program.call("--model", model).error
    model.write_bytes(b"no model")
    (tmp_path / "inference_config.json").write_text("{}")
    assert "cannot load the model on cpu" in program.call("--model", model).error


def test_a_zip_with_golden_vectors_of_its_own(program: Any, packages: Path, tmp_path: Path) -> None:
    rendering = Rendering.of(ProjectContext("sample test", "1"), search_path(), ["candidate", "samples"], {})
    chosen = choose(Request(program.model), candidate_of_rank(1))
    golden = golden_of(chosen, Wishes(dims={"n": 3}))
    execute(plan_zip(chosen, rendering, Target(tmp_path / "packed.zip"), golden))
    shutil.unpack_archive(tmp_path / "packed.zip", tmp_path / "here")
    folder = tmp_path / "here" / "SampleCode" / "javascript"
    (folder / "node_modules").symlink_to(packages)
    command = [program.node, "sample.mjs", "--check"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    assert "check passed: 2 outputs" in done.stderr
    assert [output["shape"] for output in json.loads(done.stdout)["outputs"]] == [[3, 2], [1]]


def test_float16_is_that_of_numpy(program: Any) -> None:
    random = np.random.default_rng(0)
    spread = random.uniform(-1, 1, 20_000) * 2.0 ** random.integers(-30, 20, 20_000)
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16).astype(np.float64)
    ties = np.nextafter(np.float16(0), np.arange(1, 2000, dtype=np.float16)).astype(np.float64) * 1.5
    middles = (halves[:0x7BFF] + halves[1:0x7C00]) / 2
    numbers = [0.0, -0.0, 65504, 65519.999, 65520, -1e300, 5e-324, *spread, *ties, *middles, *halves[:0x7C00]]
    script = (
        "import {toBits, fromBits} from './model_runner/float16.mjs';"
        "import {readFileSync} from 'node:fs';"
        "const numbers = JSON.parse(readFileSync(0));"
        "const all = Array.from({length: 65536}, (_, bits) => String(fromBits(bits)));"
        "console.log(JSON.stringify([numbers.map(toBits), all]));"
    )
    done = subprocess.run(
        [program.node, "--input-type=module", "-e", script],
        cwd=program.folder,
        input=json.dumps(numbers),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    bits, values = json.loads(done.stdout)
    with np.errstate(over="ignore"):
        assert bits == np.array(numbers, np.float64).astype(np.float16).view(np.uint16).tolist()
    np.testing.assert_array_equal(np.array(values, np.float64), halves)
