"""Where a hub keeps what is its own, and the keys by which it is known.

v1/            what is served: the folder of a delivery
drafts/        what waits for signatures, a delivery for each scope (`manifest_drafts.py`)
trust-drafts/  the same of trust documents (`trust_drafts.py`)
logs/          what boxes have sent: logs/BOX/LIFE/FROM-TO.jsonl.gz
hub.db         boxes, invitations, verdicts
hub.key        the key that signs bells
tls/           its certificate authority, which boxes learn when they join, and its certificate
broker/        what Mosquitto reads: passwords, access list, certificate
published.sock where the running process is told that something was published (`publish_socket.py`)
notices.json   to whom incidents are told
console.db     who may use the pages
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..station.box.box_key import open_machine_key
from ..trust.key_file import SigningKey
from ..trust.signed_documents import ROOT
from ..web.certificate import TLS_FOLDER, CertificateFiles, make_certificate, own_names
from ..web.site import DATABASE

PERSON = "hub"  # whose key signs bells


@dataclass(frozen=True, slots=True)
class HubPaths:
    """The folder of one hub; `root` holds v1/."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "hub.db"

    @property
    def key(self) -> Path:
        return self.root / "hub.key"

    @property
    def notices(self) -> Path:
        return self.root / "notices.json"

    @property
    def people(self) -> Path:
        return self.root / DATABASE

    @property
    def drafts(self) -> Path:
        return self.root / "drafts"

    @property
    def trust_drafts(self) -> Path:
        return self.root / "trust-drafts"

    def served_folder(self, scope: str) -> Path:
        """What is served of a scope, but for files by their hash."""
        return self.root / ROOT / scope

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def broker(self) -> Path:
        return self.root / "broker"

    @property
    def tls(self) -> CertificateFiles:
        return CertificateFiles(self.root / TLS_FOLDER)


def open_hub_key(paths: HubPaths) -> SigningKey:
    """The key that signs this hub's bells, made when it is first asked for. Raises as `open_machine_key`."""
    return open_machine_key(paths.key, PERSON)


def need_certificate(paths: HubPaths, names: tuple[str, ...] = ()) -> CertificateFiles:
    """The hub's certificate, made for `names` (or this machine's own) where there is none, or for other ones.

    Raises `BadUsage`.
    """
    files = paths.tls
    if not files.certificate.exists() or not set(names) <= set(files.names()):
        make_certificate(files, names or own_names())
    return files
