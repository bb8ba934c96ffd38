"""What Mosquitto reads of a hub, in one folder: who may log in, what each may read and write, certificate, listener.

    broker/passwords  acl  ca.crt  hub.crt  hub.key        written by the hub, for Mosquitto's group to read
    broker/hub.password                                    the hub's own, for nobody else

Passwords are random and are kept as `mosquitto_passwd` keeps them ($7$: PBKDF2 with SHA-512). Mosquitto reads them anew
at SIGHUP, and ends the sessions of whoever is not among them any more.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import signal
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ...store.atomic import read_regular_file, write_private
from ...web.certificate import CertificateFiles

HUB_USER = "hub"
ROUNDS, SALT_BYTES, HASH_BYTES = 101, 12, 64  # mosquitto_passwd's own; nobody guesses 128 random bits
PASSWORD_BYTES = 16
READABLE = 0o640
MOST_BYTES = 100
MOST_PID_BYTES = 20
ACCESS = """\
user {hub}
topic readwrite ls/#

pattern read ls/1/scope/#
pattern read ls/1/hub/birth
pattern write ls/1/box/%u/#
"""
# What is kept over a restart of the broker is not relied on: the hub publishes it again.
LISTENER = """\
# Made by “loudspeaker-hub broker”.
per_listener_settings false
listener {port}
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
cafile {folder}/ca.crt
certfile {folder}/hub.crt
keyfile {folder}/hub.key
tls_version tlsv1.2
max_keepalive 600
max_packet_size 1000000
max_inflight_messages 500
max_queued_messages 40000
"""


@dataclass(frozen=True, slots=True)
class BrokerAccounts:
    """The folder that Mosquitto reads. `pid_file`: of a Mosquitto that this process may tell to read it anew."""

    folder: Path
    pid_file: Path | None = None

    @property
    def authority(self) -> Path:
        return self.folder / "ca.crt"

    def password(self) -> str:
        """The hub's own, made when it is first asked for. Raises `WriteError`."""
        path = self.folder / "hub.password"
        if raw := read_regular_file(path, MOST_BYTES):
            return raw.decode()
        password = make_password()
        write_private(path, password.encode())
        return password

    def write(self, boxes: Iterable[tuple[str, str]]) -> None:
        """Let in these boxes (id, hash of the password) and the hub, and nobody else. Raises `WriteError`."""
        lines = [f"{HUB_USER}:{hash_password(self.password())}", *(f"{box}:{hashed}" for box, hashed in boxes)]
        self._write("passwords", "".join(f"{line}\n" for line in lines).encode())
        self._write("acl", ACCESS.format(hub=HUB_USER).encode())
        self._reload()

    def write_certificate(self, files: CertificateFiles) -> None:
        """Copy the hub's certificate, with its key, to where Mosquitto may read it. Raises `WriteError`, `OSError`."""
        pairs = {"ca.crt": files.authority, "hub.crt": files.certificate, "hub.key": files.key}
        for name, source in pairs.items():
            self._write(name, source.read_bytes())

    def listener(self, port: int) -> str:
        """The part of mosquitto.conf that is about this hub."""
        return LISTENER.format(folder=self.folder.resolve(), port=port)

    def _write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        if read_regular_file(path, len(content) + 1) != content:
            write_private(path, content)
        path.chmod(READABLE)

    def _reload(self) -> None:
        """Tell a Mosquitto of ours. That of a service is told by systemd (loudspeaker-hub-broker.path)."""
        with suppress(OSError, ValueError):  # it does not run: it reads the file when it begins
            raw = read_regular_file(self.pid_file, MOST_PID_BYTES) if self.pid_file else None
            if raw and (number := int(raw)) > 1:
                os.kill(number, signal.SIGHUP)


def make_password() -> str:
    """A password that nobody guesses."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def hash_password(password: str) -> str:
    """As Mosquitto keeps it."""
    salt = secrets.token_bytes(SALT_BYTES)
    return format_hash(password, salt, ROUNDS)


def format_hash(password: str, salt: bytes, rounds: int) -> str:
    """PBKDF2 with SHA-512 in the form of `mosquitto_passwd`: $7$ROUNDS$SALT$HASH."""
    hashed = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds, HASH_BYTES)
    return f"$7${rounds}${base64.b64encode(salt).decode()}${base64.b64encode(hashed).decode()}"
