"""What a person is shown before an alarm, its end or an approval, and what becomes of it."""

from __future__ import annotations

from datetime import datetime
from gettext import gettext as _
from typing import TYPE_CHECKING

from . import rooms
from .terminal import put, tell

if TYPE_CHECKING:
    from ..model.alert_preview import AlertPreview, EndPreview
    from ..station import Station
    from ..station.approvals import Preview
    from ..station.deliveries.offers import Offer

N_ = str


def show_alert(alert: AlertPreview) -> None:
    """What will be said, to whom, and every guess in it, before anybody hears it."""
    tell(_("To be said:"))
    tell("  " + alert.spoken)
    for doubt in alert.doubts:
        tell("  ? " + doubt.say(_))
    tell(_("Villages: {villages}").format(villages=", ".join(alert.villages)))
    if alert.until:
        tell(_("Not after {until}").format(until=f"{datetime.fromisoformat(alert.until):%H:%M %d/%m/%Y}"))


END_WORDS = {"clear": N_("All-clear, to be said:"), "mistake": N_("Correction, to be said:")}


def show_end(planned: EndPreview) -> None:
    """How each alarm will end, before it does."""
    for closing in planned.closings:
        alarm = _("Drill “{title}”, {villages}:") if closing.drill else _("Alarm “{title}”, {villages}:")
        tell(alarm.format(title="”, “".join(closing.titles), villages=", ".join(closing.villages)))
        tell(
            "  "
            + (_(END_WORDS[closing.form]) if closing.spoken else _("It will be repeated no more; nothing is said."))
        )
        if closing.spoken:
            tell("  " + closing.spoken)


def show_silent_ends(planned: EndPreview) -> None:
    """What has become of those that end without a word."""
    for closing in planned.closings:
        if closing.spoken:
            continue
        stopped = _("“{title}” is repeated no more.") if closing.repeats else _("“{title}” was not repeated any more.")
        tell(stopped.format(title="”, “".join(closing.titles)))
        if closing.drill:
            tell(_("To say that the drill is over: “loudspeaker urgent --end --clear”."))
        else:
            tell(_("The danger stands. All-clear: “urgent --end --clear”; given by mistake: “urgent --end --mistake”."))


def show_approval(shown: Preview) -> None:
    """A bulletin as it will be heard, and every guess in it, before somebody approves it."""
    tell(shown.title + ":")
    for part in shown.parts:
        tell("  " + part.say(_))
    for doubt in shown.doubts:
        tell("  ? " + doubt.say(_))
    tell("  " + "; ".join(fact.say(_) for fact in shown.facts()))


def show_offer(station: Station, offer: Offer) -> None:
    """What an office above the commune offers, how long it is heard, and what is known of its sound."""
    put(_("{origin} offers “{title}”, {when}:").format(**{**offer_row(offer), "origin": offer.office}))
    put(f"  - {offer.line}")
    if bulletin := station.files.contents.bulletins.get(offer.bulletin or ""):
        spec = station.planner.bulletin_spec(bulletin, station.files.outputs()[0])
        length = rooms.airing.about_words(station.planner.duration(spec)[0]).say(_)
        put("; ".join([f"  {length}", *([offer.sound.say(_)] if offer.sound else [])]))


def offer_row(offer: Offer) -> dict[str, str]:
    words = {"origin": offer.origin, "title": offer.title, "when": offer.when.say(_), "line": offer.line}
    return {**words, "name": offer.name, "sound": offer.sound.say(_) if offer.sound else ""}
