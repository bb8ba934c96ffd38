"""A delivery that somebody sends from a browser, as one .zip: what a manifest needs, and nothing else of it."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from ...errors import BadUsage, Message
from ...store.atomic import make_folder
from ...trust.signed_documents import DIGEST, ROOT, SCOPE
from .manifest_drafts import proposed_scopes

MOST_SENT = 100 << 20  # bytes, of the .zip
MOST_UNPACKED = 500 << 20
MOST_NAMES = 10_000
# A damaged .zip, one that is encrypted (RuntimeError), or one in a compression that zipfile does not know.
DAMAGED = BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, EOFError, OSError


@contextmanager
def unpack_delivery(sent: BinaryIO, folder: Path) -> Iterator[tuple[Path, str]]:
    """The delivery in a .zip, unpacked below `folder` as long as it is looked at, and its only scope.

    Raises `BadUsage` for what is no delivery of one scope.
    """
    make_folder(folder)
    with TemporaryDirectory(prefix=".sent-", dir=folder) as name:
        delivery = Path(name)
        try:
            with ZipFile(sent) as packed:
                _unpack(packed, delivery)
        except DAMAGED as error:
            raise BadUsage(Message("this is no .zip file that can be read: {error}", error=str(error))) from error
        scopes = proposed_scopes(delivery)
        if len(scopes) != 1:
            raise BadUsage(Message("this is no .zip with the files of one commune: make it with “fleet pack --zip”"))
        yield delivery, scopes[0]


def _unpack(packed: ZipFile, delivery: Path) -> None:
    entries = [entry for entry in packed.infolist()[:MOST_NAMES] if _belongs_to_delivery(entry)]
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise BadUsage(Message("unpacked it is larger than is taken here"))
    for entry in entries:
        target = delivery / entry.filename
        make_folder(target.parent)
        with packed.open(entry) as content, target.open("wb") as out:  # never more than `file_size` (zipfile)
            shutil.copyfileobj(content, out)


def _belongs_to_delivery(entry: ZipInfo) -> bool:
    """Is it a manifest, the last that set the rules, or a file by its hash?"""
    root, _, rest = entry.filename.partition("/")
    scope, _, name = rest.partition("/")
    is_blob = scope == "blob" and bool(DIGEST.fullmatch(name))
    return root == ROOT and (is_blob or (name in ("manifest.json", "rules.json") and bool(SCOPE.fullmatch(scope))))
