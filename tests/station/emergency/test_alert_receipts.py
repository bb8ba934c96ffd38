"""What a box says of each signed alert that has come to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from harness.alert_box import BOX, AlertBox, flood, order
from harness.office import NOW, SCOPE, join, open_office

from loudspeaker.cli import cli
from loudspeaker.model.alert_answer import AlertState
from loudspeaker.playout.memory_log import MemoryLog
from loudspeaker.station.emergency.alert_log import decided_alerts
from loudspeaker.station.emergency.alert_receipts import read_receipts
from loudspeaker.station.paths import StationPaths


@pytest.fixture
def box(home: Path, tmp_path: Path) -> Iterator[AlertBox]:
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    join(StationPaths(home, home / ".state"), open_office(home, tmp_path))
    with closing(AlertBox(home)) as box:
        yield box


def test_each_alert_stands_once_with_how_far_it_has_come(box: AlertBox) -> None:
    box.deliver(flood(1, text="Lũ!", spoken="Lũ!"), "hoa")
    box.deliver(flood(2, text="Sạt lở!", spoken="Sạt lở!"), "hoa", "pao")
    box.run(60)
    box.deliver(flood(3, text="Cháy!", spoken="Cháy!", drill=True), "hoa")
    found = {receipt.alert: receipt for receipt in read_receipts(box.disk)}

    assert {alert: receipt.state for alert, receipt in found.items()} == {
        f"{SCOPE}/1": AlertState.PREPARED,
        f"{SCOPE}/2": AlertState.AIRED,
        f"{SCOPE}/3": AlertState.PREPARED,
    }
    aired = found[f"{SCOPE}/2"]
    assert (aired.title, len(aired.airings), aired.first_sound is not None) == ("Sạt lở!", 2, True)
    assert "has been heard, after" in aired.message().say()


def test_one_that_was_ended_says_so(box: AlertBox) -> None:
    box.deliver(flood(1), "hoa", "pao")
    box.run(30)
    box.deliver(order("end", 2, 1, form="stop"), "hoa")

    assert {receipt.alert: receipt.state for receipt in read_receipts(box.disk)}[f"{SCOPE}/1"] is AlertState.ENDED


def test_a_box_to_which_none_has_come_says_that(home: Path) -> None:
    told = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "fleet", "receipts"])

    assert (told.exit_code, "No signed alert" in told.stderr) == (0, True)


def test_which_alerts_are_decided_is_known_by_the_log() -> None:
    log = MemoryLog()
    for seq, state in ((1, "aired"), (2, "prepared"), (3, "failed"), (4, "prepared"), (4, "given")):
        log.event("alert", "", NOW, alert=f"xa-thu/{seq}", kind="alert", state=state)
    log.event("alert", "", NOW, alert="tinh-thu/7", kind="check", state="checked")

    assert decided_alerts(log) == {"xa-thu": frozenset({1, 4}), "tinh-thu": frozenset({7})}
