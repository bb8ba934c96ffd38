"""People's documents (.docx, .odt, .pdf, .txt) to bulletin drafts; `official_letter` takes them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

from ..config import bulletin_file
from ..config.values import slug
from ..errors import BadFile, Message, Problem
from ..model.spoken_text import ReadingSettings
from ..text.reading import read
from ..yamlfile import Splice
from . import files
from .document_blocks import MOST_LETTERS, Block, texts
from .draft import make_draft
from .import_result import BulletinDraft, ImportResult
from .official_letter import parse_letter
from .package import TooBig
from .plain import to_unicode

READERS = {".docx": "docx", ".odt": "odt", ".pdf": "pdf", ".txt": "plain"}  # modules: each loads a library of its own
LARGEST = 50 * files.MB
LARGEST_TEXT = 4 * MOST_LETTERS  # bytes of a .txt: no letter takes more
LONGEST_ID = 80  # letters


def import_document(path: Path, home: Path, readings: ReadingSettings, name: str = "") -> ImportResult:
    """A document as a new bulletin below `home`, with what was left out of it and every guess in its reading.

    Its id is made of `name`, or of the file's. Raises `BadFile` where it cannot be used, or where its bulletin is there
    already.
    """
    target = f"bulletins/{_id(name or path.stem)}.md"
    if (home / target).exists():
        raise _bad(path.name, Message("{path} is there already: rename one of the two", path=target))
    draft = read_document(path.name, files.read(path, path.name, LARGEST))
    data = draft.markdown().encode()
    try:
        bulletin_file.parse(target, data)  # nothing is written that could not be read back
    except BadFile as error:  # its places are those of a file that is not there
        raise BadFile(Problem(path.name, 0, problem.message) for problem in error.problems) from error
    doubts = [doubt.message() for doubt in read(draft.text, readings).doubts]
    draft_note = Message("{path} is a draft: read it through before it is scheduled", path=target)
    id_note = Message("the bulletin's id is “{id}”", id=Path(target).stem)
    return ImportResult([draft_note, id_note, *draft.notes, *doubts], [Splice(target, b"", data)], draft)


def read_document(name: str, data: bytes) -> BulletinDraft:
    """The draft made of a document; `name` is the file's name. Raises `BadFile` with what is wrong with it."""
    suffix = Path(name).suffix.lower()
    if suffix == ".txt" and len(data) > LARGEST_TEXT:
        raise _bad(name, _too_long())
    try:
        reader: Callable[[bytes], Iterable[Block]] = import_module(f".{READERS[suffix]}", __package__).paragraphs
        blocks = _limit_letters(reader(data))
    except (TooBig, MemoryError) as error:
        raise _bad(name, Message("the file is too big for a document")) from error
    except Exception as error:  # the file is a stranger's: whatever a reader trips over is a damaged file
        raise _bad(name, _damage(suffix, error)) from error
    if blocks is None:
        raise _bad(name, _too_long())
    converted, encoding = to_unicode(blocks)
    letter = parse_letter(converted)
    if not letter.body:
        raise _bad(name, _emptiness(suffix))
    return make_draft(letter, encoding)


def _id(name: str) -> str:
    """The bulletin's id: official files are named 145-TB-UBND.docx, ids are 145-tb-ubnd."""
    return slug(name)[:LONGEST_ID].strip("-") or "ban-tin"


def _limit_letters(blocks: Iterable[Block]) -> list[Block] | None:
    """The blocks, or None where they hold more letters than any dispatch."""
    result, letters = [], 0
    for block in blocks:
        letters += sum(map(len, texts(block)))
        if letters > MOST_LETTERS:
            return None
        result.append(block)
    return result


def _too_long() -> Message:
    return Message(
        "it has more than {most} letters, and a bulletin may have {fewer}: copy out what is to be said",
        most=MOST_LETTERS,
        fewer=bulletin_file.MOST_LETTERS,
    )


def _damage(suffix: str, error: Exception) -> Message:
    if suffix == ".pdf" and type(error).__name__ in ("FileNotDecryptedError", "DependencyError"):
        return Message("this PDF is locked with a password: ask for one that is not, or for the Word file")
    return Message("this cannot be read as a {kind} file; is it damaged, or something else renamed?", kind=suffix)


def _emptiness(suffix: str) -> Message:
    if suffix == ".pdf":
        return Message(
            "this PDF holds only pictures of pages (a scan), no text: ask the sender for the Word file,"
            " or take a picture of it with Google Lens or Zalo, copy the words and paste them into a bulletin"
        )
    return Message("there is no text in this document")


def _bad(name: str, message: Message) -> BadFile:
    return BadFile([Problem(name, 0, message)])
