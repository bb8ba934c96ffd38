"""Short forms of several meanings and facts made of digits: read as meant, or marked; never wrong without a doubt.

Every fourth sentence in `make test`, all of them in `make fault`.
"""

from __future__ import annotations

import re

import pytest
from harness.paths import DATA
from harness.scoring import some_of

from loudspeaker.text.reading import read

_PARTS = 16  # of a table, each a test of its own


def rows(name: str) -> list[list[str]]:
    """Sentence, short form and the words that may be heard for it, maybe more such pairs, of a table of `reading/`."""
    lines = (DATA / "reading" / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and line[0] != "#"]


TABLES = {name: rows(name) for name in ("short_forms.tsv", "number_facts.tsv")}


def is_silently_wrong(text: str, *pairs: str) -> bool:
    """Whether of a short form nothing that is accepted is heard, and it is not marked; `\\n` is a line's end."""
    reading = read(text.replace("\\n", "\n"))
    spoken = " ".join(reading.spoken.lower().split())
    return any(
        not any(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", spoken) for words in accepted.split("|"))
        and not any(written in doubt.written or doubt.written in written for doubt in reading.doubts)
        for written, accepted in zip(pairs[::2], pairs[1::2], strict=True)
    )


@pytest.mark.sampled
@pytest.mark.parametrize("part", some_of(range(_PARTS), 4))
@pytest.mark.parametrize("table", TABLES)
def test_a_sentence_is_read_as_meant_or_marked(table: str, part: int) -> None:
    wrong = [row[0] for row in TABLES[table][part::_PARTS] if is_silently_wrong(*row)]

    assert wrong == []


def test_no_sentence_stands_twice() -> None:
    sentences = [row[0] for table in TABLES.values() for row in table]

    assert sorted(set(sentences)) == sorted(sentences)
