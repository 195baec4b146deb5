#!/usr/bin/env bash
# Set up what images are built on in tests, in .toolchains/containers/base.tar (done once, then quick): the root file
# system of Debian 12 with its Python, which stands in for python:3.11-slim where no image registry can be reached.
#
# Needs: root, and mmdebstrap (Debian). Packages come from the mirror that apt is set up with, checked by apt.
# They are unpacked and never configured, which takes half a minute instead of two; the hook does what that leaves out.
set -euo pipefail
cd "$(dirname "$0")/.."

target=.toolchains/containers
release=bookworm
packages=(
    base-files base-passwd bash ca-certificates coreutils dash findutils grep hostname libc-bin
    libstdc++6 # of ONNX Runtime and numpy
    login mawk passwd python3-minimal python3-venv sed tar util-linux
)

stamp=$(sha256sum "$0" | cut -d' ' -f1)
[[ $(cat "$target/.ready" 2>/dev/null) == "$stamp" ]] && exit 0

for tool in mmdebstrap apt-get; do
    command -v "$tool" >/dev/null || { echo "containers.sh: $tool is not installed" >&2; exit 1; }
done
((EUID == 0)) || { echo "containers.sh: this must run as root" >&2; exit 1; }
mkdir -p .toolchains
echo "*" >.toolchains/.gitignore
work=$(mktemp -d "$PWD/.toolchains/containers.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

finish=$work/finish.sh
cat >"$finish" <<'HOOK'
#!/bin/sh
set -eu
root=$1
cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
touch "$root/etc/shadow" "$root/etc/gshadow"
ln -sf dash "$root/bin/sh"
ln -sf mawk "$root/usr/bin/awk"
ln -sf python3 "$root/usr/bin/python"
mkdir -p "$root/etc/ssl/certs"
ldconfig -r "$root"
HOOK
chmod 755 "$finish"

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $release" | head -n 1)
if ! TMPDIR=$work mmdebstrap --variant=extract --mode=root --include="$(IFS=,; echo "${packages[*]}")" \
    --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --customize-hook="$finish" \
    "$release" "$work/base.tar" ${mirror:+"$mirror"} >"$work/log" 2>&1; then
    tail -n 20 "$work/log" >&2
    exit 1
fi
rm "$finish" "$work/log"

echo "$stamp" >"$work/.ready"
rm -rf "$target"
mv "$work" "$target"
