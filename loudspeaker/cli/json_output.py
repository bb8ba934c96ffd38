"""Values as `--json` prints them: the keys are promises (docs/reference.md), the sentences in the language of now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from gettext import gettext as _
from typing import TYPE_CHECKING

from ..errors import Message

if TYPE_CHECKING:
    from ..maintenance.cache import CacheSize
    from ..maintenance.check import Finding
    from ..maintenance.clock_state import ClockState
    from ..maintenance.devices import HealthCheck
    from ..maintenance.doctor import Status
    from ..maintenance.voice_list import VoiceState
    from ..model.asrun_record import AsRunRecord
    from ..model.spoken_text import Doubt, Reading
    from ..station.airings import ChainState, PlannedAiring
    from ..station.preparation import Readiness
    from ..station.read_text import SpokenPart
    from ..station.schedule_editing import EntrySource
    from ..station.what_if import ChangeEffect

Json = dict[str, object]  # one object of a document


def sentence(message: Message | None) -> str | None:
    return message.say(_) if message else None


def finding(found: Finding) -> Json:
    """Of `check`."""
    problem = found.problem
    return {"path": problem.path, "line": problem.line, "message": problem.message.say(_), "mistake": found.mistake}


def health_check(check: HealthCheck) -> Json:
    """Of `doctor`."""
    return {"what": check.what.say(_), "wrong": sentence(check.wrong), "serious": check.serious}


def status(found: Status) -> Json:
    problems = [f"{check.what.say(_)}: {sentence(check.wrong)}" for check in found.wrong]
    return {"on": list(found.on), "next": list(map(planned_airing, found.next)), "problems": problems}


def planned_airing(planned: PlannedAiring) -> Json:
    """Of `plan`."""
    airing, record = planned.airing, planned.record
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
        "starts_at": airing.starts_at and airing.starts_at.isoformat(),
        "ends_at": airing.ends_at and airing.ends_at.isoformat(),
        "duration_s": round(airing.duration, 3),
        "duration_source": airing.duration_source,
        "expected": airing.expected,
        "refusal": planned.refusal,
        "verdict": record.verdict if record else None,
        "why": sentence(airing.why),
    }


def entry(source: EntrySource) -> Json:
    """Of `schedule list`: what is written, by English keys, and when that is in words."""
    return {"village": source.village, "name": source.name, "entry": source.entry, "when": sentence(source.words)}


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


def readiness(one: Readiness) -> Json:
    """Of `prepare`."""
    return {
        "id": one.airing.id,
        "ready": one.ready,
        "why": sentence(one.why_not),
        "duration_s": round(one.airing.duration, 3),
        "voice": one.voice,
        "doubts": one.doubts,
    }


def asrun_record(record: AsRunRecord, zone: tzinfo, hash_in_chain: str | None) -> Json:
    """Of `log` and `rehearse`, with times in `zone`."""
    scheduled, started, ended = (
        moment and moment.astimezone(zone).isoformat(timespec="milliseconds")
        for moment in (record.scheduled_at, record.started_at, record.ended_at)
    )
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
        "scheduled_at": scheduled,
        "started_at": started,
        "ended_at": ended,
        "verdict": record.verdict,
        "refusal": record.refusal or None,
        "why": record.why,
        "via": record.via,
        "voice": record.voice,
        "frames": record.frames,
        "by": record.by,
        "hash": hash_in_chain,
    }


def reading(whole: Reading, left: Sequence[Message]) -> Json:
    """Of `read`, a text, and what of it is not to be heard."""
    return {
        "spoken": whole.spoken,
        "doubts": list(map(doubt, whole.doubts)),
        "spans": [
            {"written": list(span.written), "spoken": list(span.spoken), "read": span.read} for span in whole.spans
        ],
        "left_out": [note.say(_) for note in left],
    }


def spoken_parts(parts: Sequence[SpokenPart]) -> Json:
    """Of `read`, a bulletin of parts; words of its head have no spans."""
    return {
        "spoken": "\n".join(part.spoken for part in parts if part.spoken),
        "doubts": [doubt(one) for part in parts for one in part.doubts],
        "spans": [],
        "parts": [{"audio": part.recording} if part.recording else {"spoken": part.spoken} for part in parts],
    }


def doubt(one: Doubt) -> Json:
    return {
        "written": one.written,
        "spoken": one.spoken,
        "why": one.why.say(_),
        "line": one.line,
        "column": one.column,
        "place": list(one.place),
        "alternatives": list(one.alternatives),
    }


def chain_state(state: ChainState) -> Json:
    """Of `log --verify`."""
    broken = state.broken
    entry = {"row": broken.number, "airing": broken.airing, "why": broken.why.say(_)} if broken else None
    return {"head": state.head, "rows": state.entries, "broken": entry}


def clock_state(state: ClockState) -> Json:
    """Of `clock show`."""
    trust = state.trust
    vouchers = sorted(state.vouchers)
    return {
        "now": state.now.isoformat(),
        "trusted": trust.believed,
        "vouchers": vouchers,
        "why": sentence(trust.why),
    }


def voice(state: VoiceState) -> Json:
    """Of `voices list`."""
    facts = state.facts
    return {
        "voice": state.voice,
        "here": state.here,
        "online": state.online,
        "why": sentence(state.why_not),
        "sounds": facts.sounds.say(_) if facts else None,
        "licence": facts.licence if facts else None,
        "megabytes": facts.megabytes if facts else None,
        "cost": facts.cost.say(_) if facts else None,
    }


def cache_size(size: CacheSize) -> Json:
    """Of `cache show`."""
    return {
        "clips_mb": round(size.clips / 1e6, 1),
        "programmes": size.programmes,
        "programmes_mb": round(size.programme_bytes / 1e6, 1),
    }
