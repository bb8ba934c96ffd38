"""commune.yaml: who the station is and by which rules it may speak. No rule is enforced here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from ..errors import Message
from ..model.commune import USUAL_ZONE, Commune, Contact, Policy, ReceivedRules, TemporaryPolicy
from ..model.day_set import DaySet, NamedDay, any_of
from ..model.enums import ApprovalRule
from ..yamlfile import Mistake, Section, decode_text, document, parse_file, quote
from . import values
from .day_values import date_or_range, lunar_days
from .keywords import KEYWORDS

KEYS = (
    *("commune", "id", "timezone", "voices", "policy", "villages", "days", "opening", "closing", "chime", "music"),
    *("say", "abbrev", "names", "region", "streams", "exceptions", "contacts", "technician", "received", "alarm_tail"),
    *("groups", "origins"),
)
MOST_WORDS = 4_000  # letters of opening and closing words
DAY_KEYS = ("dates", "lunar", "chime", "music")  # of a named day
_HOST = re.compile(r"[a-z0-9.-]+")
POLICY_KEYS = (
    *("hours", "sessions_per_day", "minutes_per_session", "allow_night", "approval", "approval_on_paper", "emergency"),
    *("days", "quiet"),
)
CONTACT_KEYS = ("name", "phone")
RECEIVED_KEYS = ("routine", "priority", "minutes_per_day")
EXCEPTION_KEYS = ("from", "until", "why", "policy")
POLICY_FIELDS = {"emergency": "alarm_by_two", "days": "weekdays"}  # key -> field of `Policy`, where it is another


def parse(path: str, data: bytes) -> Commune:
    """Read commune.yaml. Raises `BadFile` with every mistake in it."""
    return parse_file(path, data, _read, KEYWORDS)


def _read(path: str, data: bytes) -> Commune:
    top = document(path, decode_text(path, data), KEYWORDS, KEYS, twins={"days": "ngày đặc biệt"})
    villages = top.get_list("villages", values.ident) or ()
    days = _named_days(top)
    rules = top.get_section("policy", (*POLICY_KEYS, "villages"))
    policy = _policy(rules, Policy(), days)
    policies = _policies(rules, policy, villages, days)
    voices = top.get_list("voices", values.voice) or ()
    streams, stations = _streams(top)
    commune = Commune(
        id=top.require("id", values.ident, ""),
        name=top.require("commune", values.word, ""),
        zone=top.get("timezone", zone, USUAL_ZONE),
        voices=tuple(voice for voice in voices if not values.runs_program(voice)) or ("espeak:vi",),
        policy=policy,
        policies=policies,
        exceptions=tuple(_exceptions(top, policy, policies, days)),
        villages=villages,
        days=days,
        opening=top.get("opening", _session_words, ""),
        closing=top.get("closing", _session_words, ""),
        chime=top.get("chime", values.relative_path, None),
        music=top.get("music", values.relative_path, None),
        say=_words(top, "say"),
        abbrev=_words(top, "abbrev"),
        names=_words(top, "names"),
        region=top.get("region", values.choice({"north": "north", "south": "south"}), "north"),
        streams=streams,
        stations=stations,
        contacts=_contacts(top, villages),
        technician=_contact(top.get_section("technician", CONTACT_KEYS)),
        received=_offices_above(top),
        groups=_groups(top),
        origins=tuple(dict.fromkeys(top.get_list("origins", values.ident) or ())),
        alarm_tails=_alarm_tails(top, villages),
        mistakes=tuple(
            top.item_problem("voices", at, _program(voice))
            for at, voice in enumerate(voices)
            if values.runs_program(voice)
        ),
    )
    if len(set(villages)) < len(villages):
        top.add_problem(Message("a village stands here twice"), "villages")
    top.raise_problems(commune)
    return commune


def _streams(top: Section) -> tuple[tuple[str, ...], dict[str, str]]:
    """The hosts that may be relayed, and the stations that are given by name with their addresses."""
    if not top.holds_mapping("streams"):
        return top.get_list("streams", host) or (), {}
    pieces = top.get_pieces("streams", host, ())
    stations: dict[str, str] = {}
    for piece in pieces:
        stations |= piece.get_mapping(values.word, values.stream) if isinstance(piece, Section) else {}
    hosts = [piece for piece in pieces if isinstance(piece, str)]
    hosts += [name for address in stations.values() if (name := urlsplit(address).hostname)]
    return tuple(dict.fromkeys(hosts)), stations


def _session_words(text: str) -> str:
    """What is said around a session: a few sentences."""
    words = values.words(text)
    if len(words) > MOST_WORDS:
        letters = Message("{letters} letters are too many; at most {most}", letters=len(words), most=MOST_WORDS)
        raise Mistake(letters)
    return words


def _program(voice: str) -> Message:
    line = f"voices: [{quote(voice)}]"
    return Message(
        "“{voice}” runs a program, so it is left out here: this file is shared; write into this box's box.yaml: {line}",
        voice=voice,
        line=line,
    )


def zone(text: str) -> ZoneInfo:
    """A time zone by its name, `Asia/Ho_Chi_Minh`."""
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        zones = {name.casefold(): name for name in available_timezones()}
        meant = zones.get("".join(get_close_matches(text.casefold(), zones, 1, 0.85)), USUAL_ZONE.key)
        raise Mistake(Message("“{value}” is no time zone; did you mean {meant}?", value=text, meant=meant)) from None


def host(text: str) -> str:
    """The name of a server, without https:// and path."""
    if _HOST.fullmatch(text):
        return text
    if (meant := urlsplit(text if "//" in text else f"//{text}").hostname or "") and _HOST.fullmatch(meant):
        raise Mistake(Message("“{value}” is no server name; write {meant}", value=text, meant=meant))
    raise Mistake(Message("“{value}” is no server name; write it as stream.vov.vn", value=text))


def _named_days(top: Section) -> dict[str, NamedDay]:
    section = top.get_section("days", ())
    return {name: _named_day(section, name) for name in section} if section else {}


def _named_day(section: Section, name: str) -> NamedDay:
    section.check(name, values.ident)
    entry = section.get_section(name, DAY_KEYS)
    if entry is None:
        return NamedDay(name, DaySet())
    if "dates" not in entry and "lunar" not in entry:
        entry.add_problem(Message("“{key}” is missing", key=f"{entry.spelling('dates')} / {entry.spelling('lunar')}"))
    moons = entry.get_list("lunar", lunar_days) or ()
    suns = entry.get_list("dates", date_or_range) or ()
    return NamedDay(
        name,
        any_of([*suns, *(DaySet(lunar=moon) for moon in moons)]),
        chime=entry.get("chime", values.flag, True),
        music=entry.get("music", values.flag, True),
    )


def _policy(entry: Section | None, base: Policy, days: Mapping[str, NamedDay]) -> Policy:
    """`base` with what `entry` says otherwise."""
    if entry is None:
        return base
    rules = (ApprovalRule.REQUIRED, ApprovalRule.OPTIONAL, ApprovalRule.TWO)
    approval = values.choice({str(rule): rule for rule in rules})
    persons = values.choice({"one": False, "two": True})
    return Policy(
        hours=tuple(sorted(entry.get_list("hours", values.hours) or base.hours)),
        sessions_per_day=entry.get("sessions_per_day", values.whole(1, 100), base.sessions_per_day),
        minutes_per_session=entry.get("minutes_per_session", values.whole(1, 1440), base.minutes_per_session),
        allow_night=entry.get("allow_night", values.flag, base.allow_night),
        approval=entry.get("approval", approval, base.approval),
        approval_on_paper=entry.get("approval_on_paper", values.flag, base.approval_on_paper),
        alarm_by_two=entry.get("emergency", persons, base.alarm_by_two),
        weekdays=frozenset(entry.get_list("days", values.weekday) or base.weekdays),
        quiet=entry.get_list("quiet", values.one_of(days)) or base.quiet,
    )


def _policies(
    rules: Section | None, base: Policy, villages: tuple[str, ...], days: Mapping[str, NamedDay]
) -> dict[str, Policy]:
    """The rules of villages that have their own, below `policy: villages:`."""
    section = rules.get_section("villages", ()) if rules else None
    if section is None:
        return {}
    for name in section:
        section.check(name, values.one_of(villages))
    return {name: _policy(section.get_section(name, POLICY_KEYS), base, days) for name in section}


def _contacts(top: Section, villages: tuple[str, ...]) -> dict[str, Contact]:
    """Whom to telephone in a village, by its id."""
    section = top.get_section("contacts", ())
    if section is None:
        return {}
    for name in section:
        section.check(name, values.one_of(villages))
    contacts = {name: _contact(section.get_section(name, CONTACT_KEYS)) for name in section}
    return {name: contact for name, contact in contacts.items() if contact}


def _contact(section: Section | None) -> Contact | None:
    if section is None:
        return None
    return Contact(section.require("name", values.word, ""), section.require("phone", values.phone, ""))


def _offices_above(top: Section) -> dict[str, ReceivedRules]:
    """How the commune airs what offices above it have scheduled, by their scope."""
    section = top.get_section("received", ())
    if section is None:
        return {}
    for name in section:
        section.check(name, values.ident)
    return {name: _received_rules(section.get_section(name, RECEIVED_KEYS)) for name in section}


def _groups(top: Section) -> dict[str, tuple[str, ...]]:
    """Communes that are often meant together, by the name of each group."""
    section = top.get_section("groups", ())
    return {name: tuple(section.get_list(name, values.ident) or ()) for name in section} if section else {}


def _received_rules(entry: Section | None) -> ReceivedRules:
    usual = ReceivedRules()
    if entry is None:
        return usual
    return ReceivedRules(
        routine=entry.get("routine", values.choice({"offered": False, "scheduled": True}), usual.routine),
        first=entry.get("priority", values.choice({"waits": False, "first": True}), usual.first),
        minutes_per_day=entry.get("minutes_per_day", values.whole(0, 1440), usual.minutes_per_day),
    )


def _alarm_tails(top: Section, villages: tuple[str, ...]) -> dict[str, str]:
    """What a village hears in its own language behind every alarm, by its id: a sound file."""
    section = top.get_section("alarm_tail", ())
    return section.get_mapping(values.one_of(villages), values.relative_path) if section else {}


def _exceptions(
    top: Section, policy: Policy, policies: Mapping[str, Policy], days: Mapping[str, NamedDay]
) -> Iterator[TemporaryPolicy]:
    """The rules that hold for some days only; what each of them says goes before everybody's own."""
    known: list[tuple[date, date]] = []
    for section in top.get_sections("exceptions", EXCEPTION_KEYS):
        first, last = (section.require(key, values.day, None) for key in ("from", "until"))
        why, rules = section.require("why", values.word, ""), section.get_section("policy", POLICY_KEYS)
        temporary = _policy(rules, policy, days)
        if rules is None:
            section.add_problem(Message("“{key}” is missing", key=section.spelling("policy")))
        if first is None or last is None or rules is None:
            continue
        if last < first:
            section.add_problem(Message("these rules end before they begin"), "until")
        if any(first <= until and begins <= last for begins, until in known):
            section.add_problem(Message("other temporary rules hold on some of these days already"), "from")
        known.append((first, last))
        fields = {field: getattr(temporary, field) for key in rules if (field := POLICY_FIELDS.get(key, key))}
        own = {village: replace(usual, **fields) for village, usual in policies.items()}
        yield TemporaryPolicy(first, last, why, temporary, own)


def _words(top: Section, key: str) -> dict[str, str]:
    section = top.get_section(key, ())
    return section.get_mapping(values.word, values.word) if section else {}
