"""What is asked of a person or read from a file or pipe while a command runs."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import gettext as _
from typing import BinaryIO

import click

from ..errors import BadFile, BadUsage, Message, Problem, bad_character, reason
from .terminal import tell

MOST_BYTES = 1_000_000  # of a text, or of one line where each is a text
SHORTEST_PASSPHRASE = 10  # letters: the file may lie in a drawer for years


def read_input(file: str) -> bytes:
    """All of a file, or of what is piped in for “-”. Raises `BadFile`."""
    with _open_input(file) as source:
        return _limit(file, source.read(MOST_BYTES + 1))


def read_text(file: str) -> str:
    """A text in a file, or that is piped in for “-”. Raises `BadFile`."""
    try:
        return read_input(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile([Problem(file, 0, Message("this is not UTF-8; save the file with UTF-8 encoding"))]) from error


def read_first_line(file: str) -> str:
    """The first line of a text, such as a password, without its break. Raises `BadFile`."""
    return read_text(file).partition("\n")[0].rstrip("\r")


def read_input_lines(file: str) -> Iterator[bytes]:
    """Line by line, with its break: there may be any number of them. Raises `BadFile`."""
    with _open_input(file) as source:
        while line := source.readline(MOST_BYTES + 1):
            yield _limit(file, line)


@contextmanager
def _open_input(file: str) -> Iterator[BinaryIO]:
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


def _limit(file: str, data: bytes) -> bytes:
    if len(data) > MOST_BYTES:  # a device has no end, and nobody says so much
        raise BadFile([Problem(file, 0, Message("the file is larger than 1 MB; it can hardly be meant"))])
    return data


def ask_decider(by: str | None) -> str:
    """Who decides: as given, else asked for on a terminal. The system's user is always “pi” and says nothing."""
    if by and by.strip():
        return by.strip()
    if sys.stdin.isatty():
        name = str(click.prompt(_("Who decides this? (your name)"), err=True))
        if fault := bad_character(name):
            raise BadUsage(fault)
        return name
    raise click.UsageError(_("give --by NAME: who decides this"))


def ask_second(second: str | None) -> str:
    """Who else gives an alarm: as given, else asked for on a terminal, whose owner passes the keyboard on."""
    if second and second.strip():
        return second.strip()
    if sys.stdin.isatty():
        name = str(click.prompt(_("The policy asks for two persons. Who is the second? (their name)"), err=True))
        if fault := bad_character(name):
            raise BadUsage(fault)
        return name
    raise click.UsageError(_("the policy asks that two persons give an alarm: --second NAME"))


ANSWERS = {
    **dict.fromkeys(("c", "có", "co", "y", "yes"), True),
    **dict.fromkeys(("k", "không", "khong", "n", "no"), False),
}


def must_agree(question: str) -> None:
    """Ask on stderr until the answer is a yes or a no, in Vietnamese or English, and give up on a no.

    Raises `click.Abort`, on the end of the input too.
    """
    if not ask_yes(question, otherwise=False):
        raise click.Abort


def ask_yes(question: str, otherwise: bool) -> bool:
    """Yes or no, asked on stderr until it is one of them; `otherwise` where nothing but Enter is given.

    Raises `click.Abort` on the end of the input.
    """
    while True:
        brackets = _(" [Y/n]") if otherwise else _(" [y/N]")
        typed = click.prompt(question + brackets, default="", show_default=False, err=True).strip()
        answer = ANSWERS.get(unicodedata.normalize("NFC", typed).casefold()) if typed else otherwise
        if answer is not None:
            return answer
        tell(_("Answer “y” for yes or “n” for no."))


def read_passphrase(file: str | None, new: bool = False) -> str:
    """The passphrase of a key file; a new one is typed twice and is not short. Raises `BadUsage`."""
    if file is not None:
        passphrase = next(read_input_lines(file), b"").decode(errors="replace").rstrip("\r\n")
    elif sys.stdin.isatty():
        passphrase = click.prompt(_("Passphrase"), hide_input=True, confirmation_prompt=new, err=True)
    else:
        raise click.UsageError(_("give --passphrase-file FILE where nobody can be asked"))
    if new and len(passphrase) < SHORTEST_PASSPHRASE:
        raise BadUsage(Message("a passphrase has at least {count} letters", count=SHORTEST_PASSPHRASE))
    return passphrase
