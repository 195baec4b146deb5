#!/usr/bin/env bash
# Fetch real models for the tests marked `real_models`, into .toolchains/real-models/PACKAGE/ (done once, then quick):
# the .onnx files in Python packages of permissive licences (silero-vad: MIT; magika, basic-pitch and
# rapidocr-onnxruntime: Apache-2.0). The packages themselves are neither installed nor run.
#
# Needs: Python with pip (PYTHON, default .venv/bin/python). All packages are pinned by checksum.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-.venv/bin/python}
target=.toolchains/real-models

stamp=$(sha256sum "$0" | cut -d' ' -f1)
[[ $(cat "$target/.ready" 2>/dev/null) == "$stamp" ]] && exit 0

mkdir -p .toolchains
echo "*" >.toolchains/.gitignore
work=$(mktemp -d .toolchains/real-models.XXXXXX)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

# Models are the same on every system, so that one wheel of each does for all.
cat >"$work/requirements.txt" <<'REQUIREMENTS'
basic-pitch==0.4.0 --hash=sha256:738adb503aae7fdfc7d1e1511aa0ce35052315f260a19531ef4c356708425db0
magika==1.0.3 --hash=sha256:3e9b49134e8116ee40b431664dcbed9e199413efddcce1a173c734b4e0521529
rapidocr-onnxruntime==1.4.4 --hash=sha256:971d7d5f223a7a808662229df1ef69893809d8457d834e6373d3854bc1782cbf
silero-vad==6.2.3 --hash=sha256:7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8
REQUIREMENTS
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --implementation cp --python-version 3.11 --platform manylinux_2_28_x86_64 --platform any \
    --dest "$work/wheels" --requirement "$work/requirements.txt"
"$python" - "$work" <<'PYTHON'
import sys
import zipfile
from pathlib import Path

work = Path(sys.argv[1])
for wheel in (work / "wheels").glob("*.whl"):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith(".onnx"):
                model = work / wheel.name.partition("-")[0] / Path(name).name
                model.parent.mkdir(exist_ok=True)
                model.write_bytes(archive.read(name))
PYTHON
rm -r "$work/wheels" "$work/requirements.txt"

echo "$stamp" >"$work/.ready"
rm -rf "$target"
mv "$work" "$target"
