"""Compile loudspeaker/locale/vi/*.po, one a room, into the one catalogue that gettext reads. Development only."""

from __future__ import annotations

import io
import sys
from datetime import datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

VI = Path(__file__).parent.parent / "loudspeaker" / "locale" / "vi"
SAME = datetime(2026, 11, 24)  # so that the same sentences are the same file
COMPILED = VI / "LC_MESSAGES" / "loudspeaker.mo"


def catalogue() -> Catalog:
    """All rooms' translations together. Raises `ValueError` for a sentence that stands in two files: one would win."""
    whole = Catalog(locale="vi", domain="loudspeaker", creation_date=SAME, revision_date=SAME)
    for path in sorted(VI.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="vi", abort_invalid=True):
                if message.id and message.id in whole:
                    raise ValueError(f"{path.name}: another file has {message.id!r}, too")
                if message.id:
                    whole.add(message.id, message.string)
    return whole


def compiled() -> bytes:
    out = io.BytesIO()
    write_mo(out, catalogue())
    return out.getvalue()


if __name__ == "__main__":
    COMPILED.parent.mkdir(exist_ok=True)
    COMPILED.write_bytes(compiled())
    sys.stdout.write(f"{len(catalogue())} messages\n")
