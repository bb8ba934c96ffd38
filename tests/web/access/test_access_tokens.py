"""Tokens of other programs: shown once, kept as a hash, read only what they are for, until they end or are revoked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from harness.officers import Officer, Officers

from loudspeaker.clock import FakeClock
from loudspeaker.errors import BadUsage, NotFound
from loudspeaker.web.access.access_tokens import AccessTokens, NoToken, TokenUse, WrongToken
from loudspeaker.web.access.accounts import DAY, PROOF, Role
from loudspeaker.web.access.console_database import ConsoleDatabase


@pytest.fixture
def tokens(tmp_path: Path, clock: FakeClock) -> Iterator[AccessTokens]:
    with closing(ConsoleDatabase.open(tmp_path / "console.db", clock, "boot")) as database:
        yield AccessTokens(database)


def test_a_token_opens_what_it_is_for_and_nothing_else(tokens: AccessTokens) -> None:
    program, head = tokens.make("Grafana", 30, "Lan"), tokens.make("Trưởng thôn Nà Hoa", 30, "Lan", "na-hoa")

    assert program.startswith("ls_")
    assert tokens.find(program, TokenUse.API).name == "Grafana"
    assert tokens.find(head, TokenUse.CALENDAR, "na-hoa").village == "na-hoa"
    for secret, use, village in (
        (program, TokenUse.CALENDAR, "na-hoa"),
        (head, TokenUse.API, ""),
        (head, TokenUse.CALENDAR, "suoi-trat"),
    ):
        with pytest.raises(WrongToken):
            tokens.find(secret, use, village)


@pytest.mark.parametrize("secret", ["", "ls_", "ls_x", "\udcff", "' OR 1=1"])
def test_what_is_no_token_opens_nothing(tokens: AccessTokens, secret: str) -> None:
    tokens.make("Grafana", 30, "Lan")
    with pytest.raises(NoToken):
        tokens.find(secret, TokenUse.API)


def test_a_token_ends_by_itself_whatever_the_clock_is_set_to(tokens: AccessTokens, clock: FakeClock) -> None:
    secret = tokens.make("Grafana", 30, "Lan")
    clock.step(-300 * DAY)
    clock.advance(30 * DAY - 1)
    assert tokens.find(secret, TokenUse.API)
    clock.advance(2)

    with pytest.raises(NoToken, match="has ended"):
        tokens.find(secret, TokenUse.API)
    assert [one.ended for one in tokens.tokens()] == [True]


def test_a_token_that_is_revoked_opens_nothing_from_then_on(tokens: AccessTokens) -> None:
    secret = tokens.make("Grafana", 30, "Lan")
    tokens.revoke("Grafana")

    with pytest.raises(NoToken):
        tokens.find(secret, TokenUse.API)
    with pytest.raises(NotFound):
        tokens.revoke("Grafana")


def test_its_last_use_is_noted_but_not_with_each_request(tokens: AccessTokens, clock: FakeClock) -> None:
    secret, began = tokens.make("Grafana", 30, "Lan"), clock.now()
    assert tokens.tokens()[0].used is None
    for _ in range(4):
        tokens.find(secret, TokenUse.API)
        clock.advance(20)

    assert (tokens.tokens()[0].used or began).timestamp() - began.timestamp() == 60


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\u202eb", "a\x1b[2J", "Grafana"])
def test_a_name_is_short_plain_and_its_own(tokens: AccessTokens, name: str) -> None:
    tokens.make("Grafana", 30, "Lan")
    with pytest.raises(BadUsage):
        tokens.make(name, 30, "Lan")


def test_no_secret_is_in_the_file_and_none_is_like_another(tokens: AccessTokens, tmp_path: Path) -> None:
    secrets = {tokens.make(f"số {number}", 30, "Lan") for number in range(20)}
    content = b"".join(path.read_bytes() for path in tmp_path.glob("console.db*"))

    assert len(secrets) == 20
    assert all(len(secret) >= 3 + 43 for secret in secrets)  # 256 bits
    assert not [secret for secret in secrets if secret.encode() in content]


# The page.


@pytest.fixture
def admin(officers: Officers) -> Officer:
    return officers.officer(Role.ADMIN)


def test_a_token_is_shown_once_and_then_only_its_name(admin: Officer) -> None:
    answer = admin.post("/cai-dat/ma", name="Bảng điều khiển", use="api", days="365", village="na-hoa")
    secret = re.search(r"ls_[\w-]{43}", answer.text)

    assert secret
    again = admin.get("/cai-dat/ma").text
    assert "Bảng điều khiển" in again
    assert secret[0] not in again
    assert admin.console.site.tokens.find(secret[0], TokenUse.API)


def test_the_calendar_of_a_village_is_a_link(admin: Officer) -> None:
    answer = admin.post("/cai-dat/ma", name="Ông Páo", use="calendar", days="30", village="na-hoa")
    link = re.search(r"http://127\.0\.0\.1:8080/lich/na-hoa\.ics\?k=(ls_[\w-]{43})", answer.text)

    assert link
    assert "data:image/svg+xml" in answer.text
    assert admin.console.site.tokens.find(link[1], TokenUse.CALENDAR, "na-hoa")


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"days": "9999"}, {"days": ""}, {"use": "calendar", "village": "nowhere"}]
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(admin: Officer, wrong: dict[str, str]) -> None:
    fields = {"name": "Ông Páo", "use": "api", "days": "30", "village": "na-hoa", **wrong}
    answer = admin.post("/cai-dat/ma", **fields)

    assert answer.status_code == 422
    assert fields["name"] in answer.text
    assert admin.console.site.tokens.tokens() == []


def test_a_token_is_revoked(admin: Officer) -> None:
    admin.post("/cai-dat/ma", name="Ông Páo / <Nà Hoa>", use="api", days="30")
    assert "Ông Páo / &lt;Nà Hoa&gt;" in admin.get("/cai-dat/ma").text
    assert admin.post("/cai-dat/ma/thu-hoi", name="Ông Páo / <Nà Hoa>").status_code == 303

    assert admin.console.site.tokens.tokens() == []
    assert admin.post("/cai-dat/ma/thu-hoi", name="Ông Páo / <Nà Hoa>").status_code == 404


def test_tokens_are_made_only_soon_after_the_password_was_typed(admin: Officer, clock: FakeClock) -> None:
    clock.advance(PROOF + 1)

    assert admin.get("/cai-dat/ma").headers["location"] == "/xac-nhan?den=/cai-dat/ma"
    for path in ("/cai-dat/ma", "/cai-dat/ma/thu-hoi"):
        assert admin.post(path, name="x", use="api", days="30").status_code == 409
    assert admin.console.site.tokens.tokens() == []
