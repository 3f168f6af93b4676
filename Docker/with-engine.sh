#!/usr/bin/env bash
# with-engine.sh COMMAND...: runs a command with a Docker engine: the one that answers; or else, as root, one of its own,
# with its data in .build-engine, which ends with the command.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

if docker info >/dev/null 2>&1; then exec "$@"; fi
if [ "$(id -u)" -ne 0 ] || ! command -v dockerd >/dev/null; then
    echo "with-engine: no Docker engine answers. Start one (systemctl start docker) and be of the group docker, or be root." >&2
    exit 69
fi

data=$root/.build-engine
mkdir -p "$data"
# The socket's path must be short, and the state must not outlive a restart of the machine.
state=$(mktemp --directory /tmp/keyferry-engine.XXXXXX)
dockerd --data-root "$data" --exec-root "$state/exec" --pidfile "$state/pid" --host "unix://$state/socket" \
    >"$state/log" 2>&1 </dev/null &
engine=$!
stop() {
    kill "$engine" 2>/dev/null || true
    wait "$engine" 2>/dev/null || true
    rm -rf "$state"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

export DOCKER_HOST=unix://$state/socket
for ((second = 0; second < 60; second++)); do
    if docker info >/dev/null 2>&1; then break; fi
    kill -0 "$engine" 2>/dev/null || { tail -n 20 "$state/log" >&2; echo "with-engine: dockerd ended" >&2; exit 69; }
    sleep 1
done
docker info >/dev/null 2>&1 || { tail -n 20 "$state/log" >&2; echo "with-engine: dockerd does not answer" >&2; exit 69; }
"$@"
