"""People's documents (.docx, .odt, .pdf, .txt) to bulletin drafts. What a document means is told in `dispatch.py`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from ..errors import BadFile, Message, Problem
from ..store.files import write_whole
from ..yamlfile.values import slug
from . import docx, odt, pdf, plain
from .dispatch import dispatch
from .draft import Draft, drafted

READERS: dict[str, Callable[[bytes], list[str]]] = {
    ".docx": docx.paragraphs,
    ".odt": odt.paragraphs,
    ".pdf": pdf.paragraphs,
    ".txt": plain.paragraphs,
}
LARGEST = 50 << 20  # bytes: of a file, and of all the text in a packed one


def read_document(name: str, data: bytes) -> Draft:
    """The draft made of a document; `name` is the file's name. Raises `BadFile` with what is wrong with it."""
    suffix = Path(name).suffix.lower()
    if len(data) > LARGEST or _unpacked(data) > LARGEST:
        raise _bad(name, Message("the file is too big for a document"))
    try:
        paragraphs = READERS[suffix](data)
    except Exception as error:  # the file is a stranger's: whatever a reader trips over is a damaged file
        raise _bad(name, _damage(suffix, error)) from error
    found = dispatch(plain.readable(paragraphs))
    if not found.body:
        raise _bad(name, _emptiness(suffix))
    return drafted(found)


def keep_draft(home: Path, name: str, draft: Draft) -> str:
    """Write the draft as a new bulletin; its path below `home`. Raises `BadFile` where one has that name already."""
    path = f"bulletins/{slug(Path(name).stem) or 'ban-tin'}.md"
    if (home / path).exists():
        raise _bad(name, Message("{path} is there already: rename one of the two", path=path))
    write_whole(home / path, draft.markdown().encode())
    return path


def _unpacked(data: bytes) -> int:
    """Bytes of text in a packed file, as it says itself; 0 for any other."""
    if not data.startswith(b"PK"):
        return 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return sum(part.file_size for part in package.infolist() if part.filename.endswith(".xml"))
    except zipfile.BadZipFile:
        return 0


def _damage(suffix: str, error: Exception) -> Message:
    if suffix == ".pdf" and type(error).__name__ in ("FileNotDecryptedError", "DependencyError"):
        return Message("this PDF is locked with a password: ask for one that is not, or for the Word file")
    return Message("this cannot be read as a {kind} file; is it damaged, or something else renamed?", kind=suffix)


def _emptiness(suffix: str) -> Message:
    if suffix == ".pdf":
        return Message(
            "this PDF holds only pictures of pages (a scan), no text: ask the sender for the Word file,"
            " or type what is to be said into a bulletin"
        )
    return Message("there is no text in this document")


def _bad(name: str, message: Message) -> BadFile:
    return BadFile([Problem(name, 0, message)])
