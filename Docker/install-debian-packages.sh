#!/usr/bin/env bash
# install-debian-packages.sh LIST...: installs the packages of the lists that are missing. As root or by sudo; without
# either it prints the command and stops. Never leaves a broker running: the RabbitMQ of this project is a private one.
set -euo pipefail

missing=()
while read -r package; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -- "$@" | sort -u)
[ ${#missing[@]} -gt 0 ] || exit 0

install=(apt-get install --yes --no-install-recommends "${missing[@]}")
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        echo "Installing with sudo: ${missing[*]}"
        # Whoever may not use it is told what to do, as where there is none.
        if sudo -- "$(readlink -f "$0")" "$@"; then exit 0; fi
    fi
    echo "These Debian packages are missing. As root:" >&2
    echo "    apt-get update && ${install[*]}" >&2
    case " ${missing[*]} " in *" rabbitmq-server "*)
        echo "The package starts a broker of the system, which is not needed here:" >&2
        echo "    systemctl disable --now rabbitmq-server" >&2 ;;
    esac
    exit 1
fi

# Debian's own switch against services that start at their installation; someone else's is left as it is.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet=2 </dev/null
"${install[@]}" --quiet=2 </dev/null

# The package switches its service on for the next start of the machine.
case " ${missing[*]} " in *" rabbitmq-server "*)
    if [ -d /run/systemd/system ]; then systemctl disable --now rabbitmq-server epmd.socket epmd.service || true; fi ;;
esac
