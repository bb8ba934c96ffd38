"""What this box has done with each signed alert, by its log: for whoever stands at it, or asks it by telephone.

The hub is told the same at once (`fleet/topics.py`); here it can be read without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ...errors import Message
from ...model.alert_answer import STATES, AlertState
from ...model.asrun_record import Event
from ...model.enums import ALERT
from ...playout.ports import Log
from .alert_log import AlertLog, first_sound, times_heard


@dataclass(frozen=True, slots=True)
class AlertReceipt:
    """The last step of an alert. `first_sound`: ms from its coming to the first sample; None where none has left."""

    alert: str
    state: AlertState
    at: datetime
    title: str
    by: str  # who has signed it
    drill: bool
    airings: tuple[str, ...] = ()
    first_sound: float | None = None
    why: str = ""  # it could not be done
    times: int = 0  # that it was said, of one that is said again

    def message(self) -> Message:
        """The same in a sentence."""
        if self.state is AlertState.FAILED:
            became = Message("not done: {why}", why=self.why)
        elif self.first_sound is not None:
            became = Message("{state}, after {ms} ms", state=STATES[self.state], ms=round(self.first_sound))
        else:
            became = STATES[self.state]
        if self.times > 1:
            became = Message("{became}; said {times} times", became=became, times=self.times)
        return Message(
            "{time}  {alert} “{title}”: {became} ({by})",
            time=f"{self.at:%H:%M:%S %d/%m/%Y}",
            alert=self.alert,
            title=self.title,
            became=became,
            by=self.by,
        )


def read_receipts(log: Log) -> Sequence[AlertReceipt]:
    """The receipts of all alerts that have come, in the order of their last arrival."""
    alert_log, last = AlertLog(log), dict[str, Event]()
    for event in log.events(ALERT):
        alert = str(event.facts["alert"])
        last.pop(alert, None)
        last[alert] = event
    return [_receipt(log, alert_log, alert, event) for alert, event in last.items()]


def _receipt(log: Log, alert_log: AlertLog, alert: str, event: Event) -> AlertReceipt:
    facts, said = event.facts, alert_log.times_said(alert)
    airings, sound = tuple(alert_log.airings(alert)), first_sound(log, said)
    state = alert_log.state_of(alert, AlertState(str(facts["state"])), sound)
    title, by, why = (str(facts.get(name, "")) for name in ("title", "by", "why"))
    return AlertReceipt(
        alert, state, event.at, title, by, bool(facts.get("drill")), airings, sound, why, times_heard(log, said)
    )
