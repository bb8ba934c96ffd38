"""`import` from outside: what officers and strangers send is taken in, or refused with a sentence and without harm."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner
from harness import office_files, swelling_files
from openpyxl import Workbook

from loudspeaker.cli import cli
from loudspeaker.errors import BadFile
from loudspeaker.importers.documents import import_document
from loudspeaker.importers.imports import Limits, import_file, read_import
from loudspeaker.model.spoken_text import ReadingSettings

pytestmark = pytest.mark.waits

NOTICE = ["Số: 145/TB-UBND", "V/v họp thôn", "Kính thưa bà con, 19 giờ tối nay họp thôn tại nhà văn hóa."]
# The peak of the command and of its child, seen from a process that is small itself.
PROBE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(f"peak {peak} MB", file=sys.stderr)
sys.exit(done.returncode)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "station"
    (folder / "bulletins").mkdir(parents=True)
    (folder / "commune.yaml").write_text("commune: Xã Bản Mây\nid: ban-may\nvillages: [na-hoa]\n", encoding="utf-8")
    return folder


def imported(home: Path, *files: Path) -> tuple[int, str]:
    """Exit code, and what was told."""
    words = ("--lang", "en", "--home", str(home), "import", *map(str, files))
    done = CliRunner(mix_stderr=False).invoke(cli, words)
    return done.exit_code, done.stdout + done.stderr


def measured(home: Path, *files: Path) -> tuple[int, str, int]:
    """The same of the command as a process, and the megabytes that it took at most."""
    command = [sys.executable, "-m", "loudspeaker", "--lang", "en", "--home", str(home), "import"]
    arguments = [str(word) for word in (sys.executable, "-c", PROBE, *command, *files)]
    done = subprocess.run(arguments, capture_output=True, text=True, errors="replace", check=False)
    told, peak = re.fullmatch(r"(.*)peak (\d+) MB\n", done.stdout + done.stderr, re.DOTALL).groups()  # type: ignore[union-attr]
    return done.returncode, told, int(peak)


def test_a_file_named_as_official_files_are_gets_an_id_and_is_told_which(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "145-TB-UBND.docx"
    path.write_bytes(office_files.docx(NOTICE))
    code, told = imported(home, path)

    assert code == 0
    assert "bulletins/145-tb-ubnd.md is a draft" in told
    assert "the bulletin's id is “145-tb-ubnd”" in told
    assert "họp thôn" in (home / "bulletins" / "145-tb-ubnd.md").read_text(encoding="utf-8")


def letters(folder: Path, names: Iterable[str | bytes]) -> list[Path]:
    paths = [folder / os.fsdecode(name) for name in names]
    for path in paths:
        path.write_text("\n\n".join(NOTICE), encoding="utf-8")
    return paths


def test_every_name_becomes_an_id(home: Path, tmp_path: Path) -> None:
    """Those that words of a command, or JSON, might change go all the way."""
    given: dict[str | bytes, str] = {b"th\xf4ng b\xe1o.txt": "th-ng-b-o", "a\nb\x1b.txt": "a-b", "-y.txt": "y"}
    code, told = imported(home, *letters(tmp_path, given))

    assert code == 0
    assert {path.stem for path in (home / "bulletins").iterdir()} == set(given.values())
    assert [bulletin for bulletin in given.values() if f"“{bulletin}”" not in told] == []


def test_a_name_of_any_letters_becomes_an_id(home: Path, tmp_path: Path) -> None:
    given = {
        "Thông báo số 12 (bản cuối).txt": "thong-bao-so-12-ban-cuoi",
        "通知.txt": "ban-tin",
        f"{'Thông báo ' * 12}.txt": "thong-bao-" * 7 + "thong-bao",
    }
    told = [import_document(path, home, ReadingSettings()) for path in letters(tmp_path, given)]

    assert [[splice.path for splice in one.splices] for one in told] == [
        [f"bulletins/{one}.md"] for one in given.values()
    ]
    for one, bulletin in zip(told, given.values(), strict=True):
        assert any(f"“{bulletin}”" in str(message) for message in one.messages)


def test_a_document_that_is_only_read_changes_nothing_and_may_be_named_otherwise(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "upload-17.docx"
    path.write_bytes(office_files.docx(NOTICE))
    read = read_import(path, home, ReadingSettings(), name="Họp thôn")

    assert [splice.path for splice in read.splices] == ["bulletins/hop-thon.md"]
    assert read.draft
    assert (read.draft.title, read.draft.text) == ("Họp thôn", NOTICE[2])
    assert list((home / "bulletins").iterdir()) == []


@pytest.mark.parametrize("name", ["cu.doc", "CU.DOC", "cu.rtf"])
def test_a_file_of_an_old_word_is_refused_with_what_to_do(home: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")

    with pytest.raises(BadFile, match="Save As"):
        import_file(tmp_path / name, home, ReadingSettings())


def test_a_bulletin_that_is_there_is_never_overwritten(home: Path, tmp_path: Path) -> None:
    there = home / "bulletins" / "145-tb-ubnd.md"
    there.write_text("---\ntitle: Cũ\n---\nCũ.\n", encoding="utf-8")
    path = tmp_path / "145-TB-UBND.docx"
    path.write_bytes(office_files.docx(NOTICE))
    code, told = imported(home, path)

    assert code == 2
    assert told == "145-TB-UBND.docx: bulletins/145-tb-ubnd.md is there already: rename one of the two\n"
    assert "Cũ." in there.read_text(encoding="utf-8")


SWELLING = {
    "64-mb.odt": "too big",
    "64-mb.docx": "too big",
    "64-mb.xlsx": "too big",
    "64-mb.pdf": "too big",
    "noi-doi.docx": "cannot be read",
    "41-mb.txt": "copy out",
    "ong.txt": "not a plain file",
    "ong.mp3": "not a plain file",
    "ong.xlsx": "not a plain file",
    "zero.odt": "not a plain file",
    "zero.mp3": "not a plain file",
    "thu-muc.pdf": "not a plain file",
    "thuc-the.odt": "cannot be read",
    "nhieu-doan.odt": "(too big|more memory or time)",  # whichever limit a busy machine comes to first
}


def test_files_that_swell_are_refused_with_a_sentence_within_200_megabytes(home: Path, tmp_path: Path) -> None:
    """One command for all of them, and for each a child of its own."""
    code, told, peak = measured(home, *(swelling_files.make(tmp_path, name) for name in SWELLING))

    assert code == 2
    assert re.fullmatch("".join(rf"{name}: [^\n]*{why}[^\n]*\n" for name, why in SWELLING.items()), told), told
    assert peak < 200
    assert list((home / "bulletins").iterdir()) == []


def test_a_number_in_a_file_is_not_taken_at_its_word(home: Path, tmp_path: Path) -> None:
    names = ["khoang-trang.odt", "o-lap-lai.odt", "dem.odt", "dem-chu.odt", "dem-cap.odt"]
    code, _, peak = measured(home, *(swelling_files.make(tmp_path, name) for name in names))

    assert (code, peak < 200) == (0, True)
    written = {name: (home / "bulletins" / name.replace(".odt", ".md")).stat().st_size for name in names}
    assert {name: size for name, size in written.items() if size >= 2_000} == {}


def test_a_file_that_takes_too_long_is_given_up(home: Path, tmp_path: Path) -> None:
    path = swelling_files.make(tmp_path, "nhieu-doan.docx")
    for limits in (Limits(megabytes=1000, computing=1, waiting=60), Limits(megabytes=1000, computing=60, waiting=0.1)):
        with pytest.raises(BadFile, match="more memory or time"):
            import_file(path, home, ReadingSettings(), limits)


def test_a_dispatch_as_long_as_a_bulletin_may_be_needs_less_than_half_the_memory_allowed(
    home: Path, tmp_path: Path
) -> None:
    line = "Thực hiện Chỉ thị số 15/CT-UBND ngày 01/7/2021, đề nghị bà con cài đặt ứng dụng Bluezone. " * 4
    for name, data in {
        "dai.docx": office_files.docx([line] * 100),
        "dai.odt": office_files.odt(office_files.odt_lines([line] * 100)),
        "dai.pdf": office_files.pdf([[line[:90]] * 40] * 10),
    }.items():
        (tmp_path / name).write_bytes(data)
        assert import_file(tmp_path / name, home, ReadingSettings(), Limits(megabytes=60, computing=4, waiting=60))
        (home / "bulletins" / "dai.md").unlink()


def test_a_line_break_in_a_cell_is_a_blank(home: Path, tmp_path: Path) -> None:
    (home / "bulletins" / "ve-sinh.md").write_text("---\ntitle: Vệ sinh\n---\nVệ sinh.\n", encoding="utf-8")
    book = Workbook()
    book.active.append(["Thôn", "Bản\ntin", "Giờ", "Tên"])
    book.active.append(["Na\nHoa", "Vệ\nsinh", "17:30\n18:00", "buổi\nchiều"])
    book.save(tmp_path / "lich.xlsx")
    code, told = imported(home, tmp_path / "lich.xlsx")

    assert (code, told) == (2, "lich.xlsx:D2: “buổi chiều” is not an id (a–z, 0–9, -); did you mean “buoi-chieu”?\n")


def test_what_nobody_sees_in_a_document_is_left_out(home: Path, tmp_path: Path) -> None:
    text = "V/v họp\u2028thôn\n\nKính thưa\x1b[2J bà\u202e con\u200b, 19\x00 giờ.\x85Mời\ufeff bà con\x0bđến dự."
    (tmp_path / "hop.txt").write_text(text, encoding="utf-8")
    code, told = imported(home, tmp_path / "hop.txt")
    kept = (home / "bulletins" / "hop.md").read_text(encoding="utf-8")

    assert code == 0
    assert "Kính thưa[2J bà con, 19 giờ." in kept
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e\u2028\ufeff]", told + kept)


def test_a_text_without_end_is_not_read_aloud(tmp_path: Path) -> None:
    """`read` is for a text, `--each-line` for any number of them; a device is neither."""
    for arguments in ([], ["--each-line"]):
        command = [sys.executable, "-c", PROBE, sys.executable, "-m", "loudspeaker", "--lang", "en", "read"]
        done = subprocess.run([*command, *arguments, "/dev/zero"], capture_output=True, text=True, check=False)
        told, peak = done.stderr.splitlines()

        assert (done.returncode, done.stdout) == (2, "")
        assert told == "/dev/zero: the file is larger than 1 MB; it can hardly be meant"
        assert int(peak.split()[1]) < 200


def test_a_line_is_read_before_the_next_one_is_known() -> None:
    command = [sys.executable, "-m", "loudspeaker", "read", "--each-line"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdin
        assert reader.stdout
        reader.stdin.write("Họp thôn lúc 7h30.\n".encode())
        reader.stdin.flush()
        answered, _, _ = select.select([reader.stdout], [], [], 60)
        reader.kill()

    assert answered, "it waits for the end of what is piped in"


def test_one_bad_file_does_not_keep_the_others_out(home: Path, tmp_path: Path) -> None:
    good = tmp_path / "hop.txt"
    good.write_text("V/v họp thôn\n\nMời bà con đến họp.", encoding="utf-8")
    bad = [swelling_files.make(tmp_path, name) for name in ("ong.txt", "zero.odt")]
    code, told = imported(home, bad[0], good, bad[1])

    assert code == 2
    assert (home / "bulletins" / "hop.md").exists()
    assert told.splitlines()[-2:] == ["ong.txt: this is not a plain file", "zero.odt: this is not a plain file"]


@pytest.mark.parametrize("name", ["zero.txt", "ong.txt", "thu-muc"])
def test_an_exported_log_that_has_no_end_is_refused(home: Path, tmp_path: Path, name: str) -> None:
    path = swelling_files.make(tmp_path, name)
    output = tmp_path / "bao-cao.csv"
    command = ["--lang", "en", "--home", str(home), "report", str(path), "--month", "2026-11", "-o", str(output)]
    done = CliRunner(mix_stderr=False).invoke(cli, command)

    assert (done.exit_code, output.exists()) == (2, False)
    assert done.stderr == f"{name}: this is not a plain file\n"


def test_a_line_without_end_is_no_entry_of_an_exported_log(home: Path, tmp_path: Path) -> None:
    (tmp_path / "nhat-ky").write_bytes(bytes(50 << 20))
    command = [sys.executable, "-m", "loudspeaker", "--lang", "en", "--home", str(home), "report"]
    arguments = [str(tmp_path / "nhat-ky"), "--month", "2026-11", "-o", str(tmp_path / "bao-cao.csv")]
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *command, *arguments], capture_output=True, text=True, check=False
    )
    told, peak = done.stderr.splitlines()

    assert (done.returncode, told.startswith("nhat-ky:1: ")) == (2, True)
    assert int(peak.split()[1]) < 75
