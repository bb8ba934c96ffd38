#!/usr/bin/env bash
# Take the service and the program away again. The station (files, sound, as-run log) stays where it is.
set -euo pipefail
root=${DESTDIR:-}
program=$root/opt/loudspeaker

[ "$(id -u)" = 0 ] || { echo "Hãy chạy: sudo make uninstall" >&2; exit 1; }

if [ -d "$root/run/systemd/system" ]; then
    systemctl disable --now loudspeaker loudspeaker-web.socket loudspeaker-fleet loudspeaker-hub loudspeaker-hub-broker.path || true
    systemctl stop loudspeaker-web || true
fi
rm -f "$root"/etc/udev/rules.d/60-loudspeaker-stick.rules
rm -f "$root"/etc/systemd/system/loudspeaker{,-web,-fleet,-stick@,-hub,-hub-broker}.service "$root"/etc/systemd/system/loudspeaker{-web.socket,-hub-broker.path}
if [ -d "$root/run/systemd/system" ]; then systemctl daemon-reload; fi
if [ -L "$root/usr/local/bin/loudspeaker" ]; then rm "$root/usr/local/bin/loudspeaker"; fi
rm -rf "$program"
echo "Đã gỡ chương trình và dịch vụ. Tệp của đài và nhật ký vẫn còn ở /var/lib/loudspeaker;"
echo "muốn xóa cả: sudo rm -r /var/lib/loudspeaker; sudo userdel loudspeaker; sudo userdel loudspeaker-web; sudo userdel loudspeaker-fleet"
