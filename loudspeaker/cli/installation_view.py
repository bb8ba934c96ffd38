"""The record of installation and trial run, as plain text to be printed and signed (form of Nghị định 30/2020)."""

from __future__ import annotations

from collections.abc import Iterator
from gettext import gettext as _
from typing import TYPE_CHECKING

from . import rooms
from .airing_views import outcome_word
from .maintenance_views import health_line
from .terminal import put

if TYPE_CHECKING:
    from ..maintenance.installation import InstallationRecord, InstalledOutput

WIDTH = 92  # letters of a line on A4
MOST_TESTS = 6  # a relay and a card take several tries; the last ones count
BLANK = "." * 34


def show_record(record: InstallationRecord) -> None:
    for part in (heading(record), parties(), equipment(record), checks(record), trial_run(record), signatures()):
        for line in part:
            put(line)
        put("")


def heading(record: InstallationRecord) -> Iterator[str]:
    half = WIDTH // 2
    yield _("PEOPLE’S COMMITTEE").center(half) + _("SOCIALIST REPUBLIC OF VIET NAM").center(half)
    yield record.commune.upper().center(half) + _("Independence - Freedom - Happiness").center(half)
    yield ""
    yield rooms.report_tables.date_line(BLANK[:12], record.at.date()).say(_).rjust(WIDTH)
    yield ""
    yield _("RECORD OF INSTALLATION AND TRIAL RUN").center(WIDTH)
    yield _("of a loudspeaker box").center(WIDTH)


def parties() -> Iterator[str]:
    yield _("I. PRESENT")
    for who in (_("For the commune"), _("For the village"), _("For who installed it")):
        yield f"  {who}: {BLANK}  " + _("Position: {blank}").format(blank=BLANK[:16])


def equipment(record: InstallationRecord) -> Iterator[str]:
    yield _("II. WHAT WAS INSTALLED")
    facts = {"machine": record.machine, "version": record.version}
    yield _("  Machine: {machine}; program: loudspeaker {version}").format(**facts)
    for output in record.outputs:
        yield output_line(output)
    if record.stop_button is not None:
        yield _("  Stop button: pin {pin}").format(pin=record.stop_button)
    yield _("  Voices: {voices}").format(voices=", ".join(record.voices))
    yield _("  Amplifier, horns (kind, number, where): {blank}").format(blank=BLANK)


def output_line(installed: InstalledOutput) -> str:
    output, relay = installed.output, installed.output.relay
    words = _("  Output {output}: {villages}; sound card {device}, channel {channel}").format(
        output=output.name, villages=", ".join(installed.villages) or "–", device=output.device, channel=output.channel
    )
    return words + (_("; relay on pin {pin}").format(pin=relay.pin) if relay else "")


def checks(record: InstallationRecord) -> Iterator[str]:
    yield _("III. CHECKS (loudspeaker doctor, {at})").format(at=f"{record.at:%H:%M %d/%m/%Y}")
    for check in record.checks:
        yield f"  {health_line(check)}"


def trial_run(record: InstallationRecord) -> Iterator[str]:
    yield _("IV. TRIAL RUN (from the as-run log)")
    zone = record.at.tzinfo
    for test in record.tests[-MOST_TESTS:]:
        at = (test.started_at or test.scheduled_at).astimezone(zone)
        became = outcome_word(test.verdict, test.refusal)
        if test.verdict not in rooms.outcome_words.FULLY_HEARD:
            became += f" ({test.why})"
        yield f"  {at:%H:%M %d/%m/%Y}  {test.output}: {became}; {test.by or '–'}"
    for event in record.commissionings:
        yield _("  {at}  {output}: heard in the right village, commissioned by {by}").format(
            at=f"{event.at.astimezone(zone):%H:%M %d/%m/%Y}", output=event.facts["output"], by=event.facts["by"]
        )
    if not record.commissionings:
        yield _("  No output has been commissioned yet: loudspeaker test OUTPUT")
    yield _("  Heard clearly at (places, distance): {blank}").format(blank=BLANK)
    yield _("  Last hash of the log: {head}").format(head=record.log_head)
    yield ""
    yield _("V. CONCLUSION: {blank}").format(blank=BLANK * 2)


def signatures() -> Iterator[str]:
    third = WIDTH // 3
    yield "".join(who.center(third) for who in (_("FOR THE COMMUNE"), _("FOR THE VILLAGE"), _("INSTALLED BY")))
    yield "".join(_("(signature, full name)").center(third) for _side in range(3))
    yield from [""] * 4
