"""A model of a type that ONNX Runtime does not run, in C++."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper


def test_a_type_that_onnx_runtime_does_not_run_is_named(
    toolchain: Path, render_model: Callable[[onnx.ModelProto], Any], tmp_path: Path
) -> None:
    infos = [helper.make_tensor_value_info(name, TensorProto.COMPLEX64, [2]) for name in ("the x", "y")]
    graph = helper.make_graph([helper.make_node("Identity", ["the x"], ["y"])], "g", infos[:1], infos[1:])
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])
    source = render_model(model).root / "samples" / "cpp" / "src"
    everything = tmp_path / "everything.cpp"  # in one piece: most of the time goes into the headers
    everything.write_text("".join(f'#include "{path}"\n' for path in sorted(source.glob("*.cpp"))))
    command = ["g++", "-std=c++17", "-isystem", toolchain / "include", f'-DBUNDLE_ROOT="{tmp_path}"', everything]
    built, library = tmp_path / "model_sample", toolchain / "lib"
    command += [library / "libonnxruntime.so", f"-Wl,-rpath,{library}", "-o", built]
    subprocess.run(command, check=True, timeout=120)
    (tmp_path / "inputs.json").write_text('{"the x": [1, 2]}')
    done = subprocess.run([built, "--inputs", tmp_path / "inputs.json"], capture_output=True, text=True, check=False)
    error = done.stderr
    assert (done.returncode, done.stdout) == (1, "")
    assert "this program cannot run this model because 'the x' (complex64[2]) is of complex64, which ONNX" in error
    assert "it runs bfloat16, bool, float16, " in error
