"""What can go wrong, as values: a message with its facts, a problem with its place, and the family of errors.

No wording for people is chosen here: a `Message` holds the English template, which is also the key of the
translation; the shells find the words (locale/). Whatever a sentence is filled with, it comes out as one line without
control characters (`plaintext`). Nothing else of the package may come in.

    LoudspeakerError          it could not or must not be done          exit 1
    ├── BadFile               a file cannot be used as written          exit 2
    ├── BadUsage              the question itself is wrong              exit 2
    ├── NotFound              no such bulletin, village, airing         exit 2
    ├── Refused               policy, a pause or a missing approval     exit 1
    ├── Unreachable           the daemon does not answer                exit 3
    ├── EngineError           a voice could not speak
    │   ├── NotAvailable      not installed here: do not try again
    │   ├── TryAgain          a passing fault
    │   ├── RateLimited       leave it alone for a while
    │   └── BadRequest        this text or voice will never work
    └── SpeakerError          the sound card could not play
        └── DeviceGone        the card is not there (now)
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable
from typing import ClassVar

from .plaintext import escape, find_bad_character


class Message:
    """An English template and the facts that fill it; equal when both are.

    A fact may be a `Message` itself. The template is the gettext key, so it is a literal at every place
    where a `Message` is made (a test walks the code and asks for a translation of each).
    """

    __slots__ = ("facts", "template")

    def __init__(self, template: str, **facts: object) -> None:
        self.template = template
        self.facts = facts

    def say(self, translate: Callable[[str], str] = str) -> str:
        """Fill the template, translated by `translate` (template in, template out). One line, safe to be shown."""
        facts = {name: fact.say(translate) if isinstance(fact, Message) else fact for name, fact in self.facts.items()}
        return escape(translate(self.template).format_map(facts))

    def __str__(self) -> str:
        return self.say()

    def __repr__(self) -> str:
        return f"Message({self.say()!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.template, self.facts) == (other.template, other.facts)

    def __hash__(self) -> int:
        return hash((self.template, tuple(sorted((name, str(fact)) for name, fact in self.facts.items()))))


class Problem:
    """A mistake in somebody's file and where it is; `line` counts from 1, 0 is the file as a whole.

    `path` is the name as the system gives it, whatever characters are in it; `place` can be shown.
    """

    __slots__ = ("line", "message", "path")

    def __init__(self, path: str, line: int, message: Message) -> None:
        self.path = path
        self.line = line
        self.message = message

    @property
    def place(self) -> str:
        """Path and line, escaped: `schedules/x.yaml:5`."""
        path = escape(self.path)
        return f"{path}:{self.line}" if self.line else path

    def say(self, translate: Callable[[str], str] = str) -> str:
        """One unwrapped line: `schedules/x.yaml:5: …`."""
        return f"{self.place}: {self.message.say(translate)}"

    def __str__(self) -> str:
        return self.say()

    def __repr__(self) -> str:
        return f"Problem({self.say()!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and (self.path, self.line, self.message) == (
            other.path,
            other.line,
            other.message,
        )

    def __hash__(self) -> int:
        return hash((self.path, self.line, self.message))


class LoudspeakerError(Exception):
    """Base of all that we raise on purpose; `exit_code` is what a command ends with."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def say(self, translate: Callable[[str], str] = str) -> str:
        """What went wrong, translated; several lines where it is several things."""
        return self.message.say(translate)


class BadFile(LoudspeakerError):
    """A script, schedule or setting cannot be used as written; carries every problem found, each once.

    `draft` is what could be understood of the file all the same: only for telling what else is wrong with it.
    """

    exit_code = 2

    def __init__(self, problems: Iterable[Problem], draft: object = None) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        self.draft = draft
        super().__init__(self.problems[0].message)

    def say(self, translate: Callable[[str], str] = str) -> str:
        return "\n".join(problem.say(translate) for problem in self.problems)


class BadUsage(LoudspeakerError):
    """The command or its arguments make no sense together."""

    exit_code = 2


class NotFound(LoudspeakerError):
    """There is no such bulletin, village, airing or voice."""

    exit_code = 2


class Refused(LoudspeakerError):
    """It may not be done: policy, a pause, a missing approval."""


class BeingRead(Refused):
    """A file was edited a moment ago, and nobody has read its text yet: it is ready in a second."""


class OutOfDate(Refused):
    """It was decided about something that somebody has changed since: look at it again."""


class BeingMade(Refused):
    """The sound of what was asked for is being made: whoever asks again is told how far it is, or hears it."""


class Occupied(Refused):
    """Somebody else has the station's outputs: a daemon, or a command that plays without one."""


class Unreachable(LoudspeakerError):
    """The daemon is not running or does not answer."""

    exit_code = 3


class Unanswered(Unreachable):
    """The daemon has been asked and has not answered in time: it may still do it."""


class EngineError(LoudspeakerError):
    """A voice could not speak."""


class NotAvailable(EngineError):
    """The engine or voice is not installed here; trying again will not help."""


class TryAgain(EngineError):
    """A passing fault: the network, a server's bad day."""


class RateLimited(EngineError):
    """The service asked to be left alone for `retry_after` seconds."""

    def __init__(self, message: Message, retry_after: float = 3600.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BadRequest(EngineError):
    """This text or voice will never work with this engine."""


class SpeakerError(LoudspeakerError):
    """The sound card could not play."""


class DeviceGone(SpeakerError):
    """The card is not there now; it may come back."""


def bad_character(text: str, *, lines: bool = False) -> Message | None:
    """Why `text` cannot be taken as a person's words: control characters, turned writing, what is not UTF-8.

    Asked wherever words come in: files, the command line, the control socket. Where `lines`, they may have several.
    """
    letter = find_bad_character(text, lines=lines)
    if letter is None:
        return None
    if letter in _LINE_BREAKS:
        return Message("a line break cannot be used here; write all of it on one line")
    if "\ud800" <= letter <= "\udfff":
        return Message("this is not UTF-8; type the words anew")
    return Message(
        "the invisible character U+{code} cannot be used; delete it, or type the words anew", code=_hex(letter)
    )


def reason(error: OSError) -> Message:
    """What the system refused, in words that can be translated."""
    words = error.strerror or str(error)
    return _REASONS.get(error.errno or 0) or Message("{said}", said=words)


def describe_os_error(error: OSError) -> Message:
    """What the system said, with the file that it was about."""
    name = error.filename if error.filename is not None else "–"
    file = name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name
    return Message("{file}: {reason}", file=file, reason=reason(error))


def _hex(letter: str) -> str:
    return f"{ord(letter):04X}"


_LINE_BREAKS = "\n\r\v\f\x85\u2028\u2029"
_DENIED = Message("you may not do this: use sudo, or join the group “loudspeaker” and log in again")
_FULL = Message("the disk is full: delete what is not needed")
_CROWDED = Message("too many files are open")
_REASONS = {
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EMFILE: _CROWDED,
    errno.ENFILE: _CROWDED,
    errno.ENOENT: Message("there is no such file or folder"),
    errno.EEXIST: Message("it is there already"),
    errno.EISDIR: Message("this is a folder"),
    errno.ENOTDIR: Message("this is not a folder"),
    errno.ENOTEMPTY: Message("the folder is not empty"),
    errno.ENAMETOOLONG: Message("the name is too long"),
    errno.ELOOP: Message("links lead in a circle"),
    errno.EROFS: Message("this disk can only be read"),
    errno.EIO: Message("the disk or memory card fails (input/output error)"),
    errno.EBUSY: Message("somebody else is using it"),
    errno.ENOMEM: Message("there is not enough memory"),
    errno.ENOEXEC: Message("this is not a program"),
}


UNWRITABLE = Message("the state folder may not be written: use sudo, or join the group “loudspeaker”")
