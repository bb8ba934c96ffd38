#!/usr/bin/env bash
# Build the Debian package: one file for Debian 12 and 13, that is for Python 3.11 and 3.13, with everything from PyPI in it.
# Two builds of one commit are the same to the byte. Needs dpkg-deb and `make`'s environment; nothing is compiled, so that
# a package for arm64 is made on any machine.
#
#   deploy/build_deb.sh FOLDER [arm64|amd64]…
#   VERSION             of the package; that of the program
#   MAINTAINER          “Name <address>” of whoever answers for it
#   SOURCE_DATE_EPOCH   of all that is in it; the last commit's
#   XZ                  0 to 9: how hard it is compressed; none: not at all, for a package that is only tried
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mkdir -p "$1" && cd "$1" && pwd)
shift
. deploy/common.sh
python=$PWD/.venv/bin/python
VERSION=${VERSION:-$(sed -n 's/^VERSION = "\([^"]*\)".*/\1/p' loudspeaker/__init__.py)}
MAINTAINER=${MAINTAINER:-The loudspeaker contributors <maintainers@loudspeaker.example>}
export MAINTAINER SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)} VERSION
export PYTHONHASHSEED=0 LC_ALL=C.UTF-8 TZ=UTC
umask 022
# Left out: espeak-ng and cryptography are Debian's, on which the package depends; colorzero names setuptools and does not
# import it.
WITHOUT="espeakng-loader setuptools cryptography"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

papers() { "$python" deploy/debian_papers.py "$@"; }
pip() { "$python" -m pip "$@" -q --disable-pip-version-check; }

install_wheels() { # PYTHON MACHINE FOLDER: the locked packages for that Python on that machine, whatever runs here
    local platforms=() minor
    for minor in $(seq 36 -1 17); do platforms+=(--platform "manylinux_2_${minor}_$2"); done
    "$python" deploy/lock_for.py "$1" "$2" deploy/constraints/runtime.txt $WITHOUT >"$work/requirements.txt"
    # Which Python a wheel is for, pip asks of the one that it runs on: the lock has chosen.
    pip install --target "$3" --no-deps --no-compile --ignore-requires-python --require-hashes --only-binary :all: \
        --implementation cp --python-version "$1" "${platforms[@]}" --platform "manylinux2014_$2" -r "$work/requirements.txt"
}

trim() { # FOLDER: what nothing on a box reads
    find "$1" -depth \( -name tests -o -name __pycache__ -o -path '*/numpy/f2py' -o -path '*/numpy/_core/include' \) \
        -type d -exec rm -rf {} +
    find "$1" -type f \( -name '*.pyi' -o -name '*.a' -o -name '*.h' -o -name '*.c' -o -name '*.pxd' -o -name '*.pyx' \) -delete
    # Names of files and of folders of this machine; nothing is ever taken away by pip there.
    find "$1" -path '*.dist-info/*' \( -name RECORD -o -name INSTALLER -o -name REQUESTED -o -name direct_url.json \) -delete
}

merge() { # LIBRARY: what both Pythons have alike lies once, in common/
    local entry name
    mkdir -p "$1/common"
    for entry in "$1/python3.11/site-packages/"*; do
        name=$(basename "$entry")
        if diff -rq "$entry" "$1/python3.13/site-packages/$name" >/dev/null 2>&1; then
            mv "$entry" "$1/common/$name"
            rm -rf "$1/python3.13/site-packages/$name"
        fi
    done
    for version in 3.11 3.13; do echo ../../common >"$1/python$version/site-packages/common.pth"; done
}

start_at() { # MODULE FILE: a program that begins at its main()
    printf '#!/usr/lib/loudspeaker/bin/python3\nimport sys\nfrom %s import main\nsys.exit(main())\n' "$1" >"$2"
    chmod 755 "$2"
}

make_program() { # MACHINE ROOT: /usr/lib/loudspeaker, a virtual environment with two libraries
    local program=$2/usr/lib/loudspeaker version
    mkdir -p "$program/bin"
    for version in 3.11 3.13; do
        install_wheels "$version" "$1" "$program/lib/python$version/site-packages"
        rm -rf "$program/lib/python$version/site-packages/bin"
        trim "$program/lib/python$version"
    done
    merge "$program/lib"
    pip install --target "$work/own-$1" --no-deps --no-compile "$work"/wheel/*.whl
    trim "$work/own-$1"
    mv "$work/own-$1/share" "$program/share"
    rm -rf "$work/own-$1/bin"
    mv "$work/own-$1"/* "$program/lib/common/"
    ln -s /usr/bin/python3 "$program/bin/python3"
    printf 'home = /usr/bin\ninclude-system-site-packages = true\n' >"$program/pyvenv.cfg"
    start_at loudspeaker.cli "$program/bin/loudspeaker"
    start_at loudspeaker.fleet.agent "$program/bin/loudspeaker-fleet"
    start_at loudspeaker.cli.hub_commands "$program/bin/loudspeaker-hub"
    install -D -m 644 -t "$program/deploy" deploy/common.sh deploy/services.sh deploy/between_airings.py
    install -m 755 -t "$program/deploy" deploy/uninstall.sh
}

make_papers() { # ROOT: what Debian wants beside it
    local doc=$1/usr/share/doc/loudspeaker unit
    for unit in deploy/*.service deploy/*.socket deploy/hub/*.service deploy/hub/*.path; do
        [ -e "$unit" ] || continue
        install -d "$1/usr/lib/systemd/system"
        sed -e 's,/opt/loudspeaker/\.venv,/usr/lib/loudspeaker,g' -e 's,/opt/loudspeaker/,/usr/share/doc/loudspeaker/,g' \
            "$unit" >"$1/usr/lib/systemd/system/$(basename "$unit")"
    done
    install -D -m 644 -t "$1/usr/lib/udev/rules.d" deploy/60-loudspeaker-stick.rules
    install -d "$1/usr/bin" "$1/usr/share/bash-completion/completions"
    ln -s ../lib/loudspeaker/bin/loudspeaker "$1/usr/bin/loudspeaker"
    ln -s ../lib/loudspeaker/bin/loudspeaker-hub "$1/usr/bin/loudspeaker-hub"
    install -D -m 755 deploy/hub/switch_on.sh "$1/usr/sbin/loudspeaker-hub-on"
    cp "$work/completion" "$1/usr/share/bash-completion/completions/loudspeaker"
    cp -r "$work/man" "$1/usr/share/man"
    install -D -m 644 deploy/debian/needrestart.conf "$1/etc/needrestart/conf.d/loudspeaker.conf"
    install -D -m 755 deploy/debian/loudspeaker.rtupdate "$1/usr/share/python3/runtime.d/loudspeaker.rtupdate"
    install -D -m 644 deploy/debian/lintian-overrides "$1/usr/share/lintian/overrides/loudspeaker"
    install -D -m 644 -t "$doc" README.md README.vi.md NOTICE CHANGELOG.md
    (cd docs && find . -name '*.md' -o -name '*.svg' -o -name '*.png') | while read -r paper; do
        install -D -m 644 "docs/$paper" "$doc/docs/$paper"
    done
    papers copyright "$1/usr/lib/loudspeaker/lib" >"$doc/copyright"
    papers changelog | gzip -9n >"$doc/changelog.gz"
}

pack() { # ARCH ROOT
    local size compression="-Zxz -z${XZ:-9}"
    [ "${XZ:-}" != none ] || compression=-Znone
    find "$2" \( -type d -o -type f -perm /111 ! -name '*.so*' \) -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
    size=$(find "$2" -type f -printf '%s\n' | awk '{ kib += int(($1 + 1023) / 1024) } END { print kib }')
    install -d "$2/DEBIAN"
    sed -e "s/@VERSION@/$VERSION/" -e "s/@ARCH@/$1/" -e "s/@SIZE@/$size/" \
        -e "s/@MAINTAINER@/$MAINTAINER/" deploy/debian/control >"$2/DEBIAN/control"
    (cd "$2" && find etc -type f | sort | sed 's,^,/,') >"$2/DEBIAN/conffiles"
    (cd "$2" && find usr -type f | sort | xargs -d '\n' md5sum) >"$2/DEBIAN/md5sums"
    install -m 755 -t "$2/DEBIAN" deploy/debian/postinst deploy/debian/prerm deploy/debian/postrm
    find "$2" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group --threads-max=1 $compression --build "$2" "$out/loudspeaker_${VERSION}_$1.deb"
}

mkdir "$work/source"
copy_program . "$work/source"
(cd "$work/source" && "$python" .ci/messages.py >/dev/null)
pip wheel --no-deps --no-build-isolation -w "$work/wheel" "$work/source"
papers man "$work/man"
papers completion >"$work/completion"
for arch in "${@:-arm64}"; do
    case $arch in arm64) machine=aarch64 ;; amd64) machine=x86_64 ;; *) echo "arm64, amd64" >&2 && exit 2 ;; esac
    make_program $machine "$work/$arch"
    make_papers "$work/$arch"
    pack "$arch" "$work/$arch"
done
