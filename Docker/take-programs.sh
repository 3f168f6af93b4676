#!/usr/bin/env bash
# take-programs.sh FOLDER: copies the programs that the images are made of (Docker/Dockerfile, stage "build") into
# FOLDER, compiled first where that was not done yet.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ $# -eq 1 ] || { echo "usage: $0 FOLDER" >&2; exit 64; }
image=keyferry-build:local
log=$(mktemp)
container=
end() {
    rm -f "$log"
    [ -z "$container" ] || docker rm --force "$container" >/dev/null 2>&1 || true
}
trap end EXIT

if ! docker build --file Docker/Dockerfile --target build --tag $image . >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    echo "take-programs: the programs could not be built. Where no image registry is in reach: make images-offline" >&2
    exit 1
fi
container=$(docker create $image)
rm -rf "$1"
mkdir -p "$(dirname "$1")"
docker cp "$container:/programs" "$1"
