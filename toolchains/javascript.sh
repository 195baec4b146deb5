#!/usr/bin/env bash
# Set up what runs a JavaScript sample in Node and in a browser, in .toolchains/javascript/node_modules
# (done once, then quick): ONNX Runtime for both, and what drives a browser. Azurite comes along: the blob service that
# uploads to Azure are checked against.
#
# Needs: node (20 or later) and npm. The browser itself is the system's (Debian: chromium).
# All parts are pinned by checksum in toolchains/javascript/package-lock.json.
set -euo pipefail
cd "$(dirname "$0")/.."

source=toolchains/javascript
target=.toolchains/javascript

stamp=$(cat "$0" "$source/package-lock.json" | sha256sum | cut -d' ' -f1)
[[ $(cat "$target/.ready" 2>/dev/null) == "$stamp" ]] && exit 0

for tool in node npm; do
    command -v "$tool" >/dev/null || { echo "javascript.sh: $tool is not installed" >&2; exit 1; }
done
mkdir -p .toolchains
echo "*" >.toolchains/.gitignore
work=$(mktemp -d .toolchains/javascript.XXXXXX)
trap 'rm -rf "$work"' EXIT

cp "$source"/package.json "$source"/package-lock.json "$work"
# The scripts would download CUDA libraries.
npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error

# 240 MB of the runtime are for other systems.
binaries=$work/node_modules/onnxruntime-node/bin/napi-v6
here=$(node --print 'process.platform + "/" + process.arch')
find "$binaries" -mindepth 2 -maxdepth 2 -type d ! -path "$binaries/$here" -exec rm -r {} +

echo "$stamp" >"$work/.ready"
rm -rf "$target"
mv "$work" "$target"
