"""`setup`: what a technician is asked at a new box.

Each answer is written at once: it may be broken off, and run again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import click

from ..errors import BadFile, BadUsage, LoudspeakerError, Message, Refused
from . import airing_views, maintenance_views, rooms
from .app import TranslatedCommand
from .command_context import CommandContext, by_whom, current_station_context
from .parameter_types import _
from .prompts import ask_decider, ask_yes
from .terminal import put, tell, warn

if TYPE_CHECKING:
    from ..maintenance.box_setup import BoxSetup
    from ..maintenance.trials import Trials
    from ..model.box import Box, Relay
    from ..model.requests import Outcome

T = TypeVar("T")
NONE = "-"  # the answer for what a box does not have
PINS = range(28)  # GPIO (BCM) numbers
PRESS = 20.0  # seconds in which the button is to be pressed
ONLINE = "gtts:vi"


class Setup(NamedTuple):
    """One box being set up: its station, its files, how its parts are tried, and how a tone is sounded on an output."""

    context: CommandContext
    files: BoxSetup
    trials: Trials
    tone: Callable[[str], Sequence[Outcome]]
    who: str

    @property
    def box(self) -> Box:
        return self.context.station.files.box

    def reload(self) -> None:
        self.context.station.reload()


@click.command(cls=TranslatedCommand)
@by_whom
def setup(by: str | None) -> None:
    """Ask what a box needs to know (names, relay, button, card, hours, clock, network), try each, and write it down."""
    context, who = current_station_context(), ask_decider(by)

    def tone(output: str) -> Sequence[Outcome]:
        return context.client.test(rooms.requests.TestOutput(output, True), who)

    ask_all(Setup(context, rooms.box_setup.BoxSetup(context.home, who), rooms.trials.Trials(), tone, who))


def ask_all(setup: Setup) -> None:
    """Every question; at the end what the doctor says. A daemon that runs is stopped meanwhile."""
    stopped = stop_daemon(setup)
    try:
        tell(_("Enter takes what stands in brackets; Ctrl+C breaks off, and what was answered until then stays."))
        ask_rules(setup, ask_names)
        warn(setup.context.station.files.problems)
        for output in setup.box.outputs:
            ask_relay(setup, output)
        ask_stop_button(setup)
        for output in setup.box.outputs:
            ask_card(setup, output)
        ask_rules(setup, ask_hours)
        ask_clock(setup)
        ask_rules(setup, ask_network)
    finally:
        setup.files.hand_over()
        if stopped:
            setup.trials.service("start")
    finish(setup.context)


def ask_rules(setup: Setup, question: Callable[[Setup], None]) -> None:
    """Ask what goes into the commune's own files; of a box that takes them signed, only tell where that is done."""
    try:
        rooms.membership.must_be_edited_here(setup.context.paths)
    except Refused as error:
        tell(error.say(_))
    else:
        question(setup)


def stop_daemon(setup: Setup) -> bool:
    """Stop a daemon that holds cards and pins; was there one? Raises `click.Abort`, `Refused`."""
    context = setup.context
    if rooms.protocol.on_air(context.paths.socket) is None and not setup.trials.active(context.home):
        return False
    if not ask_yes(_("The service is running, and airs nothing while this lasts. Stop it until then?"), True):
        raise click.Abort
    setup.trials.service("stop")
    if rooms.protocol.on_air(context.paths.socket) is not None:
        raise Refused(Message("a daemon of this station goes on: end it first, where somebody has started it by hand"))
    return True


def ask_names(setup: Setup) -> None:
    """The commune and its villages; the id of a commune is given with its first name, and stays."""
    heading(1, _("The commune and its villages"))
    context, files = setup.context, setup.files
    if rooms.new_station.is_unnamed(context.home, context.state):
        added = until_understood(lambda: first_names(context))
    else:
        known = context.station.files.commune.name
        if (name := ask(_("Name of the commune"), known)) != known:
            files.rename_commune(name)
        villages = ", ".join(schedule.name for schedule in context.station.files.contents.schedules)
        added = ask_list(_("Villages: {villages}. More of them (“-”: none)").format(villages=villages), NONE)
    for village in added:
        files.add_village(village, ask_output(setup, village))
    setup.reload()


def first_names(context: CommandContext) -> Sequence[str]:
    """Name an empty station; its further villages."""
    name = ask(_("Name of the commune, as “Xã Bản Mây”"))
    villages: Sequence[str] = ()
    while not villages:
        villages = ask_list(_("Villages that hear this loudspeaker, with commas between: “Thôn Nà Hoa, Bản Lìm”"))
    rooms.new_station.name_station(context.home, context.state, name, villages[0])
    return villages[1:]


def ask_output(setup: Setup, village: str) -> str:
    """Through which output a village is heard; not asked where there is one only."""
    outputs = list(setup.box.outputs)
    if len(outputs) == 1:
        return outputs[0]
    question = _("Output through which {village} is heard").format(village=village)
    return str(click.prompt(question, type=click.Choice(outputs), default=outputs[0], err=True))


def ask_relay(setup: Setup, output: str) -> None:
    """The relay of an amplifier, switched until somebody has seen it work."""
    heading(2, _("The relay that switches the amplifier of {output} on").format(output=output))
    known = setup.box.outputs[output].relay
    while True:
        pin = ask_pin(_("GPIO number of the relay’s pin (“-”: no relay)"), known.pin if known else None)
        if pin is None:
            if known:
                setup.files.set_relay(output, None)
            break
        levels = (True, False) if known is None or known.active_high else (False, True)
        relays = [rooms.box.Relay(pin, high) for high in levels]
        if works := next((relay for relay in relays if relay_works(setup.trials, relay)), None):
            setup.files.set_relay(output, works)
            break
        tell(_("Look at the wires and at the number of the pin, or answer “-”."))
    setup.reload()


def relay_works(trials: Trials, relay: Relay) -> bool:
    """Switch it on and ask. One that cannot be tried here is taken as it is, and the doctor will tell."""
    level = _("high") if relay.active_high else _("low")
    with trials.relay(relay) as fault:
        if fault:
            sentence = _("Pin {pin} cannot be tried here ({reason}); it is written down all the same.")
            tell(sentence.format(pin=relay.pin, reason=fault))
            return True
        return ask_yes(_("Pin {pin} is {level} now. Is the amplifier on?").format(pin=relay.pin, level=level), True)


def ask_stop_button(setup: Setup) -> None:
    heading(3, _("The stop button"))
    known = setup.box.stop_button
    while True:
        pin = ask_pin(_("GPIO number of the button’s pin (“-”: no button)"), known)
        if pin is None and known is not None:
            setup.files.set_stop_button(None)
        if pin is None or (is_free(setup, pin) and button_works(setup.trials, pin)):
            return setup.reload()


def is_free(setup: Setup, pin: int) -> bool:
    """Write it down, unless a relay has that pin."""
    try:
        setup.files.set_stop_button(pin)
    except BadFile as error:
        tell(error.say(_))
        return False
    return True


def button_works(trials: Trials, pin: int) -> bool:
    """Was a press seen? So is what cannot be tried here, and what somebody does not want to try again."""
    why = trials.press(pin, PRESS, lambda: tell(_("Press the button now …")))
    if why is None:
        tell(_("It was pressed."))
        return True
    tell(_("No press was seen on pin {pin}{reason}.").format(pin=pin, reason=f" ({why})" if why else ""))
    return bool(why) or not ask_yes(_("Try it once more?"), True)


def ask_card(setup: Setup, output: str) -> None:
    """The sound card of an output: one after another sounds, until somebody hears it at the horns."""
    heading(4, _("The sound card of {output}").format(output=output))
    known = setup.box.outputs[output].device
    cards = list(dict.fromkeys([known, "auto", *setup.trials.cards()]))
    for number, card in enumerate(cards, 1):
        tell(f"  {number}. {card}")
    first = click.prompt(_("Which one first"), type=click.IntRange(1, len(cards)), default=1, err=True)
    if any(is_heard(setup, output, card) for card in [cards[first - 1], *cards[: first - 1], *cards[first:]]):
        return
    setup.files.set_device(output, known)
    setup.reload()
    tell(_("No card was heard: look at the cables and at the amplifier’s volume, and run “loudspeaker setup” again."))


def is_heard(setup: Setup, output: str, card: str) -> bool:
    """Sound a tone on this card, by the way that airings take, and ask."""
    tell(_("A tone on {card}: listen at the horns …").format(card=card))
    setup.files.set_device(output, card)
    setup.reload()
    try:
        airing_views.show_outcomes(setup.tone(output))
    except LoudspeakerError as error:
        tell(error.say(_))
        return False
    return ask_yes(_("Was the tone heard?"), True)


def ask_hours(setup: Setup) -> None:
    heading(5, _("Hours in which the loudspeakers may sound"))
    spans = setup.context.station.files.commune.policy.hours
    known = ", ".join(f"{clock(begin)}-{clock(end)}" for begin, end in spans)
    until_understood(lambda: setup.files.set_hours(ask_list(_("Hours, with commas between"), known)))
    setup.reload()


def ask_clock(setup: Setup) -> None:
    heading(6, _("The clock"))
    station = setup.context.station
    state = rooms.clock_state.look_at_clock(station)
    put(maintenance_views.clock_line(state))
    if not ask_yes(_("Is it {now} now?").format(now=f"{state.now:%H:%M %d/%m/%Y}"), True):
        question = _("The time now, as 2026-11-24T18:30:00")
        until_understood(lambda: rooms.clock_state.set_clock(station, ask(question), setup.who))
    if setup.box.clock_trusted and ask_yes(_("Air what is planned only while the time is known to be good?"), True):
        setup.files.set_clock_checked()


def ask_network(setup: Setup) -> None:
    heading(7, _("The network"))
    known = setup.context.station.files.commune.voices
    voices = tuple(voice for voice in known if voice != ONLINE)
    if not ask_yes(_("Does this box have the Internet?"), False):
        tell(_("Then a battery clock (DS3231) keeps the time; without one somebody confirms it after each power cut."))
    elif ask_yes(_("Use Google’s voice, which sounds natural? What it reads is sent to Google."), ONLINE in known):
        voices = (ONLINE, *voices)
    if voices != known:
        setup.files.set_voices(voices)
    setup.reload()


def finish(context: CommandContext) -> None:
    """What the doctor says, and what is left to do."""
    put("")
    maintenance_views.show_health(rooms.doctor.examine(context.station, rooms.protocol.pins(context.paths.socket)))
    tell(_("What is marked ✗ or ! is to be mended. Then, by day, with somebody at the horns:"))
    for output in context.station.files.box.outputs:
        tell(f"    loudspeaker test {output}")
    tell(_("and the record to sign: loudspeaker doctor --paper"))


def heading(number: int, title: str) -> None:
    tell("")
    tell(f"{number}/7 {title}")


def ask(question: str, known: str | None = None) -> str:
    return str(click.prompt(question, default=known, err=True)).strip()


def ask_list(question: str, known: str | None = None) -> Sequence[str]:
    """Words with commas between them; none for “-”."""
    answer = ask(question, known)
    return [] if answer == NONE else [word for part in answer.split(",") if (word := part.strip())]


def ask_pin(question: str, known: int | None) -> int | None:
    while True:
        answer = ask(question, NONE if known is None else str(known))
        if answer == NONE:
            return None
        if answer.isascii() and answer.isdigit() and int(answer) in PINS:
            return int(answer)
        tell(_("“{answer}” is no pin: a number from 0 to 27 (BCM), or “-”").format(answer=answer))


def until_understood(action: Callable[[], T]) -> T:
    """Ask again for as long as the answer cannot be used."""
    while True:
        try:
            return action()
        except (BadFile, BadUsage) as error:
            tell(error.say(_))


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


COMMANDS = (setup,)
