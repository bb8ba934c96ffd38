"""Which lines of the table of abbreviations fire on the suites and documents, which never do, and which never can.

python bench/lexicon.py             counts
python bench/lexicon.py --never     the lines that no text of ours needs, too
python bench/lexicon.py --suites DIR --suites DIR    further folders of suites

A line fires where it is the first of its abbreviation that fits: its neighbours stand beside the place, or it asks for
none. One can never fire where earlier lines take every place that it could; it is a mistake and should go.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from harness.lexicon_lines import TableLine, table_lines, unreachable_lines  # noqa: E402
from harness.scoring import load  # noqa: E402

from loudspeaker.text.abbreviations import fits  # noqa: E402
from loudspeaker.text.cleanup import CleanText  # noqa: E402
from loudspeaker.text.context import Context  # noqa: E402
from loudspeaker.text.lexicon import Lexicon  # noqa: E402
from loudspeaker.text.numerals import Numerals  # noqa: E402

SUITES = ROOT / "tests" / "data" / "reading"
DOCUMENTS = ROOT / "tests" / "data" / "documents" / "open"
WORD = re.compile(r"[^\W\d_]+(?:[./&-][^\W\d_]+)*\.?")


def texts(folders: Iterable[Path]) -> Iterator[str]:
    """Every sentence of the suites, and the open documents."""
    for folder in folders:
        for path in sorted(folder.glob("*.jsonl")):
            yield from (case.input for case in load(path))
        for path in sorted(folder.glob("short_forms.tsv")):
            lines = path.read_text("utf-8").splitlines()
            yield from (line.split("\t")[0] for line in lines if line[0] != "#")
    yield from (path.read_text("utf-8") for path in sorted(DOCUMENTS.glob("*.txt")))


def fired(text: str, table: dict[str, list[TableLine]], numerals: Numerals, lexicon: Lexicon) -> Iterator[TableLine]:
    """The line that decides for each abbreviation of a text."""
    plain = CleanText(text).text
    context = Context(plain, numerals, lexicon, {})
    for match in WORD.finditer(plain):
        for written in dict.fromkeys((match[0], match[0].rstrip("."))):
            end = match.start() + len(written)
            lines = table.get(written, ())
            first = next((line for line in lines if fits(line.meaning, context, match.start(), end)), None)
            if first:
                yield first
                break


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suites", type=Path, action="append", default=[SUITES])
    parser.add_argument("--never", action="store_true", help="list the lines that never fire")
    options = parser.parse_args()
    table = table_lines()
    numerals, lexicon = Numerals(), Lexicon()
    counts = Counter(line.number for text in texts(options.suites) for line in fired(text, table, numerals, lexicon))
    everything = [line for lines in table.values() for line in lines]
    never = [line for line in everything if not counts[line.number]]
    dead = list(unreachable_lines())
    print(f"lines                 {len(everything):5}   of {len(table)} abbreviations")
    print(f"fire                  {len(everything) - len(never):5}   {sum(counts.values())} times")
    print(f"never fire here       {len(never):5}   {100 * len(never) / len(everything):.0f} %")
    print(f"can never fire        {len(dead):5}   wanted: 0")
    for line in dead if not options.never else [*dead, *never]:
        print(f"  {line.number:5} {line.written}\t{line.meaning.reading}")


if __name__ == "__main__":
    main()
