"""What came of a file that was taken in, as values that one process can hand to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import BadFile, BadUsage, LoudspeakerError, Message, Problem, Refused
from ..store.atomic import WriteError
from ..yamlfile import Splice

Json = dict[str, Any]
ENCODING = "utf-8", "surrogateescape"  # of people's files, whatever is in them
ERRORS: Mapping[str, type[LoudspeakerError]] = {kind.__name__: kind for kind in (BadUsage, WriteError, Refused)}


@dataclass(frozen=True, slots=True)
class Imported:
    """Sentences for whoever sent the file, and the station's files as they are to be, none of them written yet."""

    messages: Sequence[Message]
    splices: Sequence[Splice] = field(default=())


def to_json(outcome: Imported | LoudspeakerError) -> Json:
    if isinstance(outcome, Imported):
        splices = [[one.path, one.before.decode(*ENCODING), one.after.decode(*ENCODING)] for one in outcome.splices]
        return {"messages": [_plain(message) for message in outcome.messages], "splices": splices}
    if isinstance(outcome, BadFile):
        problems = [[problem.path, problem.line, _plain(problem.message)] for problem in outcome.problems]
        return {"problems": problems}
    return {"error": type(outcome).__name__, "message": _plain(outcome.message)}


def from_json(told: Json) -> Imported | LoudspeakerError:
    if "problems" in told:
        return BadFile(Problem(path, line, _message(message)) for path, line, message in told["problems"])
    if "error" in told:
        return ERRORS.get(told["error"], LoudspeakerError)(_message(told["message"]))
    splices = [
        Splice(path, before.encode(*ENCODING), after.encode(*ENCODING)) for path, before, after in told["splices"]
    ]
    return Imported([_message(message) for message in told["messages"]], splices)


def _plain(value: object) -> Any:
    """A message and its facts; what JSON does not know becomes the text that a person would see."""
    if isinstance(value, Message):
        return {"template": value.template, "facts": {name: _plain(fact) for name, fact in value.facts.items()}}
    return value if isinstance(value, str | int | float | None) else str(value)


def _message(told: Json) -> Message:
    facts = {name: _message(fact) if isinstance(fact, dict) else fact for name, fact in told["facts"].items()}
    return Message(told["template"], **facts)
