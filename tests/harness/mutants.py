"""Takes in one damaged file after the other, each in a process of its own with the limits of `import`.

    python mutants.py KIND COUNT [KIND COUNT …]

Mutant number N of a KIND is always the same. One JSON object on standard output, for each kind: how often each outcome
came, the most megabytes and seconds of computing that one took, and the numbers of those that ended in anything but a
sentence.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from harness import office_files
from loudspeaker.errors import LoudspeakerError
from loudspeaker.importers import imports, worker
from loudspeaker.model.spoken_text import ReadingSettings
from loudspeaker.process import confine
from loudspeaker.text.reading import read

TAKEN, REFUSED, GIVEN_UP, BROKEN = "taken in", "refused", "given up", "broken"
MAGIC = (
    b"\x00",
    b"\xff\xff\xff\xff",
    b"2147483648",
    b"-1",
    b"99999999999999999999",
    b"<",
    b"]]>",
    b"%PDF",
    b"PK\x03\x04",
)
LINES = ["Số: 12/TB-TYT", "V/v tiêm phòng", "Lịch tiêm như sau:", "Mời bà con đến đúng 7h30 ngày 10/7/2021./."]
ROWS = [["Thôn", "Ngày", "Giờ"], ["Nà Hoa", "10/7/2021", "7h30"], ["Suối Trát", "11/7/2021", "8h"]]


def docx() -> bytes:
    lists = office_files.word_list(1, [("decimal", "%1."), ("lowerRoman", "%2)")])
    body = [
        *LINES,
        office_files.Grid([list(row) for row in ROWS]),
        *(office_files.numbered(line, 1, at % 2) for at, line in enumerate(LINES)),
    ]
    return office_files.docx(body, lists)


def odt() -> bytes:
    style = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="I" '
        'text:display-levels="1" text:start-value="3"/></text:list-style>'
    )
    item = '<text:list-item><text:p>Mục<text:s text:c="3"/>một.</text:p></text:list-item>'
    table = office_files.odt_table(office_files.Grid([list(row) for row in ROWS]))
    return office_files.odt(
        office_files.odt_lines(LINES) + table + f'<text:list text:style-name="L">{item}</text:list>', style
    )


def pdf() -> bytes:
    return office_files.pdf([[*LINES, *([(100 * at, cell) for at, cell in enumerate(row)] for row in ROWS)], LINES])


def xlsx() -> bytes:
    from datetime import datetime, time

    from openpyxl import Workbook

    book = Workbook()
    for row in (
        ["Thôn", "Bản tin", "Giờ", "Từ", "Thứ"],
        ["na-hoa", "ve-sinh", time(17, 30), datetime(2026, 11, 7), 2.4],
    ):
        book.active.append(row)
    book.active.append(["tất cả", "ve-sinh", "6h05; 17:30", "5/7/2026", "Thứ 2, CN"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def text() -> bytes:
    return "\n\n".join([*LINES, *("    ".join(row) for row in ROWS)]).encode()


def recording(suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{suffix}"
        source = "sine=220:r=16000:d=3,tremolo=f=3:d=0.9"
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, str(path)], check=True)
        return path.read_bytes()


KINDS: dict[str, Callable[[], bytes]] = {
    ".docx": docx,
    ".odt": odt,
    ".pdf": pdf,
    ".xlsx": xlsx,
    ".txt": text,
    ".wav": lambda: recording(".wav"),
    ".mp3": lambda: recording(".mp3"),
    ".m4a": lambda: recording(".m4a"),
    ".ogg": lambda: recording(".ogg"),
}
PACKED = (".docx", ".odt", ".xlsx")


def mutated(data: bytes, kind: str, chance: random.Random) -> bytes:
    """The file with a few faults: of its bytes, or of one of the parts that are packed in it."""
    if kind in PACKED and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        name = chance.choice(sorted(parts))
        parts[name] = damaged(parts[name], chance)
        if chance.random() < 0.1:
            del parts[chance.choice(sorted(parts))]
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
            for part, content in parts.items():
                package.writestr(part, content)
        return file.getvalue()
    return damaged(data, chance)


def damaged(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        chance.choice(FAULTS)(out, chance)
    return bytes(out)


def _place(out: bytearray, chance: random.Random) -> tuple[int, int]:
    begin = chance.randrange(len(out) + 1)
    return begin, min(len(out), begin + chance.choice((1, 2, 8, 64, 1024)))


def flip(out: bytearray, chance: random.Random) -> None:
    if out:
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)


def cut(out: bytearray, chance: random.Random) -> None:
    begin, end = _place(out, chance)
    del out[begin:end]


def end_early(out: bytearray, chance: random.Random) -> None:
    del out[chance.randrange(len(out) + 1) :]


def repeat(out: bytearray, chance: random.Random) -> None:
    begin, end = _place(out, chance)
    out[begin:begin] = out[begin:end] * chance.choice((1, 3, 1000))
    del out[1 << 20 :]


def overwrite(out: bytearray, chance: random.Random) -> None:
    begin, _ = _place(out, chance)
    magic = chance.choice(MAGIC)
    out[begin : begin + len(magic)] = magic


def number(out: bytearray, chance: random.Random) -> None:
    """One of the numbers that are written in it, another."""
    if found := list(re.finditer(rb"\d+", out)):
        match = chance.choice(found)
        out[match.start() : match.end()] = chance.choice((b"0", b"-1", b"9", b"65536", b"2000000000", b"1e309"))


def element(out: bytearray, chance: random.Random) -> None:
    """One of its tags taken out, written twice, or another's."""
    if found := list(re.finditer(rb"<[^<>]+>", out)):
        match, other = chance.choice(found), chance.choice(found)
        out[match.start() : match.end()] = chance.choice((b"", match[0] * 2, other[0], match[0] * 500))


FAULTS = (flip, flip, cut, end_early, repeat, overwrite, number, number, element, element)


def outcome(path: Path, home: Path) -> str:
    """In a process of its own: what came of one file."""
    limits = imports.RECORDING_LIMITS if path.suffix in (".wav", ".mp3", ".m4a", ".ogg") else imports.DOCUMENT_LIMITS
    confine(limits.megabytes, limits.computing)
    try:
        imports.write_files(home, worker.read_file(path, home, ReadingSettings(), ""))
    except LoudspeakerError as error:
        sentences = error.say().split("\n")
        return REFUSED if all(0 < len(sentence) < 600 for sentence in sentences) else BROKEN
    except MemoryError:
        return GIVEN_UP
    return TAKEN


def tried(path: Path, home: Path) -> tuple[str, float, float]:
    """The outcome, and the megabytes and seconds that it took."""
    read, write = os.pipe()
    if not (child := os.fork()):
        told = BROKEN
        try:
            told = outcome(path, home)
        finally:
            os.write(write, told.encode())
            os._exit(0)
    os.close(write)
    _, status, usage = os.wait4(child, 0)
    with os.fdopen(read, "rb") as pipe:
        told = pipe.read().decode()
    signals = (24, 9)  # SIGXCPU, SIGKILL
    if os.WIFSIGNALED(status):
        told = GIVEN_UP if os.WTERMSIG(status) in signals else f"{BROKEN} by signal {os.WTERMSIG(status)}"
    return told, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def station(folder: Path) -> Path:
    (folder / "commune.yaml").write_text("commune: Xã\nid: xa\nvillages: [na-hoa, suoi-trat]\n", encoding="utf-8")
    (folder / "bulletins").mkdir()
    (folder / "bulletins" / "ve-sinh.md").write_text("---\ntitle: Vệ sinh\n---\nVệ sinh.\n", encoding="utf-8")
    return folder


def warm_up() -> None:
    """Load what every child needs, once."""
    from loudspeaker.importers import documents, docx, odt, pdf, recordings, sheets  # noqa: F401

    read(documents.read_document("x.txt", text()).text, ReadingSettings())


def tried_often(kind: str, count: int) -> dict[str, object]:
    """What came of the first `count` mutants of a kind."""
    whole = KINDS[kind]()
    outcomes: Counter[str] = Counter()
    broken: list[int] = []
    most, longest = 0.0, 0.0
    for number in range(count):
        with tempfile.TemporaryDirectory() as folder:
            home = station(Path(folder))
            path = home / f"mutant{kind}"
            path.write_bytes(mutated(whole, kind, random.Random(number)))
            told, megabytes, seconds = tried(path, home)
        outcomes[told] += 1
        most, longest = max(most, megabytes), max(longest, seconds)
        if told.startswith(BROKEN):
            broken.append(number)
    return {"outcomes": outcomes, "megabytes": round(most), "seconds": round(longest, 1), "broken": broken}


def main() -> None:
    warm_up()
    kinds = zip(sys.argv[1::2], map(int, sys.argv[2::2]), strict=True)
    print(json.dumps({kind: tried_often(kind, count) for kind, count in kinds}))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
