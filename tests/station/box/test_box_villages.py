"""What a box takes of another's box.yaml, which nobody has signed."""

from __future__ import annotations

import pytest

from loudspeaker.config.box_file import parse
from loudspeaker.errors import BadFile
from loudspeaker.station.box.box_villages import box_yaml_of_another

PLAYS = "plays: {na-hoa: loa}\noutputs: {loa: {device: auto, gain: -3dB}}\n"


@pytest.mark.parametrize(
    "own",
    [
        "voices: ['command:/bin/sh -c reboot']\n",
        "voices:\n  - command:/usr/local/bin/say\n  - espeak:vi\nclock: trusted\n",
        "clock: trusted  # it has NTP\n",
        "giọng: [espeak:vi]\n",
        "",
    ],
)
def test_no_program_and_no_trust_in_a_clock_comes_with_it(own: str) -> None:
    taken = box_yaml_of_another((own + PLAYS).encode())
    box = parse("box.yaml", taken)

    assert (box.voices, box.clock_trusted) == ((), False)
    assert (box.plays, box.outputs["loa"].gain) == ({"na-hoa": "loa"}, -3.0)


@pytest.mark.parametrize("own", ["voices: [command:/bin/a]\nvoices: [command:/bin/b]\n", "? {a: b}\n: c\n"])
def test_what_cannot_be_understood_is_not_taken(own: str) -> None:
    with pytest.raises(BadFile):
        box_yaml_of_another((own + PLAYS).encode())
