"""commune.yaml with one rule, day, word or voice changed, and all else left to the byte. Bytes in, bytes out.

What a value means is decided by `commune_file` alone; keys and words are written in the language of the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import yaml

from ..errors import Message, NotFound
from ..yamlfile import append, put, put_word, quote, remove
from ..yamlfile.keys import fold, keys_of
from .keywords import KEYWORDS, WORDS
from .schedule_entries import PLAIN

COMMUNE = "commune.yaml"
LOADER: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
WEEKDAYS = (("mon", "2"), ("tue", "3"), ("wed", "4"), ("thu", "5"), ("fri", "6"), ("sat", "7"), ("sun", "CN"))
TWINS = {plain: twin for twin, plain in reversed(WORDS.items())} | {"yes": "có", "no": "không"}
# English key -> the Vietnamese one, where one English key has a twin of its own in commune.yaml.
OWN_TWINS = {"days": "ngày đặc biệt"}

Values = Mapping[str, str]  # English key -> its value as YAML on one line; "" takes it out


def alter_policy(data: bytes, values: Values) -> bytes:
    """These rules of the commune, by English key."""
    return _alter(data, ["policy"], values)


def alter_day(data: bytes, name: str, values: Values) -> bytes:
    """A named day, made where there is none of that name."""
    return _alter(data, ["days", name], values)


def remove_day(data: bytes, name: str) -> bytes:
    """Without a named day. Raises `BadFile` where there is none."""
    return _remove_item(data, "days", name)


def add_exception(data: bytes, first: date, last: date, why: str, rules: Values) -> bytes:
    """With rules that hold from `first` to `last` only."""
    if not _has(data, ["exceptions"]):
        data = _put(data, [], "exceptions", "[]")
    words = {"from": first.isoformat(), "until": last.isoformat(), "why": quote(why), "policy": _flow(data, rules)}
    return append(COMMUNE, data, ["exceptions"], _flow(data, words), KEYWORDS).after


def remove_exception(data: bytes, number: int) -> bytes:
    """Without the temporary rules of this number, from 0. Raises `BadFile` where there are none."""
    return _remove_item(data, "exceptions", number)


def put_own_word(data: bytes, key: str, written: str, spoken: str) -> bytes:
    """With a reading of the commune's own under `key`: say, abbrev or names."""
    return put_word(COMMUNE, data, [key], written, quote(spoken), KEYWORDS).after


def remove_own_word(data: bytes, key: str, written: str) -> bytes:
    """Without it. Raises `NotFound`."""
    if not _has(data, [key, written]):
        raise NotFound(Message("the commune has no reading of its own for “{written}”", written=written))
    return _remove_item(data, key, written)


def set_voices(data: bytes, voices: Sequence[str]) -> bytes:
    """With these voices, tried in this order."""
    return _put(data, [], "voices", flow_list(voices))


def raw_days(data: bytes) -> dict[str, dict[str, list[str]]]:
    """Every named day of a sound file with its solar and lunar days (`dates`, `lunar`) as they are written."""
    days = _value_at(data, ["days"])
    names = list(days) if isinstance(days, dict) else []
    return {name: {key: _texts(_value_at(data, ["days", name, key])) for key in ("dates", "lunar")} for name in names}


def flow_list(texts: Sequence[str]) -> str:
    """Values as a list on one line."""
    return f"[{', '.join(text if PLAIN.fullmatch(text) else quote(text) for text in texts)}]"


def word(data: bytes, plain: str) -> str:
    """An English word of the files (`required`, `yes`) in the language of this file."""
    return TWINS.get(plain, plain) if is_vietnamese(data) else plain


def weekdays(data: bytes, days: Sequence[int]) -> str:
    """Weekdays (Monday 0) as this file writes them."""
    return f"[{', '.join(WEEKDAYS[day][is_vietnamese(data)] for day in days)}]"


def is_vietnamese(data: bytes) -> bool:
    """Has the file rather Vietnamese keys than English ones?"""
    root = yaml.compose(data.decode("utf-8-sig"), Loader=LOADER)
    return bool(root is not None and KEYWORDS.are_vietnamese(keys_of(root)))


def _alter(data: bytes, where: Sequence[str], values: Values) -> bytes:
    """The mapping at `where` with these values; it is made where there is none."""
    values = {key: value for key, value in values.items() if value or _has(data, [*where, key])}
    for depth in range(len(where)):
        if values and not _is_mapping(data, where[: depth + 1]):
            data = _put(data, where[:depth], where[depth], "{}")
    for key, value in values.items():
        data = _put(data, where, key, value) if value else remove(COMMUNE, data, [*where, key], KEYWORDS).after
    return data


def _put(data: bytes, where: Sequence[str], key: str, value: str) -> bytes:
    own = OWN_TWINS.get(key) if not where else None
    if own and is_vietnamese(data) and not _has(data, [*where, key]):
        return put_word(COMMUNE, data, where, own, value, KEYWORDS).after
    if where[:1] == ["days"] and len(where) == 1:  # a name of people's own
        return put_word(COMMUNE, data, where, key, value, KEYWORDS).after
    return put(COMMUNE, data, where, key, value, KEYWORDS).after


def _remove_item(data: bytes, key: str, item: str | int) -> bytes:
    """Without one item of the list or mapping at `key`, which goes with the last one."""
    every = _value_at(data, [key])
    alone = isinstance(every, list | dict) and len(every) == 1
    return remove(COMMUNE, data, [key] if alone and _has(data, [key, item]) else [key, item], KEYWORDS).after


def _flow(data: bytes, values: Values) -> str:
    """A mapping on one line, its keys in the language of the file."""
    ours = is_vietnamese(data)
    keys = {key: KEYWORDS.twins.get(key, key) if ours else key for key in values}
    return f"{{{', '.join(f'{keys[key]}: {value}' for key, value in values.items() if value)}}}"


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [] if value is None else [str(value)]


def _is_mapping(data: bytes, where: Sequence[str]) -> bool:
    return isinstance(_value_at(data, where), dict)


def _has(data: bytes, where: Sequence[str | int]) -> bool:
    return _value_at(data, where) is not None


def _value_at(data: bytes, where: Sequence[str | int]) -> object:
    """What is written at a place; None where nothing is."""
    value: object = yaml.load(data, Loader=LOADER)
    for step in where:
        if isinstance(value, dict) and isinstance(step, str):
            names = {fold(step), *KEYWORDS.spellings([step])}
            value = value.get(step) or next((found for key, found in value.items() if fold(key) in names), None)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
