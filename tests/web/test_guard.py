"""What stands before every page: the table of who may do what, host names, forms from elsewhere, headers."""

from __future__ import annotations

import pytest

from loudspeaker.web.access.accounts import Account, Role, Session
from loudspeaker.web.guard import MAY, Task, is_own_token, may
from loudspeaker.web.origin_checks import HEADERS, is_own_form, is_own_host

# The table of the design, a row each: View, Edit, Approve, Duty, Admin.
TABLE = """
look     ✓ ✓ ✓ ✓ ✓
write    - ✓ ✓ - -
approve  - - ✓ - -
skip     - ✓ ✓ ✓ -
stop     - ✓ ✓ ✓ ✓
alarm    - - - ✓ -
try      - - - ✓ ✓
lock     - - - ✓ ✓
rule     - - - - ✓
"""
ORIGIN = "https://192.168.1.20:8443"


def test_every_task_is_allowed_to_the_roles_of_the_table_and_to_no_others() -> None:
    rows = [line.split() for line in TABLE.strip().splitlines()]

    assert {row[0] for row in rows} == set(Task) == set(MAY)
    for task, *marks in rows:
        assert [may([role], Task(task)) for role in Role] == [mark == "✓" for mark in marks]
        assert not may([], Task(task))


@pytest.mark.parametrize(
    ("host", "own"),
    [
        *(
            ("127.0.0.1:8080", True),
            ("localhost", True),
            ("LOCALHOST:8080", True),
            ("[::1]:8080", True),
            ("[::1]", True),
        ),
        *(("evil.example", False), ("127.0.0.1.evil.example:8080", False), ("", False), ("localhost:80x", False)),
        *(("localhost@evil.example", False), ("evil.example#localhost", False)),
    ],
)
def test_only_our_own_names_are_answered(host: str, own: bool) -> None:
    assert is_own_host(host, {"127.0.0.1", "localhost", "::1"}) == own


@pytest.mark.parametrize(
    ("method", "headers", "own"),
    [
        ("GET", {"sec-fetch-site": "cross-site"}, True),
        ("POST", {"sec-fetch-site": "same-origin", "origin": ORIGIN}, True),
        ("POST", {"origin": ORIGIN}, True),  # a browser of before 2023
        ("POST", {}, False),
        ("POST", {"sec-fetch-site": "same-origin"}, True),
        ("POST", {"sec-fetch-site": "cross-site", "origin": ORIGIN}, False),
        ("POST", {"sec-fetch-site": "same-site"}, False),
        ("POST", {"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, False),
        ("POST", {"origin": "null"}, False),
        ("DELETE", {"origin": "http://192.168.1.20:8443"}, False),
    ],
)
def test_a_form_of_another_page_changes_nothing(method: str, headers: dict[str, str], own: bool) -> None:
    assert is_own_form(method, headers, ORIGIN) == own


def test_a_form_belongs_to_one_session() -> None:
    person = Account(1, "lan", "Lan", frozenset(Role), False, True)
    one, other = (Session(token, person, "", "", True) for token in ("a", "b"))

    assert is_own_token(one, one.form_token)
    assert not is_own_token(one, other.form_token)
    assert not is_own_token(one, "")
    assert not is_own_token(one, "ắ")


def test_no_page_may_run_or_load_what_is_not_ours() -> None:
    policy = HEADERS["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert not [word for word in ("unsafe", "http:", "https:", "*") if word in policy]
