"""A hub's addresses: files for everybody, enrolment, and logs of boxes that have logged in."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from harness.hub_boxes import JoinedBox, enrol, make_box_key
from harness.office import SCOPE
from harness.site_client import SiteClient
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from loudspeaker.clock import FakeClock
from loudspeaker.codec import decode_error
from loudspeaker.errors import Refused
from loudspeaker.fleet.joining import JoinRequest, format_request, open_answer
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_app import MOST_GUESSES, TooManyGuesses, create_hub_app
from loudspeaker.hub.published_files import read_published
from loudspeaker.hub.served_files import SHORT
from loudspeaker.station.box.log_segment import MOST_PLAIN, MOST_SENT, RefusedLog
from loudspeaker.trust.dsse import parse_envelope
from loudspeaker.trust.opening import open_document
from loudspeaker.trust.signed_documents import Bell, SigningRole
from loudspeaker.web.middleware import SPAN

FILE = "ab" * 32
MANIFEST = f"/v1/{SCOPE}/manifest.json"


@pytest.fixture
def client(published: Hub) -> Iterator[SiteClient]:
    with start_blocking_portal() as portal:
        yield SiteClient(create_hub_app(published), portal=portal)


@pytest.fixture
def box(published: Hub, tmp_path: Path) -> JoinedBox:
    return enrol(published, tmp_path / "boxes")


def a_blob(hub: Hub) -> Path:
    return max((hub.paths.root / "v1" / "blob").iterdir(), key=lambda path: path.stat().st_size)


def test_a_hub_goes_by_the_time_of_its_communes_whatever_the_machine_is_set_to(tmp_path: Path) -> None:
    with closing(Hub.open(tmp_path)) as hub:
        assert hub.clock.now().utcoffset() == timedelta(hours=7)


def test_a_document_is_asked_for_again_and_is_not_sent_again(client: SiteClient, published: Hub) -> None:
    first = client.get(MANIFEST)
    again = client.get(MANIFEST, headers={"If-None-Match": first.headers["ETag"]})

    assert first.content == (published.paths.root / MANIFEST[1:]).read_bytes()
    assert (first.headers["Cache-Control"], again.status_code, again.content) == ("no-cache", 304, b"")


def test_a_blob_is_kept_for_ever_and_resumed_where_it_broke_off(client: SiteClient, published: Hub) -> None:
    blob = a_blob(published)
    whole = blob.read_bytes()

    half = client.get(f"/v1/blob/{blob.name}", headers={"Range": f"bytes={len(whole) // 2}-"})

    assert (half.status_code, half.content) == (206, whole[len(whole) // 2 :])
    assert "immutable" in half.headers["Cache-Control"]


RANGES = ("0-99", "0-49", "50-", "99-5000000", "7-7", "0-", "-10", "5000000-", "20-10", "x")


@pytest.mark.parametrize("size", [100, SHORT, SHORT + 1, 5 * SHORT])
def test_a_short_file_and_a_long_one_are_sent_alike(client: SiteClient, published: Hub, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    (published.paths.root / "v1" / "blob" / FILE).write_bytes(content := content[:size])
    server = Starlette(routes=[Mount("/v1", StaticFiles(directory=published.paths.root / "v1"))])

    for headers in (*({"Range": f"bytes={wanted}"} for wanted in RANGES), {}):
        [ours, usual] = (one.get(f"/v1/blob/{FILE}", headers=headers) for one in (client, SiteClient(server)))
        assert (ours.status_code, ours.content) == (usual.status_code, usual.content), headers
        for name in ("Content-Range", "Content-Length", "Accept-Ranges"):
            assert ours.headers.get(name) == usual.headers.get(name)
    assert client.get(f"/v1/blob/{FILE}").content == content


def test_a_document_that_has_changed_is_sent_again_though_it_is_as_long_and_as_old(
    client: SiteClient, published: Hub
) -> None:
    path = published.paths.root / MANIFEST[1:]
    before = path.stat()
    first = client.get(MANIFEST)
    path.write_bytes(first.content[::-1])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    again = client.get(MANIFEST, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (200, first.content[::-1])


def test_nothing_else_of_the_hub_is_served(client: SiteClient, published: Hub) -> None:
    root = published.paths.root
    (root / "v1" / SCOPE / "manifest.json.1-2.part").write_text("half")
    (root / "v1" / "blob" / ("a" * 64)).symlink_to(root / "hub.key")
    paths = (
        *("/v1/", "/hub.db", "/v1/../hub.key", "/v1/%2e%2e/hub.key", f"/v1/{SCOPE}/manifest.json.1-2.part"),
        *(f"/v1/{SCOPE}", f"/v1/{SCOPE}/trust", f"/v1/{SCOPE}/../../hub.db", f"/v1/blob/{'a' * 64}", "/"),
        *("/v1/blob/" + "b" * 64, f"/v1/{SCOPE}/trust/9.json"),
    )
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)


def test_every_answer_carries_the_headers_of_the_console(client: SiteClient) -> None:
    for response in (client.get(MANIFEST), client.get("/v1/nothing"), client.post("/v1/join")):
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_a_box_joins_by_its_code_and_may_ask_again_for_a_lost_answer(client: SiteClient, published: Hub) -> None:
    code = published.registry.invite(SCOPE)
    keys, public = published.registry.derive(code), make_box_key("new").public.public
    raw = format_request(JoinRequest(code.letters, public, ("na-hoa",), "plays: {}", "0.1"), keys)

    first, again = client.post("/v1/join", content=raw), client.post("/v1/join", content=raw)
    answer = open_answer(first.content, raw, keys)

    assert (first.status_code, again.content) == (200, first.content)
    assert list(answer.trust) == [SCOPE]
    assert published.registry.authenticate(answer.box, answer.password).villages == ("na-hoa",)
    passwords = (published.broker.folder / "passwords").read_text()
    assert [line.partition(":")[0] for line in passwords.splitlines()] == ["hub", answer.box]


def test_what_is_wrong_is_told_as_the_error_that_it_is(client: SiteClient) -> None:
    response = client.post("/v1/join", content=json.dumps({"letters": "ABCD", "facts": "{}", "mac": "00"}))

    error = decode_error(response.json()["error"])
    assert (response.status_code, type(error)) == (403, Refused)
    assert "not known here" in str(error)


def test_whoever_guesses_too_often_has_to_wait(client: SiteClient, clock: FakeClock) -> None:
    answers = [client.post("/v1/join", content=b"{}") for _ in range(MOST_GUESSES + 1)]

    assert [answer.status_code for answer in answers] == [403] * MOST_GUESSES + [429]
    assert isinstance(decode_error(answers[-1].json()["error"]), TooManyGuesses)
    clock.advance(SPAN + 1)
    assert client.post("/v1/join", content=b"{}").status_code == 403


def test_a_box_sends_its_log_and_learns_what_is_next(client: SiteClient, box: JoinedBox) -> None:
    box.pause(3)
    address, login = f"/v1/box/{box.id}/log", (box.id, box.password)
    life = next(iter(box.log.entries()))[2]

    assert client.get(address, params={"life": life}, auth=login).json() == {"next": 1, "head": ""}
    sent = client.post(address, content=box.segment(), auth=login)

    assert (sent.status_code, sent.json()) == (200, {"next": 4, "head": box.log.head()})
    assert client.get(address, params={"life": life}, auth=login).json() == sent.json()


def test_a_log_that_is_not_believed_is_told_with_the_reason(client: SiteClient, box: JoinedBox) -> None:
    box.pause(3)

    response = client.post(f"/v1/box/{box.id}/log", content=box.segment(after=2), auth=(box.id, box.password))

    error = decode_error(response.json()["error"])
    assert (response.status_code, type(error)) == (409, RefusedLog)
    assert str(error) == "it begins with entry 3, and 1 is next"


def test_nobody_else_may_send_a_boxs_log(client: SiteClient, box: JoinedBox, published: Hub) -> None:
    box.pause()
    address = f"/v1/box/{box.id}/log"
    logins = [("", ""), (box.id, "wrong"), ("b-00000000", box.password), (box.id, box.password + "x")]

    answers = [client.post(address, content=box.segment(), auth=login).status_code for login in logins]
    answers.append(client.post(address, content=box.segment(), headers={"Authorization": "Basic ?"}).status_code)
    published.revoke(box.id)
    answers.append(client.post(address, content=box.segment(), auth=(box.id, box.password)).status_code)

    assert answers == [403] * 6
    assert published.database.rows("SELECT * FROM segment") == []


def test_a_body_that_is_too_long_is_not_read_to_its_end(client: SiteClient, box: JoinedBox) -> None:
    login = (box.id, box.password)

    assert client.post(f"/v1/box/{box.id}/log", content=b"0" * (MOST_SENT + 1), auth=login).status_code == 413
    bomb = gzip.compress(b"0" * 3 * MOST_PLAIN, 1)
    assert len(bomb) < MOST_SENT
    assert client.post(f"/v1/box/{box.id}/log", content=bomb, auth=login).status_code == 409


NONCE = "0123456789abcdef" * 2


def test_a_box_is_told_the_time_with_its_own_nonce_signed_by_the_hub(published: Hub, box: JoinedBox) -> None:
    hub = replace(published, vouch=lambda now: frozenset({"network"}))
    answer = SiteClient(create_hub_app(hub)).post(f"/v1/box/{box.id}/time", content=NONCE, auth=(box.id, box.password))
    trust = read_published(hub.paths.root, SCOPE).trust
    bell = open_document(Bell, parse_envelope(answer.content), trust, SigningRole.HUB).document

    assert (bell.nonce, bell.issued, bell.scope, bell.heads) == (NONCE, hub.clock.now(), SCOPE, {})


@pytest.mark.parametrize(
    ("content", "vouched", "log_in", "status"),
    [(NONCE, True, False, 403), ("x" * 32, True, True, 403), (NONCE * 9, True, True, 413), (NONCE, False, True, 403)],
)
def test_no_time_is_told_to_strangers_to_nonsense_or_by_a_hub_that_does_not_know_it(
    published: Hub, box: JoinedBox, content: str, vouched: bool, log_in: bool, status: int
) -> None:
    hub = replace(published, vouch=lambda now: frozenset({"rtc"} if vouched else ()))
    password = box.password if log_in else "x"
    answer = SiteClient(create_hub_app(hub)).post(f"/v1/box/{box.id}/time", content=content, auth=(box.id, password))

    assert answer.status_code == status
