#!/usr/bin/env bash
# deb-test.sh [FOLDER]: installs the packages in FOLDER (.build/debian) in a container in which systemd is the first
# process, and tries them there (Docker/deb-test/try-packages). The container has no network beside its own loopback.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packages=${1:-.build/debian}
name=keyferry-deb-test-$$
limit=600 # seconds
fail() {
    echo "deb-test: $*" >&2
    exit 1
}

ls "$packages"/keyferry-worker_*.deb >/dev/null 2>&1 || fail "there are no packages in $packages: make deb"
docker info >/dev/null 2>&1 || fail "no Docker engine answers (docker info)"
docker image inspect debian:bookworm-slim >/dev/null 2>&1 || docker pull --quiet debian:bookworm-slim ||
    fail "debian:bookworm-slim is not there and cannot be pulled: make images-offline"

context=$(mktemp --directory)
end() {
    docker rm --force --volumes "$name" >/dev/null 2>&1 || true
    docker image rm --force "$name" >/dev/null 2>&1 || true
    rm -rf --one-file-system "$context"
}
trap end EXIT

mkdir "$context/packages"
cp "$packages"/*.deb "$context/packages"
cp Docker/deb-test/{Dockerfile,boot,try-packages} "$context"
cp Docker/systemd/check-units.sh "$context/check-units"
DOCKER_BUILDKIT=0 docker build --tag "$name" "$context" >"$context/log" 2>&1 ||
    { tail -n 40 "$context/log" >&2; fail "the image could not be built"; }

# What systemd takes to be a first process: mounts of its own (SYS_ADMIN), and to see the processes of units that are
# hidden from others (SYS_PTRACE); the engine's filter of system calls would refuse those mounts. DAC_READ_SEARCH is
# root's on any machine; the ticket key's unit uses it.
docker run --detach --name "$name" --network none --cgroupns private --tmpfs /run --tmpfs /run/lock \
    --cap-add SYS_ADMIN --cap-add SYS_PTRACE --cap-add DAC_READ_SEARCH \
    --security-opt seccomp=unconfined --security-opt apparmor=unconfined "$name" >/dev/null
for _ in $(seq 60); do
    state=$(docker exec "$name" systemctl is-system-running 2>/dev/null || true)
    case $state in running | degraded) break ;; esac
    sleep 1
done
case $state in
running | degraded) ;;
*)
    docker logs "$name" >&2
    fail "systemd does not come up in the container: ${state:-no answer}"
    ;;
esac

if ! timeout --kill-after=10 $limit docker exec "$name" /test/try-packages; then
    echo "deb-test: the last lines of the journal:" >&2
    # Without what systemd says of control groups of the older kind, of which a container has some.
    docker exec "$name" journalctl --no-pager --lines=200 | grep -v 'compat systemd cgroup' | tail -n 60 >&2 || true
    fail "the packages do not do what they must"
fi
