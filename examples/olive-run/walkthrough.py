"""From a real Olive run to a proven zip: rank, package, unpack elsewhere, load every model, run the sample.

Usage: python walkthrough.py [--keep DIR]

DIR receives OutputModels.zip; without it everything happens in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

RUN = Path(__file__).resolve().parent / "run"
MODELPRESS = [sys.executable, "-m", "modelpress"]


def run(command: list[str], *, shown: list[str] | None = None) -> None:
    """Show a command and run it; the walk-through ends where one fails."""
    print(f"\n$ {shlex.join(shown or command)}", flush=True)
    subprocess.run(command, check=True)


def modelpress(*arguments: str) -> None:
    """Run one modelpress command."""
    run([*MODELPRESS, *arguments], shown=["modelpress", *arguments])


def load_every_model(unpacked: Path) -> None:
    """Load each model that models_rank.json names with ONNX Runtime."""
    import onnxruntime

    print("\n# every model of models_rank.json, loaded by ONNX Runtime from the unpacked zip")
    for entry in json.loads((unpacked / "models_rank.json").read_text(encoding="utf-8")):
        path = entry["model_config"]["config"]["model_path"]
        session = onnxruntime.InferenceSession(str(unpacked / path), providers=["CPUExecutionProvider"])
        taken = ", ".join(f"{value.name} {value.type} {value.shape}" for value in session.get_inputs())
        print(f"rank {entry['rank']}: {path} takes {taken}")


def walk(output: Path) -> None:
    """Do the main job into `output`."""
    source = str(RUN / "config.json")
    modelpress("rank", source)
    modelpress("package", source, "-o", str(output))
    with tempfile.TemporaryDirectory() as elsewhere:
        with zipfile.ZipFile(output / "OutputModels.zip") as archive:
            archive.extractall(elsewhere)
        load_every_model(Path(elsewhere))
        sample = Path(elsewhere, "SampleCode", "python", "sample.py")
        run([sys.executable, str(sample)], shown=["python", "SampleCode/python/sample.py"])


def main() -> None:
    """Parse the command line and walk."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--keep", type=Path, help="folder that receives OutputModels.zip")
    keep = parser.parse_args().keep
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        walk(keep.resolve())
        print(f"\n{keep / 'OutputModels.zip'} is ready")
        return
    with tempfile.TemporaryDirectory() as folder:
        walk(Path(folder))


if __name__ == "__main__":
    main()
