"""Values as JSON and back: for files, the as-run log and the control socket alike.

A dataclass is an object by its fields' names, a NamedTuple a list, a time ISO text, bytes, an enum or a path their
text, a `Message` its template and facts. Reading goes by annotations: a field that is missing takes its default, one
that only another version knows is left out, a value of another type is refused.

An error is its message and more: class (`kind`) and `module`, exit code, and what else it carries (`more`: a file's
problems, the time to wait).
"""

from __future__ import annotations

import importlib
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, fields
from datetime import date, datetime
from enum import Enum
from functools import cache, partial
from operator import attrgetter
from pathlib import PurePath
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeVar

from .errors import LoudspeakerError, Message, Problem

PACKAGE = __name__.partition(".")[0]
TEXT = "utf-8", "surrogateescape"  # of bytes, whatever is in them
PLAIN = frozenset({str, int, float, bool, NoneType})
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)  # what reading may raise
T = TypeVar("T")
Json = Any  # what `json.loads` gives
Kind = Any  # a class, or a type such as `tuple[str, ...] | None`
Coder = Callable[[Json], Json]  # a value as JSON can keep it, or back


class Field(NamedTuple):
    """One field of a dataclass; `plain`: the types that are JSON already, where it has no other."""

    name: str
    required: bool
    hint: Kind
    plain: frozenset[Kind]


def encode(value: object) -> Json:
    """What JSON can keep of a value. Raises `TypeError` where that is nothing."""
    kind: Kind = type(value)
    return _encoder(kind)(value)


@cache
def _encoder(kind: Kind) -> Coder:
    """What writes values of this class: found once, used for thousands."""
    if kind in PLAIN:
        return lambda value: value
    if hasattr(kind, "__dataclass_fields__"):  # what is plain is not looked at
        names = [(name, bool(plain)) for name, _, _, plain in known_fields(kind)]
        return lambda value: {
            name: getattr(value, name) if plain else encode(getattr(value, name)) for name, plain in names
        }
    if issubclass(kind, Message):
        more = () if kind is Message else kind.__slots__
        return lambda value: {**{name: encode(getattr(value, name)) for name in more}, **_sentence(value)}
    for base, write in _ENCODERS.items():
        if issubclass(kind, base):
            return write
    raise TypeError(f"{kind.__name__} has no form in JSON")


def decode(kind: type[T], stored: object) -> T:
    """The value of type `kind` that gave this. Raises one of `UNREADABLE` where none did."""
    return _decode(kind, stored)  # type: ignore[no-any-return]


def _decode(kind: Kind, stored: Json) -> Json:
    return _decoder(kind)(stored)


@cache
def _decoder(kind: Kind) -> Coder:
    """What reads values of this type: found once, used for thousands."""
    origin: Kind = typing.get_origin(kind)
    inner = typing.get_args(kind)
    if kind in PLAIN:
        return partial(_decode_plain, kind)
    if isinstance(kind, UnionType):
        return partial(_decode_one_of, tuple(member for member in inner if member is not NoneType), NoneType in inner)
    if origin and issubclass(origin, Mapping):
        return lambda stored: {str(name): _decode(inner[1], item) for name, item in stored.items()}
    if origin:
        return partial(_decode_list, origin, inner)
    return (lambda stored: stored) if kind in (Any, object) else _class_decoder(kind)


def _class_decoder(kind: Kind) -> Coder:
    """What reads values of a class of ours or of the standard library."""
    make: Coder = kind
    if hasattr(kind, "__dataclass_fields__"):
        return lambda stored: kind(**decode_fields(kind, stored))
    if kind is datetime:
        return stored_instant
    if kind is bytes:
        return lambda stored: stored.encode(*TEXT)
    if issubclass(kind, date):
        make = kind.fromisoformat
    elif issubclass(kind, Message):
        return _decode_message if kind is Message else partial(_decode_more, kind, typing.get_type_hints(kind.__init__))
    elif issubclass(kind, tuple):
        hints = typing.get_type_hints(kind)
        items = [hints[name] for name in kind._fields]
        return lambda stored: kind(*(_decode(hint, item) for hint, item in zip(items, stored, strict=True)))
    return make


def _decode_plain(kind: Kind, stored: Json) -> Json:
    if type(stored) is not kind and not (kind is float and type(stored) is int):
        raise ValueError(f"{stored!r} is no {kind.__name__}")
    return stored


def decode_fields(kind: Kind, stored: Mapping[str, Json]) -> dict[str, Json]:
    """The fields of a dataclass, each as its annotation has it.

    Raises `ValueError` where one is missing or is of another type.
    """
    values = {}
    for name, required, hint, plain in known_fields(kind):
        if name not in stored:
            if required:
                raise ValueError(f"{name} is missing")
        elif not plain:
            values[name] = _decode(hint, stored[name])
        elif type(stored[name]) in plain:
            values[name] = stored[name]
        else:
            raise ValueError(f"{name} is no {' or '.join(sorted(accepted.__name__ for accepted in plain))}")
    return values


def known_fields(kind: Kind) -> tuple[Field, ...]:
    """The fields of a dataclass, with their types."""
    return _known_fields(kind)


@cache
def _known_fields(kind: Kind) -> tuple[Field, ...]:
    hints = typing.get_type_hints(kind)
    required = {field.name: field.default is MISSING and field.default_factory is MISSING for field in fields(kind)}
    return tuple(Field(name, needed, hints[name], _plain(hints[name])) for name, needed in required.items())


def _plain(hint: Kind) -> frozenset[Kind]:
    kinds = frozenset(typing.get_args(hint)) if isinstance(hint, UnionType) else frozenset({hint})
    return (kinds | {int} if float in kinds else kinds) if kinds <= PLAIN else frozenset()


def _decode_one_of(kinds: Sequence[Kind], nullable: bool, stored: Json) -> Json:
    if nullable and stored is None:
        return None
    for kind in kinds[:-1]:
        with suppress(*UNREADABLE):
            return _decode(kind, stored)
    return _decode(kinds[-1], stored)


def _decode_list(origin: Kind, inner: tuple[Kind, ...], stored: Json) -> Json:
    if not isinstance(stored, list | tuple):
        raise ValueError(f"{stored!r} is no list")
    if issubclass(origin, tuple) and inner[-1] is not ...:
        return tuple(_decode(kind, item) for kind, item in zip(inner, stored, strict=True))
    items = [_decode(inner[0], item) for item in stored]
    return frozenset(items) if origin is frozenset else tuple(items)


def stored_instant(text: str) -> datetime:
    """An instant as it is kept: ISO text with an offset. Raises `ValueError`."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:  # it could be compared with no other
        raise ValueError(f"{text} has no offset")
    return instant


def _decode_message(stored: Mapping[str, Json]) -> Message:
    return Message(stored["template"], **{name: _whole(fact) for name, fact in stored["facts"].items()})


def _decode_more(kind: type[Message], hints: Mapping[str, Json], stored: Mapping[str, Json]) -> Message:
    """A message that carries more, by the annotations of its constructor."""
    more = {name: _decode(hints[name], item) for name, item in stored.items() if name not in ("template", "facts")}
    return kind(message=_decode_message(stored), **more)


def _sentence(message: Message) -> dict[str, Json]:
    return {"template": message.template, "facts": {name: _part(fact) for name, fact in message.facts.items()}}


def _part(value: object) -> Json:
    """Of a sentence or an error: what JSON can keep, or else the text that a person would see."""
    if isinstance(value, Message | Problem | LoudspeakerError):
        return encode(value)
    if isinstance(value, list | tuple):
        return [_part(item) for item in value]
    return value if isinstance(value, str | int | float | NoneType) else str(value)


def _whole(stored: Json) -> Json:
    """What `_part` gave, with its sentences."""
    return _decode_message(stored) if isinstance(stored, dict) and "template" in stored else stored


def _error(error: LoudspeakerError) -> dict[str, Json]:
    kind = next(base for base in type(error).__mro__ if base.__module__.startswith(f"{PACKAGE}."))  # no plug-in's own
    more = {name: _part(fact) for name, fact in vars(error).items() if name != "message"}
    names = {"kind": kind.__name__, "module": kind.__module__, "exit": error.exit_code}
    return {**names, **_sentence(error.message), "more": more}


_ENCODERS: Mapping[type, Coder] = {
    Enum: attrgetter("value"),
    str: str,  # one that knows its line in a file
    bytes: lambda value: value.decode(*TEXT),
    PurePath: str,
    date: lambda value: value.isoformat(),  # a datetime is one
    Problem: lambda value: {"path": value.path, "line": value.line, "message": encode(value.message)},
    LoudspeakerError: _error,
    Mapping: lambda value: {name: encode(item) for name, item in value.items()},
    Collection: lambda value: [encode(item) for item in value],
}


def decode_error(stored: Mapping[str, Json]) -> LoudspeakerError:
    """The error that it was, of the same class, with all its problems and its exit code.

    One of a class that is not known here is a `LoudspeakerError` with the exit code that it had.
    """
    message = _decode_message(stored)
    kind = _error_class(str(stored.get("module", f"{PACKAGE}.errors")), str(stored["kind"]))
    if kind is None:
        error = LoudspeakerError(message)
        vars(error)["exit_code"] = stored.get("exit", LoudspeakerError.exit_code)
        return error
    error = kind.__new__(kind, message)  # what `__init__` makes of its arguments is in `more`
    error.args = (message,)
    more = stored.get("more", {})
    vars(error).update({name: _whole(item) for name, item in more.items()}, message=message)
    if "problems" in more:
        vars(error)["problems"] = tuple(map(_decode_problem, more["problems"]))
    return error


def _decode_problem(stored: Mapping[str, Json]) -> Problem:
    return Problem(stored["path"], stored["line"], _decode_message(stored["message"]))


def _error_class(module: str, name: str) -> type[LoudspeakerError] | None:
    """A class of ours by its name. A daemon of another version may know others."""
    if not module.startswith(f"{PACKAGE}.") or "__" in module:
        return None
    try:
        kind = getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None
    return kind if isinstance(kind, type) and issubclass(kind, LoudspeakerError) else None
