#!/usr/bin/env bash
# compose.sh ARGUMENTS: Docker Compose on Keyferry's files, whichever of its two forms is installed.
# KEYFERRY_PROJECT names the site, for several on one engine; KEYFERRY_COMPOSE_FILES adds files, separated by colons.
set -euo pipefail
folder=$(dirname "${BASH_SOURCE[0]}")

if docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
elif command -v docker-compose >/dev/null; then
    compose=(docker-compose)
else
    echo "compose.sh: Docker Compose is missing: apt-get install docker-compose" >&2
    exit 69
fi
files=(--file "$folder/compose.yaml")
if [ -n "${KEYFERRY_COMPOSE_FILES-}" ]; then
    IFS=: read -r -a more <<<"$KEYFERRY_COMPOSE_FILES"
    for file in "${more[@]}"; do files+=(--file "$file"); done
fi
exec "${compose[@]}" --project-name "${KEYFERRY_PROJECT:-keyferry}" "${files[@]}" "$@"
