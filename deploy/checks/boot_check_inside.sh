#!/bin/sh
# Run by boot_check.sh's machine each time it is switched on, as root; what it says comes out of the serial port.
say() { echo "CHECK $*" >/dev/ttyS0; }
tell() { journalctl -b -u "$1" -n 40 --no-pager -o cat | sed 's/^/CHECK   /' >/dev/ttyS0; }
show_agent() {
    say "agent $(systemctl is-enabled loudspeaker-fleet) $(systemctl is-active loudspeaker-fleet), restarted" \
        "$(systemctl show -P NRestarts loudspeaker-fleet) times"
}
say "armed $(systemctl is-active loudspeaker) at $(($(systemctl show -P ActiveEnterTimestampMonotonic loudspeaker) / 1000)) ms"
systemctl is-active --quiet loudspeaker || tell loudspeaker
say "service $(systemctl show -P User,NRestarts loudspeaker | tr '\n' ' ')"
say "log $(loudspeaker --lang en log --verify 2>&1 | tail -n 1)"
if [ -e /var/lib/boot-check-done ]; then
    say "cards at the start: $(grep -c ' - ' /proc/asound/cards)"
    modprobe snd-aloop && udevadm settle
else
    show_agent
    echo "mat khau" >/run/password # of a hub that is not there: the agent goes on trying
    loudspeaker fleet connect 127.0.0.1 --ca "$(ls /usr/share/ca-certificates/mozilla/*.crt | head -n 1)" \
        --user box-1 --password-file /run/password >/dev/null 2>&1
    systemctl enable --quiet --now loudspeaker-fleet
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
show_agent
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
