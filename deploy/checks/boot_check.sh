#!/usr/bin/env bash
# `make boot-check`: a virtual PC with Debian 13, systemd and a loopback sound card, on which the stick's package is
# installed, is switched on. The service must be armed without anybody's doing; the console's pages, a bulletin and its
# sound must be had within its sandbox; the fleet agent must run in its own once one command has switched it on; an alarm
# must be given. Its plug is pulled in the middle of that, and it is switched on again, now with a card that is plugged in
# after the start: the station's own check of its log must pass, and an alarm must be heard on that card.
# The processor is emulated: times say nothing of a Pi.
#
#   deploy/checks/boot_check.sh STICK
#   MIRROR   of Debian: the one that this machine uses
#   ACCEL    kvm uses the machine's own processor, where that works
#
# Takes root, mmdebstrap, and qemu-system-x86.
set -euo pipefail
stick=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../debian_root.sh"
ACCEL=${ACCEL:-tcg}
work=$(mktemp -d)
root=$work/root
trap 'remove_folder "$work"' EXIT
START=1800 # seconds that a boot may take at most

install_machine() { # Debian with a kernel, then the package from the stick
    mmdebstrap --quiet --variant=minbase --skip=output/dev --dpkgopt=force-unsafe-io \
        --include=linux-image-amd64,initramfs-tools,systemd-sysv,udev,kmod,dbus trixie "$root" \
        "$(source_of trixie)"
    mkdir "$root/usb" && cp -r "$stick/loudspeaker" "$stick/debian13-amd64" "$root/usb/"
    mount -t tmpfs tmpfs "$root/dev" && cp -a /dev/null /dev/zero /dev/random /dev/urandom "$root/dev/"
    mount -t proc proc "$root/proc"
    trap 'umount "$root/dev" "$root/proc"; remove_folder "$work"' EXIT
    inside sh -c 'apt-get install -y --no-install-recommends /usb/loudspeaker/loudspeaker_*_amd64.deb /usb/debian13-amd64/*.deb'
    umount "$root/dev" "$root/proc"
    trap 'remove_folder "$work"' EXIT
    rm -r "$root/usb"
}

set_up_check() { # what the machine does by itself each time it is switched on
    sed -i 's/{device: auto}.*/{device: "Loopback: PCM (hw:0,0)"}/' "$root/var/lib/loudspeaker/box.yaml"
    install -m 755 "$here/use_console.py" "$root/usr/local/bin/use-console"
    install -m 755 "$here/boot_check_inside.sh" "$root/usr/local/bin/boot-check"
    # An emulated processor is some thirty times slower: the limits of the unit are for a Pi.
    install -D -m 644 /dev/stdin "$root/etc/systemd/system/loudspeaker.service.d/emulated.conf" <<<$'[Service]\nTimeoutStartSec=900\nWatchdogSec=900'
    cat >"$root/etc/systemd/system/boot-check.service" <<'UNIT'
[Unit]
After=loudspeaker.service
[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=/usr/local/bin/boot-check
[Install]
WantedBy=multi-user.target
UNIT
    ln -s ../boot-check.service "$root/etc/systemd/system/multi-user.target.wants/boot-check.service"
}

boot() { # WHAT [WORDS]: switch the machine on, with these words for its kernel, and print what it says of itself
    echo "$1"
    timeout $START qemu-system-x86_64 -accel "$ACCEL" -cpu max -m 1024 -smp 2 -display none -serial "file:$work/console" -nic none -no-reboot \
        -kernel "$work/kernel" -initrd "$work/initrd" -append "root=/dev/vda rw console=ttyS0 quiet sysrq_always_enabled systemd.mask=serial-getty@ttyS0.service systemd.default_device_timeout_sec=900 systemd.default_timeout_start_sec=900 ${2:-}" \
        -drive "file=$work/disk,if=virtio,format=raw" || true
    tr -d '\r' <"$work/console" | grep -ao 'CHECK .*' | sed 's/^CHECK/ /' | tee "$work/told"
    grep -q "^  end" "$work/told" || { tail -n 40 "$work/console"; echo "It did not come up." && exit 1; }
    expect "armed active"
    expect "alarm exit 0"
    expect "agent enabled active, restarted 0 times"
}

expect() { grep -q "^  $1" "$work/told" || { echo "FAILS: $1" && exit 1; }; }

echo "Debian 13, amd64, with systemd"
install_machine >"$work/log" 2>&1 || { tail -n 40 "$work/log" && exit 1; }
set_up_check
cp "$root"/boot/vmlinuz-* "$work/kernel" && cp "$root"/boot/initrd.img-* "$work/initrd"
mke2fs -q -t ext4 -d "$root" "$work/disk" 3G
boot "switched on; the plug is pulled while an alarm sounds" modules_load=snd-aloop
expect "console wrote "
expect "agent disabled inactive"
boot "switched on again, the card is plugged in after the start"
expect "cards at the start: 0"
expect "loudest sample [1-9][0-9][0-9]"
