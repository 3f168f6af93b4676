#!/usr/bin/env bash
# Runs fuzz targets side by side: run.sh SECONDS TARGET...
# What they learn is kept in .build-fuzz/corpus; what breaks them in .build-fuzz/crashes, and the exit code is 1 then, as it is
# where a target ran no input at all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=$1
shift
build=${KEYFERRY_FUZZ_BUILD:-.build-fuzz}
seeds=${KEYFERRY_FUZZ_SEEDS:-Tests/Fuzzing/Seeds}

refuse() {
    echo "$1" >&2
    exit 2
}

[[ $seconds =~ ^[1-9][0-9]*$ ]] || refuse "the time is a number of seconds, not '$seconds'"
[ $# -gt 0 ] || refuse "no targets are given"
for target in "$@"; do
    # A fuzzer that starts from nothing finds nothing, and says nothing of it.
    [ -n "$(find "$seeds/$target" -type f -size +0 2>/dev/null | head -n 1)" ] ||
        refuse "no seeds for $target: $seeds/$target is missing or empty; run make fuzz-seeds"
    [ -x "$build/release/fuzz-$target" ] || refuse "fuzz-$target is not built: run make fuzz"
done

# AddressSanitizer prints the stack; Swift's own way to do so reads memory that AddressSanitizer guards.
export SWIFT_BACKTRACE=enable=no
# LeakSanitizer takes for lost what OpenSSL refers to from the secure heap, where it does not look. That no secret is left
# behind is checked after every input.
export ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=16

declare -A processes
for target in "$@"; do
    mkdir -p "$build/corpus/$target" "$build/crashes/$target" "$build/logs"
    dictionary=()
    [ ! -f "Tests/Fuzzing/Dictionaries/$target.dict" ] || dictionary=("-dict=Tests/Fuzzing/Dictionaries/$target.dict")
    timeout --kill-after=10 "$((seconds + 300))" \
        "$build/release/fuzz-$target" "-max_total_time=$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
        -detect_leaks=0 -print_final_stats=1 "-artifact_prefix=$build/crashes/$target/" "${dictionary[@]}" \
        "$build/corpus/$target" "$seeds/$target" >"$build/logs/$target.log" 2>&1 </dev/null &
    processes[$target]=$!
    echo "fuzz-$target: $seconds s, log in $build/logs/$target.log"
done
trap 'kill "${processes[@]}" 2>/dev/null || true' INT TERM

failed=0
for target in "$@"; do
    log=$build/logs/$target.log
    code=0
    wait "${processes[$target]}" || code=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
    if [ "$code" -eq 0 ] && [[ $runs =~ ^[1-9][0-9]*$ ]]; then
        echo "fuzz-$target: clean, $runs inputs; $(sed -n 's/^#[0-9]*[[:space:]]*DONE *//p' "$log" | tail -n 1)"
        continue
    fi
    failed=1
    if [ "$code" -eq 0 ]; then
        echo "fuzz-$target: ended without an error and without a single input; the end of $log:" >&2
    else
        echo "fuzz-$target: failed with code $code; the end of $log:" >&2
    fi
    tail -n 60 "$log" >&2
    input=$(sed -n 's/^.*Test unit written to //p' "$log" | tail -n 1)
    [ -z "$input" ] || echo "To see it again: SWIFT_BACKTRACE=enable=no $build/release/fuzz-$target $input" >&2
done
exit "$failed"
