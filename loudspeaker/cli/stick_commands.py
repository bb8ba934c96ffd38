"""A stick that somebody has put into a box: the box joins by it, or takes what is new, and answers without a screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import LoudspeakerError
from . import rooms
from .app import TranslatedCommand
from .command_context import current_station_context
from .daemon_pause import without_daemon
from .parameter_types import _
from .signing_commands import answer_stick, deliveries, take_scopes
from .terminal import tell

if TYPE_CHECKING:
    from ..fleet.join_stick import JoinStick
    from ..model.enums import StickSign
    from ..station.deliveries.stick_answer import Result

BY = "USB"


@click.command(cls=TranslatedCommand)
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
def stick(folder: Path) -> None:
    """Do what a stick says that somebody has put in: join by its invitation, or take what is new. The box runs this."""
    results = list(_join(folder))
    paths = current_station_context().paths
    joined = rooms.membership.read_membership(paths) is not None
    if joined and not results and (folder / rooms.signed_documents.ROOT).is_dir():
        results += take_scopes(
            folder, {scope: partial(deliveries().take, folder, scope) for scope in deliveries().scopes(folder)}
        )
    if not results:  # a stick of somebody else's, or the one by which it has joined
        if joined and (folder / rooms.join_stick.FILE).exists() and _awaits_village():
            _acknowledge([])
        return
    for result in results:
        tell(result.message().say(_))
    _acknowledge(results)
    answer_stick(folder, results)
    if _has_refusal(results):
        click.get_current_context().exit(1)


def _join(folder: Path) -> Iterator[Result]:
    """What became of the invitation on a stick, where one lies there that this box has not used."""
    joined = rooms.stick_answer.StickJoined
    try:
        invitation = rooms.join_stick.read_join_stick(folder)
        if invitation is None or _is_done(invitation):
            return
        joining = rooms.stick_joining.StickJoining(deliveries(), folder, invitation)
        with without_daemon(joining.begins_anew):
            taken = joining.join()
    except LoudspeakerError as error:
        yield joined("", why=error)
        return
    _switch_agent(bool(invitation.code))
    yield joined(invitation.commune)
    yield from taken


def _is_done(invitation: JoinStick) -> bool:
    """Is it this box's own, which has joined by it? Then it is a stick like any other."""
    paths = current_station_context().paths
    membership = rooms.membership.read_membership(paths)
    return (
        membership is not None
        and invitation.used_by == rooms.box_key.open_box_key(paths).public.person
        and (not invitation.code or paths.hub_settings.exists())
    )


def _switch_agent(by_network: bool) -> None:
    """From now on the agent carries what comes over the network, on a box where it is a service."""
    context = current_station_context()
    if by_network and rooms.hub_settings.agent_user() and rooms.trials.Trials().active(context.home):
        try:
            rooms.trials.enable_agent()
        except LoudspeakerError as error:
            tell(error.say(_))


def _has_refusal(results: Sequence[Result]) -> bool:
    return any(getattr(result, "why", None) for result in results)


def _awaits_village() -> bool:
    """Is it still to be heard, and confirmed, whose box this is?"""
    return bool(rooms.restrictions.awaits_village(current_station_context().station.log))


def _acknowledge(results: Sequence[Result]) -> None:
    """By the light of the board, and within the policy's hours by two beeps, or the words that it has joined."""
    context = current_station_context()
    if _has_refusal(results):
        rooms.board_light.blink(rooms.board_light.REFUSED)
        return
    rooms.board_light.blink(rooms.board_light.TAKEN)
    signs = rooms.enums.StickSign
    sign: StickSign = signs.JOINED if _awaits_village() else signs.TAKEN
    for output in context.station.files.box.hearers():
        try:
            context.client.test(rooms.requests.TestOutput(output, False, sign), BY)
        except LoudspeakerError as error:  # outside the hours, or no daemon runs: the light has told it
            tell(error.say(_))


COMMANDS = (stick,)
