"""500 new sentences into the cache by our path, against bare `espeak-ng` on the same cores.

    python bench/synthesis.py [SENTENCES] [ROUNDS]

Ours judges every clip and stores it as FLAC, hashed and fsynced; the bare engine throws its sound away. The two take
turns within one run, so that what else the machine does hurts both.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from loudspeaker.engines.espeak import GAP, PITCH, RATE, Espeak
from loudspeaker.model.programme import Voice
from loudspeaker.store.clips import ClipStore
from loudspeaker.synthesis.fallback import FallbackChain

MUST = 0.75
VILLAGES = ("Nà Hoa", "Suối Trát", "Bản Lim", "Chợ Mây", "Khe Sanh")
SUBJECTS = ("họp thôn", "tiêm phòng cho trẻ em", "dọn vệ sinh đường làng", "đăng ký ứng dụng", "nhận giống cây")
HOURS = ("bảy giờ", "tám giờ rưỡi", "mười bốn giờ", "mười bảy giờ", "mười chín giờ")
PLACES = ("nhà văn hóa thôn", "sân kho", "trạm y tế xã", "trường tiểu học")


def main(sentences: int = 500, rounds: int = 3) -> None:
    cores = os.cpu_count() or 1
    texts = [text(number) for number in range(sentences)]
    warm_up(texts[:4])
    bare, ours = [], []
    for _ in range(rounds):
        bare.append(timed(lambda: run_bare(texts, cores)))
        ours.append(timed(lambda: run_ours(texts)))
    rates = [sentences / statistics.median(seconds) for seconds in (bare, ours)]
    print(f"bare espeak-ng, {cores} at once     {rates[0]:7.1f} sentences/s")
    print(f"spoken, judged and stored       {rates[1]:7.1f} sentences/s")
    ratio = statistics.median(one / other for one, other in zip(bare, ours, strict=True))
    print(f"ratio                           {ratio:7.2f}   (must: {MUST})")


def text(number: int) -> str:
    """A different sentence of about twenty words for each number."""
    place, hour = PLACES[number % 4], HOURS[number // 4 % 5]
    village, subject = VILLAGES[number // 20 % 5], SUBJECTS[number // 100 % 5]
    return f"Mời bà con {village} đúng {hour} ngày mai tới {place} để {subject}, đợt {spelt(number)}."


def spelt(number: int) -> str:
    digits = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
    return " ".join(digits[int(digit)] for digit in str(number))


def run_bare(texts: list[str], cores: int) -> None:
    program = shutil.which("espeak-ng")
    if program is None:
        sys.exit("the baseline needs Debian's espeak-ng")
    settings = ["-v", "vi", "-s", str(RATE), "-p", str(PITCH), "-g", str(GAP), "--stdout"]
    command = ["xargs", "-0", "-n1", f"-P{cores}", program, *settings]
    subprocess.run(command, input="\0".join(texts).encode(), stdout=subprocess.DEVNULL, check=True)


def run_ours(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        chain = FallbackChain(ClipStore(Path(folder)), lambda: datetime.now(UTC), lambda _name: Espeak())
        spoken = chain.synthesize(texts, [Voice("espeak", "vi")])
        assert len(set(spoken.keys)) == len(texts)


def warm_up(texts: list[str]) -> None:
    run_bare(texts, 1)
    run_ours(texts)


def timed(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
