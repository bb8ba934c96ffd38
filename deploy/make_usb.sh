#!/usr/bin/env bash
# Make a folder for a USB stick, with which a box without a network is installed or brought up to date: the packages of
# this program, every Debian package that they need, an index, and cai-dat.sh.
#
#   deploy/make_usb.sh FOLDER LOUDSPEAKER.deb…
#   RELEASES   of Debian: "12 13"
#   MIRROR     of Debian: the one that this machine uses
#   FFMPEG=no  leaves ffmpeg out, and with it two thirds of the size
#   EXTRA      further .deb files, such as python3-lgpio of Raspberry Pi OS, which Debian does not have
#
# Nothing is installed here, and no other machine's program is run: apt works out what is needed, for a machine on which
# there is nothing but what no Debian can be without.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
stick=$(mkdir -p "$1" && cd "$1" && pwd)
shift
. "$here/debian_root.sh"
RELEASES=${RELEASES:-12 13}
optional="python3-lgpio"
[ "${FFMPEG:-}" = no ] || optional="ffmpeg $optional"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

apt() { # COMMAND…: apt of another release and machine, in folders of its own
    apt-get -q -o Dir="$root" -o Dir::State::status="$root/status" -o Dir::Etc::parts=/dev/null \
        -o Dir::Etc::trustedparts=/etc/apt/trusted.gpg.d -o APT::Architecture="$arch" -o APT::Architectures="$arch" \
        -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
        -o Dir::Cache::pkgcache=pkgcache.bin -o Dir::Cache::srcpkgcache=srcpkgcache.bin "$@"
}

installed_by() { # PACKAGE…: what apt would install for them, as name=version
    apt install -s --no-install-recommends "$@" | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' | sort
}

collect() { # RELEASE DEB: the Debian packages for one package of ours on one release
    arch=$(dpkg-deb -f "$2" Architecture)
    local place=$stick/debian$1-$arch package extra there=()
    root=$work/$1-$arch
    mkdir -p "$root/etc/apt/preferences.d" "$root/var/lib/apt/lists/partial" "$root/var/cache/apt/archives/partial" "$place"
    : >"$root/status"
    source_of "$(suite_of "$1")" >"$root/etc/apt/sources.list"
    apt update >/dev/null
    for package in $optional; do
        if apt-cache -o Dir="$root" -o APT::Architecture="$arch" show "$package" >/dev/null 2>&1; then
            there+=("$package")
        else
            echo "debian$1-$arch: there is no $package in this release"
        fi
    done
    installed_by '?essential' '?priority(required)' >"$root/base"
    installed_by '?essential' '?priority(required)' "$2" ${there[@]+"${there[@]}"} |
        comm -23 - "$root/base" | grep -v '^loudspeaker=' >"$root/wanted"
    (cd "$place" && apt download $(cat "$root/wanted") >/dev/null)
    # What an older stick in this folder had: of two versions of one package apt would have to choose.
    (cd "$root" && apt download --print-uris $(cat "$root/wanted")) | cut -d ' ' -f 2 >"$root/names"
    find "$place" -name '*.deb' -printf '%f\n' | grep -vxFf "$root/names" | (cd "$place" && xargs -r rm) || true
    for extra in ${EXTRA:-}; do
        case $(dpkg-deb -f "$extra" Architecture) in "$arch" | all) install -m 644 -t "$place" "$extra" ;; esac
    done
    echo "debian$1-$arch: $(wc -l <"$root/wanted") packages, $(du -sm "$place" | cut -f1) MB"
}

for deb in "$@"; do
    rm -f "$stick"/loudspeaker/loudspeaker_*_"$(dpkg-deb -f "$deb" Architecture)".deb
    install -D -m 644 -t "$stick/loudspeaker" "$deb"
    for release in $RELEASES; do collect "$release" "$(realpath "$deb")"; done
done
cd "$stick"
for place in debian*-*; do
    { apt-ftparchive packages loudspeaker && apt-ftparchive packages "$place"; } >"$place/Packages"
done
install -m 755 "$here/debian/cai-dat.sh" cai-dat.sh
install -m 644 "$here/../docs/install.vi.md" huong-dan.md
install -m 644 -t . "$here"/../docs/hardware.md "$here"/../docs/wiring-*.svg
find . -type f ! -name SHA256SUMS | sort | sed 's,^\./,,' | xargs -d '\n' sha256sum >SHA256SUMS
echo "$stick: $(du -sm . | cut -f1) MB. On the box: sudo bash cai-dat.sh"
