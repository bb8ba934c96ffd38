#!/usr/bin/env bash
# `make hub`: a hub on this machine with sample people, Mosquitto and two boxes that play into files; Ctrl+C ends all of it.
set -euo pipefail
bin=$(realpath "${1:?the folder with loudspeaker, loudspeaker-hub, loudspeaker-fleet}")
source=$(realpath "$(dirname "$0")/../..")
work=$(mktemp -d)
https=${HTTPS_PORT:-8443} mqtt=${MQTT_PORT:-8883}
export LOUDSPEAKER_LANG=${LOUDSPEAKER_LANG:-vi} LOUDSPEAKER_HUB=$work/hub LOUDSPEAKER_HUB_BROKER_PID=$work/mosquitto.pid
PATH=$bin:$PATH:/usr/sbin
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$work"' EXIT

quietly() { "$@" >>"$work/said" 2>&1 || { tail -n 5 "$work/said" >&2; exit 1; }; }
signed() { # FILE: by two of the three
    local person
    for person in hoa pao; do quietly loudspeaker sign "$1" --key "$work/$person.json" --passphrase-file "$work/passphrase"; done
}

# The office: three people, the sample commune, a delivery.
office=$work/office scope=ban-may
echo "chỉ để xem thử, không dùng thật" >"$work/passphrase"
quietly loudspeaker init "$office"
for person in hoa pao ly; do
    quietly loudspeaker fleet key "$work/$person.json" --person $person --name "$person" --passphrase-file "$work/passphrase"
done
quietly loudspeaker fleet trust "$work/usb" --scope "$scope" --hub "$(loudspeaker-hub key)" \
    --key "$work/hoa.json" --key "$work/pao.json" --key "$work/ly.json"
signed "$work/usb/v1/$scope/trust/1.json"
quietly loudspeaker --home "$office" fleet pack "$work/usb" --scope "$scope"
signed "$work/usb/v1/$scope/manifest.json"

# The hub.
quietly loudspeaker-hub publish "$work/usb"
loudspeaker-hub broker --port "$mqtt" --name localhost >"$work/mosquitto.conf" 2>>"$work/said"
printf 'user %s\npid_file %s\npersistence true\npersistence_location %s/\n' "$(id -un)" "$work/mosquitto.pid" "$work" >>"$work/mosquitto.conf"
mosquitto -c "$work/mosquitto.conf" >>"$work/said" 2>&1 &
loudspeaker-hub serve --port "$https" --broker "localhost:$mqtt" --name localhost >>"$work/said" 2>&1 &
for _ in $(seq 100); do
    if (exec 3<>"/dev/tcp/localhost/$https") 2>/dev/null; then break; fi
    sleep 0.1
done

# Two boxes, which play into files.
number=0
for villages in "na-hoa suoi-trat" "ban-lim cho-may"; do
    number=$((number + 1)) box=$work/box-$number
    quietly loudspeaker init "$box"
    { printf 'outputs: {loa: {device: file}}\nclock: trusted\nplays:\n'
      for village in $villages; do echo "  $village: loa"; done; } >"$box/box.yaml"
    code=$(loudspeaker-hub invite --scope "$scope" --box "máy $number" 2>>"$work/said")
    quietly loudspeaker --home "$box" fleet join "localhost:$https" "$code" --by "kỹ thuật viên"
    loudspeaker --home "$box" run >>"$work/said" 2>&1 &
    if command -v loudspeaker-fleet >/dev/null; then loudspeaker-fleet --home "$box" >>"$work/said" 2>&1 & fi
    quietly loudspeaker --home "$box" fleet send-log
done

loudspeaker-hub boxes
loudspeaker-hub link --port "$https"
echo "https://localhost:$https/v1/$scope/manifest.json   (LOUDSPEAKER_HUB=$LOUDSPEAKER_HUB loudspeaker-hub boxes; Ctrl+C: dừng)"
wait
