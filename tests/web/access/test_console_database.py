"""console.db when it is damaged, renamed or deleted while the console runs: told, set aside, and begun anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from loudspeaker.clock import FakeClock
from loudspeaker.store.atomic import WriteError, databases_aside
from loudspeaker.web.access.accounts import AccountStore, Role
from loudspeaker.web.access.console_database import ConsoleDamaged, ConsoleDatabase

GARBAGE = b"no database " * 20_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "console.db"


@pytest.fixture
def database(path: Path, clock: FakeClock) -> Iterator[ConsoleDatabase]:
    with closing(ConsoleDatabase.open(path, clock, "boot")) as database:
        yield database


@pytest.fixture
def people(database: ConsoleDatabase) -> AccountStore:
    people = AccountStore(database)
    people.add("hoa", "Chị Hoa", [Role.EDIT])
    return people


def ruin(database: ConsoleDatabase, path: Path, content: bytes = GARBAGE) -> None:
    """Write over the files that are open, and have the connection forget what it has in memory."""
    for suffix in ("", "-wal"):
        Path(f"{path}{suffix}").write_bytes(content)
    next(database.rows("PRAGMA shrink_memory"), None)


def test_what_turns_out_to_be_damaged_is_told_and_set_aside_and_people_begin_anew(
    database: ConsoleDatabase, people: AccountStore, path: Path
) -> None:
    ruin(database, path)
    with pytest.raises(ConsoleDamaged) as told:
        people.accounts()

    (aside,) = databases_aside(path)
    assert aside.name in told.value.say()
    assert b"no database" in aside.read_bytes()
    assert people.is_empty()
    people.add("lan", "Chị Lan", [Role.ADMIN])
    assert [account.login for account in people.accounts()] == ["lan"]


def test_a_change_of_what_is_damaged_is_refused_as_a_whole(
    database: ConsoleDatabase, people: AccountStore, path: Path
) -> None:
    ruin(database, path)

    def change() -> None:
        with database.change() as connection:
            connection.execute("INSERT INTO tries VALUES ('a', 'b')")
            next(database.rows("SELECT * FROM accounts"))

    with pytest.raises(ConsoleDamaged):
        change()

    assert databases_aside(path)
    assert not list(database.rows("SELECT * FROM tries"))


def test_of_a_file_that_was_renamed_nothing_is_read_any_more(
    database: ConsoleDatabase, people: AccountStore, path: Path, clock: FakeClock
) -> None:
    """A command has found it damaged, set it aside, and made a link for the first account in a new one."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").rename(path.with_name(f"aside{suffix}"))
    with closing(AccountStore.open(path, clock, "boot")) as others:
        code = others.make_link()
        others.use_link(code, "mưa rơi trên ngói đỏ", "here", login="lan", name="Chị Lan")

        assert [account.login for account in people.accounts()] == ["lan"]
        people.set_locked("lan", False)
    with closing(sqlite3.connect(path.with_name("aside"))) as kept:
        assert kept.execute("SELECT login FROM accounts").fetchall() == [("hoa",)]


def test_a_file_that_was_deleted_is_made_anew(people: AccountStore, path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink()

    assert people.is_empty()
    people.add("lan", "Chị Lan", [Role.ADMIN])
    assert path.exists()


def test_while_it_cannot_be_made_anew_that_is_told_and_tried_again(
    database: ConsoleDatabase, people: AccountStore, path: Path
) -> None:
    path.rename(path.with_name("aside"))
    path.mkdir()
    with pytest.raises(WriteError, match=r"console\.db"):
        people.accounts()
    with pytest.raises(WriteError, match=r"console\.db"):
        people.accounts()
    path.rmdir()

    assert people.is_empty()


def test_a_database_that_another_process_has_locked_is_not_set_aside(
    path: Path, people: AccountStore, clock: FakeClock
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with closing(ConsoleDatabase.open(path, clock, "boot")) as database:
            assert list(database.rows("SELECT login FROM accounts"))
    assert not databases_aside(path)


def test_a_mistake_of_ours_is_no_damage(database: ConsoleDatabase, people: AccountStore, path: Path) -> None:
    with pytest.raises(sqlite3.Error):
        list(database.rows("SELECT * FROM nothing"))

    assert not databases_aside(path)
    assert not people.is_empty() or people.accounts()
