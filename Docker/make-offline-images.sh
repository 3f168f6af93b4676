#!/usr/bin/env bash
# make-offline-images.sh: makes the two base images that Docker/Dockerfile names, debian:bookworm-slim and
# swift:6.3-bookworm, from Debian's packages and the Swift toolchain of this machine; and copies the sources of the Swift
# packages that the build needs into .build-images, from where the Dockerfile takes them. For machines that reach a Debian
# mirror and no image registry. An image that is there, made by this script or pulled, is left alone.
#
#     make-offline-images.sh [--again]      --again: make them anew, for instance after security updates
#
# Takes root (debootstrap), a Docker engine that answers, debootstrap, Swift 6.3. The images carry this machine's
# package sources and its settings of http proxies, so that apt-get works in them as it does here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

suite=bookworm
debian=debian:$suite-slim
swift=swift:6.3-$suite
again=false
case "${1-}" in
"") ;;
--again) again=true ;;
*)
    echo "usage: $0 [--again]" >&2
    exit 64
    ;;
esac

fail() {
    echo "make-offline-images: $*" >&2
    exit 1
}
say() { echo "== $* ($SECONDS s)"; }

docker info >/dev/null 2>&1 || fail "no Docker engine answers (docker info)"
folder=$(mktemp --directory)
trap 'rm -rf --one-file-system "$folder"' EXIT

there() { ! $again && docker image inspect "$1" >/dev/null 2>&1; }

# The first Debian mirror that this machine uses.
mirror() {
    {
        sed -n 's/^URIs:[[:space:]]*\([^[:space:]]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources
        sed -n 's/^deb[[:space:]]\+\(\[[^]]*\][[:space:]]\+\)\?\([^[:space:]]*\)[[:space:]].*/\2/p' /etc/apt/sources.list
    } 2>/dev/null | grep -v -- -security | head -n 1 || true
}

# How this machine's apt reaches its packages: sources, and what is set about transport.
copy_package_settings() {
    local root=$1 file
    rm -f "$root/etc/apt/sources.list"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list.d/debian.list; do
        if [ -s "$file" ]; then install -D --mode=644 "$file" "$root$file"; fi
    done
    apt-config dump | grep -E '^Acquire::(http|https|Retries|ForceIPv4|Check-)' >"$root/etc/apt/apt.conf.d/90-of-the-host" || true
    if grep -rqs 'https:' "$root/etc/apt" && [ -s /etc/ssl/certs/ca-certificates.crt ]; then
        install -D --mode=644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    fi
}

make_debian() {
    [ "$(id -u)" -eq 0 ] || fail "$debian is not there, and debootstrap, which makes it, must run as root"
    command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"
    local root=$folder/root
    debootstrap --variant=minbase "$suite" "$root" $(mirror) >"$folder/log" 2>&1 ||
        { tail -n 20 "$folder/log" >&2; fail "debootstrap failed"; }
    copy_package_settings "$root"
    # As in the public image: no documentation, no caches, no services that start at their installation.
    printf 'path-exclude /usr/share/%s/*\n' doc man locale info >"$root/etc/dpkg/dpkg.cfg.d/slim"
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    printf '%s\n' 'Dir::Cache::pkgcache "";' 'Dir::Cache::srcpkgcache "";' 'APT::Keep-Downloaded-Packages "false";' \
        >"$root/etc/apt/apt.conf.d/90-slim"
    chroot "$root" sh -c 'apt-get update && DEBIAN_FRONTEND=noninteractive apt-get --yes upgrade' >"$folder/log" 2>&1 \
        </dev/null || { tail -n 20 "$folder/log" >&2; fail "security updates could not be installed"; }
    rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/*.log \
        "$root"/usr/share/{doc,man,locale,info}/*
    tar --directory "$root" --numeric-owner --create . |
        docker import --change 'CMD ["bash"]' --change 'LABEL org.keyferry.offline=debian' - "$debian" >/dev/null
    rm -rf --one-file-system "$root"
    say "made $debian"
}

make_swift() {
    local program toolchain context=$folder/swift
    program=$(command -v swift) || fail "$swift is not there, and it takes a Swift toolchain (swift in PATH) to make it"
    toolchain=$(readlink -f "$program")
    toolchain=${toolchain%/usr/bin/*}
    [ -x "$toolchain/usr/bin/swiftc" ] || fail "the toolchain of $program is not in the form of a release (usr/bin/swiftc)"
    swift --version 2>&1 | grep -q 'Swift version 6\.3' || fail "Swift 6.3 is needed: $(swift --version 2>&1 | head -n 1)"
    mkdir "$context"
    cp Docker/install-debian-packages.sh Docker/debian-packages-swift.txt "$context"
    cat >"$context/Dockerfile" <<DOCKERFILE
FROM $debian
COPY install-debian-packages.sh debian-packages-swift.txt /tmp/
RUN /tmp/install-debian-packages.sh /tmp/debian-packages-swift.txt && rm -rf /tmp/* /var/lib/apt/lists/*
COPY usr /usr
LABEL org.keyferry.offline=swift
CMD ["bash"]
DOCKERFILE
    # Without debugger, editor services, documentation and what compiles for other systems.
    tar --create --numeric-owner --owner=0 --group=0 \
        --exclude='usr/bin/*lldb*' --exclude='usr/lib/*lldb*' --exclude='usr/bin/repl_swift' --exclude='usr/local' \
        --exclude='usr/lib/python3*' --exclude='usr/bin/sourcekit-lsp' --exclude='usr/bin/clangd' \
        --exclude='usr/lib/libsourcekitdInProc.so' --exclude='usr/bin/docc' --exclude='usr/share/doc*' \
        --exclude='usr/bin/wasm*' --exclude='*musl*' --exclude='usr/lib/*/embedded' --exclude='usr/lib/*/wasi' \
        --directory "$context" . --directory "$toolchain" usr |
        DOCKER_BUILDKIT=0 docker build --quiet --tag "$swift" - >"$folder/log" 2>&1 ||
        { tail -n 20 "$folder/log" >&2; fail "$swift could not be built"; }
    docker run --rm --network none "$swift" swift --version >/dev/null 2>&1 || fail "$swift is made, and swift does not start in it"
    say "made $swift"
}

if there "$debian"; then say "$debian is there"; else make_debian; fi
if there "$swift"; then say "$swift is there"; else make_swift; fi
Docker/copy-dependencies.sh
say "the sources of the Swift packages are in .build-images"
