#!/usr/bin/env bash
# Set up what builds a Java sample without a network, in .toolchains/java/m2 (done once, then quick):
# a local Maven repository with the plugins and artifacts of the sample's pom.xml, for
#   mvn -o -Dmaven.repo.local=.toolchains/java/m2 package
#
# Needs: a JDK of Java 17 or later, mvn (Debian: openjdk-17-jdk-headless maven), and modelpress, which renders
# the pom.xml (MODELPRESS, default .venv/bin/modelpress). Maven checks every download against its published checksum.
set -euo pipefail
cd "$(dirname "$0")/.."

modelpress=${MODELPRESS:-.venv/bin/modelpress}
target=.toolchains/java
templates=templates/samples

stamp=$(cat "$0" generator/modelpress/model/releases.py "$templates/samples/java/pom.xml.jinja" | sha256sum | cut -d' ' -f1)
[[ $(cat "$target/.ready" 2>/dev/null) == "$stamp" ]] && exit 0

for tool in javac mvn "$modelpress"; do
    command -v "$tool" >/dev/null || { echo "java.sh: $tool is not installed" >&2; exit 1; }
done
mkdir -p .toolchains
echo "*" >.toolchains/.gitignore
work=$(mktemp -d .toolchains/java.XXXXXX)
trap 'rm -rf "$work"' EXIT

"$modelpress" render tests/data/models/digits/digits.onnx -t samples --no-golden -o "$work/project" >/dev/null
build=(mvn --quiet --batch-mode --file "$work/project/samples/java/pom.xml" "-Dmaven.repo.local=$PWD/$work/m2")
"${build[@]}" --strict-checksums package
rm -r "$work/project/samples/java/target"
"${build[@]}" --offline package # nothing is missing
rm -rf "$work/project"

echo "$stamp" >"$work/.ready"
rm -rf "$target"
mv "$work" "$target"
