#!/usr/bin/env bash
# make-images.sh [TARGET...]: builds the images of Docker/Dockerfile, all but the tests' where none is named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then targets=(broker balancer gateway worker admin setup cli); fi
for target in "${targets[@]}"; do
    start=$SECONDS
    log=$(mktemp)
    # The compile is in the first that needs it.
    if ! docker build --file Docker/Dockerfile --target "$target" --tag "keyferry-$target:local" . >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        rm -f "$log"
        echo "make-images: $target could not be built. Where no image registry is in reach: make images-offline" >&2
        exit 1
    fi
    rm -f "$log"
    echo "keyferry-$target:local $(docker image inspect --format '{{.Size}}' "keyferry-$target:local" |
        awk '{ printf "%d MB", $1 / 1000000 }') ($((SECONDS - start)) s)"
done
