#!/usr/bin/env bash
# compose-test.sh: the site of compose.yaml, tested from a container of its own.
#
#   1. one gateway and one worker come up, healthy; each container has the rights and the files that it needs and no others
#   2. vCenter's conversation in KMIP 1.0 to 1.4 by TLS 1.3 and 1.2; certificates registered and removed
#   3. while clients create keys: workers 1 to 3, gateways 1 to 2, then a worker and the first gateway are killed; and then all
#      are counted, what clients saw fail as well
#   4. workers with a wrong PIN try it once, however often they are started; the right one mends it by itself
#   5. down and up again: everything is still there
#
# Takes a Docker engine and the images (make images). Nothing outside its own networks is reached, no port is published, and
# all that it started is gone when it ends.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export KEYFERRY_PROJECT=keyferry-test-$$
export KEYFERRY_COMPOSE_FILES=Docker/compose.test.yaml
export KEYFERRY_HOST=balancer
export COMPOSE_HTTP_TIMEOUT=120
compose=Docker/compose.sh
logs=$(mktemp --directory)
load=$KEYFERRY_PROJECT-load

say() { echo "== $* ($SECONDS s)"; }
fail() {
    echo "compose-test: $*" >&2
    exit 1
}

# Ends everything, whatever happened; after a failure with the last words of each container.
finish() {
    local code=$?
    trap - EXIT INT TERM
    if [ $code -ne 0 ]; then
        $compose ps --all 2>/dev/null || $compose ps || true
        $compose logs --no-color --tail 25 2>&1 | cut -c 1-400 || true
        docker logs --tail 25 "$load" 2>&1 | cut -c 1-400 || true
    fi
    docker rm --force "$load" >/dev/null 2>&1 || true
    $compose --profile tests --profile commands down --volumes --remove-orphans --timeout 5 >"$logs/down" 2>&1 ||
        { cat "$logs/down" >&2; code=1; }
    rm -rf "$logs"
    if [ $code -eq 0 ]; then say "compose-test passed"; else echo "compose-test failed after $SECONDS s" >&2; fi
    exit $code
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

quietly() { "$@" >"$logs/last" 2>&1 || { cat "$logs/last" >&2; fail "$* failed"; }; }

# up GATEWAYS WORKERS
up() { quietly $compose up --detach --scale gateway="$1" --scale worker="$2"; }

# Those that run, of a service. Asked of the engine, which answers at once where Compose takes its time.
containers() {
    docker ps --quiet --no-trunc --filter "label=com.docker.compose.project=$KEYFERRY_PROJECT" \
        --filter "label=com.docker.compose.service=$1"
}

# Those of a service that have ended, too.
every() {
    docker ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$KEYFERRY_PROJECT" \
        --filter "label=com.docker.compose.service=$1"
}

# One container of a service: the one that was made last, as the engine lists them; and the one that was made first.
first() { containers "$1" | head -n 1; }
oldest() { containers "$1" | tail -n 1; }

# reaches SERVICE HOST PORT: whether a container of the service can connect there.
reaches() { docker exec "$(first "$1")" timeout 5 bash -c "exec 3<>/dev/tcp/$2/$3" 2>/dev/null; }

# within SECONDS WHAT COMMAND...: asks once a second until the answer is yes.
within() {
    local limit=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        [ $SECONDS -lt $limit ] || fail "waited in vain for: $what"
        sleep 1
    done
}

health() { docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$1"; }

all_healthy() {
    local service container
    for service in broker caretaker worker gateway admin balancer; do
        [ -n "$(containers $service)" ] || return 1
        for container in $(containers $service); do [ "$(health "$container")" = healthy ] || return 1; done
    done
}

# test_site COMMAND [OPTION OF COMPOSE RUN]...: Compose's word that it went well is not enough, its first form ends with 0
# where it has not understood.
test_site() {
    $compose run --rm -T "${@:2}" site-test "$1" "${site[@]}" "${arguments[@]}" </dev/null 2>"$logs/compose" |
        tee "$logs/site-test" || { cat "$logs/compose" >&2; fail "site-test $1 failed"; }
    grep -q "^passed: $1$" "$logs/site-test" || { cat "$logs/compose" >&2; fail "site-test $1 did not pass"; }
}
site=(--server balancer:5696 --admin admin:9443 --operator-folder /etc/keyferry)

# gateway_arguments: into `arguments`, every gateway by its own address.
gateway_arguments() {
    local container address
    arguments=()
    for container in $(containers gateway); do
        address=$(docker inspect --format "{{(index .NetworkSettings.Networks \"${KEYFERRY_PROJECT}_front\").IPAddress}}" \
            "$container")
        if [ -n "$address" ]; then arguments+=(--gateway "$address:5696"); fi
    done
}

# wait_for GATEWAYS WORKERS
wait_for() {
    arguments=(--gateways "$1" --workers "$2" --seconds 60)
    test_site wait
}

keys_so_far() { docker logs --tail 1 "$load" 2>/dev/null | sed -n 's/^keys \([0-9]*\) .*/\1/p'; }
keys_at_least() { [ "$(keys_so_far || echo 0)" -ge "$1" ] 2>/dev/null; }

# The load goes on: so many keys more than now.
more_keys() {
    local now
    now=$(keys_so_far)
    within 60 "the load to go on" keys_at_least $((${now:-0} + $1))
}

# --- 1

check_container() {
    local service=$1 container=$2 status
    [ "$(docker exec "$container" id -u)" -ne 0 ] || fail "$service runs as root"
    status=$(docker exec "$container" cat /proc/1/status)
    grep -q '^CapEff:[[:space:]]*0000000000000000$' <<<"$status" || fail "$service has capabilities"
    grep -q '^NoNewPrivs:[[:space:]]*1$' <<<"$status" || fail "$service can get new privileges"
    [ "$(docker inspect --format '{{.HostConfig.ReadonlyRootfs}}' "$container")" = true ] || fail "$service: root is writable"
    for folder in / /etc /usr/local/bin /var/lib; do
        if docker exec "$container" touch "$folder/written" 2>/dev/null; then fail "$service can write to $folder"; fi
    done
}

# What a container can see of these, as the user that it runs as, who owns all of them: by name, in everything that is mounted.
secrets_seen() {
    docker exec "$1" find /etc/keyferry /etc/rabbitmq /var/lib /run /roles /site /tmp \
        \( -name pin -o -name so-pin -o -name '*.key' -o -name '*.object' -o -name '*.sqlite*' -o -name broker.credentials \) \
        2>/dev/null | sed 's|.*/||' | grep -v -x -e token.object -e '.*\.token\.object' | sed 's/^[0-9a-f-]*\.object$/object/' |
        sort -u | tr '\n' ' ' || true
}

# sees SERVICE FILE...: exactly these.
sees() {
    local service=$1 expected found
    shift
    expected=$(printf '%s\n' "$@" | sort -u | tr '\n' ' ')
    found=$(secrets_seen "$(first "$service")")
    [ "$(tr -d '\n' <<<"$found")" = "$(tr -d '\n' <<<"$expected")" ] ||
        fail "$service sees the secrets \"$found\", and should see \"$expected\""
}

# mounts SERVICE [CONTAINER] VOLUME:PLACE:MODE...: exactly these volumes, and nothing of the host.
mounts() {
    local service=$1 container=$2 expected found
    shift 2
    expected=$(printf '%s\n' "$@" | sort)
    found=$(docker inspect --format \
        '{{range .Mounts}}{{.Type}} {{.Name}}:{{.Destination}}:{{if .RW}}rw{{else}}ro{{end}}{{"\n"}}{{end}}' "$container" |
        sed -n "s/^volume ${KEYFERRY_PROJECT}_//; /./p" | sort)
    [ "$found" = "$expected" ] || fail "$service has the mounts"$'\n'"$found"$'\n'"and should have"$'\n'"$expected"
}

check_mounts() {
    local container everything
    everything=(site:/site:rw token:/var/lib/keyferry/token:rw store:/var/lib/keyferry/store:rw gateway:/roles/gateway:rw
        worker:/roles/worker:rw admin:/roles/admin:rw operator:/roles/operator:rw definitions:/roles/broker:rw)
    mounts setup "$(every setup)" "${everything[@]}"
    mounts caretaker "$(first caretaker)" "${everything[@]}"
    mounts broker "$(first broker)" definitions:/run/keyferry:ro broker:/var/lib/rabbitmq:rw
    for container in $(containers worker); do
        mounts worker "$container" worker:/etc/keyferry:ro token:/var/lib/keyferry/token:rw store:/var/lib/keyferry/store:rw
    done
    for container in $(containers gateway); do mounts gateway "$container" gateway:/etc/keyferry:ro; done
    mounts admin "$(first admin)" admin:/etc/keyferry:ro
    mounts balancer "$(first balancer)"
}

# small IMAGE MEGABYTES: the image is no larger.
small() {
    local size
    size=$(($(docker image inspect --format '{{.Size}}' "keyferry-$1:local") / 1000000))
    echo "keyferry-$1: $size MB"
    [ $size -le "$2" ] || fail "the image keyferry-$1 has $size MB, more than $2"
}

check_rights() {
    local service container pin password cli
    for service in broker caretaker worker gateway admin balancer; do
        for container in $(containers $service); do check_container $service "$container"; done
    done
    check_mounts
    # A file named gateway.key is in two folders, identities and tls.
    sees gateway broker.credentials gateway.key
    sees admin admin.key broker.credentials
    sees worker broker.credentials keyferry.sqlite keyferry.sqlite-shm keyferry.sqlite-wal object pin worker.key
    # It renews, and so it has all that setup has.
    sees caretaker admin.key broker.credentials first.key gateway.key keyferry.sqlite \
        keyferry.sqlite-shm keyferry.sqlite-wal object operators.key pin selftest.key services.key so-pin worker.key
    # The command line has an operator's key, as long as a command takes.
    cli=$($compose run --rm --detach -T --entrypoint sleep cli 60 </dev/null 2>/dev/null | tail -n 1)
    check_container cli "$cli"
    mounts cli "$cli" operator:/etc/keyferry:ro
    [ "$(secrets_seen "$cli")" = "first.key " ] || fail "the command line sees $(secrets_seen "$cli")"
    docker rm --force "$cli" >/dev/null
    # A place of its own is all that these have.
    [ -z "$(secrets_seen "$(first balancer)")" ] || fail "the balancer sees $(secrets_seen "$(first balancer)")"
    [ -z "$(secrets_seen "$(first broker)")" ] || fail "the broker sees $(secrets_seen "$(first broker)")"
    # What a gateway says of itself, its own networks may ask; what the others say, their own containers only.
    reaches balancer gateway 9701 || fail "the balancer can't ask a gateway whether it is ready"
    reaches broker gateway 9701 || fail "the broker does not find a gateway: what it does not reach shows nothing"
    if reaches broker worker 9702; then fail "a worker's monitoring can be asked from outside its container"; fi
    if reaches broker admin 9703; then fail "the admin front's monitoring can be asked from outside its container"; fi
    # No secret in what the engine tells of containers: environment, command lines, labels.
    pin=$(docker exec "$(first worker)" cat /var/lib/keyferry/token/pin)
    password=$(docker exec "$(first worker)" sed -n 2p /etc/keyferry/broker.credentials)
    [ ${#pin} -ge 16 ] && [ ${#password} -ge 16 ] || fail "PIN or password are not what they should be"
    for container in $(docker ps --all --quiet --filter "label=com.docker.compose.project=$KEYFERRY_PROJECT"); do
        docker inspect "$container" >"$logs/inspect"
        if grep -q -F -e "$pin" -e "$password" "$logs/inspect"; then fail "a secret is in docker inspect"; fi
    done
    $compose logs --no-color >"$logs/all" 2>&1
    if grep -q -F -e "$pin" -e "$password" "$logs/all"; then fail "a secret is in a log"; fi
    # The user of the definitions is the only one.
    [ "$(docker exec "$(first broker)" rabbitmqctl --quiet list_users | cut -f 1 | tr '\n' ' ')" = "user keyferry " ] ||
        fail "the broker has other users than keyferry"
}

up 1 1
within 90 "all containers to be healthy" all_healthy
wait_for 1 1
say "one gateway and one worker, all healthy"
check_rights
for image in gateway worker admin setup cli broker; do small $image 200; done
small balancer 100
say "every container: not root, no capabilities, a root file system that is read-only, its own volumes and secrets and no others"

# --- 2

arguments=(--tls 1.3)
test_site conversations
arguments=(--tls 1.2)
test_site conversations -e OPENSSL_CONF=/etc/keyferry-tests/tls-1.2.cnf
up 2 1
wait_for 2 1
gateway_arguments
test_site registration
up 1 1
wait_for 1 1
say "conversations and registrations"

# --- 3

quietly $compose run --detach -T --name "$load" site-test load "${site[@]}" --results /results/promises.json
within 30 "the load's first keys" keys_at_least 50
up 1 3
wait_for 1 3
more_keys 100
up 2 3
wait_for 2 3
more_keys 100
say "three workers and two gateways, while $(keys_so_far) keys were made"
quietly docker kill "$(first worker)"
more_keys 100
# The one that the load began with: if the balancer has not found the other one by itself, nothing goes on.
quietly docker kill "$(oldest gateway)"
more_keys 100
wait_for 1 2
more_keys 100
quietly docker kill --signal TERM "$load"
[ "$(timeout 120 docker wait "$load")" = 0 ] || fail "the load ended badly"
docker logs "$load" 2>&1 | grep -v '^keys '
# Two kills cut some requests off; where one gateway of two takes none, every other request fails.
promised=$(docker logs "$load" 2>/dev/null | sed -n 's/^\([0-9]*\) keys promised,.*/\1/p')
failures=$((${promised:-0} / 4 > 300 ? ${promised:-0} / 4 : 300))
up 2 3
wait_for 2 3
gateway_arguments
[ ${#arguments[@]} -eq 4 ] || fail "two gateways have ${#arguments[@]} arguments"
test_count() {
    gateway_arguments
    arguments+=(--results /results/promises.json --at-least 450 --failures "$failures")
    test_site count
}
test_count
say "one worker and one gateway killed, everything counted"

# --- 4

token() { $compose run --rm -T --entrypoint bash setup -c "$1" </dev/null; }
up 2 0
token 'cd /var/lib/keyferry/token && cp -p pin kept && printf "%024d\n" 0 >pin'
up 2 1
worker=$(first worker)
restarts_at_least() { [ "$(docker inspect --format '{{.RestartCount}}' "$worker")" -ge "$1" ]; }
within 60 "a worker with a wrong PIN to be started again" restarts_at_least 3
docker logs "$worker" >"$logs/worker" 2>&1
[ "$(grep -c 'it was tried once' "$logs/worker")" -eq 1 ] || fail "a wrong PIN was tried more than once"
[ "$(grep -c 'it was not tried again' "$logs/worker")" -ge 2 ] || fail "a worker does not say that it did not try again"
token 'cd /var/lib/keyferry/token && cat kept >pin && rm kept'
wait_for 2 1
say "a wrong PIN was tried once in $(docker inspect --format '{{.RestartCount}}' "$worker") restarts, and the right one mended it"

# --- 5

quietly $compose down --timeout 10
up 2 2
within 90 "all containers to be healthy again" all_healthy
wait_for 2 2
test_count
say "down and up again: everything is there"
