"""What every command shares: the language, our errors as sentences and exit codes, JSON on stdout, the station.

Nothing of the product is decided here, and nothing heavy is imported: `--help` must come at once.
"""

from __future__ import annotations

import copy
import gc
import io
import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, update_wrapper
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from ..errors import BadFile, BadUsage, LoudspeakerError, Message, Problem, bad_character, reason
from ..i18n import LANGUAGES, speak
from ..plaintext import escape, escape_json

if TYPE_CHECKING:
    from ..daemon.client import Errands
    from ..station import Station

MOST_BYTES = 1_000_000  # of a text, or of one line where each is a text
F = TypeVar("F", bound=Callable[..., Any])


class Command(click.Command):
    """A command whose help is in the language of the moment."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        click.Command.format_help_text(worded(self), ctx, formatter)

    def get_short_help_str(self, limit: int = 90) -> str:
        return click.Command.get_short_help_str(worded(self), limit)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [_(piece) for piece in super().collect_usage_pieces(ctx)]

    def invoke(self, ctx: click.Context) -> object:
        check_words(ctx)
        return super().invoke(ctx)


class Group(click.Group):
    """Turns our errors, and only ours, into a sentence and an exit code; anything else keeps its traceback."""

    command_class = Command

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        click.Command.format_help_text(worded(self), ctx, formatter)

    def get_short_help_str(self, limit: int = 90) -> str:
        return click.Command.get_short_help_str(worded(self), limit)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [_(piece) for piece in super().collect_usage_pieces(ctx)]

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order of a day's work, not of the alphabet

    def make_context(self, *args: Any, **settings: Any) -> click.Context:
        with complaints():
            return super().make_context(*args, **settings)

    def invoke(self, ctx: click.Context) -> object:
        try:
            with complaints():
                return super().invoke(ctx)
        except LoudspeakerError as error:
            raise Refusal(error) from error
        except BrokenPipeError:
            raise  # click knows what to do: whoever read us has had enough
        except OSError as error:  # a full disk, a folder that may not be written: nobody's bug
            raise Refusal(LoudspeakerError(world(error))) from error


Group.group_class = Group


class Option(click.Option):
    """An option whose help is in the language of the moment."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        return click.Option.get_help_record(worded(self), ctx)


class Refusal(click.ClickException):
    """One of our errors on its way to a person."""

    def __init__(self, error: LoudspeakerError) -> None:
        super().__init__(error.say(_))
        self.exit_code = error.exit_code

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


@contextmanager
def complaints() -> Iterator[None]:
    """click's own complaints repeat what was typed: shown as one line without control characters, as all else."""
    try:
        yield
    except Refusal:
        raise  # several lines, each of them escaped already
    except click.ClickException as error:
        error.message = escape(error.message)
        raise


class Lines(click.ParamType):
    """Words that may have several lines."""

    name = "text"


def check_words(ctx: click.Context) -> None:
    """Refuse words that could forge lines or drive a terminal. A file may have any name: paths are not words."""
    for param in ctx.command.params:
        given = ctx.params.get(param.name or "")
        if isinstance(param.type, click.Path):
            continue
        for words in given if isinstance(given, tuple) else (given,):
            if isinstance(words, str) and (fault := bad_character(words, lines=isinstance(param.type, Lines))):
                name = param.opts[0] if isinstance(param, click.Option) else param.make_metavar()
                raise BadUsage(Message("{name}: {fault}", name=name, fault=fault))


Worded = TypeVar("Worded", click.Command, click.Option)


def worded(part: Worded) -> Worded:
    """A copy that speaks the language of the moment; the original keeps the English, which is the key."""
    clone = copy.copy(part)
    if clone.help:
        clone.help = _(clone.help)
    return clone


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    """click's option, with our class."""
    return click.option(*names, cls=Option, **settings)


as_json = option("--json", "as_json", is_flag=True, help="One JSON document on stdout, people's text on stderr.")
by_whom = option("--by", metavar="NAME", help="Who decides this; asked for on a terminal.")
why = option("--why", metavar="TEXT", help="The reason, kept in the log.")


@dataclass
class Desk:
    """Where a command stands: which station, in which language; the station is opened when first asked for."""

    home: Path
    state: Path

    @cached_property
    def station(self) -> Station:
        # Loading makes thousands of things that all stay: looking for garbage among them is a tenth of the wait.
        gc.disable()
        from ..station import Station  # heavier than most of click: `--help` does without

        translate_logging()
        station = Station.open(self.home, self.state)
        gc.enable()
        click.get_current_context().find_root().call_on_close(station.close)
        return station

    @cached_property
    def errands(self) -> Errands:
        """What the daemon can do without us: an alarm does not wait until the station is opened here."""
        from ..daemon.client import Errands

        return Errands(self.home, self.state, lambda: self.station, _tell_wait)


def _tell_wait(airing: str, why: str) -> None:
    tell(_("{airing}: not heard yet, still trying; Ctrl+C gives up ({why})").format(airing=airing, why=why))


def with_errands(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command the errands of its station as its first argument."""

    def run(*args: Any, **settings: Any) -> Any:
        return command(click.get_current_context().find_object(Desk).errands, *args, **settings)  # type: ignore[union-attr]

    return update_wrapper(run, command)


def with_station(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command the station as its first argument, told about what is wrong with its files."""

    def run(*args: Any, **settings: Any) -> Any:
        station = click.get_current_context().find_object(Desk).station  # type: ignore[union-attr]
        warn(station.files.problems)
        return command(station, *args, **settings)

    return update_wrapper(run, command)


def default_home() -> Path:
    """The current folder when it is a station, else LOUDSPEAKER_HOME, else where a box keeps it."""
    if Path("commune.yaml").exists():
        return Path.cwd()
    return Path(os.environ.get("LOUDSPEAKER_HOME") or "/var/lib/loudspeaker")


def warn(problems: Sequence[Problem | Message]) -> None:
    for problem in problems:
        tell(problem.say(_))


def tell(line: str) -> None:
    """A line for people; stdout stays free for results."""
    click.echo(escape(line), err=True)


def put(line: str) -> None:
    """A line of the result, on stdout. Nothing else in the shells prints: what is printed here is escaped."""
    click.echo(escape(line))


def translate_logging() -> None:
    """Have what the program logs said on stderr in the language of the moment."""
    import logging  # `--help` does without

    class Sentences(logging.Formatter):
        """Translates the messages and errors among the arguments of a log line."""

        def format(self, record: logging.LogRecord) -> str:
            record = copy.copy(record)
            if isinstance(record.args, tuple):
                sentences = (Message, LoudspeakerError)
                record.args = tuple(arg.say(_) if isinstance(arg, sentences) else arg for arg in record.args)
            return super().format(record)

    assert logging.lastResort
    logging.lastResort.setFormatter(Sentences("%(message)s"))


def print_json(value: object) -> None:
    click.echo(escape_json(json.dumps(value, ensure_ascii=False, indent=1)))


def world(error: OSError) -> Message:
    """What the system said, with the file it was about."""
    name = error.filename if error.filename is not None else "–"
    return Message(
        "{file}: {reason}", file=os.fsdecode(name) if isinstance(name, bytes) else name, reason=reason(error)
    )


def given(file: str) -> bytes:
    """All of a file, or of what is piped in for “-”. Raises `BadFile`."""
    with _opened(file) as source:
        return _limited(file, source.read(MOST_BYTES + 1))


def given_lines(file: str) -> Iterator[bytes]:
    """Line by line, with its break: there may be any number of them. Raises `BadFile`."""
    with _opened(file) as source:
        while line := source.readline(MOST_BYTES + 1):
            yield _limited(file, line)


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        with open(file, "rb") as source:
            yield source
    except FileNotFoundError as error:
        raise BadFile([Problem(file, 0, Message("there is no such file"))]) from error
    except OSError as error:
        raise BadFile([Problem(file, 0, Message("the file cannot be read: {error}", error=reason(error)))]) from error


def _limited(file: str, data: bytes) -> bytes:
    if len(data) > MOST_BYTES:  # a device has no end, and nobody says so much
        raise BadFile([Problem(file, 0, Message("the file is larger than 1 MB; it can hardly be meant"))])
    return data


def decider(by: str | None) -> str:
    """Who decides: as given, else asked for on a terminal. The system's user is always “pi” and says nothing."""
    if by and by.strip():
        return by.strip()
    if sys.stdin.isatty():
        name = str(click.prompt(_("Who decides this? (your name)"), err=True))
        if fault := bad_character(name):
            raise BadUsage(fault)
        return name
    raise click.UsageError(_("give --by NAME: who decides this"))


ANSWERS = {
    **dict.fromkeys(("c", "có", "co", "y", "yes"), True),
    **dict.fromkeys(("k", "không", "khong", "n", "no", ""), False),  # nothing but Enter is a no
}


def must_agree(question: str) -> None:
    """Ask on stderr until the answer is a yes or a no, in Vietnamese or English, and give up on a no.

    Raises `click.Abort`, on the end of the input too.
    """
    while True:
        said = click.prompt(question + _(" [y/N]"), default="", show_default=False, err=True)
        answer = ANSWERS.get(unicodedata.normalize("NFC", said).strip().casefold())
        if answer is False:
            raise click.Abort
        if answer:
            return
        tell(_("Answer “y” for yes or “n” for no."))


def language_of(arguments: Sequence[str]) -> str:
    """The language asked for, found before click reads anything, so that even its complaints are in it."""
    asked = os.environ.get("LOUDSPEAKER_LANG", "")
    for word, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if word == "--lang":
            asked = following
        elif word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def start(cli: click.Group) -> None:
    """Run a command line in its language."""
    language = language_of(sys.argv[1:])
    speak(language)
    os.environ["LOUDSPEAKER_LANG"] = language  # of the processes that we start, too
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy: threads that nothing uses make it load twice as long
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Vietnamese, whatever the locale says; what even then cannot be written is no reason to fail.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    cli(prog_name="loudspeaker")
