"""Messages and errors as JSON values, and back: what goes through the daemon's door besides numbers and text.

A message is `{"template": …, "facts": {…}}`. An error is that and more: the name of its class (`kind`), the module
where that lives (`module`), its exit code, and what else it carries (`more`: a file's problems, the time to wait).
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from .errors import LoudspeakerError, Message, Problem

PACKAGE = __name__.partition(".")[0]
PLAIN = (str, int, float, type(None))


def plain(value: object) -> Any:
    """For `json.dumps`: what is no JSON of itself. Raises `TypeError` for what has no business on the wire."""
    if not isinstance(value, (Message, Problem, LoudspeakerError)):
        raise TypeError(f"{type(value).__name__} cannot go through the door")
    return facts_of(value)


def facts_of(value: object) -> Any:
    """What JSON can keep of a message, a problem or an error; anything else goes as text."""
    if isinstance(value, Message):
        return {"template": value.template, "facts": {name: facts_of(fact) for name, fact in value.facts.items()}}
    if isinstance(value, Problem):
        return {"path": value.path, "line": value.line, "message": facts_of(value.message)}
    if isinstance(value, LoudspeakerError):
        kind = next(one for one in type(value).__mro__ if one.__module__.startswith(f"{PACKAGE}."))  # no plug-in's own
        more = {name: facts_of(fact) for name, fact in vars(value).items() if name != "message"}
        names = {"kind": kind.__name__, "module": kind.__module__, "exit": value.exit_code}
        return {**names, **facts_of(value.message), "more": more}
    if isinstance(value, (list, tuple)):
        return [facts_of(one) for one in value]
    return value if isinstance(value, PLAIN) else str(value)


def message_of(told: dict[str, Any]) -> object:
    """An object of JSON, or the message that it was."""
    return Message(told["template"], **told["facts"]) if told.keys() == {"template", "facts"} else told


def error_of(told: Mapping[str, Any]) -> LoudspeakerError:
    """The error that it was, of the same class, with all its problems and its exit code.

    One of a class that is not known here is a `LoudspeakerError` with the exit code that it had.
    """
    message = Message(told["template"], **told["facts"])
    kind = _kind(str(told.get("module", f"{PACKAGE}.errors")), str(told["kind"]))
    if kind is None:
        error = LoudspeakerError(message)
        vars(error)["exit_code"] = told.get("exit", LoudspeakerError.exit_code)
        return error
    error = kind.__new__(kind, message)  # what `__init__` makes of its arguments is in `more`
    error.args = (message,)
    more = told.get("more", {})
    vars(error).update(more, message=message)
    if "problems" in more:
        vars(error)["problems"] = tuple(Problem(one["path"], one["line"], one["message"]) for one in more["problems"])
    return error


def _kind(module: str, name: str) -> type[LoudspeakerError] | None:
    """A class of ours by its name. A daemon of another version may know others."""
    if not module.startswith(f"{PACKAGE}.") or "__" in module:
        return None
    try:
        kind = getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None
    return kind if isinstance(kind, type) and issubclass(kind, LoudspeakerError) else None
