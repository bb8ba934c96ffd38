"""click in the language of the moment, and our errors as sentences and exit codes.

Nothing of the product is decided here, and nothing heavy is imported: `--help` must come at once.
"""

from __future__ import annotations

import atexit
import copy
import gc
import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from gettext import gettext as _
from importlib import import_module
from typing import IO, Any, TypeVar

import click

from ..errors import BadUsage, LoudspeakerError, Message, bad_character, describe_os_error
from ..i18n import LANGUAGES, set_language
from ..plaintext import escape

F = TypeVar("F", bound=Callable[..., object])
USUAL_THRESHOLDS = gc.get_threshold()  # Python's own, which `start` changes


class TranslatedCommand(click.Command):
    """A command whose help is in the language of the moment."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        click.Command.format_help_text(translate_help(self), ctx, formatter)

    def get_short_help_str(self, limit: int = 90) -> str:
        return click.Command.get_short_help_str(translate_help(self), limit)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [_(piece) for piece in super().collect_usage_pieces(ctx)]

    def invoke(self, ctx: click.Context) -> object:
        refuse_bad_characters(ctx)
        return super().invoke(ctx)


class TranslatedGroup(click.Group):
    """Turns our errors, and only ours, into a sentence and an exit code; anything else keeps its traceback."""

    command_class = TranslatedCommand

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        click.Command.format_help_text(translate_help(self), ctx, formatter)

    def get_short_help_str(self, limit: int = 90) -> str:
        return click.Command.get_short_help_str(translate_help(self), limit)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [_(piece) for piece in super().collect_usage_pieces(ctx)]

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order of a day's work, not of the alphabet

    def make_context(self, *args: Any, **settings: Any) -> click.Context:
        with escape_complaints():
            return super().make_context(*args, **settings)

    def invoke(self, ctx: click.Context) -> object:
        try:
            with escape_complaints():
                return super().invoke(ctx)
        except LoudspeakerError as error:
            raise CommandError(error) from error
        except BrokenPipeError:
            raise  # click knows what to do: whoever read us has had enough
        except OSError as error:  # a full disk, a folder that may not be written: nobody's bug
            raise CommandError(LoudspeakerError(describe_os_error(error))) from error


TranslatedGroup.group_class = TranslatedGroup


class LazyGroup(TranslatedGroup):
    """A group whose commands lie in modules that are imported when one of their commands is asked for.

    As click's manual shows it (“Lazily Loading Subcommands”). What asks for all, as `--help` does, imports all of them.
    """

    def __init__(self, *args: Any, table: Mapping[str, str | click.Command], **settings: Any) -> None:
        """`table`: by its name a command, or the module of this package among whose `COMMANDS` it is."""
        super().__init__(*args, **settings)
        self._table = dict(table)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self._table.get(cmd_name)
        if isinstance(entry, str):
            family: Sequence[click.Command] = import_module(f".{entry}", __package__).COMMANDS
            entry = self._table[cmd_name] = next(command for command in family if command.name == cmd_name)
        return entry


class TranslatedOption(click.Option):
    """An option whose help is in the language of the moment."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        return click.Option.get_help_record(translate_help(self), ctx)


class CommandError(click.ClickException):
    """One of our errors on its way to a person."""

    def __init__(self, error: LoudspeakerError) -> None:
        super().__init__(error.say(_))
        self.exit_code = error.exit_code

    def show(self, file: IO[str] | None = None) -> None:
        click.echo(self.message, err=True)


@contextmanager
def escape_complaints() -> Iterator[None]:
    """click's own complaints repeat what was typed: shown as one line without control characters, as all else."""
    try:
        yield
    except CommandError:
        raise  # several lines, each of them escaped already
    except click.ClickException as error:
        error.message = escape(error.message)
        raise


class TextType(click.ParamType):
    """Words that may have several lines."""

    name = "text"


def refuse_bad_characters(ctx: click.Context) -> None:
    """Refuse words that could forge lines or drive a terminal. A file may have any name: paths are not words."""
    for param in ctx.command.params:
        value = ctx.params.get(param.name or "")
        if isinstance(param.type, click.Path):
            continue
        for words in value if isinstance(value, tuple) else (value,):
            if isinstance(words, str) and (fault := bad_character(words, lines=isinstance(param.type, TextType))):
                name = param.opts[0] if isinstance(param, click.Option) else param.make_metavar()
                raise BadUsage(Message("{name}: {fault}", name=name, fault=fault))


Translated = TypeVar("Translated", click.Command, click.Option)


def translate_help(part: Translated) -> Translated:
    """A copy that speaks the language of the moment; the original keeps the English, which is the key."""
    clone = copy.copy(part)
    if clone.help:
        clone.help = _(clone.help)
    return clone


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    """click's option, with our class."""
    return click.option(*names, cls=TranslatedOption, **settings)


def find_language(arguments: Sequence[str]) -> str:
    """The language asked for, found before click reads anything, so that even its complaints are in it."""
    language = os.environ.get("LOUDSPEAKER_LANG", "")
    for word, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if word == "--lang":
            language = following
        elif word.startswith("--lang="):
            language = word.removeprefix("--lang=")
    return language if language in LANGUAGES else LANGUAGES[0]


def collect_as_usual() -> None:
    """Undo for a command that lasts what `start` does for all: under load a console would be 10 MB larger."""
    gc.collect()
    gc.set_threshold(*USUAL_THRESHOLDS)


def start(cli: click.Group) -> None:
    """Run a command line in its language."""
    # What is loaded all stays: looking for garbage among it is a tenth of the wait, and at the end another tenth.
    gc.set_threshold(50_000)
    atexit.register(gc.freeze)
    language = find_language(sys.argv[1:])
    set_language(language)
    os.environ["LOUDSPEAKER_LANG"] = language  # of the processes that we start, too
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy: threads that nothing uses make it load twice as long
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Vietnamese, whatever the locale says; what even then cannot be written is no reason to fail.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    cli(prog_name="loudspeaker")
