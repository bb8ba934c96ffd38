"""Score the reading of whole documents, line by line as an announcer says them; no rule of reading may come in.

python bench/documents.py                      the documents of tests/data/documents/open
python bench/documents.py --fail 5             show so many wrong lines of each
python bench/documents.py --folder FOLDER      other documents of the same form, such as those that are held out

The baseline in the same run is the document cut at its line breaks and full stops, each piece read by itself: what a
reader of sentences does that knows nothing of documents. Documents that were held out move to `open` once they have
been read: the first run is the figure that counts.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from harness.document_scoring import FACTS, Score, Sentence, heard_sentences, load, score  # noqa: E402

from loudspeaker.text.reading import read  # noqa: E402
from loudspeaker.text.sentences import utterances  # noqa: E402

DOCUMENTS = ROOT / "tests" / "data" / "documents"
OPEN = DOCUMENTS / "open"

Reader = Callable[[str], tuple[list[Sentence], set[int]]]  # sentences, and the written lines that are marked


def read_whole(text: str) -> tuple[list[Sentence], set[int]]:
    reading = read(text)
    marked = {doubt.line + number for doubt in reading.doubts for number in range(doubt.written.count("\n") + 1)}
    return heard_sentences(utterances(reading.spoken)), marked


def read_lines(text: str) -> tuple[list[Sentence], set[int]]:
    """Each written line by itself."""
    sentences: list[Sentence] = []
    marked: set[int] = set()
    for number, line in enumerate(text.splitlines(), 1):
        heard, doubts = read_whole(line)
        sentences += heard
        marked |= {number} if doubts else set()
    return sentences, marked


READERS: dict[str, Reader] = {"whole documents": read_whole, "line by line (baseline)": read_lines}


def percent(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):5.1f} % ({part}/{whole})"


def show(found: Score, silent: int, fail: int) -> None:
    """One document: how many lines are right, and some of those that are not."""
    total = len(found.judgements)
    print(f"  {found.document.name:28} {percent(found.right, total)}   extra {len(found.extra)}   silent {silent}")
    for judgement in [one for one in found.judgements if not one.right][:fail]:
        kind = "cut" if judgement.words_right else "words"
        print(f"    {judgement.line.first:3} {kind:5} must: {judgement.line.required}\n{'':12}said: {judgement.heard}")
    for text in found.extra[:fail]:
        print(f"    extra      said: {text}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=OPEN)
    parser.add_argument("--fail", type=int, default=0, help="show so many wrong lines of each document")
    options = parser.parse_args()
    documents = load(options.folder)
    for name, reader in READERS.items():
        print(name)
        total = right = words = extra = unmarked = silent_facts = 0
        for document in documents:
            heard, marked = reader(document.text)
            found = score(document, heard)
            silent = len(found.silent(marked))
            if reader is read_whole:
                show(found, silent, options.fail)
            total, right, extra = total + len(found.judgements), right + found.right, extra + len(found.extra)
            words += sum(judgement.words_right for judgement in found.judgements)
            silent_facts += silent
            unmarked += sum(bool(judgement.line.tags & FACTS) for judgement in found.unmarked(marked))
        print(f"  right in words and cut         {percent(right, total)}   wanted: at least 90 % of held-out lines")
        print(f"  right in words                 {percent(words, total)}")
        print(f"  sentences that no line asks for {extra}")
        print(f"  facts wrong and unmarked        {silent_facts}   wanted: 0")
        print(f"  lines with a fact, any word wrong and unmarked  {unmarked}")


if __name__ == "__main__":
    main()
