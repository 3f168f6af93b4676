#!/usr/bin/env bash
# up.sh: builds the images, starts the site of compose.yaml, waits until keys can be had, and says where it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
compose=Docker/compose.sh

docker info >/dev/null 2>&1 || {
    echo "up: no Docker engine answers: systemctl start docker, as root; and be root or of the group docker" >&2
    exit 69
}
Docker/make-images.sh
$compose up --detach
balancer=$($compose ps --quiet balancer)
for ((second = 0; second < 120; second++)); do
    [ "$(docker inspect --format '{{.State.Health.Status}}' "$balancer")" != healthy ] || break
    sleep 1
done
if [ "$(docker inspect --format '{{.State.Health.Status}}' "$balancer")" != healthy ]; then
    $compose ps
    echo "up: no gateway is ready after two minutes: $compose logs gateway worker" >&2
    exit 1
fi

$compose run --rm -T setup describe
instance=$($compose run --rm -T cli instance list --output json </dev/null | sed -n 's/.*"name" *: *"\([^"]*\)".*/\1/p' | head -n 1)
echo "     $compose run --rm -T cli certificate add vcenter /dev/stdin --instance ${instance:-INSTANCE} <vcenter.pem"
echo
echo "Stop, and keep everything: make down. State of the fleet: $compose run --rm cli status"
