# What the package's maintainer scripts do with systemd and Python; sourced after common.sh.
SWITCHED="loudspeaker.service loudspeaker-web.socket loudspeaker-fleet.service loudspeaker-hub.service loudspeaker-hub-broker.path" # on or off; the console's service is begun by its socket

systemd_runs() { [ -d "${DESTDIR:-}/run/systemd/system" ]; }

register_services() { # the station's own begins with the machine; the others are off until somebody switches them on
    local unit
    for unit in $SWITCHED; do
        deb-systemd-helper unmask "$unit" >/dev/null || true
        if [ "$unit" = loudspeaker.service ] && deb-systemd-helper --quiet was-enabled "$unit"; then
            deb-systemd-helper enable "$unit" >/dev/null || true
        else
            deb-systemd-helper update-state "$unit" >/dev/null || true
        fi
    done
}

start_services() { # those that are switched on; an image that is being made has no systemd
    local unit
    systemd_runs || return 0
    systemctl --system daemon-reload || true
    for unit in $SWITCHED; do
        if systemctl is-enabled --quiet "$unit"; then deb-systemd-invoke start "$unit" || true; fi
    done
}

leave_air() { # [SECONDS]: stop between airings; fails where there is no gap
    systemd_runs || return 0
    systemctl is-active --quiet loudspeaker.service || return 0
    "$program/bin/python3" "$program/deploy/between_airings.py" stop "$station/.state/control.sock" "$@"
}

stop_others() { # console, agent and hub, which nobody hears
    local unit
    systemd_runs || return 0
    for unit in loudspeaker-web.socket loudspeaker-web.service loudspeaker-fleet.service loudspeaker-hub.service; do
        ! systemctl is-active --quiet "$unit" || deb-systemd-invoke stop "$unit" || true
    done
}

compile_program() { # PROGRAM: byte code for the Python that is here, without which every command begins later
    local libraries
    libraries=$("$1/bin/python3" -c 'import sys; print("{1}/lib/common {1}/lib/python{0.major}.{0.minor}".format(sys.version_info, sys.argv[1]))' "$1")
    "$1/bin/python3" -W ignore -m compileall -q $libraries >/dev/null || true
    "$1/bin/python3" -c 'from loudspeaker.web.templating import compile_templates; compile_templates()' || true
}

forget_bytecode() { # PROGRAM
    find "$1" -name __pycache__ -type d -prune -exec rm -rf {} +
}
