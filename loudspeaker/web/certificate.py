"""The console's own certificate authority and its certificate, made by the `openssl` that is installed.

A phone that trusts the authority (`ca.crt`) trusts the console; the authority signs for nobody else. The certificate is
valid for 397 days, the longest that browsers take, and is renewed while the authority's key is there.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
import socket
import ssl
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadUsage, Message, NotFound

YEARS_10, LONGEST, RENEW = 3650, 397, 30  # days
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
NAME = re.compile(r"[A-Za-z0-9.:-]{1,253}")
HERE = ("localhost", "127.0.0.1")
TLS_FOLDER = "tls"  # of the console's own folder


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """The files in `folder`, which is the console's `TLS_FOLDER`."""

    folder: Path

    @property
    def authority(self) -> Path:
        """What phones are to trust."""
        return self.folder / "ca.crt"

    @property
    def authority_key(self) -> Path:
        return self.folder / "ca.key"

    @property
    def certificate(self) -> Path:
        return self.folder / "console.crt"

    @property
    def key(self) -> Path:
        return self.folder / "console.key"

    def names(self) -> tuple[str, ...]:
        """The hosts and addresses that the certificate is for. Raises `NotFound` where there is none."""
        if not self.certificate.exists():
            raise NotFound(Message("there is no certificate yet: “loudspeaker web certificate” makes one"))
        extension = _openssl("x509", "-in", self.certificate, "-noout", "-ext", "subjectAltName")
        return tuple(re.findall(r"(?:DNS|IP Address):([^\s,]+)", extension))

    def fingerprint(self) -> str:
        """The authority's SHA-256 as browsers show it: AB:CD:…"""
        der = ssl.PEM_cert_to_DER_cert(self.authority.read_text())
        return hashlib.sha256(der).digest().hex(":").upper()

    def is_due(self) -> bool:
        """Does it end within `RENEW` days?"""
        command = ["openssl", "x509", "-in", str(self.certificate), "-noout", "-checkend", str(RENEW * 86_400)]
        return subprocess.run(command, capture_output=True, check=False).returncode != 0


def make_certificate(files: CertificateFiles, names: Sequence[str]) -> None:
    """The authority, where there is none yet, and a new certificate for these names. Raises `BadUsage`."""
    for name in names:
        if not NAME.fullmatch(name):
            raise BadUsage(Message("“{name}” is no name and no address of a machine", name=name))
    files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = os.umask(0o077)
    try:
        if not files.authority_key.exists():
            _make_authority(files)
        _sign(files, dict.fromkeys((*names, *HERE)))
    finally:
        os.umask(before)


def renew_if_due(files: CertificateFiles) -> None:
    """A new certificate for the same names, where it ends soon and we have the authority's key."""
    if files.authority_key.exists() and files.is_due():
        make_certificate(files, files.names())


def own_names() -> list[str]:
    """By which this machine may be asked for on its network: its name, the same with .local, its address."""
    host = socket.gethostname()
    names = [host, f"{host}.local"] if NAME.fullmatch(host) else []
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.connect(("192.0.2.1", 9))  # documentation's own address: nothing is sent, the kernel names our way out
        names.append(line.getsockname()[0])
    return names


def _make_authority(files: CertificateFiles) -> None:
    _openssl(
        *("req", "-x509", *KEY, "-days", str(YEARS_10), "-subj", f"/CN=Loudspeaker {socket.gethostname()[:40]}"),
        *("-addext", "basicConstraints=critical,CA:TRUE,pathlen:0", "-addext", "keyUsage=critical,keyCertSign"),
        *("-keyout", files.authority_key, "-out", files.authority),
    )


def _sign(files: CertificateFiles, names: Iterable[str]) -> None:
    """A key and a certificate, put in the place of the old ones when both are there."""
    request, certificate, key = (files.folder / f"new{kind}" for kind in (".csr", ".crt", ".key"))
    alternatives = ",".join(f"{'IP' if _is_address(name) else 'DNS'}:{name}" for name in names)
    _openssl(
        *("req", *KEY, "-subj", "/CN=loudspeaker", "-addext", f"subjectAltName={alternatives}"),
        *("-addext", "extendedKeyUsage=serverAuth", "-keyout", key, "-out", request),
    )
    _openssl(
        *("x509", "-req", "-in", request, "-CA", files.authority, "-CAkey", files.authority_key, "-CAcreateserial"),
        *("-days", str(LONGEST), "-copy_extensions", "copyall", "-out", certificate),
    )
    key.replace(files.key)
    certificate.replace(files.certificate)
    request.unlink()


def _openssl(*words: str | Path) -> str:
    """What it prints. Raises `BadUsage` with what it complains of."""
    try:
        ended = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=True)
    except FileNotFoundError as error:
        raise BadUsage(Message("the program openssl is not installed: sudo apt install openssl")) from error
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["–"])[-1]
        raise BadUsage(Message("openssl could not do it: {error}", error=last)) from error
    return ended.stdout


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
