# Releases of Debian, where they come from, and what is done with root file systems; sourced by make_usb.sh,
# checks/image_check.sh and checks/boot_check.sh.
# MIRROR: of Debian; the one that this machine uses
MIRROR=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)}

suite_of() { # RELEASE
    case $1 in 12) echo bookworm ;; 13) echo trixie ;; *) echo "Debian 12 or 13, not $1" >&2 && exit 2 ;; esac
}

source_of() { # SUITE: its line for sources.list
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $MIRROR $1 main"
}

inside() { # COMMAND…: in the root file system $root, without a network, with an environment of its own
    unshare --net -- chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@" </dev/null
}

remove_folder() { # FOLDER: unless something is mounted in it, such as this machine's /dev/shm by an mmdebstrap that was killed
    if grep -qF " $(realpath "$1")/" /proc/mounts; then
        echo "Something is mounted in $1: it is left there" >&2
    else
        rm -rf --one-file-system "$1"
    fi
}
