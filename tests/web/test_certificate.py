"""The console over https: its own authority, a certificate for the names by which it is asked, nobody else's."""

from __future__ import annotations

import socket
import ssl
import subprocess
from pathlib import Path
from threading import Thread

import pytest
from harness.waiting import wait_for

from loudspeaker.clock import FakeClock
from loudspeaker.errors import BadUsage, NotFound
from loudspeaker.web.certificate import CertificateFiles, make_certificate, own_names, renew_if_due
from loudspeaker.web.console import console_paths, open_console
from loudspeaker.web.http_server import listen
from loudspeaker.web.serve import serve

pytestmark = pytest.mark.waits  # until the console leaves


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> CertificateFiles:
    found = CertificateFiles(tmp_path_factory.mktemp("own") / "tls")
    make_certificate(found, ["box.local", "192.168.1.20"])
    return found


def test_it_is_for_the_names_that_were_given_and_for_this_machine(files: CertificateFiles) -> None:
    assert files.names() == ("box.local", "192.168.1.20", "localhost", "127.0.0.1")
    assert len(files.fingerprint()) == 95


def test_keys_are_their_owners_alone(files: CertificateFiles) -> None:
    for key in (files.key, files.authority_key):
        assert key.stat().st_mode & 0o077 == 0
    assert files.folder.stat().st_mode & 0o077 == 0


def test_the_authority_stays_when_the_certificate_is_made_anew(tmp_path: Path) -> None:
    files = CertificateFiles(tmp_path / "tls")
    make_certificate(files, ["a.local"])
    before, key = files.fingerprint(), files.key.read_bytes()
    make_certificate(files, ["b.local"])

    assert files.fingerprint() == before
    assert files.names()[0] == "b.local"
    assert files.key.read_bytes() != key


def test_it_is_renewed_when_it_ends_soon_and_not_before(files: CertificateFiles, tmp_path: Path) -> None:
    assert not files.is_due()
    before = files.certificate.read_bytes()
    renew_if_due(files)
    assert files.certificate.read_bytes() == before

    short = CertificateFiles(tmp_path / "tls")
    make_certificate(short, ["a.local"])
    words = ["-x509", "-key", str(short.key), "-days", "3", "-subj", "/CN=x", "-out", str(short.certificate)]
    subprocess.run(["openssl", "req", *words], check=True, capture_output=True)
    assert short.is_due()


@pytest.mark.parametrize("name", ["", "a b", "x,DNS:evil.example", "ắ.local", "a\nb"])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadUsage, match="no name"):
        make_certificate(CertificateFiles(tmp_path / "tls"), [name])
    assert not (tmp_path / "tls").exists()


def test_without_a_certificate_there_are_no_names(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="web certificate"):
        CertificateFiles(tmp_path).names()


def test_this_machine_knows_its_names() -> None:
    assert f"{socket.gethostname()}.local" in own_names()


def test_it_is_renewed_while_pages_stay_open(home: Path, clock: FakeClock) -> None:
    paths = console_paths(home, home / ".state")
    make_certificate(paths.tls, ["box.local"])
    words = ["-key", str(paths.tls.key), "-days", "3", "-subj", "/CN=x", "-out", str(paths.tls.certificate)]
    names = ["-addext", "subjectAltName=DNS:box.local,DNS:localhost"]
    subprocess.run(["openssl", "req", "-x509", *words, *names], check=True, capture_output=True)
    console = open_console(paths, clock=clock, hosts=frozenset({"localhost"}), secure=True)
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    certificate, settings = (paths.tls.certificate, paths.tls.key), {"renews": 0.2}
    thread = Thread(target=serve, args=(console, listening, certificate, 5), kwargs=settings)
    thread.start()
    trusting = ssl.create_default_context(cafile=str(paths.tls.authority))

    def is_trusted() -> bool:
        """The one that ends soon is its own authority's; only the new one is that of ours."""
        line = socket.create_connection(("127.0.0.1", port), 5)
        try:
            with trusting.wrap_socket(line, server_hostname="localhost"):
                return True
        except ssl.SSLError:
            return False
        finally:
            line.close()

    wait_for(is_trusted, pause=0.05)
    thread.join()
    listening.close()
    console.close()
    assert not paths.tls.is_due()


def test_a_browser_that_trusts_the_authority_is_answered_over_tls_1_2_or_later(home: Path, clock: FakeClock) -> None:
    paths = console_paths(home, home / ".state")
    make_certificate(paths.tls, ["box.local"])
    console = open_console(paths, clock=clock, hosts=frozenset({"localhost"}), secure=True)
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    thread = Thread(target=serve, args=(console, listening, (paths.tls.certificate, paths.tls.key), 1))
    thread.start()
    trusting = ssl.create_default_context(cafile=str(paths.tls.authority))
    with trusting.wrap_socket(socket.create_connection(("127.0.0.1", port), 5), server_hostname="localhost") as line:
        line.sendall(b"GET /ca.crt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        heard = b""
        while more := line.recv(65536):
            heard += more
        assert line.version() in ("TLSv1.2", "TLSv1.3")
    assert heard.endswith(paths.tls.authority.read_bytes())

    stranger = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError):
        stranger.wrap_socket(socket.create_connection(("127.0.0.1", port), 5), server_hostname="localhost")
    thread.join()
    listening.close()
    console.close()
