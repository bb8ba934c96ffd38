"""How the health of a box and of its files looks on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from gettext import gettext as _
from itertools import groupby
from typing import TYPE_CHECKING

from .airing_views import next_moments
from .tables import show_table
from .terminal import put, tell

if TYPE_CHECKING:
    from ..maintenance.check import Finding
    from ..maintenance.clock_state import ClockState
    from ..maintenance.devices import HealthCheck
    from ..maintenance.doctor import Status
    from ..maintenance.voice_list import VoiceState
    from ..synthesis.voice_facts import VoiceFacts

N_ = str

REFERENCE = {"commune.yaml": "commune", "box.yaml": "box", "bulletins": "bulletins", "schedules": "schedules"}


def show_summary(findings: Sequence[Finding]) -> None:
    """How much `check` found and what that means, after the findings themselves."""
    mistakes = sum(finding.mistake for finding in findings)
    warnings = len(findings) - mistakes
    counts = _("mistakes: {mistakes}, warnings: {warnings}").format(mistakes=mistakes, warnings=warnings)
    places = {finding.problem.path.partition("/")[0] for finding in findings}
    pages = sorted({f"docs/reference.md#{REFERENCE[place]}" for place in places & REFERENCE.keys()})
    if pages:
        tell(_("How each file is written: {pages}").format(pages=", ".join(pages)))
    if mistakes:
        tell(
            _("{counts}. What has a mistake is not used as written: mend it and run “loudspeaker check” again.").format(
                counts=counts
            )
        )
    elif findings:
        tell(_("{counts}. Every file can be used; read the warnings above.").format(counts=counts))
    else:
        tell(_("{counts}: every file can be used.").format(counts=counts))


def show_status(status: Status) -> None:
    """At most five lines: what is on the air, two moments to come, two things that are wrong."""
    now = [
        _("{villages}: {title}").format(villages=", ".join(str(row["village"]) for row in group), title=title)
        for title, group in groupby(status.on, key=_title)
    ]
    put(_("On the air: {airings}").format(airings="; ".join(now)) if now else _("Nothing is on the air."))
    for line in next_moments(status.next):
        put(line)
    wrong = [health_line(check).partition(" ")[2] for check in status.wrong]
    put(_("Wrong ({count}): {first}").format(count=len(wrong), first=wrong[0]) if wrong else _("Nothing is wrong."))
    if len(wrong) > 1:
        put(_("Also: {second} (all of it: “loudspeaker doctor”)").format(second=wrong[1]))


def _title(row: Mapping[str, object]) -> str:
    """The title of what is on the air, with the word of a drill."""
    return _("{what} (drill)").format(what=row["title"]) if row["drill"] else str(row["title"])


def show_health(checks: Sequence[HealthCheck]) -> None:
    for check in checks:
        put(health_line(check))


def health_line(check: HealthCheck) -> str:
    """What was looked at and what is wrong with it, with a mark before it."""
    mark = "✗" if check.serious else "!" if check.wrong else "✓"
    return f"{mark} {check.what.say(_)}" + (f": {check.wrong.say(_)}" if check.wrong else "")


VOUCHERS = {
    "network": N_("the time from the network"),
    "rtc": N_("the battery clock"),
    "hub": N_("the hub"),
    "box": N_("“clock: trusted” in box.yaml"),
}


def clock_line(state: ClockState) -> str:
    """The time and whether it is trusted, and by whose word."""
    now = f"{state.now:%H:%M:%S %d/%m/%Y}"
    if state.trust.why:
        return f"{now}: {state.trust.why.say(_)}"
    if not state.vouchers:  # somebody's word, or a source that has gone since
        return _("{now}: the time is trusted").format(now=now)
    by = ", ".join(_(VOUCHERS.get(voucher, voucher)) for voucher in sorted(state.vouchers))
    return _("{now}: the time is trusted ({by})").format(now=now, by=by)


def show_voices(states: Sequence[VoiceState]) -> None:
    columns = (_("voice"), _("here"), _("online"), _("note"))
    here = {True: _("yes"), False: _("no")}
    cells = [[state.voice, here[state.here], here[state.online], _note(state)] for state in states]
    show_table(columns, cells, _("No voices."))
    for state in states:
        if state.facts:
            tell(f"{state.voice}: {_about(state.facts)}")


def _about(facts: VoiceFacts) -> str:
    """How a voice sounds, its size, its licence and its cost."""
    size = _("{size} MB").format(size=f"{facts.megabytes:g}") if facts.megabytes else ""
    return "; ".join(filter(None, (facts.sounds.say(_), size, facts.licence, facts.cost.say(_))))


def _note(state: VoiceState) -> str:
    """Why it does not speak here, or the file in which it has spoken."""
    return state.why_not.say(_) if state.why_not else str(state.sample or "")


CACHE = {
    "clips_mb": N_("clips, MB"),
    "programmes": N_("programmes"),
    "programmes_mb": N_("programmes, MB"),
}


def show_cache(row: Mapping[str, object]) -> None:
    for name, value in row.items():
        put(f"{_(CACHE.get(name, name))}: {value}")
