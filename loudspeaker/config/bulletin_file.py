"""bulletins/*.md: a YAML head, then the text. What its words sound like is decided in `text/reading.py`, not here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping

from ..errors import BadFile, Message, Problem
from ..model.bulletin import Bulletin, Part
from ..model.enums import Level
from ..yamlfile import Mistake, Section, decode_text, document, nearest, parse_file
from ..yamlfile.slips import FENCE
from . import values
from .keywords import KEYWORDS

KEYS = ("title", "level", "valid", "source", "repeat", "gap", "parts", "voices", "all_clear")
PART_KEYS = ("audio", "text", "language", "voices")
LEVELS = {"routine": Level.ROUTINE, "priority": Level.PRIORITY, "emergency": Level.EMERGENCY}
MOST_LETTERS = 40_000  # some fifty minutes, more than any session may last
_SOUND = re.compile(r"\.(?:wav|mp3|m4a|aac|amr|ogg|opus|flac|3gp|wma)$", re.IGNORECASE)


def parse(
    path: str, data: bytes, voices: Collection[str] | None = None, titles: Mapping[str, str] | None = None
) -> Bulletin:
    """Read one bulletin, which may name `voices` (None: all but programs); `titles` are those of all, by id, if known.

    Raises `BadFile` with all mistakes in it.
    """
    return parse_file(path, data, lambda path, data: _read(path, data, voices, titles), KEYWORDS, head_only=True)


def _read(path: str, data: bytes, voices: Collection[str] | None, titles: Mapping[str, str] | None) -> Bulletin:
    voice = _voice_of(voices)
    head, text, text_line = _split(path, decode_text(path, data))
    top = document(path, head, KEYWORDS, KEYS, first_line=2)
    valid_from, valid_until = top.get("valid", values.validity, (None, None))
    bulletin = Bulletin(
        id=values.file_id(path, top),
        title=top.require("title", values.word, ""),
        level=top.get("level", values.choice(LEVELS), Level.ROUTINE),
        valid_from=valid_from,
        valid_until=valid_until,
        source=top.get("source", values.words, ""),
        repeat=top.get("repeat", values.whole(1, 10), 1),
        gap=top.get("gap", values.length, 3.0),
        parts=_parts(top, text, text_line, voice),
        voices=top.get_list("voices", voice) or (),
        all_clear=top.get("all_clear", values.reference(titles), None),
        text=text,
        text_line=text_line,
        path=path,
        lines={key: top.line_of(key) for key in top},
    )
    letters = sum(len(part.text or "") for part in bulletin.parts)
    if letters > MOST_LETTERS:
        top.add_problem(_too_long(letters))
    if bulletin.all_clear and bulletin.level is not Level.EMERGENCY:
        top.add_problem(Message("only an emergency can have “{key}”", key=top.spelling("all_clear")), "all_clear")
    top.raise_problems(bulletin)
    return bulletin


def _split(path: str, whole: str) -> tuple[str, str, int]:
    """Head, text, and the line of the file on which the text begins. Blank lines around the text are dropped."""
    lines = whole.split("\n")
    fences = [number for number, line in enumerate(lines) if line.rstrip() == FENCE][:2]
    if fences[:1] != [0]:
        raise BadFile([Problem(path, 1, Message("a bulletin begins with a line “---”, then “title: …”"))])
    if len(fences) == 1:
        raise BadFile([Problem(path, 1, Message("a second line “---” is missing between the head and the text"))])
    end = fences[1]
    body = "\n".join(lines[end + 1 :]).rstrip()
    text = body.lstrip("\n")
    return "\n".join(lines[1:end]), unicodedata.normalize("NFC", text), end + 2 + len(body) - len(text)


def _parts(top: Section, text: str, text_line: int, voice: Callable[[str], str]) -> tuple[Part, ...]:
    """What is said in which order: the text alone, unless the head names parts."""
    body = Part(text=text, line=text_line)
    if "parts" not in top:
        if not text:
            top.add_problem(Message("there is no text below the second “---”"))
        return (body,)
    pieces = top.get_pieces("parts", _piece_of(body), PART_KEYS)
    parts = tuple(_part(piece, voice) if isinstance(piece, Section) else piece for piece in pieces)
    if bool(text) != (body in parts):
        top.add_problem(_body_fault(text, top.spelling("parts")), "parts")
    return parts


def _too_long(letters: int) -> Message:
    return Message(
        "the text has {letters} letters, more than {most} (some fifty minutes): cut it into two bulletins",
        letters=letters,
        most=MOST_LETTERS,
    )


def _piece_of(body: Part) -> Callable[[str], Part]:
    """A reader of `text`, the words below the head; the name of a sound file alone is a slip of its own."""
    read_word = values.choice({"text": body})

    def read(text: str) -> Part:
        if not _SOUND.search(text):
            return read_word(text)
        path = text if "/" in text else f"recordings/{text}"
        raise Mistake(Message("“{value}” is a sound file; write {{audio: {meant}}}", value=text, meant=path))

    return read


def _body_fault(text: str, parts: str) -> Message:
    if text:
        return Message("the text below the head would never be said; add “text” (bài) to “{key}”", key=parts)
    return Message("there is no text below the second “---”")


def _part(entry: Section, voice: Callable[[str], str]) -> Part:
    if ("audio" in entry) == ("text" in entry):
        either = {key: entry.spelling(key) for key in ("audio", "text")}
        entry.add_problem(Message("a part needs either “{audio}” or “{text}”", **either))
    if "audio" in entry and "voices" in entry:
        entry.add_problem(Message("a recording needs no “{key}”", key=entry.spelling("voices")), "voices")
    return Part(
        text=entry.get("text", values.words, None),
        audio=entry.get("audio", values.relative_path, None),
        language=entry.get("language", values.word, None),
        voices=entry.get_list("voices", voice) or (),
        line=entry.line,
    )


def _voice_of(voices: Collection[str] | None) -> Callable[[str], str]:
    """A reader of voices. A bulletin is text that comes from anywhere, and must not choose a program to be run."""

    def read(text: str) -> str:
        voice = values.voice(text)
        if values.runs_program(voice):
            raise Mistake(Message("“{voice}” runs a program: no bulletin may name it, only box.yaml", voice=voice))
        if voices is None or voice in voices:
            return voice
        if meant := nearest(voice, voices):
            raise Mistake(
                Message("“{voice}” is no voice of this station; did you mean “{meant}”?", voice=voice, meant=meant)
            )
        known = ", ".join(voices)
        raise Mistake(
            Message(
                "“{voice}” is no voice of this station ({known}); name it in commune.yaml first",
                voice=voice,
                known=known,
            )
        )

    return read
