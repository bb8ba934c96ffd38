"""Values as `--json` prints them: the keys are promises (docs/reference.md), the sentences in the language of now."""

from __future__ import annotations

from gettext import gettext as _
from typing import TYPE_CHECKING, Any

from ..errors import Message

if TYPE_CHECKING:
    from ..maintenance.cache import CacheSize
    from ..maintenance.check import Finding
    from ..maintenance.clock_state import ClockState
    from ..maintenance.devices import HealthCheck
    from ..maintenance.status import Status
    from ..maintenance.voice_list import VoiceState

Json = dict[str, Any]  # one object of a document


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
    return {"on": list(found.on), "next": list(found.next), "problems": problems}


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
    return {"voice": state.voice, "here": state.here, "online": state.online, "why": sentence(state.why_not)}


def cache_size(size: CacheSize) -> Json:
    """Of `cache show`."""
    return {
        "clips_mb": round(size.clips / 1e6, 1),
        "programmes": size.programmes,
        "programmes_mb": round(size.programme_bytes / 1e6, 1),
    }
