"""The command line: what a command means is the business of other rooms; how it is asked and how it looks is here.

app         click, language, errors            command_context  a command's station and client
terminal    what is printed                    prompts          what is asked or read
tables      tables, times, progress            parameter_types  days, moments, ids that a command takes
…_views     how values of a family look        daemon_pause     a while without the daemon
…_commands  the commands of one family         rooms            what commands work with, loaded when asked for

Below stands which module has which commands. A command that is typed imports its own family, and `--help` those whose
commands it names.
"""

from __future__ import annotations

from pathlib import Path

import click

from .. import VERSION
from ..errors import BadUsage, Message, bad_character
from ..i18n import LANGUAGES
from .app import LazyGroup, TranslatedOption, option, start
from .command_context import CommandContext, default_home

FLEET_COMMANDS = {
    **dict.fromkeys(("key", "trust", "pack", "approve", "take", "offers", "decline", "collect"), "signing_commands"),
    **dict.fromkeys(("alert", "confirm", "decide", "receipts"), "alert_commands"),
    **dict.fromkeys(("connect", "confirm-village", "take-fetched", "sign-log"), "agent_commands"),
    "send-log": "hub_box_commands",
    **dict.fromkeys(("join", "leave", "move"), "join_commands"),
    "speak": "speaking_commands",
    "stick": "stick_commands",
}
HUB_COMMANDS = {
    **dict.fromkeys(("serve", "key", "publish", "propose", "invite", "stick"), "hub_commands"),
    **dict.fromkeys(("revoke", "boxes", "report", "broker"), "hub_commands"),
    "user": "hub_people_commands",
    **dict.fromkeys(("link", "notify", "backup", "restore", "mirror", "scrub", "adopt"), "hub_care_commands"),
}
WEB_COMMANDS = {
    "certificate": "web_commands",
    **dict.fromkeys(("first", "user", "lock", "sessions", "token", "audit"), "web_account_commands"),
}


@click.group(cls=LazyGroup, table=FLEET_COMMANDS)
def fleet() -> None:
    """Boxes that take their files signed, from a commune or a province."""


@click.group(cls=LazyGroup, table=HUB_COMMANDS)
@option(
    "--folder",
    type=click.Path(path_type=Path),
    envvar="LOUDSPEAKER_HUB",
    default=Path("/var/lib/loudspeaker-hub"),
    help="Where the hub keeps its files.",
)
@option(
    "--broker-pid",
    type=click.Path(path_type=Path),
    envvar="LOUDSPEAKER_HUB_BROKER_PID",
    metavar="FILE",
    help="Of a Mosquitto that this user may tell to read its passwords anew; else systemd does so.",
)
@click.pass_context
def hub(ctx: click.Context, folder: Path, broker_pid: Path | None) -> None:
    """The hub of a commune or a province: signed files for its boxes, and their logs."""
    ctx.meta["hub"] = folder, broker_pid


COMMANDS = {
    **dict.fromkeys(("init", "check", "read", "import", "export"), "file_commands"),
    **dict.fromkeys(("new", "schedule"), "editing_commands"),
    "words": "word_commands",
    **dict.fromkeys(("plan", "prepare", "read-ahead", "submit", "approve", "render"), "plan_commands"),
    **dict.fromkeys(("play", "urgent", "skip", "stop", "pause", "resume", "run", "rehearse"), "air_commands"),
    **dict.fromkeys(("log", "why", "report"), "log_commands"),
    **dict.fromkeys(("status", "doctor", "test", "clock", "voices", "cache"), "maintenance_commands"),
    "setup": "setup_command",
    "fleet": fleet,
    **dict.fromkeys(("sign", "show"), "document_commands"),
    "web": "web_commands",
    "hub": hub,
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
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


def main() -> None:
    """Entry point of `loudspeaker`."""
    start(cli)
