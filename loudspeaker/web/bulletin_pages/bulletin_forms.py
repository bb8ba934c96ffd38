"""A bulletin in the form of the editor: what an officer has typed, what stands in the file, and what lies between."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ...model.bulletin import Bulletin
from ...model.enums import Level
from ...station.editing.bulletin_editing import BulletinSource
from ..pages import PageRequest
from .drafts import Draft

FIELDS = ("title", "level", "valid_from", "valid_until", "source", "repeat")


@dataclass(frozen=True, slots=True)
class BulletinForm:
    """The fields of the form as text; days as 25/11/2026. `revision` is that of the file on which it was begun."""

    revision: str
    text: str
    head: Mapping[str, str]

    @classmethod
    def of(cls, source: BulletinSource) -> BulletinForm:
        """As the file has it."""
        return cls(
            source.revision, source.text, _head(source.bulletin) if source.bulletin else dict.fromkeys(FIELDS, "")
        )

    @classmethod
    def from_page(cls, page: PageRequest) -> BulletinForm:
        """As it was typed. Browsers send every line end as two characters."""
        text = page.exact_text("text").replace("\r\n", "\n").replace("\r", "\n")
        return cls(page.text("revision"), text.strip("\n").rstrip(), {name: page.text(name) for name in FIELDS})

    @classmethod
    def from_draft(cls, draft: Draft) -> BulletinForm:
        return cls(draft.revision, draft.text, {name: draft.head.get(name, "") for name in FIELDS})

    def draft(self, by: str = "") -> Draft:
        return Draft(self.revision, self.text, self.head, by)

    def same_as(self, other: BulletinForm) -> bool:
        return (self.text, dict(self.head)) == (other.text, dict(other.head))

    def changes(self, saved: BulletinForm) -> dict[str, str]:
        """The values of the head that are other than saved, by the key of the file; "" for one that goes."""
        values, before = _values(self.head), _values(saved.head)
        return {key: value for key, value in values.items() if value != before[key]}


class ComparedLine(NamedTuple):
    """A line of two texts beside each other; None where one of them has none."""

    mine: str | None
    theirs: str | None

    @property
    def differs(self) -> bool:
        return self.mine != self.theirs


def compare_lines(mine: str, theirs: str) -> list[ComparedLine]:
    """Two texts line by line."""
    ours, others = mine.split("\n"), theirs.split("\n")
    rows: list[ComparedLine] = []
    matcher = difflib.SequenceMatcher(None, ours, others, autojunk=False)
    for _, begin, end, other_begin, other_end in matcher.get_opcodes():
        left: list[str | None] = [*ours[begin:end]]
        right: list[str | None] = [*others[other_begin:other_end]]
        length = max(len(left), len(right))
        left += [None] * (length - len(left))
        right += [None] * (length - len(right))
        rows += map(ComparedLine, left, right)
    return rows


def _head(bulletin: Bulletin) -> dict[str, str]:
    return {
        "title": bulletin.title,
        "level": str(bulletin.level),
        "valid_from": _day(bulletin.valid_from),
        "valid_until": _day(bulletin.valid_until),
        "source": bulletin.source,
        "repeat": str(bulletin.repeat),
    }


def _values(head: Mapping[str, str]) -> dict[str, str]:
    """As the file has them; what is as it would be without the key is left out."""
    days = (head["valid_from"], head["valid_until"])
    return {
        "title": head["title"],
        "level": "" if head["level"] == Level.ROUTINE else head["level"],
        "valid": "..".join(days) if any(days) else "",
        "source": head["source"],
        "repeat": "" if head["repeat"] == "1" else head["repeat"],
    }


def _day(day: date | None) -> str:
    return f"{day.day}/{day.month}/{day.year}" if day else ""
