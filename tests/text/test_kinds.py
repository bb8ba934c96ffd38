"""A rule is known by its kind: its file may be called what it likes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from loudspeaker.text import rules
from loudspeaker.text.kind import Kind
from loudspeaker.text.reading import read

ROOM = Path(rules.__file__).parent.parent
OF_NO_RULE = {Kind.NOTHING, Kind.OVERRIDE}


def test_every_kind_has_its_rules() -> None:
    assert {rule.kind for rule in rules.ORDER} == set(Kind) - OF_NO_RULE


def test_no_rule_stands_twice_in_the_order() -> None:
    assert [rule for rule, count in Counter(rules.ORDER).items() if count > 1] == []


def test_no_rule_is_known_by_the_name_of_its_module() -> None:
    sources = [path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py")]

    assert not [source for source in sources if "__module__" in source or "__name__" in source]


def test_what_was_read_before_decides_by_its_kind() -> None:
    assert read("Tưới lúc 5g, 7g30 và 9g").spoken == "Tưới lúc năm giờ, bảy giờ ba mươi phút và chín giờ"
