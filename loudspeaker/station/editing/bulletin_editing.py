"""Bulletins as officers edit them: what stands in a file, its edits, and what a word of the commune's own changes.

Nothing is written here: an edit is a value (`store.edits`), to be saved once its consequences were shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import Literal, NamedTuple

from ...config import bulletin_edit, bulletin_file, commune_edit, commune_file
from ...config.commune_edit import COMMUNE
from ...config.source import read_file
from ...config.values import slug
from ...errors import BadFile, BadUsage, Message, NotFound, Problem, Refused
from ...model.bulletin import Bulletin, split_origin
from ...model.commune import Commune
from ...production.reading_cache import ReadingCache, rules_revision
from ...production.specifications import SpecBuilder
from ...store.asrun import AsRunLog
from ...store.edits import ABSENT, EditConflict, FileEdit, content_revision
from ...store.readings import ReadingStore
from ...text.cleanup import CleanText
from .. import approvals
from ..deliveries.membership import must_be_edited_here
from ..paths import StationPaths
from ..people_files import StationFiles
from ..planner import Planner

LONGEST_ID = 60  # letters
WordKey = Literal["say", "abbrev", "names"]


@dataclass(frozen=True, slots=True)
class BulletinSource:
    """A bulletin as it stands in its file: what an editor begins with. `bulletin` is None where the file is broken."""

    id: str
    path: str
    revision: str
    text: str
    bulletin: Bulletin | None
    problems: tuple[Problem, ...] = ()


class OwnWord(NamedTuple):
    """How the commune reads a word, and under which key of commune.yaml that stands."""

    key: WordKey
    written: str
    spoken: str


@dataclass(frozen=True, slots=True)
class WordEffect:
    """What a word of the commune's own changes: bulletins (ids) that will be said otherwise, and approvals it voids."""

    edit: FileEdit
    changed: tuple[str, ...]
    voided: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """Identifies what was shown, so that a person confirms this and not what it has become since."""
        return "|".join([self.edit.revision, *self.changed, "", *self.voided])


class BulletinEditing:
    """The verbs of editing bulletins. `log` opens the station's log."""

    def __init__(self, paths: StationPaths, files: StationFiles, planner: Planner, log: Callable[[], AsRunLog]) -> None:
        self._paths = paths
        self._readings = ReadingStore(paths.readings)
        self._files = files
        self._planner = planner
        self._log = log

    @property
    def _home(self) -> Path:
        return self._files.folder.home

    def _must_be_edited_here(self, bulletin: str) -> None:
        """Raises `Refused` where the station takes signed files, or where this one came signed."""
        must_be_edited_here(self._paths)
        _local, origin = split_origin(bulletin)
        if origin:
            raise Refused(
                Message("“{bulletin}” comes signed from {scope}: it is changed there", bulletin=bulletin, scope=origin)
            )

    def source(self, bulletin: str) -> BulletinSource:
        """A bulletin by its id, sound or broken, from wherever it came. Raises `NotFound`."""
        local, origin = split_origin(bulletin)
        path, contents = f"bulletins/{local}.md", self._files.contents
        where = next((source for source in self._files.folder.sources if source.origin == origin), None)
        known = bulletin in (*contents.bulletins, *contents.broken)
        if not known or where is None or not (where.folder / path).is_file():
            raise NotFound(Message("there is no bulletin “{bulletin}”", bulletin=bulletin))
        data, path = where.read(path), where.name(path)
        revision = content_revision(data)
        try:
            parsed = contents.bulletins.get(bulletin)  # with its signed words and its approval
            if parsed is None or contents.revisions.get(path) != revision:
                parsed = bulletin_file.parse(path, data)
            return BulletinSource(bulletin, path, revision, bulletin_edit.text_of(path, data), parsed)
        except BadFile as error:
            return BulletinSource(
                bulletin, path, revision, data.decode("utf-8", "replace"), None, tuple(error.problems)
            )

    def alter(self, bulletin: str, revision: str, text: str, head: Mapping[str, str]) -> FileEdit:
        """The edit that gives a file this text and these values of its head (English keys); the editor saw `revision`.

        Raises `BadFile` with what would be wrong with it, `EditConflict` where it is another by now, `Refused` where
        the station takes signed files.
        """
        self._must_be_edited_here(bulletin)
        path = f"bulletins/{bulletin}.md"
        data = read_file(self._home, path)
        if content_revision(data) != revision:
            raise EditConflict(Message("somebody else has saved {files} meanwhile", files=path), [path])
        after = bulletin_edit.alter_head(path, data, head)
        if text != bulletin_edit.text_of(path, data):
            after = bulletin_edit.replace_text(path, after, text)
        bulletin_file.parse(path, after, self._files.contents.voices)
        return FileEdit(path, revision, after)

    def rewrite(self, bulletin: str, revision: str, whole: str) -> FileEdit:
        """The file of a broken bulletin, written anew as a whole. Raises `BadFile` where it still is broken."""
        self._must_be_edited_here(bulletin)
        path = f"bulletins/{bulletin}.md"
        after = whole.encode()
        bulletin_file.parse(path, after, self._files.contents.voices)
        return FileEdit(path, revision, after)

    def create(self, title: str, text: str, source: str = "") -> tuple[str, FileEdit]:
        """A new bulletin: its id, which no other has, and its file.

        Raises `BadUsage` where there are no words, `BadFile` with what is wrong with it.
        """
        must_be_edited_here(self._paths)
        if not text.strip():
            raise BadUsage(Message("there are no words yet: write or paste what is to be said"))
        bulletin = self._free_id(title)
        path = f"bulletins/{bulletin}.md"
        data = bulletin_edit.new_bulletin(title, text, source)
        bulletin_file.parse(path, data)
        return bulletin, FileEdit(path, ABSENT, data)

    def with_head(self, edit: FileEdit, head: Mapping[str, str]) -> FileEdit:
        """An edit of a bulletin with these values in its head, too (English keys). Raises `BadFile`."""
        after = bulletin_edit.alter_head(edit.path, edit.after or b"", head)
        bulletin_file.parse(edit.path, after, self._files.contents.voices)
        return replace(edit, after=after)

    def create_recorded(
        self, title: str, sound: bytes, text: str = "", source: str = "", language: str = ""
    ) -> tuple[str, tuple[FileEdit, FileEdit]]:
        """A new bulletin of a recording (FLAC), its text, if it has one, before it: its id and both files.

        Raises `BadFile` with what is wrong with it.
        """
        must_be_edited_here(self._paths)
        bulletin = self._free_id(title)
        recording, path = f"recordings/{bulletin}.flac", f"bulletins/{bulletin}.md"
        data = bulletin_edit.new_bulletin(title, text, source, recording, language)
        bulletin_file.parse(path, data)
        return bulletin, (FileEdit(recording, ABSENT, sound), FileEdit(path, ABSENT, data))

    def put_recording(
        self, bulletin: str, sound: bytes, note: str = "", language: str = ""
    ) -> tuple[FileEdit, FileEdit]:
        """A bulletin with a recording (FLAC) beside its text, in place of the one in that language: both files.

        `note`, who has checked the words, goes behind its source. The old recording stays in the folder. Raises
        `NotFound`, `BadFile`.
        """
        self._must_be_edited_here(bulletin)
        source = self.source(bulletin)
        if source.bulletin is None:
            raise BadFile(source.problems)
        numbers = chain([""], map(str, count(2)))
        names = (_recording_path(bulletin, language, number) for number in numbers)
        recording = next(name for name in names if not (self._home / name).exists())
        data = read_file(self._home, source.path)
        after = bulletin_edit.put_recording(source.path, data, source.bulletin.parts, recording, language)
        if note and note not in source.bulletin.source:
            sources = "; ".join(filter(None, (source.bulletin.source, note)))
            after = bulletin_edit.alter_head(source.path, after, {"source": sources})
        bulletin_file.parse(source.path, after, self._files.contents.voices)
        return FileEdit(recording, ABSENT, sound), FileEdit(source.path, source.revision, after)

    def word_effect(self, word: OwnWord, forget: bool = False) -> WordEffect:
        """What it would change if the commune read a word so from now on, or had no reading of its own for it.

        Raises `BadFile` where it cannot be kept, `NotFound` where there is none to `forget`.
        """
        must_be_edited_here(self._paths)
        data = read_file(self._home, COMMUNE)
        if forget:
            after = commune_edit.remove_own_word(data, word.key, word.written)
            word = next(own for own in own_words(self._files.commune) if own[:2] == word[:2])
        else:
            after = commune_edit.put_own_word(data, word.key, word.written, word.spoken)
        changed = list(self._said_otherwise(commune_file.parse(COMMUNE, after), word))
        edit = FileEdit(COMMUNE, content_revision(data), after)
        return WordEffect(edit, tuple(name for name, _ in changed), tuple(name for name, voided in changed if voided))

    def _said_otherwise(self, commune: Commune, word: OwnWord) -> Iterator[tuple[str, bool]]:
        """The bulletins that will be said otherwise, and whether an approval of each ends with that."""
        approved, builder = approvals.standing(self._log()), self._builder(commune)
        for name, bulletin in sorted(self._files.contents.bulletins.items()):
            if not _has_word(bulletin, word):
                continue
            old, new = self._planner.builder.for_bulletin(bulletin), builder.for_bulletin(bulletin)
            if approvals.digest(bulletin, old) != approvals.digest(bulletin, new):
                event = approved.get(name)
                yield name, event is not None and approvals.stands(str(event.facts["digest"]), bulletin, old)

    def _builder(self, commune: Commune) -> SpecBuilder:
        """What makes specifications as this commune would read them."""
        revision = rules_revision(commune.region, commune.say, commune.abbrev, commune.names)
        texts = ReadingCache(self._home, self._readings, commune.reading_settings, revision)
        return SpecBuilder(texts, commune.voices, self._files.folder.recording_state)

    def _free_id(self, title: str) -> str:
        """An id made of a title, with a number behind it where another bulletin has it."""
        stem = slug(title)[:LONGEST_ID].strip("-") or "ban-tin"
        names = chain([stem], (f"{stem}-{number}" for number in count(2)))
        return next(name for name in names if not any((self._home / path).exists() for path in _paths(name)))


def _recording_path(*words: str) -> str:
    """The path of a recording named by these."""
    return f"recordings/{'-'.join(filter(None, map(slug, words)))}.flac"


def _paths(bulletin: str) -> tuple[str, str]:
    return f"bulletins/{bulletin}.md", f"recordings/{bulletin}.flac"


def own_words(commune: Commune) -> list[OwnWord]:
    """All that the commune reads in its own way, in the order of the file."""
    kept: tuple[tuple[WordKey, Mapping[str, str]], ...] = (
        ("say", commune.say),
        ("abbrev", commune.abbrev),
        ("names", commune.names),
    )
    return [OwnWord(key, *pair) for key, words in kept for pair in words.items()]


def likely_key(written: str) -> WordKey | None:
    """Under which key a word of the commune's own would stand; None for a number, which is never learnt for all."""
    if any(map(str.isdecimal, written)) or not any(map(str.isalpha, written)):
        return None
    return "abbrev" if written.isupper() else "say"


def _has_word(bulletin: Bulletin, word: OwnWord) -> bool:
    """Whether its text has the word, or what is said for it: that is then left alone, too."""
    texts = [CleanText(part.text).text.casefold() for part in bulletin.parts if part.text]
    wanted = [CleanText(words).text.strip().casefold() for words in (word.written, word.spoken)]
    return any(words in text for words in wanted for text in texts)
