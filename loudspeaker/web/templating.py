"""Templates of the pages: English sentences in them, said in the console's language; everything is escaped.

In a template `_("{count} airings", count=3)` is a `Message`, said; `{{ error.message | say }}` says one that was made
elsewhere; `{{ "console.css" | asset }}` is the address of a file in static/, which changes with its content.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket

from ..config.entry_sentences import clock_message, spoken_clock
from ..errors import LoudspeakerError, Message
from ..i18n import LANGUAGES, translator
from ..model.airing import about_words, span_words
from ..reports.report_tables import date_line
from ..station.naming import name_within_sentence

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
FILE_NAME = re.compile(r"[^\s:]+(/|\.\w)\w+(?=[\s:,]|$)")
KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of static/ as it is sent."""

    name: str
    kind: str  # its media type
    plain: bytes
    packed: bytes  # gzip
    version: str  # changes with the content


@cache
def load_assets() -> Mapping[str, Asset]:
    """Every file that a page may ask for, by name; read and packed once."""
    paths = [path for path in sorted(STATIC.iterdir()) if path.suffix in KINDS]
    return {path.name: _load(path) for path in paths}


def _load(path: Path) -> Asset:
    content = path.read_bytes()
    packed = gzip.compress(content, 9, mtime=0)
    return Asset(path.name, KINDS[path.suffix], content, packed, hashlib.sha256(content).hexdigest()[:12])


class TemplateBytecode(BytecodeCache):
    """Byte code of templates, kept beside them as Python keeps that of modules; for all languages.

    Where nobody may write, each process compiles its own. Jinja's `FileSystemBytecodeCache` would fail there, and makes
    files that only their owner reads: root, who has installed the package. Nothing is synced: what a power cut leaves
    is compiled anew.
    """

    def __init__(self) -> None:
        own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]  # what is compiled depends on it
        self._suffix = f".{sys.implementation.cache_tag}.jinja-{version('jinja2')}.{own}"

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return filename or name

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError, EOFError, UnpicklingError), self._path(bucket).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        path = self._path(bucket)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with suppress(OSError):
            path.parent.mkdir(exist_ok=True)
            draft.write_bytes(bucket.bytecode_to_string())
            draft.replace(path)

    def _path(self, bucket: Bucket) -> Path:
        template = Path(bucket.key)
        return template.parent / "__pycache__" / f"{template.stem}{self._suffix}"


def compile_templates() -> None:
    """Keep the byte code of every page, for those who may not write beside them; it is done at installing."""
    folders = sorted({path.parent for path in FOLDER.parent.glob("*/templates/*.html")})
    environment = make_templates(LANGUAGES[0], tuple(folders))
    for name in environment.list_templates(["html"]):
        environment.get_template(name)


@cache
def make_templates(language: str, folders: tuple[Path, ...] = ()) -> Environment:
    """The environment of the pages in one language, with those in `folders`; made once."""
    translate, assets = translator(language), load_assets()
    environment = Environment(
        loader=FileSystemLoader([FOLDER / "templates", *folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=TemplateBytecode(),
    )

    def sentence(template: str, /, **facts: object) -> str:
        return Message(template, **facts).say(translate)

    environment.globals["_"] = sentence
    filters: dict[str, Callable[..., object]] = {
        "say": lambda message: say(message, translate),
        "asset": lambda name: f"/static/{name}?v={assets[name].version}",
        "sentence_case": sentence_case,
        "within": name_within_sentence,
        "clock": clock,
        "clock_exactly": clock_exactly,
        "day": day,
        "date_line": date_line,
        "date": full_date,
        "village_name": village_name,
        "moment": moment,
        "minutes": minutes,
        "span": lambda seconds: span_words(timedelta(seconds=seconds)).say(translate),
        "about": lambda seconds: about_words(seconds).say(translate),
        "time": lambda seconds: clock_message(seconds).say(translate),
        "spoken_time": lambda seconds: spoken_clock(seconds).say(translate),
    }
    environment.filters |= {name: ask_later(ask) for name, ask in filters.items()}
    return environment


def ask_later(ask: Callable[..., object]) -> Callable[..., object]:
    """A filter that is not asked while a template is compiled: its answer is another in another language."""

    @pass_context
    def answer(_context: object, *values: Any, **named: Any) -> object:
        return ask(*values, **named)

    return answer


def say(message: Message | LoudspeakerError | str | None, translate: Callable[[str], str]) -> str:
    """A sentence that was made elsewhere; text stays as it is."""
    return message.say(translate) if isinstance(message, Message | LoudspeakerError) else message or ""


def sentence_case(text: str) -> str:
    """A sentence that stands by itself begins with a capital.

    >>> sentence_case("name or password is wrong")
    'Name or password is wrong'

    The name of a file or a folder keeps its letters:

    >>> sentence_case("bulletins/hop.md: the text is empty")
    'bulletins/hop.md: the text is empty'
    """
    return text if FILE_NAME.match(text) else text[:1].upper() + text[1:]


def clock(at: datetime | None) -> str:
    """The hour of an instant as a clock shows it.

    >>> clock(datetime(2026, 11, 28, 5, 45)), clock(None)
    ('05:45', '–')
    """
    return f"{at:%H:%M}" if at else "–"


def clock_exactly(at: datetime | None) -> str:
    """The second of an instant; nothing where there is none.

    >>> clock_exactly(datetime(2026, 11, 28, 5, 45, 7)), clock_exactly(None)
    ('05:45:07', '')
    """
    return f"{at:%H:%M:%S}" if at else ""


def full_date(at: date) -> str:
    """A day with its year.

    >>> full_date(date(2026, 11, 5))
    '05/11/2026'
    """
    return f"{at:%d/%m/%Y}"


def village_name(village: str, names: Mapping[str, str]) -> str:
    """What people call a village; its id where nobody has told.

    >>> village_name("na-hoa", {"na-hoa": "Thôn Nà Hoa"}), village_name("x", {})
    ('Thôn Nà Hoa', 'x')
    """
    return names.get(village, village)


def day(at: date) -> str:
    """A day within its year.

    >>> day(date(2026, 11, 5))
    '05/11'
    """
    return f"{at:%d/%m}"


def moment(at: datetime, now: datetime | None = None) -> str:
    """An hour with its day, which is left out where it is that of `now`.

    >>> moment(datetime(2026, 11, 28, 5, 45)), moment(datetime(2026, 11, 28, 5, 45), datetime(2026, 11, 28, 12))
    ('05:45 28/11', '05:45')
    """
    return clock(at) if now and at.date() == now.date() else f"{clock(at)} {day(at)}"


def minutes(seconds: float) -> str:
    """A length in minutes and seconds.

    >>> minutes(149.4)
    '2:29'
    """
    whole, rest = divmod(round(seconds), 60)
    return f"{whole}:{rest:02d}"
