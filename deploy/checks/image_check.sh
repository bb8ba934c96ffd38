#!/usr/bin/env bash
# `make image-check`: root file systems of Debian 12 and 13 in which the packages are installed from a stick's folder, with no
# network at all, and tried; removed and purged; an older package brought up to date by cai-dat.sh; a station of Debian 12
# taken up on Debian 13, whose Python is another; Debian 12 made 13 under an installed package.
#
#   deploy/checks/image_check.sh STICK [arm64|amd64]…
#   CHECKS   "lint 12 13 upgrade": what is tried; the last is Debian 12 that becomes 13, on a machine like this one
#   BEFORE   package of the last release for that machine; without it the stick's own, under an older number
#   MIRROR   of Debian: the one that this machine uses
#   ROOTS    folder in which fresh root file systems are kept, for the next time
#   TMPDIR   where the root file systems lie meanwhile, up to 2 GB: in memory all of it is faster
#
# Takes root, mmdebstrap, lintian, and qemu-user-static for another machine's programs.
set -euo pipefail
cd "$(dirname "$0")/../.."
stick=$(cd "$1" && pwd)
shift
. deploy/debian_root.sh
work=$(mktemp -d)
ROOTS=${ROOTS:-$work/roots}
trap 'remove_folder "$work"' EXIT
mkdir -p "$ROOTS"
STATION=var/lib/loudspeaker
SENTENCES='Xin kính chào bà con thôn Nà Hoa.
Mười bảy giờ ba mươi phút ngày hai mươi tám tháng mười một, mời bà con đến nhà văn hóa họp thôn.
Nước suối dâng nhanh, bà con lên chỗ cao ngay.'
SPEAK='
import hashlib, sys
from loudspeaker.engines.espeak import Espeak
for sentence in sys.argv[1].splitlines():
    print(hashlib.sha256(Espeak().synthesize(sentence, "vi").samples.tobytes()).hexdigest())
'

try() { # WHAT COMMAND…: one line that tells whether it went well; all that was said where it did not
    local what=$1 begin=$SECONDS
    shift
    if "$@" >"$work/out" 2>&1; then
        echo "  ok    $what ($((SECONDS - begin)) s)"
    else
        echo "  FAILS $what"
        cat "$work/out"
        exit 1
    fi
}

make_root() { # SUITE ARCH: a minimal Debian, in which no service is started
    root=$work/$1-$2
    [ -e "$ROOTS/$1-$2.tar" ] || mmdebstrap --quiet --variant=minbase --architectures="$2" "$1" "$ROOTS/$1-$2.tar" \
        "$(source_of "$1")"
    mkdir "$root"
    tar -C "$root" --exclude='./dev/*' -xf "$ROOTS/$1-$2.tar"
    mount -t tmpfs tmpfs "$root/dev"
    for node in null zero random urandom; do cp -a "/dev/$node" "$root/dev/$node"; done
    mkdir "$root/dev/shm"
    mkdir "$root/usb" && mount --bind "$stick" "$root/usb" && mount -t proc proc "$root/proc"
    trap 'unmount; remove_folder "$work"' EXIT
    echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io" # nothing of this root file system is kept
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" && chmod 755 "$root/usr/sbin/policy-rc.d"
}

unmount() { # lazily: what was interrupted in there may run on, and the stick must not be deleted with the root
    umount --lazy "$root/usb" "$root/proc" "$root/dev"
}

drop_root() {
    unmount
    trap 'remove_folder "$work"' EXIT
    remove_folder "$root"
}

kept() { # what no update and no purging may change
    (cd "$root/$STATION" && find . -type f -not -path './audio_cache/*' -not -path './.state/readings/*' -exec sha256sum {} +) |
        sort
}

make_older() { # what is installed becomes an older package, from which is updated
    if [ -z "${BEFORE:-}" ]; then
        sed -i '/^Package: loudspeaker$/,/^$/s/^Version: .*/Version: 0.0.1/' "$root/var/lib/dpkg/status"
    else
        inside env LOUDSPEAKER_PURGE=yes apt-get purge -y loudspeaker
        cp "$BEFORE" "$root/before.deb"
        inside apt-get install -y --no-install-recommends /before.deb
    fi
}

try_daemon() { # it begins, answers and ends by itself; there is no systemd here, and no card
    inside setpriv --reuid loudspeaker --regid loudspeaker --init-groups sh -c '
        loudspeaker run >/tmp/daemon 2>&1 & daemon=$!
        for second in $(seq 60); do [ -S /var/lib/loudspeaker/.state/control.sock ] && break; sleep 1; done
        loudspeaker status; answers=$?
        kill $daemon; wait $daemon; ends=$?
        cat /tmp/daemon; exit $((answers + ends))'
}

try_program() { # what a technician and an officer would ask of it
    try "loudspeaker --version" inside loudspeaker --version
    try "pages of help, the fleet agent's too" inside sh -c \
        'loudspeaker --help && loudspeaker web --help && /usr/lib/loudspeaker/bin/loudspeaker-fleet --help && loudspeaker-hub --help'
    try "check of the empty station" inside loudspeaker check
    inside loudspeaker doctor >"$work/doctor" 2>&1 || true
    try "doctor looks at everything: $(grep -c '^[✓!✗]' "$work/doctor") things" grep -q '^✓' "$work/doctor"
    try "init" inside loudspeaker init /tmp/station
    try "check" inside loudspeaker --home /tmp/station check
    try "render" inside loudspeaker --home /tmp/station render chao-mung -o /tmp/chao-mung.wav
    try "a signing key, with Debian's python3-cryptography" inside sh -c 'echo "mat khau thu" >/tmp/phrase &&
        loudspeaker fleet key --person hoa --name "Chị Hoa" --passphrase-file /tmp/phrase /tmp/hoa.key'
    [ "$2" != "$native" ] || try "the daemon, as the service's user" try_daemon
    try "rehearse" inside loudspeaker --home /tmp/station rehearse --from 2026-12-01 --to 2026-12-02
    inside /usr/lib/loudspeaker/bin/python3 -c "$SPEAK" "$SENTENCES" >"$ROOTS/spoken-$1-$2"
    if [ "$2" = amd64 ]; then :
    elif [ -e "$ROOTS/spoken-$1-amd64" ]; then
        try "espeak says it as on amd64" cmp "$ROOTS/spoken-$1-$2" "$ROOTS/spoken-$1-amd64"
    else
        echo "  --    what espeak says is not compared: amd64 was not tried"
    fi
    inside rm -rf /tmp/station
}

install_packages() { # RELEASE ARCH
    try "apt-get install ./usb/*.deb, no network" inside sh -c \
        "apt-get install -y --no-install-recommends /usb/loudspeaker/loudspeaker_*_$2.deb /usb/debian$1-$2/*.deb"
}

switched_on() { # which of the package's units begin with the machine
    find "$root/etc/systemd/system" -path '*.wants/loudspeaker*' -printf '%f\n' | sort | xargs
}

check() { # RELEASE ARCH
    local suite size files
    suite=$(suite_of "$1")
    echo "Debian $1, $2"
    make_root "$suite" "$2"
    install_packages "$1" "$2"
    size=$(inside dpkg-query -W -f '${Installed-Size}' loudspeaker)
    echo "        with byte code $(du -sk "$root/usr/lib/loudspeaker" | cut -f1) KiB"
    try "installed: $size KiB, at most 140 MB" test "$size" -le $((140 * 1000 * 1000 / 1024))
    try "the station's service begins with the machine, and nothing else" test "$(switched_on)" = loudspeaker.service
    try_program "$1" "$2"
    if [ -e "$work/station-$2.tar" ]; then
        mkdir "$root/tmp/older" && tar -C "$root/tmp/older" -xf "$work/station-$2.tar"
        try "the station of Debian 12 is taken up" inside sh -c \
            'loudspeaker --home /tmp/older check && loudspeaker --home /tmp/older log --verify'
    fi
    tar -C "$root/$STATION" -cf "$work/station-$2.tar" .
    try "an older package" make_older
    try "one command switches the fleet agent on" systemctl --root "$root" enable loudspeaker-fleet
    echo tin >"$root/$STATION/recordings/loa.mp3"
    files=$(kept)
    try "cai-dat.sh brings it up to date, no network" inside bash /usb/cai-dat.sh
    try "the stick's version is there" test "$(inside dpkg-query -W -f '${Version}' loudspeaker)" = "$(version_of "$2")"
    try "the station is as it was" inside sh -c 'loudspeaker check && loudspeaker log --verify'
    try "what was switched on is on" test "$(switched_on)" = "loudspeaker-fleet.service loudspeaker.service"
    try "remove" inside apt-get remove -y loudspeaker
    cp -a "$root/var/lib/dpkg" "$work/removed"
    try "purge" inside apt-get purge -y loudspeaker
    try "files, recordings and log are there" test "$files" = "$(kept)"
    rm -rf "$root/var/lib/dpkg" && mv "$work/removed" "$root/var/lib/dpkg" # removed and not yet purged, once more
    try "purge, and everything with it" inside env LOUDSPEAKER_PURGE=yes apt-get purge -y loudspeaker
    try "nothing is left" test -z "$(cd "$root" && ls -d $STATION* usr/lib/loudspeaker 2>/dev/null)" -a -z "$(switched_on)"
    drop_root
}

version_of() { # ARCH: of the stick's package
    dpkg-deb -f "$stick"/loudspeaker/loudspeaker_*_"$1".deb Version
}

outside() { # COMMAND…: apt of this machine upon the root file system, in which there is no network
    env -u TMPDIR DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dir="$root" -o DPkg::Chroot-Directory="$root" \
        -o Dir::State::status="$root/var/lib/dpkg/status" -o APT::Architecture="$native" -o APT::Architectures="$native" \
        -o APT::Sandbox::User=root -o Dpkg::Options::=--force-confdef "$@"
}

check_upgrade() { # Debian 12 becomes 13 under the package and its station
    local files
    echo "Debian 12 that becomes 13, $native"
    make_root bookworm "$native"
    install_packages 12 "$native"
    try "the daemon on Debian 12" try_daemon
    files=$(kept)
    rm -f "$root"/etc/apt/sources.list.d/*
    source_of trixie >"$root/etc/apt/sources.list"
    try "the index of Debian 13" outside update
    try "Debian 13" outside dist-upgrade
    try "the program runs on its Python" inside /usr/lib/loudspeaker/bin/python3 -c \
        'import sys, numpy, soundfile, loudspeaker.cli; assert sys.version_info >= (3, 13), sys.version'
    try "byte code is that Python's alone" test -n "$(find "$root/usr/lib/loudspeaker" -name '*.cpython-313.pyc' -print -quit)" \
        -a -z "$(find "$root/usr/lib/loudspeaker" -name '*.cpython-311.pyc' -print -quit)"
    try "files and log are there" test "$files" = "$(kept)"
    try "check and log" inside sh -c 'loudspeaker check && loudspeaker log --verify'
    try "the daemon starts again" try_daemon
    drop_root
}

register_emulator() { # the kernel hands arm64's programs to qemu; in a container nothing has told it yet
    local known=/proc/sys/fs/binfmt_misc
    [ -e $known/register ] || mount -t binfmt_misc binfmt_misc $known
    [ -e $known/qemu-aarch64 ] || cat /usr/lib/binfmt.d/qemu-aarch64.conf >$known/register
}

native=$(dpkg --print-architecture)
for arch in $(printf '%s\n' "${@:-arm64}" | sort); do # amd64 first: what it says is compared with
    [ "$arch" = "$native" ] || register_emulator
    for what in ${CHECKS:-lint 12 13 upgrade}; do
        case $what in
        lint) try "lintian finds no error" lintian --allow-root --fail-on error "$stick"/loudspeaker/loudspeaker_*_"$arch".deb ;;
        upgrade) [ "$arch" != "$native" ] || check_upgrade ;;
        *) check "$what" "$arch" ;;
        esac
    done
done
