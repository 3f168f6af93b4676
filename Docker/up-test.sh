#!/usr/bin/env bash
# up-test.sh: `make up` and `make down` as the README has them, with the published ports seen from this machine.
#
#   1. up: says where the site is; the server certificate that clients get is the one that it printed
#   2. an operator on this machine reaches the admin front, and nobody without a certificate does
#   3. down: the ports are free; up again: the same certificate, the same instance
#
# Takes a Docker engine and the images (make images). Everything that it made is gone when it ends.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export KEYFERRY_PROJECT=keyferry-up-$$
export COMPOSE_HTTP_TIMEOUT=120
port=15697
admin=19444
compose=Docker/compose.sh
files=$(mktemp --directory)

say() { echo "== $* ($SECONDS s)"; }
fail() {
    echo "up-test: $*" >&2
    exit 1
}

finish() {
    local code=$?
    trap - EXIT INT TERM
    if [ $code -ne 0 ]; then
        tail -n 40 "$files"/*.log >&2 || true
        $compose logs --no-color --tail 15 2>&1 | cut -c 1-400 || true
    fi
    $compose --profile commands down --volumes --remove-orphans --timeout 5 >"$files/end" 2>&1 || { cat "$files/end" >&2; code=1; }
    rm -rf "$files"
    if [ $code -eq 0 ]; then say "up-test passed"; else echo "up-test failed after $SECONDS s" >&2; fi
    exit $code
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

up() {
    make up HOST=localhost,127.0.0.1 PORT=$port ADMIN_PORT=$admin >"$files/$1.log" 2>&1 || fail "make up failed"
    grep -q "certificate add vcenter" "$files/$1.log" || fail "make up does not say what is next"
}

# The fingerprint of the certificate that a client gets, and the one that `make up` printed.
presented() {
    openssl s_client -connect "127.0.0.1:$port" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256 |
        sed 's/.*=//'
}
printed() { sed -n 's/^Server certificate, SHA-256: \([0-9A-F:]*\)$/\1/p' "$files/$1.log"; }
instances() { sed -n 's/.*--instance \(kmip-[a-z]*\).*/\1/p' "$files/$1.log" | head -n 1; }

up first
[ -n "$(presented)" ] || fail "no certificate on port $port"
[ "$(presented)" = "$(printed first)" ] || fail "clients get the certificate $(presented), and make up printed $(printed first)"
say "up; clients get the certificate that make up printed"

operator() { $compose run --rm -T --entrypoint cat cli "/etc/keyferry/$1" </dev/null 2>/dev/null; }
umask 077
for file in operators/first.pem operators/first.key authorities/services.pem; do
    operator $file >"$files/$(basename $file)"
    [ -s "$files/$(basename $file)" ] || fail "the operator has no $file"
done
ask() { curl --silent --show-error --max-time 20 --cacert "$files/services.pem" "$@" "https://localhost:$admin/v1/instances"; }
ask --cert "$files/first.pem" --key "$files/first.key" >"$files/instances" || fail "the admin front does not answer an operator"
grep -q "\"$(instances first)\"" "$files/instances" || fail "the operator is not shown the instance $(instances first)"
if ask >"$files/nobody" 2>/dev/null && ! grep -q -E '"status" *: *40[13]' "$files/nobody"; then
    fail "somebody without a certificate was answered: $(cat "$files/nobody")"
fi
say "an operator is answered by port $admin, and nobody else"

make down >"$files/down.log" 2>&1 || fail "make down failed"
for taken in $port $admin; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$taken") 2>/dev/null; then fail "port $taken is still taken"; fi
done
up second
[ "$(presented)" = "$(printed first)" ] || fail "another certificate after down and up"
[ "$(instances second)" = "$(instances first)" ] || fail "another instance after down and up"
say "down and up again: the same certificate, the same instance"
