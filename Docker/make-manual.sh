#!/usr/bin/env bash
# make-manual.sh PROGRAMS FOLDER: writes the manual pages and the shells' completion scripts of the programs in the folder
# PROGRAMS, as these describe themselves, into FOLDER/man and FOLDER/completions.
set -euo pipefail

[ $# -eq 2 ] || { echo "usage: $0 PROGRAMS FOLDER" >&2; exit 64; }
programs=$1
output=$2
descriptions=$(mktemp --directory)
trap 'rm -rf "$descriptions"' EXIT

mkdir -p "$output"/man "$output"/completions/{bash,fish,zsh}
for program in keyferry keyferry-admin keyferry-gateway keyferry-setup keyferry-worker; do
    "$programs/$program" --experimental-dump-help >"$descriptions/$program.json"
done
"$programs/keyferry" generate-manual --folder "$output/man" "$descriptions"/*.json

for program in keyferry keyferry-setup; do
    # Shells read it, nobody runs it: the line that names an interpreter is left out.
    "$programs/$program" --generate-completion-script bash | sed '1{/^#!/d}' >"$output/completions/bash/$program"
    "$programs/$program" --generate-completion-script fish >"$output/completions/fish/$program.fish"
    "$programs/$program" --generate-completion-script zsh >"$output/completions/zsh/_$program"
done
