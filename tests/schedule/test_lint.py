"""What `check` tells beside the mistakes of single files: each line names the file and line of a broadcast."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from loudspeaker.config.schedule_file import parse
from loudspeaker.model.airing import BulletinFacts
from loudspeaker.model.box import Box
from loudspeaker.model.commune import Commune
from loudspeaker.model.contents import PlanInput
from loudspeaker.schedule.lint import broken_plans, missing_bulletins, unknown_villages
from loudspeaker.schedule.plan import plan

DAY = datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
FACTS = {"muoi": BulletinFacts("Mười", duration=600), "mot": BulletinFacts("Một", duration=60)}


def told(entries: str, commune: Commune, box: Box | None = None) -> list[tuple[str, bool]]:
    schedules = [parse("schedules/na-hoa.yaml", f"broadcasts:\n{entries}".encode())]
    box = box or Box()
    airings = plan(PlanInput(commune, box, schedules, FACTS), DAY, DAY + timedelta(days=7))
    warnings = [*unknown_villages(commune, box, schedules), *broken_plans(schedules, airings)]
    mistakes = [(problem.say(), True) for problem in missing_bulletins(schedules, FACTS)]
    return mistakes + [(problem.say(), False) for problem in warnings]


COMMUNE = Commune("xa", "Xã", villages=("na-hoa",))


def test_nothing_is_told_of_what_goes_as_written() -> None:
    assert told("- {bulletin: mot, at: 6:00}\n", COMMUNE) == []


def test_a_name_that_leads_nowhere_is_a_mistake() -> None:
    assert told("- {bulletin: mott, at: 6:00}\n- {bulletin: khac, at: 6:05}\n", COMMUNE) == [
        ("schedules/na-hoa.yaml:2: there is no bulletin “mott”; did you mean “mot”?", True),
        ("schedules/na-hoa.yaml:3: there is no bulletin “khac”", True),
    ]


def test_clashes_and_breaches_are_told_once_a_broadcast_with_how_often() -> None:
    entries = (
        "- {bulletin: muoi, at: 6:00}\n"
        "- {bulletin: mot, at: 6:02, wait: 1m, days: [mon]}\n"
        "- {name: x, bulletin: mot, at: 8:00}\n"
    )

    assert told(entries, COMMUNE) == [
        (
            "schedules/na-hoa.yaml:3: 06:02 23/11/2026: “Mười” is on the air until 06:10, an overlap of 480 s; choose: "
            "follow on (at: 06:10, or wait: 8m), override (level: priority), or shorten one of the two",
            False,
        ),
        (
            "schedules/na-hoa.yaml:4: 08:00 23/11/2026, and 6 more times in these days: it lies outside the hours of "
            "policy (05:30–06:30, 10:45–11:30, 16:30–18:30)",
            False,
        ),
    ]


def test_streams_come_from_named_servers() -> None:
    entry = "- {name: vov, stream: 'https://a.vn:8000/x', at: 5:30, for: 5m}\n"

    assert told(entry, Commune("xa", "Xã", villages=("na-hoa",), streams=("a.vn",))) == []
    assert told(entry, COMMUNE) == [
        (
            "schedules/na-hoa.yaml:2: 05:30 23/11/2026, and 6 more times in these days: "
            "a.vn is not among the “streams” of commune.yaml",
            False,
        )
    ]


def test_villages_that_the_commune_does_not_have() -> None:
    commune = Commune("xa", "Xã", villages=("suoi-trat",))

    assert told("- {bulletin: mot, at: 6:00}\n", commune, Box(plays={"lang-la": "loa"})) == [
        ("schedules/na-hoa.yaml: “na-hoa” is not among the villages of commune.yaml: suoi-trat", False),
        ("box.yaml: “lang-la” is not among the villages of commune.yaml: suoi-trat", False),
    ]
