#!/usr/bin/env bash
# Publish packages as an apt suite of static files, signed, which any web server or USB stick can hold.
#
#   deploy/release.sh make FOLDER VERSION               the version into the program and CHANGELOG.md, a commit and its tag, the
#                                                       packages for both machines, and all of it published
#   deploy/release.sh publish FOLDER LOUDSPEAKER.deb…   into the suite canary; the packages come into FOLDER/pool
#   deploy/release.sh promote FOLDER                    what is in canary becomes stable
#
#   SIGNING_KEY   file with the secret key, armored, without a passphrase; never in the checkout
#
# Beside the suites lie loudspeaker.gpg (the public key) and loudspeaker.sources, which a box needs once.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
verb=$1
apt=$(mkdir -p "$2" && cd "$2" && pwd)
shift 2
: "${SIGNING_KEY:?the file with the secret key}"
home=$(mktemp -d)
trap 'gpgconf --homedir "$home" --kill all; rm -rf "$home"' EXIT
gpg() { command gpg --homedir "$home" --batch --quiet --yes "$@"; }
gpg --import "$SIGNING_KEY"

sign_suite() { # SUITE: Release with the hashes of its indexes, signed
    local folder=$apt/dists/$1
    rm -f "$folder/Release" "$folder/InRelease" "$folder/Release.gpg"
    apt-ftparchive -o APT::FTPArchive::Release::Origin=loudspeaker -o APT::FTPArchive::Release::Label=loudspeaker \
        -o APT::FTPArchive::Release::Suite="$1" -o APT::FTPArchive::Release::Codename="$1" \
        -o APT::FTPArchive::Release::Architectures="amd64 arm64" -o APT::FTPArchive::Release::Components=main \
        release "$folder" >"$home/Release"
    mv "$home/Release" "$folder/Release"
    gpg --clearsign -o "$folder/InRelease" "$folder/Release"
    gpg --armor --detach-sign -o "$folder/Release.gpg" "$folder/Release"
}

publish() { # DEB…
    local arch index
    install -D -m 644 -t "$apt/pool" "$@"
    for arch in amd64 arm64; do
        index=$apt/dists/canary/main/binary-$arch
        mkdir -p "$index"
        (cd "$apt" && apt-ftparchive --arch "$arch" packages pool) >"$index/Packages"
        gzip -9nkf "$index/Packages"
    done
    (cd "$apt/pool" && sha256sum -- *.deb) >"$apt/SHA256SUMS"
    gpg --armor --detach-sign -o "$apt/SHA256SUMS.asc" "$apt/SHA256SUMS"
    gpg --export >"$apt/loudspeaker.gpg"
    install -m 644 "$here/debian/loudspeaker.sources" "$apt/loudspeaker.sources"
    sign_suite canary
    [ -d "$apt/dists/stable" ] || promote # the first release has nobody to be tried by before
}

promote() {
    mkdir -p "$apt/dists"
    rm -rf "$apt/dists/stable.next"
    cp -r "$apt/dists/canary" "$apt/dists/stable.next"
    rm -rf "$apt/dists/stable"
    mv "$apt/dists/stable.next" "$apt/dists/stable"
    sign_suite stable
}

make() { # VERSION
    local version=$1 debs
    cd "$here/.."
    [[ $version =~ ^[0-9]+(\.[0-9]+)+$ ]] || { echo "A version is needed: make release NEW=0.2.0" >&2 && exit 2; }
    [ -z "$(git status --porcelain)" ] || { echo "There are changes that no commit has" >&2 && exit 1; }
    grep -m 1 '^## ' CHANGELOG.md | grep -qE '^## [0-9]{4}-[0-9]{2}-[0-9]{2}$' ||
        { echo "CHANGELOG.md tells nothing new: its first heading is to be a date" >&2 && exit 1; }
    sed -i "s/^VERSION = \"[^\"]*\"/VERSION = \"$version\"/" loudspeaker/__init__.py
    sed -i "0,/^## /s/^## /## $version, /" CHANGELOG.md
    git commit -q -m "release: $version" loudspeaker/__init__.py CHANGELOG.md
    git tag "v$version"
    debs=$(mktemp -d)
    deploy/build_deb.sh "$debs" arm64 amd64
    publish "$debs"/*.deb
    rm -rf "$debs"
    echo "$version is in $apt, suite canary. Push it: git push && git push origin v$version. In some days: make promote"
}

case $verb in make | publish | promote) $verb "$@" ;; *) echo "make, publish, promote" >&2 && exit 2 ;; esac
