"""Prints lines for people on stderr and results on stdout, escaped. No other module of the shell prints (tested).

Loads nothing else, so that each command may import it at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from gettext import gettext as _

import click

from ..errors import Message, Problem
from ..i18n import say_log_by
from ..plaintext import escape
from . import rooms


def warn(problems: Sequence[Problem | Message]) -> None:
    """Tell what is wrong with people's files; the command goes on."""
    for problem in problems:
        tell(problem.say(_))


def tell(line: str) -> None:
    """A line for people; stdout stays free for results."""
    click.echo(escape(line), err=True)


def put(line: str) -> None:
    """A line of the result, on stdout."""
    click.echo(escape(line))


def print_json(value: object, indent: int | None = 1) -> None:
    """A document; without `indent` on one line, for a program that reads several."""
    click.echo(rooms.json_output.write_json(value, _, indent))


def translate_logging() -> None:
    """Have what the program logs said on stderr in the language of the moment."""
    say_log_by(_)
