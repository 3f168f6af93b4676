#!/usr/bin/env bash
# check-units.sh [FOLDER]: systemd finds no mistake in the units, and their exposure (systemd-analyze security) is 2.0
# at most. The programs that they start must be installed. FOLDER: where the units are; this script's by default.
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")}"

limit=20 # tenths
services=(keyferry-gateway.service keyferry-worker@.service keyferry-admin.service keyferry-ticket-key.service)
others=(keyferry-worker.target keyferry-ticket-key.timer)

# It also says, of units of the system, what is no business of ours.
mistakes=$(systemd-analyze verify --man=no "${services[@]/#/./}" "${others[@]/#/./}" 2>&1 | grep keyferry || true)
if [ -n "$mistakes" ]; then
    echo "$mistakes" >&2
    exit 1
fi
for service in "${services[@]}"; do
    report=$(systemd-analyze security --offline=yes --threshold=$limit --no-pager "./$service") || {
        echo "$report" >&2
        echo "$service: its exposure is above $((limit / 10)).$((limit % 10))" >&2
        exit 1
    }
    # The command's code alone would say nothing if the unit had not been looked at.
    exposure=$(sed -n 's/.*Overall exposure level for .*: \([0-9.]*\) .*/\1/p' <<<"$report")
    [ -n "$exposure" ] || { echo "$service: no exposure in systemd-analyze's report" >&2; exit 1; }
    echo "$service: exposure $exposure"
done
