"""Accounts of the console: links that work once, tries that are counted, sessions that end, and no secret in a file."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from harness.officers import QUICK
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loudspeaker.clock import FakeClock
from loudspeaker.errors import BadUsage, NotFound, Refused
from loudspeaker.web.access.accounts import (
    ADDRESS_TRIES,
    DAY,
    FIRST_LINK,
    HOUR,
    PERSON_LINK,
    PROOF,
    SESSION_IDLE,
    AccountStore,
    Role,
    Session,
    WrongPassword,
)
from loudspeaker.web.access.login_tries import TRY_WINDOW, TooManyTries
from loudspeaker.web.access.passwords import WeakPassword

PASSWORD = "mưa rừng cơn cuối"
HERE = "192.168.1.7"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 11, 24, 5, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[AccountStore]:
    opened = AccountStore.open(tmp_path / "console.db", clock, "boot", QUICK)
    yield opened
    opened.close()


@pytest.fixture
def people(store: AccountStore) -> AccountStore:
    """Lan is the first, an administrator; Hoa writes."""
    store.use_link(store.make_link(), PASSWORD, HERE, login="lan", name="Lù Thị Lan")
    store.use_link(store.add("hoa", "Chị Hoa", [Role.EDIT]), PASSWORD, HERE)
    return store


def test_an_account_of_an_older_program_sees_everything_as_before(tmp_path: Path, clock: FakeClock) -> None:
    with closing(sqlite3.connect(tmp_path / "console.db")) as older:
        older.execute(
            "CREATE TABLE accounts (id INTEGER PRIMARY KEY, login TEXT UNIQUE NOT NULL, name TEXT NOT NULL, hash TEXT,"
            " roles TEXT NOT NULL, locked INTEGER NOT NULL DEFAULT 0, made REAL NOT NULL)"
        )
        older.execute("INSERT INTO accounts (login, name, roles, made) VALUES ('lan', 'Lan', 'admin view', 0)")
        older.commit()

    for _ in range(2):
        with closing(AccountStore.open(tmp_path / "console.db", clock, "boot", QUICK)) as store:
            assert [(one.login, one.scope) for one in store.accounts()] == [("lan", "")]


def test_the_last_administrator_of_everything_stays_one(people: AccountStore) -> None:
    """Hoa lets people in at her commune, and nowhere else."""
    people.set_roles("hoa", [Role.ADMIN])
    people.set_scope("hoa", "xa-thu")

    assert people.account("hoa").scope == "xa-thu"
    with pytest.raises(Refused, match="last administrator"):
        people.set_scope("lan", "xa-thu")
    with pytest.raises(Refused, match="last administrator"):
        people.remove("lan")
    people.remove("hoa")  # whoever sees everything lets in there, too


def test_a_change_of_scope_ends_the_sessions(people: AccountStore) -> None:
    session = enter(people, "hoa")
    people.set_scope("hoa", "xa-thu")

    assert people.session(session.token) is None
    after = people.session(enter(people, "hoa").token)
    assert after
    assert after.account.scope == "xa-thu"


def enter(store: AccountStore, login: str = "lan", password: str = PASSWORD, address: str = HERE) -> Session:
    return store.log_in(login, password, address, "Chrome 109")


def test_the_first_link_makes_an_administrator_and_no_second_one(store: AccountStore) -> None:
    assert store.is_empty()
    first, other = store.make_link(), None
    account = store.use_link(first, PASSWORD, HERE, login=" Lan ", name="Lù  Thị Lan")

    assert (account.login, account.name, account.roles) == ("lan", "Lù Thị Lan", frozenset(Role))
    assert not store.is_empty()
    with pytest.raises(Refused, match="used already"):
        store.use_link(first, PASSWORD, HERE, login="kẻ", name="Kẻ khác")
    other = store.make_link()
    with pytest.raises(Refused, match="first account was made already"):
        store.use_link(other, PASSWORD, HERE, login="kẻ", name="Kẻ khác")


def test_a_code_may_be_typed_as_people_type(store: AccountStore) -> None:
    code = store.make_link()

    assert store.use_link(f" {code.lower().replace('-', ' ')}", PASSWORD, HERE, login="lan", name="Lan").has_password


@pytest.mark.parametrize(("seconds", "valid"), [(FIRST_LINK - 1, True), (FIRST_LINK + 1, False)])
def test_a_link_is_soon_too_old(store: AccountStore, clock: FakeClock, seconds: float, valid: bool) -> None:
    code = store.make_link()
    clock.advance(seconds)
    try:
        store.use_link(code, PASSWORD, HERE, login="lan", name="Lan")
    except Refused:
        assert not valid
    else:
        assert valid


def test_a_wrong_code_can_be_tried_five_times(store: AccountStore, clock: FakeClock) -> None:
    code = store.make_link()
    for _ in range(5):
        with pytest.raises(Refused, match="not valid"):
            store.use_link("2222-2222-2222-2222", PASSWORD, HERE, login="lan", name="Lan")
    with pytest.raises(TooManyTries):
        store.use_link(code, PASSWORD, HERE, login="lan", name="Lan")
    clock.advance(TRY_WINDOW + 1)

    assert store.use_link(code, PASSWORD, HERE, login="lan", name="Lan").login == "lan"


def test_a_new_link_for_a_person_replaces_the_old_one_and_ends_their_sessions(
    people: AccountStore, clock: FakeClock
) -> None:
    token = enter(people, "hoa").token
    old, new = people.make_link("hoa"), people.make_link("hoa")

    assert people.session(token) is None
    with pytest.raises(Refused, match="not valid"):
        people.use_link(old, PASSWORD, HERE)
    clock.advance(PERSON_LINK - 1)
    people.use_link(new, "cây gạo đầu làng", HERE)
    with pytest.raises(WrongPassword):
        enter(people, "hoa")
    assert enter(people, "hoa", "cây gạo đầu làng").account.name == "Chị Hoa"


@pytest.mark.parametrize("password", ["ngắn", "password12", "1111111111", "1234567890", "Bản Mây 2026", "a" * 300])
def test_a_password_that_is_tried_first_is_refused_and_the_link_stays(store: AccountStore, password: str) -> None:
    code = store.make_link()
    with pytest.raises(WeakPassword):
        store.use_link(code, password, HERE, login="lan", name="Lan", names=["bản mây 2026"])

    assert store.use_link(code, PASSWORD, HERE, login="lan", name="Lan").has_password


@pytest.mark.parametrize(
    ("login", "name"), [("", "Lan"), ("lan", "  "), ("a b", "Lan"), ("<b>", "Lan"), ("a\nb", "Lan")]
)
def test_a_person_has_a_name_and_a_login_of_letters(store: AccountStore, login: str, name: str) -> None:
    with pytest.raises(BadUsage):
        store.use_link(store.make_link(), PASSWORD, HERE, login=login, name=name)
    assert store.is_empty()


def test_five_wrong_passwords_close_an_account_for_a_while_and_never_for_good(
    people: AccountStore, clock: FakeClock
) -> None:
    left = []
    for _ in range(5):
        with pytest.raises(WrongPassword) as error:
            enter(people, password="sai hoàn toàn")
        left.append(error.value.left)
        clock.advance(60)
    with pytest.raises(TooManyTries) as closed:
        enter(people)

    assert left == [4, 3, 2, 1, 0]
    assert closed.value.retry_after == pytest.approx(TRY_WINDOW - 300)
    assert enter(people, "hoa").account.login == "hoa"  # another person at the same address
    clock.advance(closed.value.retry_after + 1)
    assert enter(people).account.login == "lan"


def test_a_success_forgets_the_tries_of_the_account(people: AccountStore) -> None:
    for _ in range(4):
        with pytest.raises(WrongPassword):
            enter(people, password="sai hoàn toàn")
    enter(people)
    with pytest.raises(WrongPassword) as error:
        enter(people, password="sai hoàn toàn")

    assert error.value.left == 4


def test_one_address_that_tries_many_names_is_stopped(people: AccountStore) -> None:
    for number in range(ADDRESS_TRIES):
        with pytest.raises(WrongPassword):
            enter(people, f"ten{number}")
    with pytest.raises(TooManyTries):
        enter(people)

    assert enter(people, address="192.168.1.8").account.login == "lan"


def test_who_is_unknown_or_locked_is_told_the_same_as_who_mistypes(people: AccountStore) -> None:
    people.set_locked("hoa", True)
    messages = set()
    for login, address in (("lan", "a"), ("hoa", "b"), ("nobody", "c")):
        with pytest.raises(WrongPassword) as error:
            enter(people, login, PASSWORD if login == "hoa" else "sai hoàn toàn", address)
        messages.add(str(error.value))

    assert len(messages) == 1


@pytest.mark.parametrize(
    ("steps", "lives"),
    [
        ([SESSION_IDLE - 1], True),
        ([SESSION_IDLE + 1], False),
        ([10 * HOUR] * 16, True),  # in use for 160 hours
        ([10 * HOUR] * 17, False),  # longer than a week
    ],
)
def test_a_session_ends_when_it_is_idle_or_old(
    people: AccountStore, clock: FakeClock, steps: list[float], lives: bool
) -> None:
    token = enter(people).token
    found = None
    for seconds in steps:
        clock.advance(seconds)
        found = people.session(token)

    assert (found is not None) == lives


@given(step=st.floats(-40 * 365 * DAY, 40 * 365 * DAY))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_setting_the_clock_ends_no_session_and_prolongs_none(
    people: AccountStore, clock: FakeClock, step: float
) -> None:
    now = clock.now()
    if not 1971 < now.year + step / (365 * DAY) < 9000:
        return
    token = enter(people).token
    clock.step(step)
    assert people.session(token)
    clock.advance(SESSION_IDLE + 1)
    assert people.session(token) is None
    clock.step(-(clock.now() - now).total_seconds())


def test_a_session_survives_a_restart_of_the_process_and_of_the_machine(
    people: AccountStore, clock: FakeClock, tmp_path: Path
) -> None:
    token = enter(people).token
    for name in ("boot", "another"):
        again = AccountStore.open(tmp_path / "console.db", clock, name, QUICK)
        assert again.session(token)
        again.close()
    clock.advance(SESSION_IDLE + 61)
    again = AccountStore.open(tmp_path / "console.db", clock, "a third")
    assert again.session(token) is None
    again.close()


def test_a_password_typed_again_counts_for_ten_minutes_and_renews_the_cookie(
    people: AccountStore, clock: FakeClock
) -> None:
    first = enter(people)
    clock.advance(PROOF + 1)
    stale = people.session(first.token)
    assert stale
    assert not stale.proved
    renewed = people.prove(stale, PASSWORD)

    assert renewed.proved
    assert people.session(first.token) is None
    assert renewed.form_token != first.form_token


def test_a_change_of_roles_or_a_lock_ends_the_sessions(people: AccountStore) -> None:
    token = enter(people, "hoa").token
    people.set_roles("hoa", [Role.EDIT, Role.APPROVE])
    assert people.session(token) is None
    token = enter(people, "hoa").token
    people.set_locked("hoa", True)
    assert people.session(token) is None
    people.set_locked("hoa", False)
    assert people.account("hoa").roles == {Role.EDIT, Role.APPROVE}
    assert (people.session(enter(people, "hoa").token) is not None, people.end_sessions("hoa")) == (True, 1)


def test_the_last_administrator_stays(people: AccountStore) -> None:
    for change in (
        lambda: people.set_roles("lan", [Role.EDIT]),
        lambda: people.set_locked("lan", True),
        lambda: people.remove("lan"),
    ):
        with pytest.raises(Refused, match="last administrator"):
            change()
    people.set_roles("hoa", [Role.ADMIN])
    people.remove("lan")

    assert [account.login for account in people.accounts()] == ["hoa"]
    with pytest.raises(NotFound):
        people.account("lan")


def test_no_secret_is_in_the_file(tmp_path: Path, clock: FakeClock) -> None:
    with closing(AccountStore.open(tmp_path / "console.db", clock, "boot")) as store:
        store.use_link(store.make_link(), PASSWORD, HERE, login="lan", name="Lù Thị Lan")
        code, token = store.make_link("lan"), enter(store).token
        files = {path: path.stat().st_mode for path in tmp_path.glob("console.db*")}
        content = b"".join(path.read_bytes() for path in files)

    assert all(stat.S_IMODE(mode) & 0o077 == 0 for mode in files.values())
    assert not [secret for secret in (code, code.replace("-", ""), token, PASSWORD) if secret.encode() in content]
    assert b"$argon2id$v=19$m=19456,t=2,p=1$" in content


@pytest.mark.parametrize("damage", [b"", b"no database" * 1000])
def test_a_damaged_database_is_put_aside_and_people_begin_anew(tmp_path: Path, clock: FakeClock, damage: bytes) -> None:
    path = tmp_path / "console.db"
    path.write_bytes(damage)
    store = AccountStore.open(path, clock, "boot")

    assert store.is_empty()
    assert len(list(tmp_path.glob("console.damaged-*"))) == bool(damage)
    store.close()


def test_of_many_who_take_the_first_link_at_once_one_gets_it(store: AccountStore) -> None:
    code = store.make_link()

    def take(login: str) -> str:
        try:
            return store.use_link(code, PASSWORD, HERE, login=login, name=login).login
        except Refused:
            return ""

    with ThreadPoolExecutor(4) as pool:
        taken = [login for login in pool.map(take, ["lan", "hoa", "pao", "ly"]) if login]

    assert taken == [account.login for account in store.accounts()]
    assert len(taken) == 1


def test_letters_are_the_same_composed_or_not() -> None:
    hashed = QUICK.hash("mu\u031ba ru\u031b\u0300ng")

    assert QUICK.verify("mưa rừng", hashed)
    assert not QUICK.verify("mua rung", hashed)
    assert not QUICK.verify("", None)
