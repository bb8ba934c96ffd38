"""Values as JSON, for every shell: the keys are promises (docs/reference.md, `/api/v1/openapi.json`).

Sentences stay `Message`s until `write_json` says them. Rows that other programs are promised by a schema are typed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Annotated, TypedDict, cast

from .errors import Message
from .model.enums import Expected, Level, Verdict
from .model.refusal import kind_of
from .plaintext import escape_json

if TYPE_CHECKING:
    from .maintenance.cache import CacheSize
    from .maintenance.check import Finding
    from .maintenance.clock_state import ClockState
    from .maintenance.devices import HealthCheck
    from .maintenance.voice_list import VoiceState
    from .model.airing import Airing
    from .model.asrun_record import AsRunRecord
    from .model.spoken_text import Doubt, Reading, SpokenPart
    from .station.airings import ChainState, PlannedAiring
    from .station.editing.bulletin_editing import OwnWord, WordEffect
    from .station.editing.schedule_editing import EntrySource
    from .station.editing.what_if import ChangeEffect
    from .station.preparation import Readiness

Json = dict[str, object]  # one object of a document
Instant = Annotated[str, "date-time"]  # ISO 8601 with its zone


class PlannedAiringRow(TypedDict):
    """One airing as it is planned, and what became of it, where that is known."""

    id: str
    village: str
    output: str
    broadcast: str
    bulletin: str | None
    title: str
    level: Level
    drill: bool
    scheduled_at: Instant
    starts_at: Instant | None
    ends_at: Instant | None
    duration_s: float
    duration_source: str
    expected: Expected
    refusal: str | None
    verdict: Verdict | None
    why: Message | None


class AsRunRow(TypedDict):
    """What became of one airing, as the log has it; `hash` is its entry's in the chain."""

    id: str
    village: str
    output: str
    broadcast: str
    bulletin: str | None
    title: str
    revision: str
    programme: str
    level: Level
    drill: bool
    scheduled_at: Instant
    started_at: Instant | None
    ended_at: Instant | None
    verdict: Verdict
    refusal: str | None
    why: str
    via: str
    voice: str
    frames: int
    by: str
    hash: str | None


class OnAirRow(TypedDict):
    """One airing that is on the air."""

    id: str
    village: str
    output: str
    title: str
    level: Level
    drill: bool
    started_at: Instant | None
    ends_at: Instant | None


class StatusRow(TypedDict):
    """What is on the air, what comes next and what is wrong."""

    on: list[OnAirRow]
    next: list[PlannedAiringRow]
    problems: list[Message]


class StoryRow(TypedDict):
    """The story of one airing: as it is planned, or what became of it, and both in sentences."""

    id: str
    planned: PlannedAiringRow | None
    record: AsRunRow | None
    story: list[Message]


def write_json(value: object, translate: Callable[[str], str], indent: int | None = None) -> str:
    """A document that can be shown anywhere, its sentences in the language of `translate`."""

    def say(message: object) -> str:
        if isinstance(message, Message):
            return message.say(translate)
        raise TypeError(f"no JSON for {message!r}")

    return escape_json(json.dumps(value, ensure_ascii=False, indent=indent, default=say))


def finding(found: Finding) -> Json:
    """Of `check`."""
    problem = found.problem
    return {"path": problem.path, "line": problem.line, "message": problem.message, "mistake": found.mistake}


def health_check(check: HealthCheck) -> Json:
    """Of `doctor`."""
    return {"what": check.what, "wrong": check.wrong, "serious": check.serious, "about": check.about}


def status(
    on: Sequence[Mapping[str, object]], coming: Sequence[PlannedAiring], wrong: Sequence[tuple[object, object]]
) -> StatusRow:
    """Of `status`; `on` as the daemon tells it, `wrong` as pairs of what was looked at and what is wrong with it."""
    return {
        "on": cast("list[OnAirRow]", list(on)),
        "next": list(map(planned_airing, coming)),
        "problems": [Message("{what}: {wrong}", what=what, wrong=fault) for what, fault in wrong],
    }


def planned_airing(planned: PlannedAiring) -> PlannedAiringRow:
    """Of `plan`."""
    record = planned.record
    return airing_row(planned.airing, planned.refusal, record.verdict if record else None)


def airing_row(airing: Airing, refusal: str | None, verdict: Verdict | None) -> PlannedAiringRow:
    return {
        "id": airing.id,
        "village": airing.village,
        "output": airing.output,
        "broadcast": airing.broadcast,
        "bulletin": airing.bulletin,
        "title": airing.title,
        "level": airing.level,
        "drill": airing.drill,
        "scheduled_at": airing.scheduled_at.isoformat(),
        "starts_at": airing.starts_at.isoformat() if airing.starts_at else None,
        "ends_at": airing.ends_at.isoformat() if airing.ends_at else None,
        "duration_s": round(airing.duration, 3),
        "duration_source": airing.duration_source,
        "expected": airing.expected,
        "refusal": refusal,
        "verdict": verdict,
        "why": airing.why,
    }


def entry(source: EntrySource) -> Json:
    """Of `schedule list`: what is written, by English keys, and when that is in words."""
    return {"village": source.village, "name": source.name, "entry": source.entry, "when": source.words}


def change_effect(effect: ChangeEffect) -> Json:
    """Of `schedule add` and `remove`: airings of the days to come, by their ids, and the ways out of a clash."""
    found = effect.comparison
    airings = {
        "airings": [airing for airing in found.mine if airing.starts_at],
        "withdrawn": found.withdrawn,
        "late": [delay.airing for delay in (*found.waiting, *found.late)],
    }
    return {
        "files": [edit.path for edit in effect.change],
        **{name: [airing.id for airing in some] for name, some in airings.items()},
        "approve_again": list(effect.voided),
    }


def own_word(word: OwnWord) -> Json:
    """Of `words list`."""
    return {"written": word.written, "spoken": word.spoken, "as": word.key}


def word_effect(effect: WordEffect) -> Json:
    """Of `words add` and `remove`: bulletins that are said otherwise, and those to be approved again."""
    return {"files": [effect.edit.path], "changed": list(effect.changed), "approve_again": list(effect.voided)}


def readiness(one: Readiness) -> Json:
    """Of `prepare`."""
    return {
        "id": one.airing.id,
        "ready": one.ready,
        "why": one.why_not,
        "duration_s": round(one.airing.duration, 3),
        "voice": one.voice,
        "doubts": one.doubts,
    }


def asrun_record(record: AsRunRecord, zone: tzinfo, hash_in_chain: str | None) -> AsRunRow:
    """Of `log` and `rehearse`, with times in `zone`."""

    def local(moment: datetime) -> str:
        return moment.astimezone(zone).isoformat(timespec="milliseconds")

    started, ended = record.started_at, record.ended_at
    return {
        "id": record.id,
        "village": record.village,
        "output": record.output,
        "broadcast": record.broadcast,
        "bulletin": record.bulletin,
        "title": record.title,
        "revision": record.revision,
        "programme": record.programme,
        "level": record.level,
        "drill": record.drill,
        "scheduled_at": local(record.scheduled_at),
        "started_at": local(started) if started else None,
        "ended_at": local(ended) if ended else None,
        "verdict": record.verdict,
        "refusal": record.refusal or None,
        "why": record.why,
        "via": record.via,
        "voice": record.voice,
        "frames": record.frames,
        "by": record.by,
        "hash": hash_in_chain,
    }


def story(
    airing: str,
    planned: Airing | None,
    record: AsRunRecord | None,
    sentences: Sequence[Message],
    zone: tzinfo,
    hash_in_chain: str | None,
) -> StoryRow:
    """Of `why`."""
    return {
        "id": airing,
        "planned": airing_row(planned, kind_of(planned.why), None) if planned else None,
        "record": asrun_record(record, zone, hash_in_chain) if record else None,
        "story": list(sentences),
    }


def reading(whole: Reading, left: Sequence[Message]) -> Json:
    """Of `read`, a text, and what of it is not to be heard."""
    return {
        "spoken": whole.spoken,
        "doubts": list(map(doubt, whole.doubts)),
        "spans": [
            {"written": list(span.written), "spoken": list(span.spoken), "read": span.read} for span in whole.spans
        ],
        "left_out": list(left),
    }


def spoken_parts(parts: Sequence[SpokenPart]) -> Json:
    """Of `read`, a bulletin of parts; words of its head have no spans."""
    return {
        "spoken": "\n".join(part.spoken for part in parts if part.spoken),
        "doubts": [doubt(found) for part in parts for found in part.doubts],
        "spans": [],
        "parts": [{"audio": part.recording} if part.recording else {"spoken": part.spoken} for part in parts],
    }


def doubt(one: Doubt) -> Json:
    return {
        "written": one.written,
        "spoken": one.spoken,
        "why": one.why,
        "line": one.line,
        "column": one.column,
        "place": list(one.place),
        "alternatives": list(one.alternatives),
    }


def chain_state(state: ChainState) -> Json:
    """Of `log --verify`."""
    broken = state.broken
    entry = {"row": broken.number, "airing": broken.airing, "why": broken.why} if broken else None
    return {"head": state.head, "rows": state.entries, "broken": entry}


def clock_state(state: ClockState) -> Json:
    """Of `clock show`."""
    trust = state.trust
    vouchers = sorted(state.vouchers)
    return {
        "now": state.now.isoformat(),
        "trusted": trust.believed,
        "vouchers": vouchers,
        "why": trust.why,
    }


def voice(state: VoiceState) -> Json:
    """Of `voices list`."""
    facts = state.facts
    return {
        "voice": state.voice,
        "here": state.here,
        "online": state.online,
        "why": state.why_not,
        "pinned": state.pinned,
        "sounds": facts.sounds if facts else None,
        "licence": facts.licence if facts else None,
        "megabytes": facts.megabytes if facts else None,
        "cost": facts.cost if facts else None,
    }


def cache_size(size: CacheSize) -> Json:
    """Of `cache show`."""
    return {
        "clips_mb": round(size.clips / 1e6, 1),
        "programmes": size.programmes,
        "programmes_mb": round(size.programme_bytes / 1e6, 1),
    }
