"""A code that people read to each other, and what it vouches for."""

from __future__ import annotations

import json
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.errors import BadUsage, Refused
from loudspeaker.fleet.joining import (
    ALPHABET,
    CHECKED,
    InvitationCode,
    JoinAnswer,
    JoinKeys,
    JoinRequest,
    derive_keys,
    format_request,
    make_code,
    open_answer,
    open_request,
    parse_address,
    parse_code,
    read_letters,
    seal_answer,
)

CODE, OTHER = InvitationCode("K7QF", "3MXD9TRAH2W"), InvitationCode("K7QF", "3MXD9TRAH2X")
REQUEST = JoinRequest("K7QF", "cHVibGlj", ("na-hoa", "suoi-trat"), "plays: {na-hoa: loa}\n", "0.1")
ANSWER = JoinAnswer("b-0a1b2c3d", "mật khẩu", "-----BEGIN", 8883, {"ban-may": "{}"})
codes = st.text(ALPHABET, min_size=CHECKED, max_size=CHECKED).map(lambda text: InvitationCode(text[:4], text[4:]))


@cache
def keys(code: InvitationCode = CODE) -> JoinKeys:
    """They are slow on purpose."""
    return derive_keys(code)


@given(codes, st.data())
def test_a_code_is_read_however_it_is_typed(code: InvitationCode, data: st.DataObject) -> None:
    typed = list(str(code))
    for at, letter in enumerate(typed):
        alike = {"0": "0oO", "1": "1iIlL", "-": ["-", " ", "", "–", "."]}.get(letter, letter + letter.lower())
        typed[at] = data.draw(st.sampled_from(alike))

    assert parse_code("".join(typed)) == code
    assert str(code).count("-") == 3


@given(codes, st.data())
def test_one_wrong_letter_is_told(code: InvitationCode, data: st.DataObject) -> None:
    letters = list(str(code).replace("-", ""))
    at = data.draw(st.integers(0, CHECKED))
    letters[at] = data.draw(st.sampled_from([letter for letter in ALPHABET if letter != letters[at]]))

    with pytest.raises(BadUsage):
        parse_code("".join(letters))


@given(codes, st.integers(0, CHECKED), st.integers(0, CHECKED))
def test_two_letters_that_were_exchanged_are_told(code: InvitationCode, one: int, other: int) -> None:
    letters = list(str(code).replace("-", ""))
    if letters[one] == letters[other]:
        return
    letters[one], letters[other] = letters[other], letters[one]

    with pytest.raises(BadUsage):
        parse_code("".join(letters))


@pytest.mark.parametrize("text", ["", "K7QF", "K7QF-3MXD-9TRA-H2W", "K7QF-3MXD-9TRA-H2WXX", "Ư7QF-3MXD-9TRA-H2WX"])
def test_what_is_no_code_is_told_with_its_form(text: str) -> None:
    with pytest.raises(BadUsage, match="16 letters"):
        parse_code(text)


def test_new_codes_differ_and_their_secret_is_in_no_log() -> None:
    made = {make_code() for _ in range(50)}

    assert len(made) == 50
    assert all(parse_code(str(code)) == code and code.secret not in repr(code) for code in made)
    assert repr(keys()) == "JoinKeys()"


def test_both_sides_read_what_the_other_has_said() -> None:
    raw = format_request(REQUEST, keys())

    assert format_request(REQUEST, keys()) == raw  # so that it may be sent again
    assert read_letters(raw) == "K7QF"
    assert open_request(raw, keys()) == REQUEST
    assert open_answer(seal_answer(ANSWER, raw, keys()), raw, keys()) == ANSWER


def test_whoever_does_not_know_the_code_is_believed_by_neither() -> None:
    raw = format_request(REQUEST, keys())

    with pytest.raises(Refused):
        open_request(raw, keys(OTHER))
    with pytest.raises(Refused):
        open_answer(seal_answer(ANSWER, raw, keys(OTHER)), raw, keys())
    assert ANSWER.password.encode() not in seal_answer(ANSWER, raw, keys())


@given(st.data())
def test_a_request_that_was_changed_on_its_way_is_refused(data: st.DataObject) -> None:
    stored = json.loads(format_request(REQUEST, keys()))
    name = data.draw(st.sampled_from(["letters", "facts", "mac"]))
    at = data.draw(st.integers(0, len(stored[name]) - 1))
    letter = data.draw(st.characters(exclude_characters=stored[name][at]))
    stored[name] = stored[name][:at] + letter + stored[name][at + 1 :]

    with pytest.raises(Refused):
        open_request(json.dumps(stored).encode(), keys())


@given(st.binary(max_size=300) | st.recursive(st.none() | st.text(), st.lists).map(lambda x: json.dumps(x).encode()))
def test_what_is_no_request_is_told(raw: bytes) -> None:
    with pytest.raises(Refused):
        read_letters(raw)


@given(st.data())
def test_an_answer_that_was_changed_or_is_to_another_request_is_refused(data: st.DataObject) -> None:
    raw = format_request(REQUEST, keys())
    sealed = bytearray(seal_answer(ANSWER, raw, keys()))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))

    with pytest.raises(Refused):
        open_answer(bytes(sealed), raw, keys())
    with pytest.raises(Refused):
        open_answer(seal_answer(ANSWER, raw, keys()), raw + b" ", keys())
    with pytest.raises(Refused):
        open_answer(b"", raw, keys())


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("loa.laocai.gov.vn", "loa.laocai.gov.vn:8443"),
        (" 10.0.0.1:9000 ", "10.0.0.1:9000"),
        ("[::1]:9000", "[::1]:9000"),
        ("[::1]", "[::1]:8443"),
    ],
)
def test_an_address_is_a_name_and_perhaps_a_port(text: str, read: str) -> None:
    assert str(parse_address(text, 8443)) == read


@pytest.mark.parametrize("text", ["", "https://loa.vn", "loa vn", "loa.vn:0x1", "loa.vn:65536", "a@b"])
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(BadUsage, match="no address"):
        parse_address(text, 8443)
