#!/usr/bin/env bash
# The hub's service, in one command: its user, Mosquitto's part, the services, the link of the first person.
#
#   sudo loudspeaker-hub-on NAME [NAME…]     by which boxes and browsers reach this machine, such as loa.laocai.gov.vn
#
# Again: with other names the certificate is made anew, by the same authority, and boxes go on.
set -euo pipefail
root=${DESTDIR:-}
program=${PROGRAM:-loudspeaker-hub}
export LOUDSPEAKER_HUB=$root/var/lib/loudspeaker-hub
config=$root/etc/mosquitto/conf.d/loudspeaker.conf

[ "$#" -gt 0 ] || { echo "Hãy ghi tên máy chủ: sudo loudspeaker-hub-on loa.laocai.gov.vn" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "Hãy chạy: sudo loudspeaker-hub-on $*" >&2; exit 1; }
command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] ||
    { echo "Chưa có Mosquitto: sudo apt install mosquitto" >&2; exit 1; }

as_hub() { setpriv --reuid loudspeaker-hub --regid loudspeaker-hub --init-groups "$program" "$@"; }

getent group loudspeaker-hub >/dev/null || groupadd --system loudspeaker-hub
getent passwd loudspeaker-hub >/dev/null ||
    useradd --system --gid loudspeaker-hub --home-dir /var/lib/loudspeaker-hub --shell /usr/sbin/nologin loudspeaker-hub
usermod --append mosquitto --groups=loudspeaker-hub # it reads broker/, and nothing else there
install -d -m 750 -o loudspeaker-hub -g loudspeaker-hub "$LOUDSPEAKER_HUB"

names=()
for name in "$@"; do names+=(--name "$name"); done
written=$(mktemp)
trap 'rm -f "$written"' EXIT
as_hub broker "${names[@]}" >"$written" # where that fails Mosquitto's own files are as before
install -D -m 644 "$written" "$config"

systemctl daemon-reload
systemctl restart mosquitto
systemctl enable --now loudspeaker-hub.service loudspeaker-hub-broker.path
systemctl restart loudspeaker-hub.service # a certificate for other names
as_hub link || true # there are people already
