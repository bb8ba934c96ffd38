# What `make install` and the Debian package do alike; sourced by install.sh, by debian/postinst and by build_deb.sh.
# DESTDIR: everything below this folder (for tests).
station=${DESTDIR:-}/var/lib/loudspeaker
# All that belongs to the program: neither a left-over build/ nor anything else in a checkout gets into a package.
PROGRAM_SOURCE="loudspeaker bulletins schedules commune.yaml box.yaml setup.py setup.cfg pyproject.toml .ci/messages.py
    README.md README.vi.md LICENSE NOTICE docs"

copy_program() { # CHECKOUT FOLDER: the source of the program, and nothing else
    tar -C "$1" --exclude=__pycache__ --exclude='*.mo' -cf - $PROGRAM_SOURCE | tar -C "$2" -xf -
}

make_accounts() { # the services' users, and the groups of those who may use them, a sound card, a pin
    local group user
    for group in loudspeaker audio gpio; do getent group $group >/dev/null || groupadd --system $group; done
    for user in loudspeaker loudspeaker-web loudspeaker-fleet; do
        id $user >/dev/null 2>&1 ||
            useradd --system --gid loudspeaker --home-dir /var/lib/$user --shell /usr/sbin/nologin $user
    done
    # The console's accounts lie there, whoever makes the first one.
    install -d -m 700 -o loudspeaker-web -g loudspeaker "${DESTDIR:-}/var/lib/loudspeaker-web"
}

has_station() { [ -e "$station/commune.yaml" ]; }

make_station() { # PROGRAM: an empty station that is silent until it is commissioned; COMMUNE and VILLAGE name it
    install -d -m 2770 -o loudspeaker -g loudspeaker "$station"
    (umask 007 && "$1" init --empty ${COMMUNE:+--commune "$COMMUNE"} ${VILLAGE:+--village "$VILLAGE"} "$station")
}

share_station() { # whoever is in the group may edit: a folder hands its group on to what is made in it
    chown -R loudspeaker:loudspeaker "$station"
    find "$station" -path "$station/.state" -prune -o -type d -exec chmod 2770 {} + -o -type f -exec chmod ug+rw,o-rwx {} +
}

add_person() { # whoever has called sudo becomes one of the group
    local person=${SUDO_USER:-}
    if [ -z "$person" ] || [ "$person" = root ]; then
        echo "Thêm người sử dụng vào nhóm: sudo usermod -aG loudspeaker TÊN; người đó phải đăng xuất rồi đăng nhập lại."
    elif id -nG "$person" | tr ' ' '\n' | grep -qx loudspeaker; then
        echo "$person đã ở trong nhóm “loudspeaker”."
    else
        usermod -aG loudspeaker "$person"
        echo "Đã thêm $person vào nhóm “loudspeaker”. Hãy đăng xuất rồi đăng nhập lại thì mới sửa được tệp và dùng được lệnh."
    fi
}
