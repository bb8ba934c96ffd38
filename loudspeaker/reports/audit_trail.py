"""What people did to a station, in plain words, by the log: decisions, edits, alarms, stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ..codec import UNREADABLE, decode
from ..errors import Message
from ..model.alert_answer import AlertState
from ..model.asrun_record import Event
from ..model.enums import ALARM, ALL_CLEAR, CORRECTION, asked_kind
from ..playout.item import request_from_facts
from ..playout.ports import Log

Wording = Callable[[Event], Message | None]
SHORT = 8  # letters of a digest that people compare by eye
N_ = str
ASKED = {
    "confirm_clock": Message("confirms the clock"),
    "install_voice": Message("has a voice installed"),
    "propose_urgent": Message("wants to give an alarm, which waits for a second person"),
    "withdraw_urgent": Message("withdraws an alarm that waited for a second person"),
}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did."""

    at: datetime
    by: str
    account: str  # "" where they came through none
    what: Message


def audit_trail(log: Log, begins: datetime, ends: datetime) -> list[AuditEntry]:
    """What people did from `begins` up to, but not including, `ends`, in the order of time. Raises `LogUnusable`."""
    return list(_entries(log, begins, ends))


def background(log: Log, village: str, bulletin: str | None, before: datetime) -> list[AuditEntry]:
    """Who approved what an airing said, and who saved its bulletin and its village's schedule last, until `before`."""
    paths = f"bulletins/{bulletin}.md", f"schedules/{village}.yaml"
    last: dict[object, AuditEntry] = {}
    for event in (*log.events("approve"), *log.events("edit")):
        about = event.facts.get("path") in paths or (bulletin and event.facts.get("bulletin") == bulletin)
        if event.at <= before and about and (entry := _entry(event)):
            last[event.kind, event.facts.get("path")] = entry
    return sorted(last.values(), key=lambda entry: entry.at)


def explain_alert(log: Log, alert: str, zone: tzinfo) -> list[Message]:
    """The steps of a signed alert, sentence by sentence, and the ids of its airings; none of one that nobody knows."""
    sentences: list[Message] = []
    for event in log.events("alert"):
        if event.facts.get("alert") == alert and (entry := _entry(event)):
            at = f"{entry.at.astimezone(zone):%H:%M:%S %d/%m/%Y}"
            sentences.append(Message("{at}: {by} {what}", at=at, by=entry.by, what=entry.what))
            airings = decode(tuple[str, ...], event.facts.get("airings", ()))
            sentences += [Message("Airing {id}.", id=airing) for airing in airings]
    return sentences


def _entries(log: Log, begins: datetime, ends: datetime) -> Iterator[AuditEntry]:
    stopped: tuple[datetime, object] | None = None
    # By kind: what playout notes is a hundred times as much.
    events = (event for kind in WORDINGS for event in log.events(kind, since=begins))
    for event in sorted(events, key=lambda event: event.at):
        if event.at >= ends or (entry := _entry(event)) is None:
            continue
        if event.kind == "stop":  # one press stops several
            if stopped == (event.at, event.facts.get("by")):
                continue
            stopped = event.at, event.facts.get("by")
        yield entry


def _entry(event: Event) -> AuditEntry | None:
    """None for what nobody did, and for what cannot be understood."""
    wording = WORDINGS.get(event.kind)
    try:
        what = wording(event) if wording else None
    except UNREADABLE:
        return None
    if what is None:
        return None
    return AuditEntry(event.at, str(event.facts.get("by") or ""), str(event.facts.get("account") or ""), what)


def _skip(event: Event) -> Message:
    if event.facts.get("undo"):
        return Message("takes back that {airing} is left out", airing=event.airing)
    return Message("leaves {airing} out: {why}", airing=event.airing, why=event.facts["why"])


def _pause(event: Event) -> Message:
    until = datetime.fromisoformat(str(event.facts["until"]))
    facts = {"village": event.facts["village"], "until": f"{until:%H:%M %d/%m/%Y}", "why": event.facts["why"]}
    return Message("keeps {village} quiet until {until}: {why}", **facts)


def _resume(event: Event) -> Message:
    return Message("lets {village} be heard again", village=event.facts["village"])


def _approve(event: Event) -> Message:
    facts = event.facts
    if facts.get("undo"):
        return Message("takes the approval of “{bulletin}” back", bulletin=facts["bulletin"])
    shown = {"bulletin": facts["bulletin"], "digest": str(facts["digest"])[:SHORT]}
    act = Message("approves “{bulletin}” ({digest})", **shown)
    if facts.get("signer"):
        photo = Message("(photograph {sha256})", sha256=str(facts.get("photo"))[:SHORT])
        paper = {"paper": facts.get("paper") or photo, "signer": facts["signer"]}
        act = Message("enters that {signer} approved “{bulletin}” on paper {paper} ({digest})", **shown, **paper)
    elif giver := facts.get("in_place_of"):
        act = Message("approves “{bulletin}” ({digest}) in the place of {giver}", **shown, giver=giver)
    return act if facts.get("heard") is not False else Message("{act}, without having listened to it", act=act)


def _review(event: Event) -> Message:
    facts = event.facts
    if facts["step"] == "submit":
        return Message("submits “{bulletin}” for approval", bulletin=facts["bulletin"])
    return Message("gives “{bulletin}” back: {why}", bulletin=facts["bulletin"], why=facts["why"])


def _edit(event: Event) -> Message | None:
    """None for the note that an airing went out of its schedule."""
    facts = event.facts
    if "path" not in facts:
        return None
    if not facts["after"]:
        return Message("deletes {file}", file=facts["path"])
    if not facts["before"]:
        return Message("writes {file}", file=facts["path"])
    return Message("edits {file}", file=facts["path"])


def _commission(event: Event) -> Message:
    return Message("commissions output {output}", output=event.facts["output"])


def _move_box(event: Event) -> Message:
    return Message("moves the box from {commune} into this commune", commune=event.facts["commune"])


def _join_alone(event: Event) -> Message:
    return Message("puts in a stick by which the box joins {commune}", commune=event.facts["commune"])


def _confirm_village(_event: Event) -> Message:
    return Message("confirms that the box is in the right village")


def _soften(event: Event) -> Message:
    facts = event.facts
    if not facts["decibels"]:
        return Message("has output {output} as loud as the technician set it", output=facts["output"])
    return Message("makes output {output} softer by {decibels} dB", output=facts["output"], decibels=facts["decibels"])


def _decline(event: Event) -> Message:
    facts = {"title": event.facts["title"], "offer": event.facts["offer"]}
    if event.facts.get("undo"):
        return Message("leaves open again whether “{title}” ({offer}) is aired", **facts)
    return Message("does not air “{title}” ({offer}), which was offered: {why}", **facts, why=event.facts["why"])


def _stop(event: Event) -> Message:
    return Message("stops what is on the air: {why}", why=event.facts["why"])


def _explain(event: Event) -> Message:
    return Message("gives the reason why {airing} was stopped: {why}", airing=event.airing, why=event.facts["why"])


def _request_message(event: Event) -> Message:
    airing = request_from_facts(event.facts).airing
    facts, kind = {"title": " ".join(airing.title.split()), "village": airing.village}, asked_kind(airing.broadcast)
    if kind == ALARM and airing.drill:
        return Message("gives a drill in {village}: {title}", **facts)
    if kind == ALARM:
        return Message("gives an alarm in {village}: {title}", **facts)
    if kind == ALL_CLEAR:
        return Message("gives the all-clear in {village}", village=airing.village)
    if kind == CORRECTION:
        return Message("corrects an alarm in {village}", village=airing.village)
    if airing.broadcast == "test":
        return Message("tries output {output}", output=airing.output)
    return Message("replays “{title}” in {village}", **facts)


def _end(event: Event) -> Message:
    return Message("ends {airing}", airing=event.airing)


def _request(event: Event) -> Message | None:
    """Of what is asked for, only that which leaves no entry of its own."""
    if event.facts["do"] in ASKED:
        return ASKED[str(event.facts["do"])]
    second = event.facts.get("second")
    return Message("gives an alarm together with {second}", second=second) if second else None


def _alert(event: Event) -> Message:
    """A step of a signed alert."""
    facts = event.facts
    alert, title = str(facts["alert"]), " ".join(str(facts["title"]).split())
    state, ended = facts["state"], ", ".join(decode(tuple[str, ...], facts["references"]))
    if state == AlertState.PREPARED:
        missing = facts["missing"]
        return Message(
            "signs alert {alert}, which is heard when {missing} more have: {title}",
            alert=alert,
            missing=missing,
            title=title,
        )
    if "number" in facts:  # of one with a cadence
        times = int(str(facts["number"])) + 1
        values = {"alert": alert, "times": times, "title": title}
        return Message("signs alert {alert}, which is said for the {times}. time: {title}", **values)
    if state == AlertState.GIVEN:
        act = Message("signs alert {alert}, which is to be heard: {title}", alert=alert, title=title)
        return Message("{act} (its words differ here)", act=act) if facts.get("differs") else act
    if state == AlertState.FAILED:
        return Message("signs alert {alert}, which could not be done so far: {why}", alert=alert, why=facts["why"])
    if state == AlertState.ENDED and facts["kind"] != "end":
        return Message("signs alert {alert}, which had been ended before it came", alert=alert)
    return Message(DONE[AlertState(str(state))], alert=alert, ended=ended)


DONE = {
    AlertState.ENDED: N_("signs alert {alert}: the end of {ended}"),
    AlertState.STOPPED: N_("signs alert {alert}: what is on the air is stopped"),
    AlertState.CHECKED: N_("signs alert {alert}: a silent check, which went well"),
}
WORDINGS: Mapping[str, Wording] = {
    "skip": _skip,
    "pause": _pause,
    "resume": _resume,
    "approve": _approve,
    "review": _review,
    "edit": _edit,
    "commission": _commission,
    "moved": _move_box,
    "joined-alone": _join_alone,
    "confirm-village": _confirm_village,
    "soften": _soften,
    "decline": _decline,
    "stop": _stop,
    "explain": _explain,
    "alert": _alert,
    "asked": _request_message,
    "end": _end,
    "request": _request,
}
