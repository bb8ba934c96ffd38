"""Real stations for the tests: an icecast2 and a HLS folder, whose source can stall, stop and come back."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.waiting import PATIENCE, wait_for

FOUND = all(shutil.which(tool) for tool in ("icecast2", "ffmpeg"))
# Its pitch goes up and down all the time, so that no tenth of a second is like another.
SIREN = ["-re", "-f", "lavfi", "-i", "aevalsrc=0.25*sin(2*PI*600*t+40*sin(0.7*t)):s=44100"]
CONFIG = """<icecast>
  <limits><clients>20</clients><sources>2</sources><source-timeout>{patience}</source-timeout></limits>
  <authentication><source-password>x</source-password><admin-password>x</admin-password></authentication>
  <hostname>localhost</hostname>
  <listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <paths>
    <logdir>{folder}</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot>
  </paths>
  <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog></logging>
  <security>{owner}</security>
</icecast>
"""
NOBODY = "<changeowner><user>nobody</user><group>nogroup</group></changeowner>"  # it does not run as root


PIECE = 2  # seconds of a HLS folder's files


class NotOnTheAir(Exception):
    """Somebody else had taken the port, or the server had sent its source away."""


class Source:
    """Somebody who speaks: an ffmpeg that makes sound into `where`, in real time."""

    def __init__(self, *where: str) -> None:
        self._where = where
        self._process: subprocess.Popen[bytes] | None = None
        self.begin()

    def begin(self) -> None:
        command = ["ffmpeg", "-nostdin", "-loglevel", "quiet", *SIREN, *self._where]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def stall(self) -> None:
        """Still there, and says nothing more."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    @property
    def over(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def go_on(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


class Icecast:
    """A server with one mount, `address`, that `source` speaks into."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        folder.chmod(0o777)  # somebody else writes its logs
        config = folder / "icecast.xml"
        # A stalled source is not sent away: it would have to be begun anew, which another test does.
        owner = "" if os.getuid() else NOBODY
        config.write_text(CONFIG.format(port=port, folder=folder, owner=owner, patience=round(2 * PATIENCE)))
        self._server = subprocess.Popen(
            ["icecast2", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_for(lambda: _answers(port) or self._server.poll() is not None)
            if self._server.poll() is not None:
                raise NotOnTheAir
        except BaseException:
            self._server.kill()
            self._server.wait()
            raise
        self.address = f"http://127.0.0.1:{port}/vov.mp3"
        mount = f"icecast://source:x@127.0.0.1:{port}/vov.mp3"
        self.source = Source("-c:a", "libmp3lame", "-b:a", "64k", "-content_type", "audio/mpeg", "-f", "mp3", mount)

    def wait(self) -> None:
        """Until the source is there."""
        wait_for(lambda: self.source.over or _gives(self.address))
        if self.source.over:
            raise NotOnTheAir

    def stop(self) -> None:
        self.source.end()
        self._server.kill()
        self._server.wait()


class FolderServer:
    """A live HLS folder behind a server that can drop what it is asked for; `source` writes it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "hls"
        self.path.mkdir(exist_ok=True)
        self.dropping = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/vov.m3u8"
        live = [
            "-f",
            "hls",
            "-hls_time",
            str(PIECE),
            "-hls_list_size",
            "4",
            "-hls_flags",
            "delete_segments+omit_endlist",
        ]
        self.source = Source("-c:a", "aac", *live, str(self.path / "vov.m3u8"))

    @property
    def pieces(self) -> int:
        """How many its source has written, with those that are gone again."""
        return 1 + max(int(path.stem.removeprefix("vov")) for path in self.path.glob("vov*.ts"))

    def wait(self) -> None:
        """Until there is something to be heard."""
        wait_for((self.path / "vov1.ts").exists)

    def stop(self) -> None:
        self.source.end()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[SimpleHTTPRequestHandler]:
        folder = self

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                if folder.dropping:
                    return self.connection.close()
                with suppress(OSError):
                    super().do_GET()

            def translate_path(self, path: str) -> str:
                return str(folder.path / Path(path).name)

            def log_message(self, *_: object) -> None: ...

        return Handler


@contextmanager
def opened(kind: type[Icecast | FolderServer]) -> Iterator[Icecast | FolderServer]:
    """A server of that kind with its source on the air."""
    with TemporaryDirectory() as folder:
        server = _on_the_air(kind, Path(folder), tries=3)
        try:
            yield server
        finally:
            server.stop()


def _on_the_air(kind: type[Icecast | FolderServer], folder: Path, tries: int) -> Icecast | FolderServer:
    """Begun anew, on another port, where it does not come on the air."""
    try:
        server = kind(folder)
        try:
            server.wait()
        except BaseException:
            server.stop()
            raise
    except NotOnTheAir:
        if tries == 1:
            raise
        return _on_the_air(kind, folder, tries - 1)
    return server


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _gives(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:
            return bool(answer.read(1))
    except OSError:
        return False
