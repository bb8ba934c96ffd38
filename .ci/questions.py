"""The questions of a snapshot (answers.py): texts of the reading suites, stations, broken files, old logs.

Written as folders questions/KIND/NAME; nothing here is random, and nothing of the program is imported.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from harness.mistake_cases import mistake_cases  # noqa: E402

DATA = ROOT / "tests" / "data"
CHUNK = 60_000  # characters in one text that is read: few processes, none of them long

# Ways to read: with no commune's words, and with a commune's that meet words of the suites.
HOMES = {
    "plain": {},
    "words": {
        "commune.yaml": """
commune: Xã Bản Mây
id: ban-may
villages: [na-hoa]
region: nam
say: {Bluezone: bờ-lu-dôn, CH Play: xê hát pờ lây, TTĐT: trung tâm điều trị}
abbrev: {KP: khu phố, HTXNN: hợp tác xã nông nghiệp, VSMT: vệ sinh môi trường}
names: {Hờ A Lầu: Hờ A Lầu, Đắk Lắk: Đắc Lắc}
"""
    },
}

CLASHES = {
    "commune.yaml": """
commune: Xã Thử
id: xa-thu
voices: [tone:low]
policy:
  hours: [05:30-07:00, 11:00-11:30, 16:30-18:30]
  sessions_per_day: 4
  minutes_per_session: 12
  approval: optional
  quiet: [tang]
  villages: {ban-lim: {sessions_per_day: 1, minutes_per_session: 3}, pa-sang: {approval: required}}
villages: [na-hoa, suoi-trat, ban-lim, cho-may, pa-sang]
days:
  tet: {lunar: giao-thua..3/1}
  tang: {dates: [2026-11-29..2026-11-30]}
  khai-giang: {dates: 2027-09-05, chime: no, music: no}
opening: Đây là Đài Truyền thanh xã Thử.
closing: Kính chào bà con.
streams: [stream.vov.vn]
""",
    "box.yaml": """
plays: {na-hoa: san-kho, suoi-trat: san-kho, ban-lim: doi, cho-may: cho}
outputs:
  san-kho: {device: file, gain: -3dB}
  doi: {device: file, early: "06:00"}
  cho: {device: file, profile: indoor}
clock: trusted
""",
    "bulletins/ngan.md": "---\ntitle: Tin ngắn\n---\nHọp thôn lúc 19h30 ngày 5/12/2026.\n",
    "bulletins/dai.md": f"---\ntitle: Tin dài\n---\n{'Kính thưa bà con, hôm nay trời nắng. ' * 90}\n",
    "bulletins/uu-tien.md": "---\ntitle: Rét hại\nlevel: priority\nrepeat: 2\ngap: 4s\n---\nTrời rét dưới 5°C.\n",
    "bulletins/het-han.md": "---\ntitle: Hết hạn\nvalid: 2026-11-01..2026-11-25\n---\nTin này đã cũ.\n",
    "bulletins/sap-toi.md": "---\ntitle: Sắp tới\nvalid: 2027-02-01..\n---\nTin này còn mới.\n",
    "bulletins/phan.md": "---\ntitle: Các phần\nparts: [{text: Mời bà con nghe.}, text, {text: Hết tin.}]\n---\nTin.\n",
    "bulletins/lu-quet.md": "---\ntitle: Lũ quét\nlevel: emergency\nall_clear: het-lu\n---\nNước đang dâng!\n",
    "bulletins/het-lu.md": "---\ntitle: Hết lũ\nlevel: emergency\n---\nNguy cơ đã qua.\n",
    "schedules/na-hoa.yaml": """
village: Thôn Nà Hoa
broadcasts:
  - {bulletin: dai, at: [06:00, 17:00]}
  - {bulletin: ngan, at: [06:01, 17:02], wait: 20m}
  - {name: khong-cho, bulletin: ngan, at: 06:02, wait: 0m}
  - {bulletin: uu-tien, at: [06:03, 17:00], days: [mon, wed, fri]}
  - {bulletin: het-han, at: 11:05}
  - {bulletin: sap-toi, at: 11:10}
  - {name: dem, bulletin: ngan, at: [03:30, 22:00]}
  - {name: ram, bulletin: phan, at: 16:45, lunar: [1, rằm]}
  - {name: gio-to, bulletin: phan, at: 16:50, lunar: [10/3, 23/12, 30/12]}
  - {name: tet, bulletin: phan, at: [05:40, 18:10], on: [tet]}
""",
    "schedules/suoi-trat.yaml": """
village: Thôn Suối Trát
broadcasts:
  - {bulletin: dai, at: 17:00}
  - {bulletin: ngan, at: "06:01", gain: -6dB, except: [tet, khai-giang]}
  - {name: khan, bulletin: lu-quet, at: 11:15}
""",
    "schedules/ban-lim.yaml": """
village: Bản Lìm
broadcasts:
  - {name: nhac, bulletin: ngan, every: 20m, between: 16:30-18:30}
  - {bulletin: dai, at: 17:15, level: priority}
  - {bulletin: uu-tien, at: 05:50, monthdays: [1, 15, 31]}
""",
    "schedules/cho-may.yaml": """
village: Tổ dân phố Chợ Mây
broadcasts:
  - {name: vov, stream: "https://stream.vov.vn/vov1", at: 06:00, for: 30m, fallback: ngan}
  - {name: la, stream: "https://example.org/radio", at: 11:00, for: 10m}
  - {bulletin: ngan, at: 06:10}
  - {bulletin: uu-tien, at: 06:20}
  - {name: cach-tuan, bulletin: dai, at: 16:30, days: [sat], weeks: 2, from: 2026-11-07, until: 2027-06-30}
""",
    "schedules/pa-sang.yaml": """
village: Bản Pá Sáng
broadcasts:
  - {bulletin: ngan, at: 17:30, on: [2026-11-28, 2026-12-05]}
""",
}

# Files that are broken in one way each, beside what tests/data/mistakes.txt has.
BROKEN = {
    "no-commune": {"commune.yaml": ""},
    "not-yaml": {"schedules/na-hoa.yaml": "village: [\n\tbroadcasts: {"},
    "bytes": {"schedules/na-hoa.yaml": "village: Thôn\x00 Nà Hoa\nbroadcasts: []\n"},
    "missing-bulletin": {"bulletins/ngan.md": None},
    "missing-head": {"bulletins/ngan.md": "Tin không có phần đầu.\n"},
    "open-head": {"bulletins/ngan.md": "---\ntitle: Tin ngắn\nHọp thôn.\n"},
    "empty-text": {"bulletins/ngan.md": "---\ntitle: Tin ngắn\n---\n"},
    "missing-sound": {"bulletins/ngan.md": "---\ntitle: Ghi âm\nparts: [{audio: recordings/khong-co.mp3}]\n---\n"},
    "unknown-voice": {"commune.yaml": CLASHES["commune.yaml"].replace("tone:low", "khong:co")},
    "unknown-day": {"schedules/pa-sang.yaml": "village: P\nbroadcasts: [{bulletin: ngan, at: 6:00, on: [le-hoi]}]\n"},
    "unknown-output": {"box.yaml": "plays: {na-hoa: nowhere}\noutputs: {horn: {device: file}}\n"},
    "twice": {"schedules/pa-sang.yaml": "village: P\nvillage: Q\nbroadcasts: []\nbroadcasts: []\n"},
    "no-box": {"box.yaml": None},
    "no-schedules": {name: None for name in CLASHES if name.startswith("schedules/")},
}

# How the cases of tests/data/mistakes.txt are set into a file: kind -> path, what stands before and after.
SET = {
    "entry": ("schedules/case-{}.yaml", "thôn: Thôn Nà Hoa\nlịch phát:\n", ""),
    "head": ("bulletins/case-{}.md", "---\ntiêu đề: Họp thôn\n", "---\nKính mời bà con đi họp.\n"),
    "commune": ("commune.yaml", "xã: Xã Bản Mây\nmã: ban-may\ncác thôn: [na-hoa, suoi-trat]\n", ""),
    "box": ("box.yaml", "phát: {na-hoa: loa-1, suoi-trat: loa-1}\n# loa\nđường loa:\n  loa-1: {thiết bị: file}\n", ""),
}
BESIDE = {
    "commune.yaml": SET["commune"][1] + "ngày đặc biệt: {tet: {âm lịch: 1/1..3/1}}\n",
    "box.yaml": SET["box"][1],
    "bulletins/bluezone.md": "---\ntiêu đề: Cài đặt ứng dụng Bluezone\n---\nKính thưa bà con.\n",
    "bulletins/hop-thon.md": "---\ntiêu đề: Họp bản\n---\nKính mời bà con đi họp.\n",
    "schedules/na-hoa.yaml": "thôn: Thôn Nà Hoa\nlịch phát:\n  - {bản tin: bluezone, giờ: 17h30}\n",
    "recordings/loi-dan.mp3": "",
}


def write(folder: Path) -> None:
    """All questions, into a new folder."""
    for home, words in HOMES.items():
        beside = {f"home/{name}": text for name, text in words.items()}
        for number, chunk in enumerate(chunks(texts()), 1):
            put(folder / "reading" / f"{home}-{number:02}", {**beside, "texts.txt": "\n\n".join(chunk) + "\n"})
        put(folder / "documents" / home, beside)
        for path in [*sorted((DATA / "letters").glob("*.txt")), *sorted((ROOT / "bulletins").glob("*.md"))]:
            shutil.copy(path, folder / "documents" / home)
        if home == "plain":
            for path in sorted((DATA / "documents").glob("*/*.txt")):
                if not path.parent.name.startswith("held-out"):  # nobody reads those before the rules are done
                    shutil.copy(path, folder / "documents" / home)
        for asked in folder.glob(f"*/{home}*"):
            (asked / "home").mkdir(exist_ok=True)  # a folder without a commune
    sample = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sample_files()}
    put(folder / "station" / "sample", sample)
    put(folder / "station" / "clashes", CLASHES)
    put(folder / "station" / "seeded", seeded(15))
    offline = CLASHES["commune.yaml"].replace("streams: [stream.vov.vn]\n", "")  # `status` would try to reach it
    put(folder / "silent" / "clashes", {**CLASHES, "commune.yaml": offline, "schedules/cho-may.yaml": None})
    for voice in ("tone:low", "espeak:vi"):
        spoken = {**sample, "commune.yaml": sample["commune.yaml"].replace("[espeak:vi]", f"[{voice}]")}
        put(folder / "sound" / voice.partition(":")[0], spoken)
    for name, changes in BROKEN.items():
        put(folder / "mistakes" / name, {**CLASHES, **changes})
    for name, station in mistakes():
        put(folder / "mistakes" / name, station)
    letter = next((DATA / "letters").glob("cong-van*[0-9].txt")).read_text(encoding="utf-8")
    put(folder / "intake" / "letter", {"letter.txt": letter})
    for old in sorted(path.parent for path in DATA.rglob("asrun.db.gz")):
        shutil.copytree(old, folder / "log" / old.name, ignore=shutil.ignore_patterns("told.txt", "*.gz"))
        state = folder / "log" / old.name / ".state"
        state.mkdir()
        (state / "asrun.db").write_bytes(gzip.decompress((old / "asrun.db.gz").read_bytes()))


def put(folder: Path, files: Mapping[str, str | None]) -> None:
    """Write a station; None stands for a file that is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        if text is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.lstrip("\n"), encoding="utf-8", newline="")


def sample_files() -> Iterator[Path]:
    yield from (ROOT / "commune.yaml", ROOT / "box.yaml")
    yield from sorted((ROOT / "bulletins").glob("*.md"))
    yield from sorted((ROOT / "schedules").glob("*.yaml"))


def texts() -> Iterator[str]:
    """What is to be read, of every suite and table, each once."""
    seen = set()
    for path in sorted(path for kind in ("jsonl", "tsv") for path in DATA.rglob(f"*.{kind}")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#") or not line.strip():
                continue
            text = json.loads(line).get("input", "") if path.suffix == ".jsonl" else line.partition("\t")[0]
            text = re.sub(r"\s*\n\s*", " ", text).strip("\n")
            if text.strip() and text not in seen:
                seen.add(text)
                yield text


def chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    size = 0
    for text in texts:
        chunk.append(text)
        size += len(text)
        if size > CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def mistakes() -> Iterator[tuple[str, dict[str, str]]]:
    """The cases of mistakes.txt: those of schedules and bulletins in one station, a file each; others alone."""
    together, villages = dict(BESIDE), ["na-hoa", "suoi-trat"]
    for number, case in enumerate(mistake_cases(), 1):
        kind, body = case.kind, case.body
        if kind.startswith("file "):
            yield f"case-{number:03}", {**BESIDE, kind.removeprefix("file "): body}
            continue
        path, before, after = SET[kind]
        file = {path.format(f"{number:03}"): before + body + after}
        if kind in ("commune", "box"):
            yield f"case-{number:03}", {**BESIDE, **file}
        else:
            together |= file
            villages += [f"case-{number:03}"] if kind == "entry" else []
    together["commune.yaml"] = together["commune.yaml"].replace("[na-hoa, suoi-trat]", f"[{', '.join(villages)}]")
    yield "together", together


def seeded(seed: int) -> dict[str, str]:
    """A commune of six villages on three outputs, whose schedules were drawn, with Vietnamese keys."""
    chance = random.Random(seed)
    villages = [f"ban-{number}" for number in range(1, 7)]
    bulletins = [f"tin-{number}" for number in range(1, 9)]
    files = {
        "commune.yaml": f"""
xã: Xã Gieo
mã: xa-gieo
giọng đọc: [tone:low]
các thôn: [{", ".join(villages)}]
quy chế: {{khung giờ: [5h30-7h, 11h-12h, 16h30-19h], số buổi mỗi ngày: 3, số phút mỗi buổi: 15, thứ: [2, 3, 4, 5, 6]}}
ngày đặc biệt: {{tet: {{âm lịch: giao-thua..3/1}}, le: {{các ngày: [30/4/2027..1/5/2027, 2/9/2027]}}}}
""",
        "box.yaml": "phát: {"
        + ", ".join(f"{village}: loa-{number % 3}" for number, village in enumerate(villages))
        + "}\nđồng hồ: tin cậy\nđường loa:\n"
        + "".join(f"  loa-{number}: {{thiết bị: file}}\n" for number in range(3)),
    }
    for number, bulletin in enumerate(bulletins):
        level = ("thông thường", "thông thường", "ưu tiên")[number % 3]
        words = "Kính thưa bà con, ngày 5/12 họp thôn. " * chance.choice((1, 4, 20, 60))
        files[f"bulletins/{bulletin}.md"] = f"---\ntiêu đề: Tin {number + 1}\nmức độ: {level}\n---\n{words}\n"
    days = ("thứ: [2, 4, 6]", "thứ: [7, CN]", "âm lịch: [1, rằm]", "ngày trong tháng: [5, 20, 31]", "trừ: [tet, le]")
    for village in villages:
        rows = []
        for number in range(8):
            hour, minute = chance.choice((5, 6, 6, 11, 16, 17, 17, 18, 20)), chance.randrange(0, 60, 5)
            when = f"giờ: [{hour}h{minute:02}]"
            if number == 7:
                when = f"mỗi: {chance.choice((15, 30))}m, trong khoảng: 16h30-18h"
            more = chance.choice(("", f", chờ: {chance.choice((0, 5, 30))}m", ", lặp: 2", ", âm lượng: -3dB"))
            rows.append(f"  - {{tên: muc-{number}, bản tin: {chance.choice(bulletins)}, {when}")
            rows[-1] += f", {chance.choice(days)}{more}}}\n"
        files[f"schedules/{village}.yaml"] = f"thôn: Bản {village}\nlịch phát:\n{''.join(rows)}"
    return files
