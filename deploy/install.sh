#!/usr/bin/env bash
# Put this checkout onto a Raspberry Pi (or any Debian) as a service. May be run again to bring it up to date.
#
#   COMMUNE, VILLAGE   names for the new, empty station; asked for on a terminal
#   VOICES=yes         install the voices piper and edge, too; kept by later runs
#   DESTDIR            put everything below this folder (for tests)
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
root=${DESTDIR:-}
program=$root/opt/loudspeaker
. "$source/deploy/common.sh"

[ "$(id -u)" = 0 ] || { echo "Hãy chạy: sudo make install" >&2; exit 1; }

echo "Đang cài các gói của hệ thống …"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    python3-venv libportaudio2 libasound2-plugins alsa-utils espeak-ng ffmpeg ca-certificates openssl >/dev/null
# On a Pi the pins are driven by Debian's lgpio, which a venv sees only with the system's site packages.
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-lgpio >/dev/null ||
    echo "Chú ý: không cài được gói python3-lgpio. Rơ-le và nút dừng trên chân GPIO sẽ không hoạt động;" \
        "nếu máy này có rơ-le, hãy chạy: sudo apt-get install python3-lgpio" >&2

make_accounts

# Each version has an environment of its own: the running daemon keeps the old one until it is restarted.
mkdir -p "$program"
fresh=$program/env-$(date +%Y%m%d-%H%M%S)
work=$(mktemp -d)
installed=no
trap 'rm -rf "$work"; [ "$installed" = yes ] || rm -rf "$fresh"' EXIT

copy_program "$source" "$work"

packages=runtime
for voice in piper edge_tts; do
    for there in "$program"/.venv/lib/python3*/site-packages/$voice; do [ ! -e "$there" ] || packages=voices; done
done
[ -z "${VOICES:-}" ] || packages=voices

echo "Đang cài chương trình (mạng chậm thì mất vài phút) …"
python3 -m venv --system-site-packages "$fresh"
pip() { "$fresh/bin/python" -m pip install -q --disable-pip-version-check "$@"; }
pip --require-hashes -r "$source/deploy/constraints/build.txt"
pip --require-hashes --no-build-isolation --use-pep517 -r "$source/deploy/constraints/$packages.txt"
pip --no-deps --no-build-isolation "$work"

new=no
if ! has_station; then
    new=yes
    make_station "$fresh/bin/loudspeaker"
fi
share_station

# From here on it is the new version: program, service and papers change together.
installed=yes
for paper in README.md README.vi.md LICENSE NOTICE; do install -m 644 "$work/$paper" "$program/$paper"; done
rm -rf "$program/docs" && cp -r "$work/docs" "$program/docs"
install -D -m 644 -t "$root/etc/systemd/system" "$source"/deploy/loudspeaker*.service "$source"/deploy/loudspeaker*.socket
install -D -m 644 -t "$root/etc/udev/rules.d" "$source"/deploy/60-loudspeaker-stick.rules
before=$program/.venv
if [ -d "$before" ] && [ ! -L "$before" ]; then mv "$before" "$program/env-before"; fi
ln -sfn "${fresh##*/}" "$program/.venv.next" && mv -T "$program/.venv.next" "$program/.venv"
mkdir -p "$root/usr/local/bin"
ln -sfn /opt/loudspeaker/.venv/bin/loudspeaker "$root/usr/local/bin/loudspeaker"

restarted=yes
if command -v systemctl >/dev/null; then systemctl enable loudspeaker; fi  # works while an image is being made, too
if [ -d "$root/run/systemd/system" ]; then
    systemctl daemon-reload
    "$fresh/bin/python" "$source/deploy/between_airings.py" restart "$station/.state/control.sock" || restarted=no
    [ "$restarted" = no ] || systemctl try-restart loudspeaker-fleet
else
    echo "Máy này không chạy systemd: dịch vụ chưa được khởi động."
fi
if [ "$restarted" = yes ]; then
    for old in "$program"/env-*; do [ "$old" = "$fresh" ] || rm -rf "$old"; done
fi

add_person
if [ "$new" = yes ]; then
    echo "Xong. Đài mới chưa có lịch phát và chưa nghiệm thu: máy chưa tự phát gì. Trong /var/lib/loudspeaker:"
    echo "  1. sửa commune.yaml (xã, thôn) và box.yaml (đường loa), viết bulletins/ và schedules/; rồi: loudspeaker check"
    echo "  2. loudspeaker doctor"
    echo "  3. loudspeaker test ĐƯỜNG-LOA --by TÊN: nghe thử, trả lời “có” thì đường loa ấy bắt đầu phát theo lịch"
else
    echo "Xong. Kiểm tra: loudspeaker check; loudspeaker doctor"
fi
[ "$restarted" = yes ] || [ -t 0 ]
