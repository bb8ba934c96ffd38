"""Incidents: noted once, told by each channel when they begin, while they go on and when they are over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from harness.http_server import http_server
from harness.hub_boxes import JoinedBox, enrol, open_hub, registered
from harness.mail_server import Mailbox, mail_server
from harness.office import NOW, SCOPE
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.clock import FakeClock
from loudspeaker.errors import BadFile, BadUsage
from loudspeaker.fleet.topics import HeldVersions, Presence, Topic, TopicKind, format_message
from loudspeaker.hub.boxes.box_board import BoxBoard
from loudspeaker.hub.boxes.said_messages import SaidMessage, keep_messages
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_database import HubDatabase
from loudspeaker.hub.watch.incident_watch import AGAIN, MOST_LISTED, IncidentWatch
from loudspeaker.hub.watch.incidents import COUNTS, SENTENCES, IncidentBook, IncidentKind, Trouble
from loudspeaker.hub.watch.notices import (
    MailChannel,
    MailSecurity,
    Notice,
    NoticeFailed,
    NoticeSettings,
    WebhookChannel,
    read_notice_settings,
    write_notice_settings,
)
from loudspeaker.hub.watch.troubles import BROKER_AFTER, SILENT_AFTER
from loudspeaker.i18n import translator
from loudspeaker.station.box.log_segment import RefusedLog

HERE = Presence(True, "0.1", {SCOPE: HeldVersions(2, 1)})
GONE = Presence(False)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW.replace(hour=8))


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def watch(published: Hub, mailbox: Mailbox) -> IncidentWatch:
    """Of a hub that mails to two people."""
    published.bells.look()
    mail = MailChannel("127.0.0.1", mailbox.port, "loa@xa.vn", ("hoa@xa.vn", "pao@xa.vn"), MailSecurity.NONE)
    write_notice_settings(published.paths.notices, NoticeSettings(mail))
    return IncidentWatch(published, translator("vi"))


def say(hub: Hub, box: JoinedBox, presence: Presence) -> None:
    said = SaidMessage(str(Topic(TopicKind.PRESENCE, box.id)), format_message(presence))
    keep_messages(hub.database, [said], hub.clock.now())


def told(mailbox: Mailbox) -> list[str]:
    return [line for mail in mailbox.mails for line in mail.get_content().strip().splitlines()]


def test_a_box_that_is_silent_is_told_once_and_once_more_when_it_is_back(
    published: Hub, watch: IncidentWatch, mailbox: Mailbox, clock: FakeClock, tmp_path: Path
) -> None:
    box = enrol(published, tmp_path)
    say(published, box, HERE)
    say(published, box, GONE)
    clock.advance(SILENT_AFTER.total_seconds() - 1)
    watch.look()
    assert mailbox.mails == []
    clock.advance(1)
    for _ in range(3):
        watch.look()
    assert told(mailbox) == [
        "máy box của Xã Thử mất liên lạc từ 08:00 24/11: Thôn Nà Hoa có thể không nghe được gì. "
        "Nhờ người ở thôn xem máy còn điện, còn mạng không."
    ]
    assert mailbox.mails[0]["Subject"] == "Xã Thử: 1 sự cố mới, 0 sự cố đã hết"
    assert mailbox.recipients == [["hoa@xa.vn", "pao@xa.vn"]]

    say(published, box, HERE)
    for _ in range(3):
        watch.look()
    assert told(mailbox)[1:] == ["máy box của Xã Thử đã nối lại"]


def test_a_restart_tells_nothing_twice(
    published: Hub, watch: IncidentWatch, mailbox: Mailbox, clock: FakeClock, tmp_path: Path
) -> None:
    say(published, enrol(published, tmp_path), GONE)
    clock.advance(SILENT_AFTER.total_seconds())
    watch.look()
    again = open_hub(published.paths.root, clock)
    again.bells.look()
    IncidentWatch(again, translator("vi")).look()
    again.close()

    assert len(mailbox.mails) == 1


def test_what_a_mail_server_refuses_is_told_later_and_what_was_over_by_then_is_not(
    published: Hub, watch: IncidentWatch, mailbox: Mailbox, clock: FakeClock, tmp_path: Path
) -> None:
    first, second = enrol(published, tmp_path, "một"), enrol(published, tmp_path, "hai")
    for box in (first, second):
        say(published, box, GONE)
    clock.advance(SILENT_AFTER.total_seconds())
    mailbox.refuses = "451 busy"
    watch.look()
    say(published, first, HERE)
    watch.look()
    mailbox.refuses = ""
    watch.look()
    say(published, second, HERE)
    watch.look()

    lines = told(mailbox)
    assert [line.partition(" của")[0] for line in lines] == ["máy hai", "máy hai"]
    assert "nối lại" in lines[1]


def test_a_log_that_forked_is_told_with_the_reason_until_one_is_believed(
    published: Hub, watch: IncidentWatch, mailbox: Mailbox, tmp_path: Path
) -> None:
    box, other = enrol(published, tmp_path), enrol(published, tmp_path / "bản khác")
    for one in (box, other):
        say(published, one, HERE)
    box.pause(3)
    published.intake.accept(registered(published, box), box.segment())
    box.pause()
    with pytest.raises(RefusedLog):
        published.intake.accept(registered(published, box), box.segment()[:-9])
    watch.look()
    assert "Không dùng được nhật ký của máy box, Xã Thử" in told(mailbox)[0]
    published.intake.accept(registered(published, box), box.segment(after=3))
    watch.look()

    assert told(mailbox)[1:] == ["Nhật ký của máy box, Xã Thử đã dùng lại được"]


def test_a_broker_that_is_gone_is_told_and_no_box_is_called_silent_meanwhile(
    published: Hub, watch: IncidentWatch, mailbox: Mailbox, clock: FakeClock, tmp_path: Path
) -> None:
    say(published, enrol(published, tmp_path), GONE)
    published.contact.lost = clock.now()
    clock.advance(BROKER_AFTER.total_seconds() - 1)
    watch.look()
    assert mailbox.mails == []
    clock.advance(SILENT_AFTER.total_seconds())
    watch.look()
    assert [line[:38] for line in told(mailbox)] == ["Máy chủ tin nhắn không trả lời từ 08:0"]
    published.contact.lost = None
    watch.look()

    over, silent = told(mailbox)[1:]
    assert over == "Máy chủ tin nhắn đã trả lời lại"
    assert silent.startswith("máy box của Xã Thử mất liên lạc")


def test_a_box_that_is_switched_off_for_the_night_is_nobodys_trouble_and_a_revoked_one_never(
    published: Hub, watch: IncidentWatch, mailbox: Mailbox, clock: FakeClock, tmp_path: Path
) -> None:
    box, revoked = enrol(published, tmp_path, "một"), enrol(published, tmp_path, "hai")
    clock.advance(14 * 3600)  # 22:00
    for one in (box, revoked):
        say(published, one, GONE)
    published.revoke(revoked.id)
    clock.advance(7 * 3600)
    watch.look()
    assert mailbox.mails == []
    clock.advance(3600)  # 06:00
    watch.look()

    assert [line.partition(" của")[0] for line in told(mailbox)] == ["máy một"]


def test_what_goes_on_is_told_again_every_four_hours_by_day_until_it_is_over(
    published: Hub, watch: IncidentWatch, mailbox: Mailbox, clock: FakeClock, tmp_path: Path
) -> None:
    box = enrol(published, tmp_path)
    say(published, box, GONE)
    clock.advance(SILENT_AFTER.total_seconds())  # 08:15
    hours = []
    for _ in range(4 * 26):
        before = len(mailbox.mails)
        watch.look()
        hours += [f"{clock.now():%H:%M}"] * (len(mailbox.mails) - before)
        clock.advance(900)
    say(published, box, HERE)
    watch.look()

    assert hours == ["08:15", "12:15", "16:15", "20:15", "06:00", "10:00"]
    assert [line.partition(": ")[0] for line in told(mailbox)[1:-1]] == ["Vẫn còn"] * 5
    assert mailbox.mails[1]["Subject"] == "Xã Thử: 0 sự cố mới, 0 sự cố đã hết, 1 sự cố vẫn còn"
    assert told(mailbox)[-1] == "máy box của Xã Thử đã nối lại"


def test_what_is_told_again_and_not_taken_is_told_again_with_the_next_look(
    published: Hub, watch: IncidentWatch, mailbox: Mailbox, clock: FakeClock, tmp_path: Path
) -> None:
    say(published, enrol(published, tmp_path), GONE)
    clock.advance(SILENT_AFTER.total_seconds())
    watch.look()
    clock.advance(AGAIN.total_seconds())
    mailbox.refuses = "451 busy"
    watch.look()
    mailbox.refuses = ""
    for _ in range(2):
        watch.look()

    assert len(mailbox.mails) == 2


def test_many_at_once_are_one_mail_that_begins_with_their_number(
    published: Hub, watch: IncidentWatch, mailbox: Mailbox, clock: FakeClock
) -> None:
    book = IncidentBook(published.database, translator("vi"))
    names = {"commune": "Xã Thử", "villages": "–", "at": "08:00", "why": "mất điện"}
    kinds = [IncidentKind.SILENT_BOX] * 22 + [IncidentKind.UNWELL_BOX] * 3
    troubles = [Trouble(kind, f"b-{n}", {"box": f"máy {n}", **names}) for n, kind in enumerate(kinds)]
    book.note(troubles, clock.now())
    incidents = book.find_untold("mail")

    notice = watch.notice(incidents[:20], incidents[20:])

    assert len(notice.sentences) == 1 + MOST_LISTED + 1
    assert notice.sentences[0] == "22 máy mất liên lạc; 3 máy không phát được"
    assert notice.sentences[-1] == "… và 15 sự cố nữa"
    assert [fact["again"] for fact in notice.facts] == [False] * 20 + [True] * 5
    assert len(watch.notice(incidents[:MOST_LISTED]).sentences) == MOST_LISTED


def test_each_kind_has_its_sentences_and_is_counted_in_words() -> None:
    assert SENTENCES.keys() == COUNTS.keys() == set(IncidentKind)


@contextmanager
def webhook(status: int = 200, location: str = "") -> Iterator[tuple[str, list[Any]]]:
    """A program's address, and what was sent there."""
    sent: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()

        def do_GET(self) -> None:
            sent.append("GET")

        def log_message(self, *args: Any) -> None:
            pass

    with http_server(Handler) as address:
        yield address, sent


def test_a_program_gets_the_same_as_json_beside_the_mail(
    published: Hub, watch: IncidentWatch, mailbox: Mailbox, clock: FakeClock, tmp_path: Path
) -> None:
    box = enrol(published, tmp_path)
    say(published, box, GONE)
    clock.advance(SILENT_AFTER.total_seconds())
    watch.look()
    with webhook() as (address, sent):  # it is set up later, and told what stands
        before = read_notice_settings(published.paths.notices)
        write_notice_settings(published.paths.notices, NoticeSettings(before.mail, WebhookChannel(address)))
        for _ in range(2):
            watch.look()

    [content] = sent
    [incident] = content["incidents"]
    assert (incident["kind"], incident["about"], incident["over"]) == ("silent-box", box.id, None)
    assert incident["text"] in content["text"]
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_leads_elsewhere_or_fails_has_told_nobody(clock: FakeClock, status: int) -> None:
    with (
        webhook() as (other, elsewhere),
        webhook(status, other if status == 302 else "") as (address, _),
        pytest.raises(NoticeFailed),
    ):
        WebhookChannel(address).tell(Notice("x", ["y"], []), clock)
    assert elsewhere == []


def test_a_webhook_whose_address_cannot_be_sent_has_told_nobody(clock: FakeClock) -> None:
    with webhook() as (address, _), pytest.raises(NoticeFailed):
        WebhookChannel(f"{address}/đường").tell(Notice("x", ["y"], []), clock)


def test_a_mail_server_that_is_not_there_or_has_no_tls_is_told_by_its_name(mailbox: Mailbox, clock: FakeClock) -> None:
    with pytest.raises(NoticeFailed, match=f"127.0.0.1:{mailbox.port} did not take it: .*STARTTLS"):
        MailChannel("127.0.0.1", mailbox.port, "a@b.vn", ("c@d.vn",)).tell(Notice("x", [], []), clock)
    with pytest.raises(NoticeFailed, match=r"127\.0\.0\.1:1 did not take it"):
        MailChannel("127.0.0.1", 1, "a@b.vn", ("c@d.vn",), MailSecurity.NONE).tell(Notice("x", [], []), clock)
    assert mailbox.mails == []


@pytest.mark.parametrize("address", ["hoa", "a@", "@b.vn", "a b@c.vn", "a@b.vn\nBcc: x@y.vn", "a@b.vn, c@d.vn"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadUsage):
        MailChannel("mail", 25, "loa@xa.vn", (address,))
    with pytest.raises(BadUsage):
        MailChannel("mail", 25, address, ("hoa@xa.vn",))


def test_settings_are_for_the_hub_alone_and_a_broken_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "notices.json"
    assert read_notice_settings(path) == NoticeSettings()
    settings = NoticeSettings(MailChannel("mail", 25, "a@b.vn", ("c@d.vn",), user="a", password="secret"))
    write_notice_settings(path, settings)

    assert read_notice_settings(path) == settings
    assert path.stat().st_mode & 0o077 == 0
    assert "secret" not in f"{settings}{settings!r}"
    for text in ("{", '{"mail": 3}', '{"webhook": {"url": "ftp://x"}}'):
        path.write_text(text)
        with pytest.raises(BadFile):
            read_notice_settings(path)


@given(st.lists(st.tuples(st.sets(st.sampled_from("abc")), st.booleans(), st.booleans()), max_size=12))
def test_whatever_comes_and_goes_each_begin_and_each_end_is_told_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[set[str], bool, bool]]
) -> None:
    """Steps: what is wrong then, and whether the mail and the webhook take what they are told."""
    database = HubDatabase.open(tmp_path_factory.mktemp("book") / "hub.db")
    book, now = IncidentBook(database, str), NOW.replace(hour=8)
    ways: dict[str, list[tuple[int, bool]]] = {"mail": [], "webhook": []}
    for wrong, *taken in [*steps, (set(), True, True), (set(), True, True)]:
        now += timedelta(minutes=1)
        book.note([Trouble(IncidentKind.REFUSED_LOG, one, {}) for one in sorted(wrong)], now)
        assert {one.about for one in book.standing()} == wrong
        for (way, heard), takes in zip(ways.items(), taken, strict=True):
            untold = book.find_untold(way)
            if takes:
                heard += [(one.number, one.over is not None) for one in untold]
                book.mark_told(way, untold, now)
    database.close()

    for heard in ways.values():
        assert len(set(heard)) == len(heard)
        assert {number for number, over in heard if over} == {number for number, over in heard if not over}


def test_the_board_of_a_hub_knows_which_logs_are_refused_by_their_fault(published: Hub, tmp_path: Path) -> None:
    box = enrol(published, tmp_path)
    box.pause()
    with pytest.raises(RefusedLog):
        published.intake.accept(registered(published, box), box.segment()[:-9])
    row = BoxBoard(published.database, published.registry, ()).box(box.id)

    assert (row.fault, row.log_fault) == ("malformed", "this is no piece of a log")
