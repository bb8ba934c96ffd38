"""A real Mosquitto on a free port, with TLS, passwords and the access list of a hub; killed and wiped at will."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harness.certificates import Certificate
from harness.static_hub import PASSWORD, USER
from harness.waiting import wait_for

PROGRAM = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
PASSWORDS = shutil.which("mosquitto_passwd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
HUB, HUB_PASSWORD = "hub", "của hub"
CONFIG = """
listener {port} 127.0.0.1
certfile {certificate}
keyfile {key}
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
persistence true
persistence_location {folder}/
autosave_interval 1
max_queued_messages 40000
user {user}
"""
ACCESS = """
pattern read ls/1/scope/#
pattern read ls/1/hub/birth
pattern write ls/1/box/%u/#
user hub
topic readwrite ls/#
"""


class MosquittoBroker:
    """One broker, whose data and output lie in `folder`."""

    def __init__(self, folder: Path, port: int, config: str) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.port = folder, port
        self._process: subprocess.Popen[bytes] | None = None
        self._said = folder / "said"
        (folder / "config").write_text(config)

    def start(self) -> None:
        assert PROGRAM
        assert self._process is None
        with self._said.open("ab") as said:
            command = [PROGRAM, "-c", str(self.folder / "config")]
            self._process = subprocess.Popen(command, stdout=said, stderr=said)
        wait_for(self._listens)

    def kill(self, wipe: bool = False) -> None:
        """The power goes; with its data, where it is wiped."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
        if wipe:
            (self.folder / "mosquitto.db").unlink(missing_ok=True)

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def _listens(self) -> bool:
        assert self._process
        assert self._process.poll() is None, self._said.read_text()
        return listens(self.port)


def listens(port: int) -> bool:
    """Does somebody listen at it?"""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def mosquitto(folder: Path, certificate: Certificate) -> Iterator[MosquittoBroker]:
    """One with two accounts, a box's and the hub's, that runs until the end of the block."""
    folder.mkdir()
    port, user = free_port(), pwd.getpwuid(os.getuid()).pw_name
    (folder / "acl").write_text(ACCESS)
    (folder / "acl").chmod(0o600)
    (folder / "passwords").touch(0o600)
    assert PASSWORDS
    for name, password in ((USER, PASSWORD), (HUB, HUB_PASSWORD)):
        words = [PASSWORDS, "-b", str(folder / "passwords"), name, password]
        subprocess.run(words, check=True, capture_output=True)
    names = {"certificate": certificate[0], "key": certificate[1], "user": user}
    broker = MosquittoBroker(folder, port, CONFIG.format(port=port, folder=folder, **names))
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()
