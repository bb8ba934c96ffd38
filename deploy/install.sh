#!/usr/bin/env bash
# Put this checkout onto a Raspberry Pi (or any Debian) as a service. May be run again to bring it up to date.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
program=/opt/loudspeaker
station=/var/lib/loudspeaker

[ "$(id -u)" = 0 ] || { echo "Hãy chạy: sudo make install"; exit 1; }

apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    python3-venv libportaudio2 libasound2-plugins alsa-utils espeak-ng ffmpeg ca-certificates openssl >/dev/null
# On a Pi the pins are driven by Debian's lgpio, which a venv sees only with the system's site packages.
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-lgpio >/dev/null || true

getent group loudspeaker >/dev/null || groupadd --system loudspeaker
for group in audio gpio; do getent group $group >/dev/null || groupadd --system $group; done
id loudspeaker >/dev/null 2>&1 ||
    useradd --system --gid loudspeaker --home-dir $station --shell /usr/sbin/nologin loudspeaker

mkdir -p $program
[ -x $program/.venv/bin/python ] || python3 -m venv --system-site-packages $program/.venv
$program/.venv/bin/python -m pip install -q --disable-pip-version-check "$source"
cp "$source/README.md" "$source/README.vi.md" $program/
ln -sf $program/.venv/bin/loudspeaker /usr/local/bin/loudspeaker

install -d -m 2770 -o loudspeaker -g loudspeaker $station
[ -e $station/commune.yaml ] || $program/.venv/bin/loudspeaker init $station
chown -R loudspeaker:loudspeaker $station

install -m 644 "$source/deploy/loudspeaker.service" /etc/systemd/system/loudspeaker.service
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl enable --now loudspeaker
    systemctl --no-pager --lines=5 status loudspeaker || true
fi
echo "Xong. Sửa $station/commune.yaml, box.yaml; rồi: loudspeaker check; loudspeaker doctor"
