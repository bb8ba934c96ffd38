"""A relay, a stop button and sound cards tried while somebody watches, before box.yaml names them.

No daemon may be running: pins can be had by one process only.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from ..errors import LoudspeakerError, Message
from ..model.box import Relay
from ..speakers.pins import RelaySwitch, StopButton

# A device of a card as PortAudio names it under ALSA: card, device, and a number that follows the order of plugging in.
NUMBERED = re.compile(r"(.+?): (.+) \(hw:\d+,\d+\)")
SERVICE, AGENT, SERVICE_HOME = "loudspeaker", "loudspeaker-fleet", Path("/var/lib/loudspeaker")


def list_cards() -> list[str]:
    """What the sound cards that can play may be called; none where PortAudio is not installed or finds none."""
    try:
        from ..speakers.card import portaudio  # loads PortAudio, for whoever has a card
    except OSError:
        return []
    try:
        return lasting_names([card.name for card in portaudio.list_cards()])
    except portaudio.PortAudioError:
        return []


def lasting_names(cards: Sequence[str]) -> list[str]:
    """Each card by the shortest part of its name that is no other's, without its number wherever that can be.

    ALSA's other names are ways to one of these cards, and are left out where there is one.

    >>> lasting_names(["bcm2835 Headphones: - (hw:0,0)", "USB Audio Device: - (hw:1,0)", "sysdefault", "front", "dmix"])
    ['bcm2835 Headphones', 'USB Audio Device']
    """
    names = [_lasting_name(match, cards) for name in cards if (match := NUMBERED.fullmatch(name))]
    return names or list(cards)


def _lasting_name(card: re.Match[str], cards: Sequence[str]) -> str:
    for part in (card[1], f"{card[1]}: {card[2]}"):
        if sum(part.casefold() in name.casefold() for name in cards) == 1:
            return part
    return card[0]


@contextmanager
def relay_on(relay: Relay) -> Iterator[str]:
    """Switch a relay on for as long as the block takes; why it cannot be switched, empty where it can."""
    with closing(RelaySwitch(relay.pin, relay.active_high)) as switch:
        switch.on()
        yield switch.fault
        switch.off()


def wait_for_press(pin: int, seconds: float, ready: Callable[[], object] = lambda: None) -> str | None:
    """Wait until the stop button is pressed, from when `ready` was called: why not, empty where it cannot be told.

    None where it was pressed.
    """
    pressed = Event()
    with closing(StopButton(pin, pressed.set)) as button:
        if button.fault:
            return button.fault
        ready()
        return None if pressed.wait(seconds) else ""


def is_service_active(home: Path) -> bool:
    """Has systemd started the service of this station? It may not answer yet, a moment after an installation."""
    if home.resolve() != SERVICE_HOME:
        return False
    with suppress(FileNotFoundError):  # there is no systemd
        return subprocess.run(["systemctl", "is-active", "--quiet", SERVICE], check=False).returncode == 0
    return False


def switch_service(action: str) -> None:
    """`stop` or `start` the service. Raises `LoudspeakerError` where systemd does not do it."""
    ended = subprocess.run(["systemctl", action, SERVICE], capture_output=True, text=True, check=False)
    if ended.returncode:
        reason = ended.stderr.strip() or str(ended.returncode)
        raise LoudspeakerError(Message("“systemctl {action}” fails ({reason}): use sudo", action=action, reason=reason))


def enable_agent() -> None:
    """Have the agent run from now on. Raises `LoudspeakerError` where systemd does not do it."""
    ended = subprocess.run(["systemctl", "enable", "--now", AGENT], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise LoudspeakerError(Message("the agent does not start: {reason}", reason=ended.stderr.strip()))


@dataclass(frozen=True, slots=True)
class Trials:
    """How `setup` tries what a box has; tests hand in their own."""

    cards: Callable[[], Sequence[str]] = list_cards
    relay: Callable[[Relay], AbstractContextManager[str]] = relay_on
    press: Callable[[int, float, Callable[[], object]], str | None] = wait_for_press
    active: Callable[[Path], bool] = is_service_active
    service: Callable[[str], None] = switch_service
