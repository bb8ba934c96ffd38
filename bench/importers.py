"""Taking in a 10-page .docx, a 30-minute .m4a and files that swell: seconds and megabytes.

Baselines: mammoth and pydub alone; for files that swell a small one by the same command, child process and all.

Run: python bench/importers.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
PROBE = """
import resource, sys, time
sys.path.insert(0, {tests!r})
began = time.perf_counter()
{code}
took = time.perf_counter() - began
print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
DOCUMENT = "from loudspeaker.importers import documents; documents.read_document({path!r}, open({path!r}, 'rb').read())"
RECORDING = (
    "from pathlib import Path; from loudspeaker.importers import recordings; "
    "recordings.import_recording(Path({path!r}), Path({home!r}))"
)
MAMMOTH = "import mammoth; mammoth.extract_raw_text(open({path!r}, 'rb'))"
PYDUB = "from pydub import AudioSegment; AudioSegment.from_file({path!r}).set_channels(1).set_frame_rate(32000)"


def measured(code: str) -> tuple[float, float]:
    """Seconds and megabytes of a fresh process, its start aside."""
    program = PROBE.format(tests=str(ROOT / "tests"), code=code)
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True, capture_output=True, text=True)
    seconds, megabytes = map(float, done.stdout.split()[-2:])
    return seconds, megabytes


def ten_pages(path: Path) -> None:
    from harness import office_files

    text = (ROOT / "tests" / "data" / "letters" / "cong-van-bluezone-lao-cai-2021.txt").read_text(encoding="utf-8")
    body = [block for block in text.split("\n\n") if len(block) > 100]
    words = sum(len(block.split()) for block in body)
    lists = office_files.word_list(1, [("decimal", "%1."), ("lowerLetter", "%2)")])
    head = ["Số: 12/TB-UBND", "V/v thử", "Kính gửi: Các thôn."]
    numbered = [office_files.numbered(block, 1, at % 2) for at, block in enumerate(body * (10 * 450 // words + 1))]
    path.write_bytes(office_files.docx([*head, *numbered], lists))


def half_an_hour(path: Path) -> None:
    voice = "sine=220:r=48000:d=1800,tremolo=f=3:d=0.9"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", voice, "-ac", "2", "-c:a", "aac", "-b:a", "128k"]
    subprocess.run([*command, str(path)], check=True)


COMMAND = """
import resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True)
took = time.perf_counter() - began
print(took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, done.stderr.decode().splitlines()[-1])
"""
SWELLING = (
    "64-mb.odt",
    "nhieu-doan.odt",
    "nhieu-doan.docx",
    "nhieu-dong.xlsx",
    "nhieu-chu.pdf",
    "41-mb.txt",
    "zero.odt",
)


def commanded(path: Path, home: Path) -> tuple[float, float, str]:
    """Seconds and megabytes of `loudspeaker import`, whichever of its processes was the largest; what it said last."""
    (home / "commune.yaml").write_text("commune: Xã\nid: xa\nvillages: [na-hoa]\n", encoding="utf-8")
    command = [sys.executable, "-m", "loudspeaker", "--lang", "en", "--home", str(home), "import", str(path)]
    done = subprocess.run([sys.executable, "-c", COMMAND, *command], check=True, capture_output=True, text=True)
    seconds, megabytes, told = done.stdout.rstrip("\n").split(" ", 2)
    return float(seconds), float(megabytes), told


def line(name: str, must: str, ours: tuple[float, float], base: tuple[float, float], baseline: str) -> None:
    print(f"{name}: {ours[0]:.2f} s, {ours[1]:.0f} MB (must: {must})")
    print(f"  {baseline}: {base[0]:.2f} s, {base[1]:.0f} MB; ratio {ours[0] / base[0]:.2f} in time, ", end="")
    print(f"{ours[1] / base[1]:.2f} in memory")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        document, recording = Path(folder) / "muoi-trang.docx", Path(folder) / "nua-gio.m4a"
        ten_pages(document)
        half_an_hour(recording)
        began = time.perf_counter()
        ours = measured(DOCUMENT.format(path=str(document)))
        line("10-page .docx", "2 s, 300 MB", ours, measured(MAMMOTH.format(path=str(document))), "mammoth alone")
        ours = measured(RECORDING.format(path=str(recording), home=folder))
        line(
            "30-minute .m4a",
            "15 s, 300 MB",
            ours,
            measured(PYDUB.format(path=str(recording))),
            "pydub's decoding alone",
        )
        from harness import office_files, swelling_files

        small = Path(folder) / "nho.odt"
        small.write_bytes(office_files.odt("<text:p>Họp thôn.</text:p>"))
        base = commanded(small, Path(folder))
        print(f"a small .odt by the command: {base[0]:.2f} s, {base[1]:.0f} MB")
        for name in SWELLING:
            seconds, megabytes, told = commanded(swelling_files.make(Path(folder), name), Path(folder))
            ratio = f"ratio {seconds / base[0]:.1f} in time, {megabytes / base[1]:.1f} in memory"
            print(f"{name}: {seconds:.2f} s, {megabytes:.0f} MB (must: 5 s, 200 MB); {ratio}\n  {told}")
        print(f"(all in {time.perf_counter() - began:.0f} s)")


if __name__ == "__main__":
    main()
