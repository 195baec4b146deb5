#!/usr/bin/env bash
# Set up what builds the C++ sample, in .toolchains/cpp/{include,lib} (done once, then quick): the C and C++
# headers of ONNX Runtime, and its library out of the installed Python package. CMake takes the folder as ORT_ROOT.
#
# Needs: npm, unzip, and a Python that has onnxruntime (PYTHON, default .venv/bin/python).
# The compiler, CMake and nlohmann/json are the system's (Debian: g++ cmake nlohmann-json3-dev).
# The headers are pinned by checksum; of what package managers fetch only this plugin has them in full.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-.venv/bin/python}
target=.toolchains/cpp
headers=com.github.asus4.onnxruntime@0.4.9
headers_sha256=e59788788818fdde1b2e522e766a21ba0f7d8391de55737abf81e32cc801785d

library=$("$python" -c '
import importlib.metadata, re
files = importlib.metadata.files("onnxruntime")
print(*(file.locate().resolve() for file in files if re.fullmatch(r"libonnxruntime\.so\.[0-9.]+", file.name)))')
stamp=$(echo "$library" | cat "$0" - | sha256sum | cut -d' ' -f1)
[[ -e "$library" && $(cat "$target/.ready" 2>/dev/null) == "$stamp" ]] && exit 0

for tool in npm unzip; do
    command -v "$tool" >/dev/null || { echo "cpp.sh: $tool is not installed" >&2; exit 1; }
done
mkdir -p .toolchains
echo "*" >.toolchains/.gitignore
work=$(mktemp -d .toolchains/cpp.XXXXXX)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

(cd "$work" && npm pack --silent "$headers" >/dev/null)
echo "$headers_sha256  $(ls "$work"/*.tgz)" | sha256sum --check --quiet -
tar -xzf "$work"/*.tgz -C "$work" package/Plugins/Android/onnxruntime.aar
unzip -qj "$work/package/Plugins/Android/onnxruntime.aar" 'headers/*' -d "$work/include"
rm -rf "$work/package" "$work"/*.tgz

# A library serves programs that were built with its own headers or older ones.
api=$(sed -n 's/^#define ORT_API_VERSION //p' "$work/include/onnxruntime_c_api.h")
version=${library##*.so.}
minor=${version#*.}
if ((api > ${minor%%.*})); then
    echo "cpp.sh: the headers are of version 1.$api, and onnxruntime $version is older: install 1.$api or later" >&2
    exit 1
fi

# Programs ask for the library by its SONAME, which its file in the Python package is not called.
mkdir "$work/lib"
ln -s "$library" "$work/lib/libonnxruntime.so.1"
ln -s libonnxruntime.so.1 "$work/lib/libonnxruntime.so"

echo "$stamp" >"$work/.ready"
rm -rf "$target"
mv "$work" "$target"
