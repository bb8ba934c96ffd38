"""Score the reading of official Vietnamese, beside other libraries where they import; no rule of reading may come in.

python bench/reading.py                              the suites of tests/data/reading
python bench/reading.py --suites DIR --suites DIR    further folders of the same kind; nemo*.jsonl is scored leniently
python bench/reading.py --peers                      other libraries too: run it where they are installed
python bench/reading.py --fail 20 --only real        show what was misread
python bench/reading.py --hostile                    time a megabyte of “1/” and the like, too
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from textwrap import fill

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from harness.scoring import Case, canonical, load  # noqa: E402

Read = Callable[[str], str]


def _ours() -> Read:
    from loudspeaker.text.reading import read

    return lambda text: read(text).spoken


def _soe_vinorm() -> Read:
    from soe_vinorm import SoeNormalizer

    return SoeNormalizer().normalize


def _g2p_hamster() -> Read:
    from g2p_hamster.t0.pipeline import normalize

    return lambda text: normalize(text)["read_string"]


def _sea_g2p() -> Read:
    from sea_g2p import Normalizer

    return Normalizer().normalize


def _vietnormalizer() -> Read:
    from vietnormalizer import VietnameseNormalizer

    return VietnameseNormalizer().normalize


def _nemo() -> Read:
    from nemo_text_processing.text_normalization.normalize import Normalizer

    return Normalizer(input_case="cased", lang="vi").normalize


PEERS = {
    "soe-vinorm": _soe_vinorm,
    "g2p-hamster": _g2p_hamster,
    "sea-g2p": _sea_g2p,
    "vietnormalizer": _vietnormalizer,
    "nemo-text-processing": _nemo,
}


@dataclass(frozen=True, slots=True)
class Suite:
    name: str
    cases: list[Case]

    def right(self, read: Read) -> list[bool]:
        return [case.accepts(_tried(read, case.input), self.name.startswith("nemo")) for case in self.cases]


def _tried(read: Read, text: str) -> str:
    try:
        return read(text)
    except Exception as error:  # a library that fails on one sentence still reads the others
        return f"! {error!r}"


def _suites(folders: Iterable[Path], only: str) -> list[Suite]:
    """The suites of all folders; files of another shape (no `accept`) are passed over."""
    paths = [path for folder in folders for path in sorted(folder.glob("*.jsonl"))]
    return [Suite(p.stem, load(p)) for p in paths if only in p.stem and '"accept"' in p.read_text("utf-8")]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):5.1f} % ({part}/{whole})"


def _scores(suites: list[Suite], readers: dict[str, Read], fail: int) -> None:
    for suite in suites:
        print(f"\n{suite.name}, {'lenient' if suite.name.startswith('nemo') else 'exact'}")
        own = 0
        for name, read in readers.items():
            right = suite.right(read)
            own = own or sum(right)
            ratio = f"   ours is x {own / max(sum(right), 1):.2f}" if name != "loudspeaker" else ""
            print(f"  {name:22} {_percent(sum(right), len(right))}{ratio}")
            if name == "loudspeaker":
                _misread(suite, read, right, fail)


def _misread(suite: Suite, read: Read, right: list[bool], fail: int) -> None:
    wrong = [case for case, is_right in zip(suite.cases, right, strict=True) if not is_right]
    kinds = Counter(case.category for case in wrong)
    if kinds:
        print("    misread:", ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()))
    for case in wrong[:fail]:
        print(f"    {case.id} [{case.category}] {case.input}\n      said: {_tried(read, case.input)}")


def _doubts(suites: list[Suite], fail: int) -> None:
    """How often a wrong reading is not marked, and a right one is, over the suites named real*."""
    from loudspeaker.text.reading import read

    silent: list[Case] = []
    needless = right = total = 0
    for case in (case for suite in suites if "real" in suite.name for case in suite.cases):
        reading = read(case.input)
        total += 1
        if case.accepts(reading.spoken):
            right += 1
            needless += bool(reading.doubts)
        elif not reading.doubts:
            silent.append(case)
    print("\ndoubts, real sentences")
    print(f"  wrong and not marked   {_percent(len(silent), total)}   wanted: at most 2 %")
    print(f"  right, yet marked      {_percent(needless, right)}   wanted: at most 15 %")
    for case in silent[:fail]:
        print(f"    unmarked: {case.id} {case.input}")


def _unchanged(suites: list[Suite], readers: dict[str, Read], fail: int) -> None:
    print("\nspoken text left unchanged")
    golds = [gold for suite in suites if not suite.name.startswith("nemo") for c in suite.cases for gold in c.golds()]
    for name, read in readers.items():
        changed = [gold for gold in golds if canonical(_tried(read, gold)) != canonical(gold)]
        print(f"  {name:22} {_percent(len(golds) - len(changed), len(golds))}")
        for gold in changed[: fail if name == "loudspeaker" else 0]:
            print(f"    gold: {gold}\n    said: {_tried(read, gold)}")


def _lines(suites: list[Suite], readers: dict[str, Read]) -> None:
    """Real sentences in paragraphs of five: broken at a margin, and two by two on lines of their own."""
    texts = [" ".join(c.input.split()) for suite in suites if "real" in suite.name for c in suite.cases]
    whole = [text for text in texts if text[-1:] in ".!?"]
    paragraphs = [" ".join(whole[at : at + 5]) for at in range(0, len(whole), 3)]
    pairs = list(pairwise(whole))
    print("\nread as without the line breaks")
    for name, read in readers.items():
        said = {text: _tried(read, text) for text in (*whole, *paragraphs)}
        for margin in (72, 80, 100):
            same = sum(
                canonical(_tried(read, fill(text, margin, break_long_words=False, break_on_hyphens=False)))
                == canonical(said[text])
                for text in paragraphs
            )
            print(f"  {name:22} {_percent(same, len(paragraphs))}   paragraphs wrapped at {margin}")
        same = sum(
            canonical(_tried(read, f"{one}\n{other}")) == canonical(f"{said[one]} {said[other]}")
            for one, other in pairs
        )
        print(f"  {name:22} {_percent(same, len(pairs))}   sentences on lines of their own, two by two")


def _speed(suites: list[Suite], readers: dict[str, Read]) -> None:
    print("\nsentences a second, one core")
    own = 0.0
    texts = [case.input for suite in suites for case in suite.cases]
    for name, read in readers.items():
        _tried(read, texts[0])
        begins, done = time.perf_counter(), 0
        while (taken := time.perf_counter() - begins) < 2:
            _tried(read, texts[done % len(texts)])
            done += 1
        own = own or done / taken
        print(f"  {name:22} {done / taken:8.0f}   ours is x {own * taken / done:.1f}")


HOSTILE = (
    "1",
    "1/",
    "1/1/1/",
    "a-",
    "A.",
    "😀",
    "AB ",
    "0 ",
    "1- ",
    "x@",
    "a (AB) ",
    "0912 ",
    "IV ",
    "\u0301a",
    "2) Ab ",
    "1/ ab ",
)


def _hostile() -> None:
    """CPU seconds for 250 kB of one thing and for 1 MB of it; linear where the second is about four times the first."""
    from loudspeaker.text.reading import read

    def seconds(unit: str, size: int) -> float:
        text = unit * (size // len(unit.encode()))
        begins = time.process_time()
        read(text)
        return time.process_time() - begins

    print("\nhostile text, CPU seconds for 250 kB and for 1 MB")
    for unit in HOSTILE:
        small, large = seconds(unit, 250_000), seconds(unit, 1_000_000)
        print(f"  {unit!r:12} {small:6.2f} {large:6.2f}   x {large / max(small, 0.001):.1f}")


def _imports() -> None:
    """The best of five fresh interpreters, so that a busy machine does not count."""
    program = "import time; b = time.perf_counter(); import {}; print((time.perf_counter() - b) * 1000)"

    def best(module: str) -> float:
        command = [sys.executable, "-c", program.format(module)]
        # Without its byte code every import would compile the source again, which no installed package does.
        environ = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        runs = (subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=True) for _ in range(5))
        return min(float(run.stdout) for run in runs)

    own, baseline = best("loudspeaker.text.reading"), best("json")
    print(f"\nimport, ms: {own:.1f}; the standard library's json: {baseline:.1f}; x {own / baseline:.1f}")


def _readers(peers: bool) -> dict[str, Read]:
    readers = {"loudspeaker": _ours()}
    for name, load_peer in PEERS.items() if peers else ():
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                readers[name] = load_peer()
        except Exception as error:  # not installed here, or its model cannot be fetched
            print(f"{name}: not measured, {type(error).__name__}: {str(error)[:80]}")
    return readers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suites", type=Path, action="append", default=[], help="a further folder of suites")
    parser.add_argument("--only", default="", help="only suites whose name has this in it")
    parser.add_argument("--peers", action="store_true", help="measure other libraries too")
    parser.add_argument("--hostile", action="store_true", help="time text that no person wrote, too")
    parser.add_argument("--fail", type=int, default=0, help="show so many misread sentences of each suite")
    options = parser.parse_args()
    readers = _readers(options.peers)
    suites = _suites([ROOT / "tests" / "data" / "reading", *options.suites], options.only)
    _scores(suites, readers, options.fail)
    _doubts(suites, options.fail)
    _unchanged(suites, readers, options.fail)
    _lines(suites, readers)
    _speed(suites, readers)
    if options.hostile:
        _hostile()
    _imports()


if __name__ == "__main__":
    main()
