"""Old logs open, verify and are told as before: logs that earlier versions wrote, in data/old-logs.

Each is a station's folder, named by its first day, with its database and told.txt: what the version that wrote it said
of it, command by command. An old log is never made anew, so the script that made it
is gone with the rooms that it imported: `git log -- tests/data/old-logs/make.py`. Where a sentence changes on purpose,
told.txt alone does: `.ci/answers.py record FOLDER --only log`, then copy FOLDER/answers/log/2026-10-01.log.txt over it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shlex
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from harness.paths import DATA
from harness.read_only import read_only, sight

from loudspeaker.cli import cli
from loudspeaker.i18n import set_language

pytestmark = pytest.mark.waits

FOLDER = DATA / "old-logs"
LOGS = sorted(path.parent.name for path in FOLDER.glob("*/asrun.db.gz"))
NOW = re.compile(r"tính đến [^.]*|\"exported_at\": \"[^\"]*")  # when it was asked
VERDICTS = (
    "aired aired-late aired-partly displaced expired failed-device failed-sound missed-clock missed-off no-audio"
    " pre-empted refused skipped stopped to-file withdrawn"
)
REFUSALS = "approval commissioning emergency pause policy stream validity"
KINDS = (
    "alarm approve asked began broke clock commission disarmed edit end left log-damaged made-empty on-air pause played"
    " quarter request restart resume skip started stop verdict"
)


@pytest.fixture(params=LOGS)
def old(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A station with an old log, in a folder of its own, where others may look, too."""
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch).chmod(0o755)
        folder = shutil.copytree(FOLDER / str(request.param), Path(scratch) / str(request.param))
        (folder / ".state").mkdir()
        (folder / ".state" / "asrun.db").write_bytes(gzip.decompress((folder / "asrun.db.gz").read_bytes()))
        yield folder


def told(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Command -> what was said: exit code, stdout, `! stderr`, `> ` what it wrote."""
    for part in re.split(r"^\$ ", (folder / "told.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        first, *lines = part.rstrip("\n").split("\n")
        command, _, code = first.rpartition(" -> ")
        yield command, [code, *filter(None, lines)]


def ask(folder: Path, command: str) -> list[str]:
    arguments = shlex.split(command)
    written = folder / arguments[-1] if arguments[-2] in ("-o", "--export") else None
    if written:
        arguments[-1] = str(written)
    set_language("en" if "--lang en" in command else "vi")
    done = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(folder), *arguments])
    lines = done.stdout.splitlines()
    if "--json" in arguments:
        lines = [canonical(row) for row in json.loads(done.stdout)]
    lines += [f"! {line}" for line in done.stderr.replace(f"{folder}/", "").splitlines()]
    if written and written.suffix == ".csv":
        lines += [f"> {line}" for line in written.read_text(encoding="utf-8-sig").splitlines()]
    elif written:
        head, _, entries = written.read_text(encoding="utf-8").partition("\n")
        digest = hashlib.sha256(entries.encode()).hexdigest()
        lines += [head, f"{digest} of {len(entries.splitlines())} entries"]
    return [str(done.exit_code), *filter(None, lines)]


def canonical(row: object) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def test_an_old_log_opens_verifies_and_is_told_as_before(old: Path) -> None:
    before = {command: [NOW.sub("", line) for line in lines] for command, lines in told(old)}
    now = {command: [NOW.sub("", line) for line in ask(old, command)] for command in before}

    assert any(command.startswith("why ") for command in before)
    assert now == before


def test_an_old_log_is_told_the_same_to_whoever_may_only_read_it(old: Path) -> None:
    (rows,) = [lines[1:] for command, lines in told(old) if command.startswith("log --json")]
    before = sight(old)

    (shown,) = read_only(old, ("log", "--json", "--date", old.name, "--days", "366"))
    assert [canonical(row) for row in json.loads(shown.stdout)] == [row for row in rows if row.startswith("{")]
    assert sight(old) == before


def test_what_is_written_on_goes_on_the_old_chain(old: Path) -> None:
    (before,) = [lines[1].split() for command, lines in told(old) if command == "log --verify"]
    assert ask(old, "approve lu-quet --yes --by An")[0] == "0"

    code, head, *_ = ask(old, "log --verify")
    count, digest = head.split()
    assert (code, int(count)) == ("0", int(before[0]) + 1)
    assert digest != before[1]


def test_the_old_logs_hold_every_kind_of_entry() -> None:
    kinds, verdicts, refusals = set(), set(), set()
    untold = 0
    for name in LOGS:
        database = sqlite3.connect(":memory:")
        database.deserialize(gzip.decompress((FOLDER / name / "asrun.db.gz").read_bytes()))
        for (text,) in database.execute("SELECT entry FROM entries"):
            entry = json.loads(text)
            kinds.add(entry["kind"])
            if entry["kind"] == "verdict":
                verdicts.add(entry["facts"]["verdict"])
                refusals.add(entry["facts"].get("refusal", ""))
                untold += "refusal" not in entry["facts"]
        database.close()

    assert kinds >= set(KINDS.split())
    assert verdicts == set(VERDICTS.split())
    assert refusals - {""} == set(REFUSALS.split())
    assert untold, "rows of older versions"
