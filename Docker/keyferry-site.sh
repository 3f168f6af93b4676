#!/usr/bin/env bash
# keyferry-site: what the setup image does. It alone sees all of a site; every other container has a volume with what it
# needs and nothing else.
#
#     make              makes the site, if there is none, and gives every role its files. Repeatable; SITE_HOSTS names the
#                       hosts of the gateway's certificate, comma-separated
#     describe          endpoint, fingerprint, next steps; SITE_PORT is the published port
#     renew ARGUMENTS   keyferry-setup renew, and then every role gets its files again
#     keep              rotates the ticket key once a day, until SIGTERM
#     check             whether that has been done
#
#     /site             authorities, operators and everything else that no serving process may see
#     /roles/NAME       copies for gateway, worker, admin, operator, broker
#     /var/lib/keyferry/token, /var/lib/keyferry/store    shared with the workers
set -euo pipefail
umask 077

home=/site/home
rotated=/site/rotated
shared=/var/lib/keyferry

fail() {
    echo "keyferry-site: $*" >&2
    exit 1
}

make_site() {
    local volume host hosts options=()
    if [ ! -e "$home/worker.yaml" ]; then
        for volume in token store; do
            [ -z "$(ls -A "$shared/$volume")" ] ||
                fail "the volume \"$volume\" belongs to a site whose volume \"site\" is not here: restore it, or remove both"
        done
        IFS=, read -r -a hosts <<<"${SITE_HOSTS:-localhost}"
        for host in "${hosts[@]}"; do options+=(--host "$host"); done
        keyferry-setup init --home "$home" "${options[@]}" --admin-host admin >/dev/null
        touch "$rotated"
    fi
    # The security officer's PIN is for whoever unlocks the token, not for workers.
    if [ -f "$home/token/so-pin" ]; then mv "$home/token/so-pin" "$home/authorities/so-pin"; fi
    share token
    share store
    make_broker_user
    give_files
}

# share FOLDER: the installation's folder moves to the volume that workers have, and stays reachable by its name. Stopped
# anywhere, it begins anew or goes on: the folder is taken away only when the volume has all of it.
share() {
    local folder=$home/$1 volume=$shared/$1
    if [ -d "$folder" ] && [ ! -L "$folder" ]; then
        find "$volume" -mindepth 1 -delete
        cp --archive "$folder/." "$volume/"
        if [ -f "$volume/softhsm2.conf" ]; then
            sed -i "s|^directories.tokendir = .*|directories.tokendir = $volume/tokens|" "$volume/softhsm2.conf"
        fi
        sync --file-system "$volume"
        mv "$folder" "$home/.$1.moved"
    fi
    [ -L "$folder" ] || ln -s "$volume" "$folder"
    rm -rf "$home/.$1.moved"
}

# The password for the processes, and for the broker its hash: base64(salt of 4 bytes, SHA-256(salt, password)).
make_broker_user() {
    local password salt hash
    if [ ! -s "$home/broker.credentials" ]; then
        password=$(head -c 24 /dev/urandom | base64 | tr '+/' 'xy')
        printf 'keyferry\n%s\n' "$password" >"$home/broker.credentials.new"
        mv "$home/broker.credentials.new" "$home/broker.credentials"
    fi
    [ ! -s /roles/broker/definitions.json ] || return 0
    password=$(sed -n 2p "$home/broker.credentials")
    salt=$(head -c 4 /dev/urandom | od -A n -t x1 | tr -d ' \n')
    hash=$({ bytes "$salt"; printf '%s' "$password"; } | sha256sum | cut -c 1-64)
    hash=$(bytes "$salt$hash" | base64 --wrap=0)
    cat >/roles/broker/definitions.json.new <<JSON
{
  "vhosts": [{ "name": "/" }],
  "users": [
    {
      "name": "keyferry", "tags": "",
      "password_hash": "$hash", "hashing_algorithm": "rabbit_password_hashing_sha256"
    }
  ],
  "permissions": [{ "user": "keyferry", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*" }]
}
JSON
    # The broker runs as another user; no other container has this volume.
    chmod 644 /roles/broker/definitions.json.new
    mv /roles/broker/definitions.json.new /roles/broker/definitions.json
}

# bytes HEXADECIMAL
bytes() { printf "$(sed 's/../\\x&/g' <<<"$1")"; }

give_files() {
    local services=authorities/services.pem
    give gateway gateway.yaml broker.credentials $services identities/gateway.{pem,key} tls/gateway.{pem,key}
    give worker worker.yaml broker.credentials $services authorities/operators.pem identities/worker.{pem,key}
    ln -sfn "$shared/token" /roles/worker/token
    ln -sfn "$shared/store" /roles/worker/store
    give admin admin.yaml broker.credentials $services authorities/operators.pem identities/admin.{pem,key} \
        tls/admin.{pem,key}
    give operator operator.yaml $services operators/first.{pem,key} tls/gateway.pem
}

# give ROLE FILE...: copies what is not the same already, each file in one step.
give() {
    local role=$1 file
    shift
    for file in "$@"; do
        if cmp --silent "$home/$file" "/roles/$role/$file"; then continue; fi
        mkdir -p "/roles/$role/$(dirname "$file")"
        cp --preserve=mode "$home/$file" "/roles/$role/$file.new"
        mv "/roles/$role/$file.new" "/roles/$role/$file"
    done
    sync --file-system "/roles/$role"
}

describe() {
    local fingerprint
    [ -e "$home/worker.yaml" ] || fail "there is no site yet"
    fingerprint=$(sed -n '/BEGIN CERT/,/END CERT/{/CERT/!p;/END/q}' "$home/tls/gateway.pem" | base64 --decode | sha256sum |
        cut -c 1-64 | tr a-f A-F | sed 's/../&:/g; s/:$//')
    cat <<TEXT
Endpoint: port ${SITE_PORT:-5696} of this machine
Server certificate, SHA-256: $fingerprint

To add this provider to vCenter:
  1. vCenter, Configure, Key Providers, Add, Standard Key Provider: this host, port ${SITE_PORT:-5696}.
  2. Compare the certificate that vCenter shows with the fingerprint above, and trust it.
  3. Establish Trust, Make KMS trust vCenter, vCenter Certificate: save it as vcenter.pem. Then here:
TEXT
}

rotate_if_due() {
    [ -z "$(find "$rotated" -mmin -1440 2>/dev/null)" ] || return 0
    keyferry-setup renew ticket --home "$home" && touch "$rotated"
}

case ${1-} in
make) make_site ;;
describe) describe ;;
renew)
    shift
    keyferry-setup renew --home "$home" "$@"
    give_files
    echo "Every role has its files. Processes read them when they start: restart those that are concerned."
    ;;
keep)
    trap 'exit 0' TERM INT
    while true; do
        rotate_if_due || echo "keyferry-site: the ticket key was not rotated; the next attempt is in an hour" >&2
        sleep 3600 &
        wait $!
    done
    ;;
check) [ -n "$(find "$rotated" -mmin -1560 2>/dev/null)" ] || fail "the ticket key is older than a day" ;;
*) fail "make, describe, renew, keep or check" ;;
esac
