"""Logs that come back on a stick: what ends as its box has signed it, and goes on from what came before, is whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness.office import NOW
from harness.signing import PEOPLE, make_trust, signed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loudspeaker.clock import FakeClock
from loudspeaker.errors import Refused
from loudspeaker.station.box.box_key import open_box_key
from loudspeaker.station.box.returned_logs import LogState, ReturnedLog, read_returned_logs
from loudspeaker.station.deliveries.stick_answer import write_answer
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.station import Station
from loudspeaker.store.hash_chain import canonical_json, initial_hash, next_hash
from loudspeaker.trust.dsse import format_envelope, parse_envelope
from loudspeaker.trust.key_file import SigningKey
from loudspeaker.trust.opening import read_unverified, seal
from loudspeaker.trust.signed_documents import LogHead

COMMUNE = "xa-thu"


def answer(home: Path, stick: Path, entries: int = 0, hours: int = 0) -> Path:
    """The folder that the box in `home` writes onto a stick, so many entries and hours later."""
    now = NOW + timedelta(hours=hours)
    station = Station.open(home, home / ".state", clock=FakeClock(now))
    for number in range(entries):
        station.log.event("pause", "", now, village="na-hoa", why=f"{hours}/{number}")
    try:
        return write_answer(station, stick, [], str)
    finally:
        station.close()


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    return answer(home, tmp_path / "stick", entries=5)


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "boxes.json"


def read_one(folder: Path, memory: Path) -> ReturnedLog:
    [log] = read_returned_logs(folder.parent.parent, memory)
    return log


def lines_of(folder: Path) -> list[str]:
    return (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()


def write_lines(folder: Path, lines: Sequence[str]) -> None:
    (folder / "log.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def chain(folder: Path, entries: Sequence[dict[str, object]]) -> None:
    """A log of these entries whose hashes are in order, as whoever knows the format can make one."""
    before, lines = initial_hash(COMMUNE), []
    for entry in entries:
        text = canonical_json(entry)
        before = next_hash(before, text)
        lines.append(f'{{"hash":"{before}","entry":{text}}}')
    head = json.loads(lines_of(folder)[0]) | {"entries": len(lines), "head": before}
    write_lines(folder, [json.dumps(head, ensure_ascii=False), *lines])


def sign_head(folder: Path, key: SigningKey, **changed: object) -> None:
    document = read_unverified(parse_envelope((folder / "head.json").read_bytes()))
    assert isinstance(document, LogHead)
    envelope = seal(replace(document, **changed))  # type: ignore[arg-type]
    (folder / "head.json").write_bytes(format_envelope(key.sign(envelope)))


def test_a_log_as_its_box_has_written_it_is_whole_and_so_is_the_next_one(
    home: Path, folder: Path, memory: Path
) -> None:
    first = read_one(folder, memory)
    answer(home, folder.parent.parent, entries=3, hours=2)
    second = read_one(folder, memory)

    assert (first.state, first.why, first.villages) == (LogState.WHOLE, None, ("na-hoa", "suoi-trat"))
    assert (second.state, second.why, second.entries) == (LogState.WHOLE, None, first.entries + 3)


def cut_the_end(folder: Path) -> None:
    write_lines(folder, lines_of(folder)[:-2])


def cut_the_end_and_say_so_in_the_first_line(folder: Path) -> None:
    chain(folder, [json.loads(line)["entry"] for line in lines_of(folder)[1:-2]])


def without_log(folder: Path) -> None:
    (folder / "log.jsonl").unlink()


def without_head(folder: Path) -> None:
    (folder / "head.json").unlink()


def one_word(folder: Path) -> None:
    write_lines(folder, [line.replace("0/3", "0/9") for line in lines_of(folder)])


def one_word_and_all_hashes(folder: Path) -> None:
    entries = [json.loads(line.replace("0/3", "0/9"))["entry"] for line in lines_of(folder)[1:]]
    chain(folder, entries)


def one_entry_more(folder: Path) -> None:
    entries = [json.loads(line)["entry"] for line in lines_of(folder)[1:]]
    chain(folder, [*entries, entries[-1]])


def head_by_a_stranger(folder: Path) -> None:
    sign_head(folder, PEOPLE["hoa"])


def head_by_nobody(folder: Path) -> None:
    envelope = parse_envelope((folder / "head.json").read_bytes())
    (folder / "head.json").write_bytes(format_envelope(replace(envelope, signatures=())))


def head_is_nothing(folder: Path) -> None:
    (folder / "head.json").write_bytes(b"{}")


def another_communes(folder: Path) -> None:
    first, *rest = lines_of(folder)
    write_lines(folder, [first.replace(COMMUNE, "xa-khac"), *rest])


@pytest.mark.parametrize(
    ("spoil", "state"),
    [
        (cut_the_end, LogState.CUT),
        (cut_the_end_and_say_so_in_the_first_line, LogState.CUT),
        (without_log, LogState.CUT),
        (without_head, LogState.CUT),
        (one_word, LogState.FORGED),
        (one_word_and_all_hashes, LogState.FORGED),
        (one_entry_more, LogState.FORGED),
        (head_by_a_stranger, LogState.FORGED),
        (head_by_nobody, LogState.FORGED),
        (head_is_nothing, LogState.FORGED),
        (another_communes, LogState.FORGED),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_what_is_wrong_with_a_log_is_told(
    folder: Path, memory: Path, spoil: Callable[[Path], None], state: LogState
) -> None:
    spoil(folder)

    log = read_one(folder, memory)

    assert log.state is state
    assert log.why
    assert not memory.exists()


def test_a_box_that_signs_less_than_before_is_found_though_its_log_is_in_order(
    home: Path, folder: Path, memory: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old" / "out" / folder.name
    shutil.copytree(folder, old)
    answer(home, folder.parent.parent, entries=3, hours=2)
    read_one(folder, memory)

    older = read_one(old, memory)
    assert (older.state, str(older.why)) == (LogState.WHOLE, "an older stick: what came before reaches to 24/11/2026")

    key = open_box_key(StationPaths(home, home / ".state"))
    sign_head(old, key, issued=NOW + timedelta(hours=4))
    rolled_back = read_one(old, memory)
    assert (rolled_back.state, str(rolled_back.why)) == (LogState.CUT, "3 entries that came before are missing")


def test_a_box_that_tells_its_past_otherwise_is_found(home: Path, folder: Path, memory: Path) -> None:
    read_one(folder, memory)
    entries = [json.loads(line.replace("0/3", "0/9"))["entry"] for line in lines_of(folder)[1:]]
    chain(folder, entries)
    head = json.loads(lines_of(folder)[0])["head"]
    key = open_box_key(StationPaths(home, home / ".state"))
    sign_head(folder, key, head=head, issued=NOW + timedelta(hours=1))

    log = read_one(folder, memory)

    assert (log.state, str(log.why)) == (LogState.FORGED, "the log says something else of what it said before")


def test_another_key_under_a_known_name_is_found(home: Path, folder: Path, memory: Path) -> None:
    read_one(folder, memory)
    known = json.loads(memory.read_text(encoding="utf-8"))
    known[folder.name]["public"] = PEOPLE["hoa"].public.public
    memory.write_text(json.dumps(known), encoding="utf-8")

    assert read_one(folder, memory).state is LogState.FORGED


def test_a_log_that_begins_anew_is_told_with_what_was_before(home: Path, folder: Path, memory: Path) -> None:
    before = read_one(folder, memory).entries
    for file in (home / ".state").glob("asrun.db*"):
        file.unlink()
    answer(home, folder.parent.parent, entries=1, hours=3)

    log = read_one(folder, memory)

    assert (log.state, str(log.why)) == (LogState.WHOLE, f"a new log: the one before had {before} entries")


def test_a_stick_without_answers_is_told(tmp_path: Path, memory: Path) -> None:
    with pytest.raises(Refused, match="no box has left an answer"):
        read_returned_logs(tmp_path, memory)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_other_bytes_are_taken_for_the_log(folder: Path, memory: Path, data: st.DataObject) -> None:
    """Each cut, and each byte that is another, in the log or in its head."""
    name = data.draw(st.sampled_from(["log.jsonl", "head.json"]))
    file, raw = folder / name, (folder / name).read_bytes()
    place = data.draw(st.integers(0, len(raw) - 2))  # the last is a line's end
    other = raw[:place] if data.draw(st.booleans()) else raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
    try:
        file.write_bytes(other)
        log = read_one(folder, memory.with_name(f"{place}.json"))
    finally:
        file.write_bytes(raw)

    first_line = name == "log.jsonl" and place < len(lines_of(folder)[0].encode())
    assert log.state is not LogState.WHOLE or first_line  # which the box has not signed


def lay_trust(stick: Path, box: str, *names: str) -> None:
    """The commune's second list of people revokes a box; signed by these."""
    folder = stick / "v1" / COMMUNE / "trust"
    folder.mkdir(parents=True)
    first = make_trust(COMMUNE)
    second = replace(first, version=2, revoked_boxes=(box,))
    for number, document, signers in ((1, first, ("hoa", "pao")), (2, second, names)):
        (folder / f"{number}.json").write_bytes(format_envelope(signed(seal(document), *signers)))


def test_the_log_of_a_box_that_its_commune_has_revoked_is_no_proof(folder: Path, memory: Path) -> None:
    lay_trust(folder.parent.parent, folder.name, "hoa", "pao")
    log = read_one(folder, memory)

    assert log.state is LogState.REVOKED
    assert not memory.exists()  # nothing is known by it


@pytest.mark.parametrize(("box", "names"), [("", ("hoa",)), ("b-00000000", ("hoa", "pao"))], ids=["too few", "other"])
def test_a_box_is_revoked_by_two_and_by_its_id(folder: Path, memory: Path, box: str, names: tuple[str, ...]) -> None:
    lay_trust(folder.parent.parent, box or folder.name, *names)

    assert read_one(folder, memory).state is LogState.WHOLE
