#!/usr/bin/env bash
# A virtual PC with Debian 13, systemd and a loopback sound card, on which the stick's package is installed, is switched on.
# The service must be armed without anybody's doing, the console's pages, a bulletin and its sound must be had within its
# sandbox, and an alarm must be given. Switched off in the middle of it and on again, now with a card that is plugged in
# after the start, the station's own check of its log must pass, and an alarm must be heard on that card.
# The processor is emulated: times say nothing of a Pi.
#
#   deploy/boot_check.sh STICK
#   MIRROR   of Debian: the one that this machine uses
#   ACCEL    kvm uses the machine's own processor, where that works
#
# Takes root, mmdebstrap, and qemu-system-x86.
set -euo pipefail
stick=$(cd "$1" && pwd)
. "$(dirname "$0")/debian_root.sh"
ACCEL=${ACCEL:-tcg}
work=$(mktemp -d)
root=$work/root
trap 'rm -rf "$work"' EXIT
START=1800 # seconds that a boot may take at most

install_machine() { # Debian with a kernel, then the package from the stick
    mmdebstrap --quiet --variant=minbase --skip=output/dev \
        --include=linux-image-amd64,initramfs-tools,systemd-sysv,udev,kmod,dbus trixie "$root" \
        "$(source_of trixie)"
    mkdir "$root/usb" && cp -r "$stick/loudspeaker" "$stick/debian13-amd64" "$root/usb/"
    mount -t tmpfs tmpfs "$root/dev" && cp -a /dev/null /dev/zero /dev/random /dev/urandom "$root/dev/"
    mount -t proc proc "$root/proc"
    trap 'umount "$root/dev" "$root/proc"; rm -rf "$work"' EXIT
    inside sh -c 'apt-get install -y --no-install-recommends /usb/loudspeaker/loudspeaker_*_amd64.deb /usb/debian13-amd64/*.deb'
    umount "$root/dev" "$root/proc"
    trap 'rm -rf "$work"' EXIT
    rm -r "$root/usb"
}

set_up_check() { # what the machine does by itself each time it is switched on
    sed -i 's/{device: auto}.*/{device: "Loopback: PCM (hw:0,0)"}/' "$root/var/lib/loudspeaker/box.yaml"
    install -m 755 /dev/stdin "$root/usr/local/bin/use-console" <<'CONSOLE'
#!/usr/bin/python3
# Makes the first account by the one-time link, writes a bulletin, has its sound made, and looks at the pages that read
# the log, ask the daemon and run commands.
import http.cookiejar, re, sys, time, urllib.error, urllib.parse, urllib.request

address, _, code = sys.argv[1].partition("bat-dau#")
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
opener.addheaders = [("Origin", address.rstrip("/"))]


def ask(path, **form):
    data = urllib.parse.urlencode(form).encode() if form else None
    try:
        with opener.open(address + path, data, timeout=900) as answer:
            return answer.url, answer.read()
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return "", b""
        sys.exit(f"/{path} answered {error.code}")


secret = "Mười hai con trâu cày ruộng bậc thang"
ask("bat-dau", code=code, name="Chị Hoa", login="hoa", password=secret, again=secret)
form_token = re.search(rb'name="form_token" value="([^"]+)"', ask("ban-tin/moi")[1])[1].decode()
words = {"title": "Thử trang", "text": "Mời bà con ra nhà văn hóa họp thôn."}
bulletin = urllib.parse.urlsplit(ask("ban-tin/moi", form_token=form_token, **words)[0]).path.rpartition("/")[2]
ask(f"ban-tin/{bulletin}/lam-tieng", form_token=form_token)
end = time.monotonic() + 900
while not (sound := ask(f"ban-tin/{bulletin}/tieng")[1]) and time.monotonic() < end:
    time.sleep(2)
for page in ("", "nhat-ky", "nhat-ky/chuoi", f"bao-cao.xlsx?tu={time.strftime('%Y-%m-%d')}", "thiet-bi", "cai-dat"):
    if not ask(page)[1]:
        sys.exit(f"/{page} is not there")
print(f"wrote {bulletin}, {len(sound)} bytes of sound" if sound else "no sound was made")
CONSOLE
    install -m 755 /dev/stdin "$root/usr/local/bin/boot-check" <<'CHECK'
#!/bin/sh
say() { echo "CHECK $*" >/dev/ttyS0; }
tell() { journalctl -b -u "$1" -n 40 --no-pager -o cat | sed 's/^/CHECK   /' >/dev/ttyS0; }
say "armed $(systemctl is-active loudspeaker) at $(($(systemctl show -P ActiveEnterTimestampMonotonic loudspeaker) / 1000)) ms"
systemctl is-active --quiet loudspeaker || tell loudspeaker
say "service $(systemctl show -P User,NRestarts loudspeaker | tr '\n' ' ')"
say "log $(loudspeaker --lang en log --verify 2>&1 | tail -n 1)"
if [ -e /var/lib/boot-check-done ]; then
    say "cards at the start: $(grep -c ' - ' /proc/asound/cards)"
    modprobe snd-aloop && udevadm settle
else
    systemctl enable --quiet --now loudspeaker-web.socket
    begin=$(date +%s)
    say "console $(use-console "$(loudspeaker web first)" 2>&1 | tail -n 1), $(($(date +%s) - begin)) s"
    tell loudspeaker-web
fi
arecord -q -D hw:Loopback,1,0 -f S16_LE -r 48000 -c 2 -d 40 /run/heard.wav 2>/run/arecord &
loudspeaker --lang en urgent --all --repeat 1 --yes --by boot-check "Thử máy. Thử máy. Thử máy." >/run/urgent 2>&1
heard=$?
say "alarm exit $heard $(tr '\n' ' ' </run/urgent)"
[ $heard = 0 ] || tell loudspeaker
if [ -e /var/lib/boot-check-done ]; then
    wait
    say "loudest sample $(/usr/lib/loudspeaker/bin/python3 -c 'import array, wave
with wave.open("/run/heard.wav") as file: print(max(map(abs, array.array("h", file.readframes(file.getnframes()))), default=0))')"
    say "verdict $(loudspeaker --lang en log 2>&1 | tail -n 1)"
    say end
    systemctl poweroff
else
    touch /var/lib/boot-check-done && sync
    say end
    echo b >/proc/sysrq-trigger # as if the plug were pulled
fi
CHECK
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
}

expect() { grep -q "^  $1" "$work/told" || { echo "FAILS: $1" && exit 1; }; }

echo "Debian 13, amd64, with systemd"
install_machine >"$work/log" 2>&1 || { tail -n 40 "$work/log" && exit 1; }
set_up_check
cp "$root"/boot/vmlinuz-* "$work/kernel" && cp "$root"/boot/initrd.img-* "$work/initrd"
mke2fs -q -t ext4 -d "$root" "$work/disk" 3G
boot "switched on; the plug is pulled while an alarm sounds" modules_load=snd-aloop
expect "console wrote "
boot "switched on again, the card is plugged in after the start"
expect "cards at the start: 0"
expect "loudest sample [1-9][0-9][0-9]"
