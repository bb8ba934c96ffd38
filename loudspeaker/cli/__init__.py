"""The command line: what a command means is the business of other rooms; how it is asked and how it looks is here.

app                   click, language, errors                          command_context  a command's station and client
terminal              what is printed                                  prompts          what is asked or read
rooms                 what commands work with, loaded when asked for
tables                tables, times, progress
…_views               how values of a family look on a terminal
parameter_types       days, moments, ids that a command takes
file_commands         init check read import export                    log_commands     log why report
editing_commands      new schedule                                     word_commands    words
plan_commands         plan prepare submit approve render
air_commands          play urgent skip stop pause resume run rehearse
maintenance_commands  status doctor test clock voices cache
setup_command         setup                                            signing_commands  fleet sign show
alert_commands        fleet alert, confirm, decide, receipts           agent_commands   fleet connect
web_commands          web                                              hub_commands     hub
speaking_commands     fleet speak                              stick_commands   fleet stick
join_commands         fleet join, leave, move                      daemon_pause     a while without the daemon
hub_box_commands      fleet join by a code, send-log           hub_care_commands  hub link, notify, backup …
hub_people_commands   hub user
"""

from __future__ import annotations

from pathlib import Path

import click

from .. import VERSION
from ..errors import BadUsage, Message, bad_character
from ..i18n import LANGUAGES
from . import (
    agent_commands,
    air_commands,
    alert_commands,
    editing_commands,
    file_commands,
    hub_box_commands,
    hub_care_commands,
    hub_commands,
    hub_people_commands,
    join_commands,
    log_commands,
    maintenance_commands,
    plan_commands,
    setup_command,
    signing_commands,
    speaking_commands,
    stick_commands,
    web_commands,
    word_commands,
)
from .app import TranslatedGroup, TranslatedOption, option, start
from .command_context import CommandContext, default_home


@click.group(cls=TranslatedGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@option("--home", type=click.Path(path_type=Path, readable=False), help="The station's folder (where commune.yaml is).")
@option(
    "--state",
    type=click.Path(path_type=Path, readable=False),
    envvar="LOUDSPEAKER_STATE",
    help="Where the log is kept.",
)
@option("--lang", type=click.Choice(LANGUAGES), help="Language of messages; Vietnamese unless told otherwise.")
@click.version_option(VERSION, prog_name="loudspeaker", cls=TranslatedOption)
@click.pass_context
def cli(ctx: click.Context, home: Path | None, state: Path | None, lang: str | None) -> None:
    """Timed, spoken bulletins for the village loudspeakers."""
    home = home or default_home()
    state = state or home / ".state"
    for folder in (home, state):
        if fault := bad_character(str(folder)):  # the log keeps paths, and could not keep this one
            raise BadUsage(Message("{name}: {fault}", name=str(folder), fault=fault))
    ctx.obj = CommandContext(home, state, ctx.obj)  # a clock, where whoever invokes this goes by another


PARTS = (
    file_commands,
    editing_commands,
    word_commands,
    plan_commands,
    air_commands,
    log_commands,
    maintenance_commands,
    setup_command,
    signing_commands,
    web_commands,
    hub_commands,
)
for part in PARTS:
    for command in part.COMMANDS:
        cli.add_command(command)
for part in (alert_commands, agent_commands, hub_box_commands, join_commands, speaking_commands, stick_commands):
    for command in part.COMMANDS:
        signing_commands.fleet.add_command(command)
for command in (*hub_people_commands.COMMANDS, *hub_care_commands.COMMANDS):
    hub_commands.hub.add_command(command)


def main() -> None:
    """Entry point of `loudspeaker`."""
    start(cli)
