#!/bin/bash
# Cài hoặc cập nhật loudspeaker từ thanh USB này; không cần mạng.
#
#   sudo bash cai-dat.sh [--khong-ffmpeg]
#
#   --khong-ffmpeg   không cài ffmpeg: bớt chỗ trên thẻ nhớ, nhưng không phát được tệp ghi âm, không tiếp sóng được và không
#                    nghe thử được trên trang web
#
# Tệp ten.txt cạnh tệp này, nếu có: dòng đầu là tên xã, dòng sau là tên thôn của đài mới. Bàn phím cắm thẳng vào máy không gõ
# được dấu tiếng Việt.
set -euo pipefail
stick=$(cd "$(dirname "$0")" && pwd)
root=${DESTDIR:-} # để thử
optional="ffmpeg python3-lgpio"
case "${1:-}" in
"") ;;
--khong-ffmpeg) optional="python3-lgpio" ;;
*) sed -n '2,10s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac

fail() { echo "$*" >&2 && exit 1; }

# A screen's own console begins with letters of western Europe; whoever comes by SSH has fonts of their own. sudo stands
# between this and the console, so that `tty` does not tell it.
if [ "${TERM:-}" = linux ]; then setfont Vietnamese-Fixed16 2>/dev/null || true; fi

[ "$(id -u)" = 0 ] || fail "Cần quyền quản trị. Hãy chạy: sudo bash $0"
release=$(. "$root/etc/os-release" && echo "${VERSION_ID:-}")
machine=$(dpkg --print-architecture)
place=debian$release-$machine
[ -d "$stick/$place" ] || fail "Máy này là Debian ${release:-?} ($machine). Thanh USB này có: $(cd "$stick" && echo debian*)." \
    "Trên Raspberry Pi hãy dùng Raspberry Pi OS bản 64 bit, phiên bản 12 hoặc 13."

echo "1/3 Đang kiểm tra thanh USB …"
(cd "$stick" && grep -E "  (loudspeaker|$place)/" SHA256SUMS | sha256sum --quiet -c -) ||
    fail "Thanh USB bị lỗi: có tệp hỏng hoặc thiếu. Hãy chép lại thư mục này lên một thanh USB khác."

new=yes
[ ! -e "$root/var/lib/loudspeaker/commune.yaml" ] || new=no
if [ -e "$stick/ten.txt" ]; then # the package names a new station by these
    name() { sed -n -e $'1s/^\xef\xbb\xbf//' -e 's/[[:space:]]*$//' -e "$1p" "$stick/ten.txt"; } # as Notepad leaves it
    export COMMUNE="$(name 1)" VILLAGE="$(name 2)"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial"
ln -s "$stick" "$work/usb" # a stick's name may hold blanks
echo "deb [trusted=yes] file:$work/usb $place/" >"$work/sources.list"
# Only what lies on the stick: the machine's own lists stay as they are, and no network is asked. No package asks anything.
apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$work/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
        -o APT::Sandbox::User=root -o Acquire::Languages=none "$@"
}

echo "2/3 Đang cài gói (vài phút) …"
apt update >"$work/log" 2>&1 || { cat "$work/log" >&2 && fail "Không đọc được danh mục gói trên thanh USB."; }
packages=loudspeaker
for package in $optional; do
    if grep -qx "Package: $package" "$stick/$place/Packages"; then packages="$packages $package"; fi
done
apt install -y --no-install-recommends $packages || fail "Chưa cài được. Nếu ở trên báo đang phát, hãy chạy lại sau buổi phát;" \
    "nếu không, hãy thử: sudo bash $0 --khong-ffmpeg; vẫn không được thì chụp màn hình này và gửi cho người phụ trách."

echo "3/3 Đang kiểm tra chương trình …"
loudspeaker --version
# Raspberry Pi OS has it from the start; Debian has not.
case $(cat "$root/proc/device-tree/model" 2>/dev/null | tr -d '\0') in
"Raspberry Pi"*)
    dpkg-query -s python3-lgpio >/dev/null 2>&1 ||
        echo "Chú ý: máy chưa có gói python3-lgpio nên rơ-le và nút dừng ở chân GPIO chưa dùng được. Raspberry Pi OS có sẵn gói" \
            "này; hệ điều hành khác thì chép gói .deb của nó lên thanh USB (make usb EXTRA=…) rồi chạy lại." >&2
    ;;
esac
if [ "$new" = no ]; then
    echo "Xong: đã cập nhật. Tệp của đài, nhật ký và âm thanh đã chuẩn bị vẫn như cũ."
    echo "Nên chạy: loudspeaker check; loudspeaker doctor"
elif [ -t 0 ]; then
    loudspeaker setup || fail "Chưa xong phần hỏi đáp. Lúc nào làm tiếp cũng được: sudo loudspeaker setup"
else
    echo "Xong. Tiếp theo: sudo loudspeaker setup (đặt tên xã, thôn, chọn card âm thanh, thử rơ-le, giờ phát)."
fi
