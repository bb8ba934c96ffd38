"""A real hub as its commands make it; it and its broker are processes of their own."""

from __future__ import annotations

import json
import os
import pwd
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

from click.testing import CliRunner

from harness.broker import MosquittoBroker, free_port, listens
from harness.waiting import wait_for
from loudspeaker.cli import cli
from loudspeaker.station.paths import StationPaths


def run(*words: str) -> str:
    """What a command prints, in this process."""
    done = CliRunner(mix_stderr=False).invoke(cli, words)
    assert done.exit_code == 0, (done.stderr, done.exception)
    return done.stdout


class RealHub:
    """A hub as its commands make it, with its broker, to whose configuration `broker_config` is added.

    `host`: a name or an address of this machine, by which boxes know it.
    """

    def __init__(self, folder: Path, parts: ExitStack, broker_config: str = "", host: str = "localhost") -> None:
        self.folder, self._parts, self._said = folder, parts, folder.with_suffix(".said")
        self._broker_config, self.host = broker_config, host
        self.port, self.broker_port = free_port(), free_port()

    def run(self, *words: str) -> str:
        """One of its commands, in this process: what they print."""
        return run("hub", "--folder", str(self.folder), *words)

    def boxes(self) -> list[dict[str, object]]:
        return list(json.loads(self.run("boxes", "--json")))

    def join(self, paths: StationPaths, scope: str) -> None:
        """Let this box in, by a code."""
        code = self.run("invite", "--scope", scope).strip()
        station = ("--home", str(paths.home), "--state", str(paths.state))
        run(*station, "fleet", "join", f"{self.host}:{self.port}", code, "--by", "Lý")

    def start(self) -> None:
        listener = self.run("broker", "--port", str(self.broker_port), "--name", self.host)
        own = f"user {pwd.getpwuid(os.getuid()).pw_name}\npid_file {self.folder}.pid\n"
        config = own + listener + self._broker_config
        self.broker = MosquittoBroker(self.folder.with_suffix(".broker"), self.broker_port, config)
        self._parts.callback(self.broker.kill)
        self.broker.start()
        serve = ("serve", "--port", str(self.port), "--name", self.host, "--broker", f"localhost:{self.broker_port}")
        program = (sys.executable, "-m", "loudspeaker", "hub", "--folder", str(self.folder))
        self._command = (*program, "--broker-pid", f"{self.folder}.pid", *serve)
        self.begin()

    def begin(self) -> None:
        """The hub's own process, again after it was killed."""
        said = self._parts.enter_context(self._said.open("ab"))
        self.process = self._parts.enter_context(subprocess.Popen(self._command, stdout=said, stderr=said))
        self._parts.callback(self.process.kill)
        wait_for(lambda: listens(self.port))

    def bell(self, scope: str) -> bytes:
        """What it tells of a scope."""
        return (self.folder / "v1" / scope / "bell.json").read_bytes()

    def receipts(self, alert: str) -> set[str]:
        """The states of an alert, by its id, that boxes have told."""
        with closing(sqlite3.connect(self.folder / "hub.db")) as database:
            return {state for (state,) in database.execute("SELECT state FROM receipt WHERE alert = ?", (alert,))}

    def pieces(self) -> list[tuple[int, int]]:
        """First and last entry of each piece of a log that was believed."""
        with closing(sqlite3.connect(self.folder / "hub.db")) as database:
            return list(database.execute("SELECT * FROM segment ORDER BY 3").fetchall())

    def logs(self) -> dict[str, int]:
        """How far it has each log, by the hash of its first entry."""
        with closing(sqlite3.connect(self.folder / "hub.db")) as database:
            return dict(database.execute("SELECT life, entries FROM life").fetchall())
