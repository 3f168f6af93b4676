#!/usr/bin/env bash
# copy-dependencies.sh: copies the sources of the Swift packages that Package.swift names, and of those that they name,
# into .build-images, at the versions that are resolved on this machine. Docker/Dockerfile takes them from there, so that
# its build reaches no git server. Without .build-images the same build fetches them itself.
#
#     .build-images/Package.resolved             the versions
#     .build-images/packages/HOST/PATH           a bare repository each, with this one version, for https://HOST/PATH
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=.build-images

fail() {
    echo "copy-dependencies: $*" >&2
    exit 1
}
command -v swift >/dev/null || fail "swift is missing: the packages' versions are resolved with it"
command -v git >/dev/null || fail "git is missing: apt-get install git"

# A manifest alone is what resolving takes; a build that is at work in .build is not waited for.
mkdir -p "$folder/resolving"
cp Package.swift "$folder/resolving/"
if [ -f Package.resolved ]; then cp Package.resolved "$folder/resolving/"; fi
swift package --package-path "$folder/resolving" resolve >"$folder/resolving/log" 2>&1 ||
    { tail -n 20 "$folder/resolving/log" >&2; fail "the packages' versions could not be resolved"; }
if [ -f "$folder/Package.resolved" ] && cmp --silent "$folder/resolving/Package.resolved" "$folder/Package.resolved"; then
    exit 0
fi

rm -rf "$folder/packages" "$folder/Package.resolved"
# "location" comes before "revision" and "version" of the same package.
awk -F'"' '
    $2 == "location" { location = $4 }
    $2 == "revision" { revision = $4 }
    $2 == "version" && location != "" { print location, revision, $4; location = "" }
' "$folder/resolving/Package.resolved" >"$folder/resolving/list"
[ -s "$folder/resolving/list" ] || fail "Package.resolved has a form that this script does not know"

while read -r location revision version; do
    case "$location" in https://*) ;; *) fail "$location is no https address" ;; esac
    copy=$folder/packages/${location#https://}
    # Tags are written 1.2.3 or v1.2.3.
    found=false
    for tag in "$version" "v$version"; do
        if git clone --quiet --bare --depth 1 --branch "$tag" "$location" "$copy" 2>"$folder/resolving/log"; then
            found=true
            break
        fi
        rm -rf "$copy"
    done
    $found || { cat "$folder/resolving/log" >&2; fail "$location has no version $version"; }
    git -C "$copy" cat-file -e "$revision^{commit}" || fail "$location: version $version is not $revision any more"
done <"$folder/resolving/list"
# Last: it says that all is there.
cp "$folder/resolving/Package.resolved" "$folder/Package.resolved"
