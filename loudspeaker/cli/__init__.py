"""The command line: two lines a verb. What a verb means is the Station's business; how it looks is here.

shell     language, errors, JSON, options that many commands share
tables    how airings and rows look on a terminal
files     init check read import export
planning  plan prepare approve render
air       play urgent skip stop pause resume run rehearse
record    log why report
care      doctor test clock voices cache
"""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import BadUsage, Message, bad_character
from ..i18n import LANGUAGES
from . import air, care, files, planning, record
from .shell import Desk, Group, Option, default_home, option, start


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@option("--home", type=click.Path(path_type=Path, readable=False), help="The station's folder (where commune.yaml is).")
@option(
    "--state",
    type=click.Path(path_type=Path, readable=False),
    envvar="LOUDSPEAKER_STATE",
    help="Where the log is kept.",
)
@option("--lang", type=click.Choice(LANGUAGES), help="Language of messages; Vietnamese unless told otherwise.")
@click.version_option(package_name="loudspeaker", cls=Option)
@click.pass_context
def cli(ctx: click.Context, home: Path | None, state: Path | None, lang: str | None) -> None:
    """Timed, spoken bulletins for the village loudspeakers."""
    home = home or default_home()
    state = state or home / ".state"
    for folder in (home, state):
        if fault := bad_character(str(folder)):  # the log keeps paths, and could not keep this one
            raise BadUsage(Message("{name}: {fault}", name=str(folder), fault=fault))
    ctx.obj = Desk(home, state)


for part in (files, planning, air, record, care):
    for command in part.COMMANDS:
        cli.add_command(command)


def main() -> None:
    """Entry point of `loudspeaker`."""
    start(cli)
