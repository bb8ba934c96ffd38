"""Logs of boxes: nothing false is believed, nothing true is lost, whatever is sent, and wherever the hub is cut off."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from harness.hub_boxes import JoinedBox, enrol, open_hub, registered
from harness.office import NOW, SCOPE, open_office
from harness.power_cut import FullDisk
from harness.signing import PEOPLE
from harness.small_commune import write_small_commune
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from loudspeaker.hub.boxes.log_intake import LogEnd, LogIntake
from loudspeaker.hub.hub import Hub
from loudspeaker.model.enums import Verdict
from loudspeaker.station.box import log_segment
from loudspeaker.station.box.log_segment import LogFault, LogSegment, RefusedLog, read_segment
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.store.atomic import WriteError
from loudspeaker.store.hash_chain import canonical_json, check_entries, initial_hash, next_hash
from loudspeaker.trust.dsse import format_envelope
from loudspeaker.trust.key_file import SigningKey
from loudspeaker.trust.opening import seal


@pytest.fixture
def box(published: Hub, tmp_path: Path) -> JoinedBox:
    return enrol(published, tmp_path / "boxes")


def accept(hub: Hub, box: JoinedBox, raw: bytes) -> LogEnd:
    return hub.intake.accept(registered(hub, box), raw)


def life_of(box: JoinedBox) -> str:
    return next(iter(box.log.entries()))[2]


def kept(hub: Hub, box: JoinedBox, life: str) -> list[tuple[int, str, str]]:
    """The entries of a life in the files that the database names; each file is read as it came."""
    found: list[tuple[int, str, str]] = []
    rows = hub.database.rows("SELECT first, last FROM segment WHERE box = ? AND life = ? ORDER BY first", box.id, life)
    for row in rows:
        path = hub.paths.logs / box.id / life / f"{row['first']:09}-{row['last']:09}.jsonl.gz"
        segment = read_segment(path.read_bytes())
        found += [(number, *entry) for number, entry in enumerate(segment.entries, segment.first)]
    return found


def test_a_log_comes_in_pieces_and_is_here_as_it_is_there(published: Hub, box: JoinedBox) -> None:
    box.pause(2)
    box.air("na-hoa")
    first = accept(published, box, box.segment())
    box.air("na-hoa", 1, Verdict.MISSED_OFF)
    second = accept(published, box, box.segment(after=first.entries))

    assert (first.entries, second) == (3, LogEnd(4, box.log.head()))
    assert kept(published, box, life_of(box)) == list(check_entries(SCOPE, box.log.entries()))
    rows = published.database.rows("SELECT airing, village, bulletin, verdict FROM verdict ORDER BY number")
    assert [tuple(row)[1:] for row in rows] == [
        ("na-hoa", "tin-sang", "aired"),
        ("na-hoa", "tin-sang", Verdict.MISSED_OFF.value),
    ]


def test_a_piece_whose_answer_was_lost_may_come_again(published: Hub, box: JoinedBox) -> None:
    box.pause(3)
    raw = box.segment()

    assert accept(published, box, raw) == accept(published, box, raw) == LogEnd(3, box.log.head())
    assert len(kept(published, box, life_of(box))) == 3


def test_long_logs_are_sent_a_good_part_at_a_time(
    published: Hub, box: JoinedBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_segment, "MOST_ENTRIES", 4)
    box.pause(10)
    end = LogEnd()
    while end.entries < 10:
        end = accept(published, box, box.segment(after=end.entries))

    assert len(published.database.rows("SELECT * FROM segment")) == 3
    assert [number for number, *_ in kept(published, box, life_of(box))] == list(range(1, 11))


def test_nothing_new_is_said_by_a_piece_without_entries(published: Hub, box: JoinedBox) -> None:
    box.pause(2)
    accept(published, box, box.segment())

    assert accept(published, box, box.segment(after=2)) == LogEnd(2, box.log.head())
    assert len(published.database.rows("SELECT * FROM segment")) == 1


# What is not believed.


def make(segment: LogSegment, key: SigningKey, written: list[tuple[str, str]], /, **changed: object) -> bytes:
    """A piece of these entries, whose end is signed with `key`."""
    head = replace(segment.head, **changed)  # type: ignore[arg-type]
    lines = [format_envelope(key.sign(seal(head))).decode()]
    lines += [f'{{"hash":"{hash}","entry":{text}}}\n' for text, hash in written]
    return gzip.compress("".join(lines).encode())


def rechain(entries: list[tuple[str, str]], before: str) -> list[tuple[str, str]]:
    """The entries with hashes that are in order, as whoever knows the format can make them."""
    found = []
    for text, _ in entries:
        before = next_hash(before, text)
        found.append((text, before))
    return found


Forgery = Callable[[JoinedBox, LogSegment], bytes]


def by_a_stranger(box: JoinedBox, segment: LogSegment) -> bytes:
    return make(segment, PEOPLE["hoa"], list(segment.entries))


def by_a_stranger_who_says_so(box: JoinedBox, segment: LogSegment) -> bytes:
    return make(segment, PEOPLE["hoa"], list(segment.entries), public=PEOPLE["hoa"].public.public)


def by_nobody(box: JoinedBox, segment: LogSegment) -> bytes:
    lines = [
        format_envelope(seal(segment.head)).decode(),
        *(f'{{"hash":"{h}","entry":{t}}}\n' for t, h in segment.entries),
    ]
    return gzip.compress("".join(lines).encode())


def one_word(box: JoinedBox, segment: LogSegment) -> bytes:
    return make(segment, box.key, [(text.replace("na-hoa", "na-hoe"), hash) for text, hash in segment.entries])


def one_word_and_all_hashes(box: JoinedBox, segment: LogSegment) -> bytes:
    entries = [(text.replace("na-hoa", "na-hoe"), hash) for text, hash in segment.entries]
    return make(segment, box.key, rechain(entries, initial_hash(SCOPE)))


def without_an_entry(box: JoinedBox, segment: LogSegment) -> bytes:
    entries = list(segment.entries[:1] + segment.entries[2:])
    return make(segment, box.key, entries, entries=len(entries))


def of_another_commune(box: JoinedBox, segment: LogSegment) -> bytes:
    entries = rechain(list(segment.entries), initial_hash("xa-khac"))
    return make(segment, box.key, entries, scope="xa-khac", head=entries[-1][1], life=entries[0][1])


def of_another_life(box: JoinedBox, segment: LogSegment) -> bytes:
    return make(segment, box.key, list(segment.entries), life="../../etc")


def more_than_it_has(box: JoinedBox, segment: LogSegment) -> bytes:
    return make(segment, box.key, list(segment.entries), entries=1)


@pytest.mark.parametrize(
    ("forge", "fault"),
    [
        (by_a_stranger, LogFault.FORGED),
        (by_a_stranger_who_says_so, LogFault.FORGED),
        (by_nobody, LogFault.FORGED),
        (one_word, LogFault.FORGED),
        (one_word_and_all_hashes, LogFault.FORGED),
        (without_an_entry, LogFault.FORGED),
        (of_another_commune, LogFault.OTHER_BOX),
        (of_another_life, LogFault.FORGED),
        (more_than_it_has, LogFault.MALFORMED),
    ],
)
def test_what_is_not_as_the_box_has_written_and_signed_it_is_not_kept(
    published: Hub, box: JoinedBox, forge: Forgery, fault: LogFault
) -> None:
    box.pause(3)
    raw = forge(box, read_segment(box.segment()))

    with pytest.raises(RefusedLog) as refused:
        accept(published, box, raw)

    assert refused.value.fault is fault
    assert published.database.rows("SELECT * FROM life") == []
    assert not published.paths.logs.exists()
    assert published.database.row("SELECT why FROM refused_log")["why"] == str(refused.value)  # type: ignore[index]


def test_a_log_that_says_something_else_than_before_is_a_fork(published: Hub, box: JoinedBox, tmp_path: Path) -> None:
    """A memory card that was restored from an older copy, and went on from there."""
    box.pause(2)
    for path in (tmp_path / "boxes" / "box").glob("asrun.db*"):
        (tmp_path / "card").mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / "card")
    box.pause(2)
    accept(published, box, box.segment())
    restored = replace(box, log=AsRunLog.open(tmp_path / "card" / "asrun.db", SCOPE))

    faults = []
    for _ in range(3):  # it has three, four, five entries; of the last three were known
        restored.log.event("resume", "", NOW, village="na-hoa")
        for after in (4, 2, 0):
            with pytest.raises(RefusedLog) as refused:
                accept(published, restored, restored.segment(after))
            faults.append(refused.value.fault)

    assert faults == [LogFault.CUT] * 3 + [LogFault.FORK] * 3 + [LogFault.FORK, LogFault.GAP, LogFault.GAP]
    assert kept(published, box, life_of(box)) == list(box.log.entries())


def test_another_box_cannot_give_a_neighbours_log_for_its_own(published: Hub, box: JoinedBox, tmp_path: Path) -> None:
    other = enrol(published, tmp_path / "boxes", "other")
    box.pause(2)

    with pytest.raises(RefusedLog):
        accept(published, other, box.segment())
    copied = make(read_segment(box.segment()), other.key, list(read_segment(box.segment()).entries))
    with pytest.raises(RefusedLog) as refused:
        accept(published, other, copied)
    assert refused.value.fault is LogFault.OTHER_BOX


def test_a_new_life_begins_and_the_old_one_stays(published: Hub, box: JoinedBox, tmp_path: Path) -> None:
    box.air("na-hoa")
    accept(published, box, box.segment())
    fresh = replace(box, log=AsRunLog.open(tmp_path / "fresh.db", SCOPE))
    fresh.log.event("clock", "", NOW)
    fresh.air("na-hoa", 5)

    accept(published, fresh, fresh.segment())

    assert kept(published, box, life_of(box)) == list(box.log.entries())
    assert kept(published, fresh, life_of(fresh)) == list(fresh.log.entries())
    assert len(published.database.rows("SELECT * FROM verdict")) == 2


def test_what_is_refused_once_is_forgotten_when_the_log_is_whole(published: Hub, box: JoinedBox) -> None:
    box.pause()
    with pytest.raises(RefusedLog):
        accept(published, box, b"")
    accept(published, box, box.segment())

    assert published.database.rows("SELECT * FROM refused_log") == []


def test_an_entry_that_no_version_understands_is_kept_and_counts_for_nothing(published: Hub, box: JoinedBox) -> None:
    box.pause()
    segment = read_segment(box.segment())
    strange = canonical_json({"kind": "verdict", "airing": 7, "at": "?", "facts": []})
    entries = rechain([*segment.entries, (strange, "")], initial_hash(SCOPE))
    raw = make(segment, box.key, entries, entries=2, head=entries[-1][1])

    assert accept(published, box, raw).entries == 2
    assert published.database.rows("SELECT * FROM verdict") == []


@given(st.binary(max_size=200))
def test_what_is_no_piece_of_a_log_is_told(raw: bytes) -> None:
    for sent in (raw, gzip.compress(raw), gzip.compress(b"[" * 100_000)):
        with pytest.raises(RefusedLog):
            read_segment(sent)


# Any order, any loss, cut off anywhere.


class ExchangeOfLogs(RuleBasedStateMachine):
    """A box whose log grows, a line that loses, repeats and alters, and a hub that is cut off and begins again.

    Invariant: what the hub has is the beginning of the box's log, and its verdicts are those of that beginning.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        write_small_commune(self.folder / "dai")
        self.hub = open_hub(self.folder / "hub")
        office = open_office(self.folder / "dai", self.folder)
        self.hub.publish(office.stick, SCOPE)
        self.box = enrol(self.hub, self.folder / "boxes")
        self.sent: list[bytes] = []

    def teardown(self) -> None:
        self.hub.close()
        self.box.log.close()
        shutil.rmtree(self.folder)

    @initialize()
    def begin(self) -> None:
        self.box.pause()

    @rule(aired=st.booleans())
    def write(self, aired: bool) -> None:
        if aired:
            self.box.air("na-hoa", self.box.log.last_number())
        else:
            self.box.pause()

    @rule(after=st.integers(0, 12))
    def send(self, after: int) -> None:
        self.sent.append(self.box.segment(after))
        self.arrive(self.sent[-1])

    @rule()
    def send_what_is_next(self) -> None:
        end = self.hub.intake.end_of(self.box.id, life_of(self.box))
        self.sent.append(self.box.segment(end.entries))
        assert accept(self.hub, self.box, self.sent[-1]).entries == self.box.log.last_number()

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        self.arrive(data.draw(st.sampled_from(self.sent)))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def alter(self, data: st.DataObject) -> None:
        """One byte of what is packed, or of what is in it."""
        raw = data.draw(st.sampled_from(self.sent))
        plain, packed = bytearray(gzip.decompress(raw)), bytearray(raw)
        changed = data.draw(st.sampled_from([plain, packed]))
        changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
        self.arrive(bytes(packed) if changed is packed else gzip.compress(bytes(changed)))

    @rule(fails=st.integers(1, 3))
    def arrive_on_a_full_disk(self, fails: int) -> None:
        """The piece is cut off at one of its writes; the hub is as it was, or has all of it."""
        intake = LogIntake(self.hub.paths.logs, self.hub.database, self.hub.clock, FullDisk(fails))
        end = intake.end_of(self.box.id, life_of(self.box))
        try:
            intake.accept(registered(self.hub, self.box), self.box.segment(end.entries))
        except (WriteError, OSError):
            assert self.hub.intake.end_of(self.box.id, life_of(self.box)) == end

    @rule()
    def cut_off_before_the_transaction(self) -> None:
        """The file is there, and nothing tells of it."""
        end = self.hub.intake.end_of(self.box.id, life_of(self.box))
        segment = read_segment(self.box.segment(end.entries))
        if segment.entries:
            folder = self.hub.paths.logs / self.box.id / segment.head.life
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{segment.first:09}-{segment.head.entries:09}.jsonl.gz").write_bytes(b"half")
        self.restart()

    @rule()
    def restart(self) -> None:
        self.hub.close()
        self.hub = open_hub(self.folder / "hub")

    def arrive(self, raw: bytes) -> None:
        with suppress(RefusedLog):
            accept(self.hub, self.box, raw)

    @invariant()
    def the_hub_has_the_beginning_of_the_log(self) -> None:
        mine = list(self.box.log.entries())
        if not mine:
            return
        theirs = kept(self.hub, self.box, life_of(self.box))
        assert theirs == mine[: len(theirs)]
        verdicts = [number for number, text, _ in theirs if json.loads(text)["kind"] == "verdict"]
        rows = self.hub.database.rows("SELECT number FROM verdict ORDER BY number")
        assert [row["number"] for row in rows] == verdicts
        assert len(self.hub.database.rows("SELECT * FROM life")) <= 1


TestExchangeOfLogs = ExchangeOfLogs.TestCase
TestExchangeOfLogs.settings = settings(max_examples=max(settings().max_examples // 2, 10), stateful_step_count=25)
