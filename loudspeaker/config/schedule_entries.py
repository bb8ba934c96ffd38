"""One entry of a schedule as it is written; put into its file and taken out of it with all else left to the byte.

An entry is English keys with the texts that people wrote for them. What it means is decided by `schedule_file` alone;
its keys stay in the language of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

from ..errors import BadFile, Message
from ..model.day_set import NO_DAYS, NamedDay
from ..model.schedule_change import Adjustment
from ..yamlfile import append, put, quote, remove
from ..yamlfile.keys import fold
from . import schedule_file
from .keywords import KEYWORDS
from .schedule_file import ENTRY_KEYS

LISTS = {"on", "days", "except", "monthdays"}  # a list even of one
PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:/-]*[A-Za-z0-9])?")
WHERE: list[str | int] = ["broadcasts"]
ENGLISH = {key: key for key in ENTRY_KEYS}

LOADER: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Entry = dict[str, list[str]]  # English key -> what is written for it


@dataclass(frozen=True, slots=True)
class EntryMistake:
    """What is wrong with one entry of several, by its number from 0, and under which key."""

    number: int
    key: str
    message: Message


def raw_entries(data: bytes) -> list[Entry]:
    """The entries of a schedule that is known to be sound, as they are written."""
    return list(map(_read_entry, _entry_nodes(_compose(data))))


def entry_name(entry: Mapping[str, Sequence[str]]) -> str:
    """What a broadcast is called: by its `name`, else by its bulletin."""
    return next((entry[key][0] for key in ("name", "bulletin") if key in entry), "")


def find_mistakes(path: str, entries: Sequence[Entry], named: Mapping[str, NamedDay] = NO_DAYS) -> list[EntryMistake]:
    """What the reader of schedules says of these entries, which stand in one file in this order."""
    lines: list[str] = ["broadcasts:"]
    places: list[tuple[int, str]] = [(0, "")]
    for number, entry in enumerate(entries):
        keys = _order_keys(entry) or ["bulletin"]
        lines += [f"  {' ' if at else '-'} {key}: {_value(key, entry.get(key, ['']))}" for at, key in enumerate(keys)]
        places += [(number, key) for key in keys]
    try:
        schedule_file.parse(path, "\n".join(lines).encode(), named)
    except BadFile as error:
        return [EntryMistake(*places[max(problem.line, 1) - 1], problem.message) for problem in error.problems]
    return []


def new_schedule(name: str) -> bytes:
    """The file of a village that has no schedule yet."""
    return f"village: {quote(name)}\nbroadcasts: []\n".encode()


def append_entry(path: str, data: bytes, entry: Entry) -> bytes:
    """The file with one more entry at its end, by a name that is free there."""
    root = _compose(data)
    named = free_name(entry, (entry_name(_read_entry(node)) for node in _entry_nodes(root)))
    return append(path, data, WHERE, flow_yaml(named, _spellings(root)), KEYWORDS).after


def alter_entry(path: str, data: bytes, number: int, entry: Entry) -> bytes:
    """The file with what is written in its entry `number` as in `entry`, key by key: what is the same stays as it is.

    Raises `BadFile` where a key cannot be taken out of its line.
    """
    old = raw_entries(data)[number]
    place: list[str | int] = [*WHERE, number]
    for key in _order_keys(entry):
        if entry[key] != old.get(key):
            data = put(path, data, place, key, _value(key, entry[key]), KEYWORDS).after
    for key in old.keys() - entry.keys():
        data = remove(path, data, [*place, key], KEYWORDS).after
    return data


def remove_entry(path: str, data: bytes, number: int) -> bytes:
    """The file without its entry `number`. Raises `BadFile` where it cannot be taken out of its line."""
    return remove(path, data, [*WHERE, number], KEYWORDS).after


def adjust_entry(entry: Entry, adjustment: Adjustment) -> Entry:
    """The entry as `Adjustment.adjust` has its broadcast."""
    changed = dict(entry)
    if adjustment.times is not None:
        changed = {key: texts for key, texts in changed.items() if key not in ("every", "between")}
        changed["at"] = [f"{at // 3600:02}:{at // 60 % 60:02}" for at in adjustment.times]
    if adjustment.repeat is not None:
        changed["repeat"] = [str(adjustment.repeat)]
    if adjustment.left_out:
        changed["except"] = [*changed.get("except", ()), *(day.isoformat() for day in sorted(adjustment.left_out))]
    if adjustment.until is not None:
        changed["until"] = [adjustment.until.isoformat()]
    return changed


def free_name(entry: Entry, taken: Iterable[str]) -> Entry:
    """The entry with a name that none of `taken` is: names are part of an airing's id."""
    taken, name = set(taken), entry_name(entry)
    if name not in taken:
        return entry
    number = next(number for number in range(2, len(taken) + 3) if f"{name}-{number}" not in taken)
    return {**entry, "name": [f"{name}-{number}"]}


def flow_yaml(entry: Entry, spellings: Mapping[str, str] = ENGLISH) -> str:
    """An entry as YAML on one line, its keys written as in `spellings`.

    >>> flow_yaml({"bulletin": ["bluezone"], "at": ["06:05", "17:30"]})
    '{bulletin: bluezone, at: [06:05, 17:30]}'
    """
    return f"{{{', '.join(f'{spellings[key]}: {_value(key, entry[key])}' for key in _order_keys(entry))}}}"


def _compose(data: bytes) -> yaml.MappingNode:
    """The tree of a file that is known to be sound, every value in it as text."""
    root = yaml.compose(data, Loader=LOADER)
    return root if isinstance(root, yaml.MappingNode) else yaml.MappingNode("", [])


def _entry_nodes(root: yaml.MappingNode) -> Iterator[yaml.MappingNode]:
    names = {"broadcasts", *KEYWORDS.spellings(["broadcasts"])}
    for key, value in root.value:
        if fold(key.value) in names and isinstance(value, yaml.SequenceNode):
            yield from (item for item in value.value if isinstance(item, yaml.MappingNode))


def _read_entry(node: yaml.MappingNode) -> Entry:
    keys = KEYWORDS.spellings(ENTRY_KEYS)
    return {keys[fold(key.value)]: _texts(value) for key, value in node.value}


def _spellings(root: yaml.MappingNode) -> Mapping[str, str]:
    """English key -> how this file writes it: as in an entry that has it, else in the language of the file."""
    keys = KEYWORDS.spellings(ENTRY_KEYS)
    written = [key.value for entry in _entry_nodes(root) for key, _ in entry.value]
    vietnamese = KEYWORDS.are_vietnamese([*(key.value for key, _ in root.value), *written])
    usual = {key: KEYWORDS.twins.get(key, key) if vietnamese else key for key in ENTRY_KEYS}
    return usual | {keys[fold(key)]: key for key in reversed(written)}


def _texts(node: yaml.Node) -> list[str]:
    return [item.value for item in node.value] if isinstance(node, yaml.SequenceNode) else [node.value]


def _order_keys(entry: Entry) -> list[str]:
    return [key for key in ENTRY_KEYS if key in entry]


def _value(key: str, texts: Sequence[str]) -> str:
    words = [text if PLAIN.fullmatch(text) else _quote(text) for text in texts]
    return f"[{', '.join(words)}]" if key in LISTS or len(words) > 1 else words[0]


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
