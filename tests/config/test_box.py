"""box.yaml: which village is heard through which output."""

from __future__ import annotations

import pytest

from loudspeaker.config.box_file import parse
from loudspeaker.errors import BadFile
from loudspeaker.model.box import Box, Output, Relay


def read(text: str) -> Box:
    return parse("box.yaml", text.encode())


def test_everything_that_may_stand_there() -> None:
    box = read(
        "plays: {na-hoa: nha-van-hoa, suoi-trat: nha-van-hoa}\n"
        "outputs:\n"
        "  nha-van-hoa: {device: USB Audio, channel: 2, gain: -3dB, loudness: -18 LUFS, mixer: 80%,\n"
        "    relay: {pin: 17, active: low, warm_up: 5s, hold: 2m}}\n"
        "  loa-hop: {profile: indoor, proof: Micro}\n"
        "clock: trusted\n"
        "stop_button: {pin: 27}\n"
    )

    relay = Relay(pin=17, active_high=False, warm_up=5.0, hold=120.0)
    assert box == Box(
        plays={"na-hoa": "nha-van-hoa", "suoi-trat": "nha-van-hoa"},
        outputs={
            "nha-van-hoa": Output("nha-van-hoa", "USB Audio", 2, -3.0, relay, loudness=-18.0, mixer=80.0),
            "loa-hop": Output("loa-hop", profile="indoor", proof="Micro"),
        },
        clock_trusted=True,
        stop_button=27,
    )


def test_it_can_be_written_in_vietnamese() -> None:
    box = read(
        "phát: {na-hoa: loa}\nđường loa:\n"
        "  loa: {thiết bị: tự động, âm lượng card: 70 %, rơ le: {chân: 17, mức kích: cao}}\n"
        "đồng hồ: tin cậy\nnút dừng: {chân: 5}\n"
    )

    assert box == Box(
        {"na-hoa": "loa"}, {"loa": Output("loa", relay=Relay(17), mixer=70.0)}, clock_trusted=True, stop_button=5
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("plays: {na-hoa: loa}", "“loa” is not known; known are: –"),
        ("outputs: {a: {device: 0}}", "“0” is a number; cards change their numbers, write the card's name"),
        ("outputs: {a: {channel: 0}}", "“0” must be a whole number from 1 to 64"),
        ("outputs: {a: {relay: {}}}", "“pin” is missing"),
        ("outputs: {a: {relay: {pin: 17, activ: low}}}", "unknown key “activ”; did you mean “active”?"),
        ("outputs: {a: {gain: 3}}", "“3” is not a gain; write it as -3dB (from -40dB to 20dB)"),
        ("outputs: {a: {loudness: 3}}", "“3” is no loudness; write it as -16 LUFS (from -40 to -8)"),
        ("outputs: {a: {mixer: 80}}", "“80” is no volume of a mixer; write it as 80% (from 1% to 100%)"),
        (
            "outputs: {a: {mixer: 80%}, b: {channel: 2}, c: {mixer: 70%}}",
            "two outputs of one sound card want its mixer at different volumes",
        ),
        ("outputs: {a: b}", "“b” should be entries such as “key: value”"),
        ("stop_button: {}", "“pin” is missing"),
        ("stop_button: {pin: 28}", "“28” must be a whole number from 0 to 27"),
        ("{stop_button: {pin: 17}, outputs: {a: {relay: {pin: 17}}}}", "pin 17 switches a relay already"),
        ("clock: maybe", "“maybe” does not fit; choose one of: checked (kiểm tra), trusted (tin cậy)"),
    ],
)
def test_a_mistake_is_told(wrong: str, sentence: str) -> None:
    with pytest.raises(BadFile) as refused:
        read(wrong)

    assert [problem.say() for problem in refused.value.problems] == [f"box.yaml:1: {sentence}"]
