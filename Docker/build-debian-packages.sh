#!/usr/bin/env bash
# build-debian-packages.sh [FOLDER]: builds the Debian packages, from the working tree as it is, into FOLDER
# (.build/debian).
#
#     KEYFERRY_BINARIES=FOLDER   takes the programs from there instead of compiling them once more. They must have been
#                                built with the flags in Docker/debian/rules.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

programs=(keyferry keyferry-admin keyferry-gateway keyferry-setup keyferry-worker)
fail() {
    echo "build-debian-packages: $*" >&2
    exit 1
}

[ $# -le 1 ] || fail "usage: $0 [FOLDER]"
mkdir -p "${1:-.build/debian}"
output=$(readlink -f "${1:-.build/debian}")
for program in dpkg-buildpackage dh lintian; do
    command -v "$program" >/dev/null || fail "$program is missing: make packages-deb"
done

# debian/ must be at the root of the source, which here it is not: a copy is arranged that way.
work=$(mktemp --directory)
trap 'rm -rf --one-file-system "$work"' EXIT
source=$work/keyferry
mkdir "$source"
tar --create --exclude='./.build*' --exclude=./.git --exclude=./Docker/debian . | tar --extract --directory "$source"
cp -a Docker/debian "$source/debian"

options=()
if [ -n "${KEYFERRY_BINARIES:-}" ]; then
    KEYFERRY_BINARIES=$(readlink -f "$KEYFERRY_BINARIES")
    export KEYFERRY_BINARIES
    for program in "${programs[@]}"; do
        [ -x "$KEYFERRY_BINARIES/$program" ] || fail "KEYFERRY_BINARIES: $KEYFERRY_BINARIES has no $program"
    done
    # Headers of what the programs are linked with are for compiling.
    options=(--no-check-builddeps)
fi

(cd "$source" && dpkg-buildpackage --build=binary --unsigned-source --unsigned-changes "${options[@]}")
lintian --fail-on error,warning --suppress-tags-from-file "$source/debian/lintian-suppressed" "$work"/*.changes

rm -f "$output"/*.deb "$output"/*.changes "$output"/*.buildinfo
mv "$work"/*.deb "$work"/*.changes "$work"/*.buildinfo "$output"
echo "Debian packages in $output:"
for package in "$output"/*.deb; do
    printf '  %s, %s kB\n' "$(basename "$package")" "$(($(stat --format=%s "$package") / 1000))"
done
