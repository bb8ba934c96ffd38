"""Enrolment by a short code, pure: what a box and its hub compute and say, so that each knows the other.

    K7QF-3MXD-9TRA-H2WX    4 letters find the invitation, 11 are a secret of 55 bits, 1 is a check

Both derive two keys from the secret (scrypt). By the first the box's request is authenticated, by the second the hub's
answer is sealed, bound to that request: so the code vouches for both, and whoever sits between them learns nothing. The
server's certificate is not asked for that; the box learns from the answer which one it is to believe from then on.

    request  {"letters": "K7QF", "facts": "…JSON…", "mac": "…"}     mac: HMAC-SHA256 over letters and facts
    answer   nonce (12 bytes) and JSON, sealed with ChaCha20-Poly1305
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ..codec import UNREADABLE, decode, encode
from ..errors import BadUsage, Message, Refused, bad_character

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # base32 without what looks alike (I, L, O) and U, as Crockford has it
ALIKE = str.maketrans("OIL", "011")
LETTERS, SECRET = 4, 11
CHECKED = LETTERS + SECRET
POLYNOMIAL, TOP = 0b100101, 0b100000  # GF(32): x^5 + x^2 + 1
ADDRESS = re.compile(r"(?P<host>\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]{1,253})(:(?P<port>\d{1,5}))?")
COST, BLOCK, LANES = 2**15, 8, 1  # scrypt: 32 MiB, about 0.1 s
KEY_BYTES, NONCE_BYTES = 32, 12
MOST_REQUEST_BYTES, MOST_ANSWER_BYTES = 200_000, 4_000_000


@dataclass(frozen=True, slots=True)
class Address:
    """A machine and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class InvitationCode:
    """A code as one person gives it to another; the secret stands in no log."""

    letters: str
    secret: str = field(repr=False)

    def __str__(self) -> str:
        """In four groups."""
        whole = self.letters + self.secret
        whole += _check_letter(whole)
        return "-".join(whole[at : at + 4] for at in range(0, len(whole), 4))


@dataclass(frozen=True, slots=True)
class JoinKeys:
    """What a code opens: the key of the request, and that of the answer."""

    request: bytes = field(repr=False)
    answer: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """A box that wants to join."""

    letters: str
    public: str  # base64, Ed25519: the key by which it signs its log
    villages: tuple[str, ...]  # ids of those that it plays
    box_yaml: str
    software: str
    replaces: str = ""  # the id of the box whose place it takes


@dataclass(frozen=True, slots=True)
class JoinAnswer:
    """What a hub tells a box that has joined. `trust`: the first trust document of its commune and of each office
    above it, by scope, the commune's first, as envelopes.
    """

    box: str  # its id, by which it logs in
    password: str = field(repr=False)
    ca: str  # PEM: whose certificates it believes from now on
    mqtt_port: int
    trust: Mapping[str, str]
    box_yaml: str = ""  # of the box whose place it takes


def parse_address(text: str, port: int) -> Address:
    """`loa.laocai.gov.vn`, `10.0.0.1:9000` or `[::1]:9000`; `port` where none is named. Raises `BadUsage`.

    >>> str(parse_address("loa.laocai.gov.vn", 8443))
    'loa.laocai.gov.vn:8443'
    """
    match = ADDRESS.fullmatch(text.strip())
    if match is None or int(match["port"] or 0) > 65_535:
        raise BadUsage(Message("“{address}” is no address of a machine; write NAME or NAME:PORT", address=text))
    return Address(match["host"].strip("[]"), int(match["port"] or port))


def make_code() -> InvitationCode:
    """A new code."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CHECKED))
    return InvitationCode(letters[:LETTERS], letters[LETTERS:])


def parse_code(text: str) -> InvitationCode:
    """The code that somebody has typed, in small letters or with O for 0 too. Raises `BadUsage`.

    >>> parse_code("k7qf 3mxd 9tra h2wx").letters
    'K7QF'
    """
    plain = "".join(letter for letter in text.upper() if letter.isalnum()).translate(ALIKE)
    if len(plain) != CHECKED + 1 or not set(plain) <= set(ALPHABET):
        raise BadUsage(Message("a code has {count} letters and digits, such as K7QF-3MXD-…", count=CHECKED + 1))
    if _check_letter(plain[:CHECKED]) != plain[CHECKED]:
        raise BadUsage(Message("a letter of the code is wrong; please compare it"))
    return InvitationCode(plain[:LETTERS], plain[LETTERS:CHECKED])


def derive_keys(code: InvitationCode) -> JoinKeys:
    """The keys of a code; slow on purpose."""
    salt = f"loudspeaker join {code.letters}".encode()
    raw = Scrypt(salt=salt, length=2 * KEY_BYTES, n=COST, r=BLOCK, p=LANES).derive(code.secret.encode())
    return JoinKeys(raw[:KEY_BYTES], raw[KEY_BYTES:])


def format_request(request: JoinRequest, keys: JoinKeys) -> bytes:
    """What the box sends: the same for the same facts, so that one whose answer was lost can be sent again."""
    facts = json.dumps(encode(request), ensure_ascii=False, sort_keys=True)
    stored = {"letters": request.letters, "facts": facts, "mac": _mac(request.letters, facts, keys)}
    return json.dumps(stored, ensure_ascii=False).encode()


def read_letters(raw: bytes) -> str:
    """By which the invitation of a request is found; nothing is verified yet. Raises `Refused`."""
    return _read_request(raw)[0]


def open_request(raw: bytes, keys: JoinKeys) -> JoinRequest:
    """The request of whoever knows the code. Raises `Refused`."""
    letters, facts, mac = _read_request(raw)
    if not hmac.compare_digest(mac, _mac(letters, facts, keys)):
        raise Refused(Message("the code is another one"))
    try:
        request = decode(JoinRequest, json.loads(facts))
        sound = request.letters == letters and not any(map(bad_character, (*request.villages, request.software)))
    except UNREADABLE:
        sound = False
    if not sound:
        raise _unreadable()
    return request


def seal_answer(answer: JoinAnswer, request: bytes, keys: JoinKeys) -> bytes:
    """What the hub answers to these bytes; only whoever knows the code can read it."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + ChaCha20Poly1305(keys.answer).encrypt(nonce, json.dumps(encode(answer)).encode(), request)


def open_answer(raw: bytes, request: bytes, keys: JoinKeys) -> JoinAnswer:
    """The answer to our `request`. Raises `Refused` where it is from somebody who does not know the code."""
    try:
        plain = ChaCha20Poly1305(keys.answer).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], request)
        return decode(JoinAnswer, json.loads(plain))
    except (InvalidTag, *UNREADABLE):
        raise Refused(Message("whoever answered does not know the code: is this the address of your hub?")) from None


def _mac(letters: str, facts: str, keys: JoinKeys) -> str:
    return hmac.digest(keys.request, f"{letters}\n{facts}".encode(), "sha256").hex()


def _read_request(raw: bytes) -> tuple[str, str, str]:
    """Letters, facts and authentication code, as they were sent. Raises `Refused`."""
    try:
        stored = json.loads(raw)
        parts = stored["letters"], stored["facts"], stored["mac"]
        if not all(isinstance(part, str) and part.isascii() for part in (parts[0], parts[2])):
            raise ValueError
        parts[1].encode()
    except UNREADABLE:
        raise _unreadable() from None
    return parts


def _unreadable() -> Refused:
    return Refused(Message("this is no request to join"))


def _check_letter(letters: str) -> str:
    """Differs whenever one letter is another, or two are exchanged: a polynomial over GF(32) at its generator."""
    remainder = 0
    for letter in letters:
        remainder = (remainder ^ ALPHABET.index(letter)) << 1
        remainder ^= POLYNOMIAL if remainder & TOP else 0
    return ALPHABET[remainder]
