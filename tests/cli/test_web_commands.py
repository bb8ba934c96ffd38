"""`loudspeaker web`: the people of the console, from a terminal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from harness.officers import QUICK

from loudspeaker.cli import cli
from loudspeaker.clock import SystemClock
from loudspeaker.web.access.accounts import AccountStore, Role
from loudspeaker.web.access.audit import Act, ConsoleAudit
from loudspeaker.web.access.console_database import ConsoleDatabase
from loudspeaker.web.console import console_paths

PASSWORD = "mưa rơi trên ngói đỏ"


def web(home: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), "web", *words])


@pytest.fixture
def store(home: Path) -> Iterator[AccountStore]:
    """The accounts, beside whatever the commands do with them."""
    database = console_paths(home, home / ".state").database
    with closing(AccountStore.open(database, SystemClock(), hashes=QUICK)) as store:
        yield store


def code_of(told: Result) -> str:
    """The code in the link that was printed."""
    assert told.exit_code == 0, told.output
    return told.stdout.splitlines()[0].partition("#")[2]


def test_the_first_link_makes_the_first_account_and_then_there_is_no_other(home: Path, store: AccountStore) -> None:
    code = code_of(web(home, "first"))
    store.use_link(code, PASSWORD, "test", login="lan", name="Lan")

    again = web(home, "first")
    assert again.exit_code == 2
    assert "user reset" in again.output


def test_people_are_added_shown_given_other_roles_and_removed(home: Path, store: AccountStore) -> None:
    store.use_link(code_of(web(home, "first")), PASSWORD, "test", login="lan", name="Lan")
    code = code_of(web(home, "user", "add", "hoa", "--name", "Lò Thị Hoa", "--role", "edit"))
    assert "has no password yet" in web(home, "user", "list").stdout

    store.use_link(code, PASSWORD, "test")
    assert web(home, "user", "roles", "hoa", "duty", "view").exit_code == 0
    assert store.account("hoa").roles == {Role.DUTY, Role.VIEW}
    assert "Lò Thị Hoa" in web(home, "user", "list").stdout
    assert web(home, "user", "remove", "hoa", "--yes").exit_code == 0
    assert "hoa" not in web(home, "user", "list").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("lock", "lan"), "the last administrator"),
        (("user", "remove", "lan", "--yes"), "the last administrator"),
        (("user", "roles", "lan", "view"), "the last administrator"),
        (("user", "reset", "pao"), "there is no account"),
        (("sessions", "pao"), "there is no account"),
    ],
)
def test_what_cannot_be_done_is_told(home: Path, store: AccountStore, words: tuple[str, ...], told: str) -> None:
    store.use_link(code_of(web(home, "first")), PASSWORD, "test", login="lan", name="Lan")
    answer = web(home, *words)

    assert answer.exit_code in (1, 2)
    assert told in answer.output


def test_a_lost_telephone_is_locked_at_once_and_a_password_set_anew(home: Path, store: AccountStore) -> None:
    store.use_link(code_of(web(home, "first")), PASSWORD, "test", login="lan", name="Lan")
    store.use_link(code_of(web(home, "user", "add", "hoa", "--name", "Hoa")), PASSWORD, "test")
    session = store.log_in("hoa", PASSWORD, "test", "")

    assert web(home, "lock", "hoa").exit_code == 0
    assert store.session(session.token) is None
    assert web(home, "lock", "hoa", "--undo").exit_code == 0
    store.log_in("hoa", PASSWORD, "test", "")
    assert "1 sessions ended" in web(home, "sessions", "hoa").output
    store.use_link(code_of(web(home, "user", "reset", "hoa")), "trăng lên đỉnh núi", "test")


def test_the_accounts_lie_beside_the_station_where_a_service_has_its_folder(home: Path, store: AccountStore) -> None:
    assert console_paths(home, home / ".state").own == home / ".web"
    beside = home.with_name(f"{home.name}-web")
    beside.mkdir()

    assert console_paths(home, home / ".state").own == beside


def test_for_the_network_there_must_be_a_certificate(home: Path, store: AccountStore) -> None:
    for words in (("--lan",), ("first", "--lan")):
        answer = web(home, *words)
        assert answer.exit_code == 2
        assert "web certificate" in answer.output

    made = web(home, "certificate", "--name", "box.local")
    assert made.exit_code == 0, made.output
    assert "for: box.local, localhost, 127.0.0.1" in made.stdout
    assert web(home, "first", "--lan").stdout.startswith("https://box.local:8443/bat-dau#")


def test_tokens_are_made_shown_and_revoked(home: Path, store: AccountStore) -> None:
    made = web(home, "token", "add", "Grafana", "--days", "30")
    link = web(home, "token", "add", "Ông Páo", "--village", "Thôn Nà Hoa")
    assert made.exit_code == link.exit_code == 0, made.output + link.output
    assert made.stdout.startswith("ls_")
    assert link.stdout.startswith("http://127.0.0.1:8080/lich/na-hoa.ics?k=ls_")

    listed = web(home, "token", "list").stdout
    assert "Grafana" in listed
    assert "na-hoa" in listed
    assert made.stdout.strip() not in listed
    assert web(home, "token", "remove", "Grafana").exit_code == 0
    assert "Grafana" not in web(home, "token", "list").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "Grafana"), "there is a token"),
        (("add", "x", "--village", "nowhere"), "nowhere"),
        (("add", "x", "--days", "0"), "0"),
        (("remove", "x"), "there is no token"),
    ],
)
def test_what_is_wrong_with_a_token_is_told(home: Path, store: AccountStore, words: tuple[str, ...], told: str) -> None:
    web(home, "token", "add", "Grafana")
    answer = web(home, "token", *words)

    assert answer.exit_code == 2
    assert told in answer.output


def test_the_chain_of_acts_is_checked_and_a_change_found(home: Path, store: AccountStore) -> None:
    path = console_paths(home, home / ".state").database
    with closing(ConsoleDatabase.open(path, SystemClock())) as database:
        acts = ConsoleAudit(database)
        for why in ("a", "b"):
            acts.add(Act("POST /dung", 303, "Lan", "lan", "192.168.1.7", {"why": why}))
        head = acts.head()
    assert web(home, "audit").stdout.split() == ["2", head]

    with closing(sqlite3.connect(path)) as changed:
        changed.execute("UPDATE audit SET entry = replace(entry, 'lan', 'pao') WHERE number = 2")
        changed.commit()
    answer = web(home, "audit")
    assert answer.exit_code == 1
    assert "entry 2" in answer.output
