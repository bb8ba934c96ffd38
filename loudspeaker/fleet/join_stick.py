"""A stick by which a box joins without a keyboard: `tham-gia.json`, which a hub writes and one box uses once.

    {"scope": "ban-may", "commune": "Xã Bản Mây", "box": "nhà văn hóa", "villages": ["na-hoa"], "until": "…",
     "address": "loa.laocai.gov.vn:8443", "code": "K7QF-3MXD-9TRA-H2WX"}

For a box without a network, in place of address and code, `trust`: the SHA-256 of the first trust document of its
commune and of each office above it, by scope, the commune's first; these, and the files, lie on the stick as on any
other. The box that uses it writes its id (`used_by`) into it, and nobody else's box takes it then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ..codec import UNREADABLE, decode, encode
from ..errors import BadUsage, Message, Refused, bad_character
from ..store.atomic import read_regular_file, write_atomic
from ..trust.signed_documents import SCOPE
from .joining import parse_address, parse_code
from .topics import BOX_ID

FILE = "tham-gia.json"
MOST_BYTES = 100_000
PORT = 8443
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class JoinStick:
    """What lies on it. `villages` are ids, and `box` what people call the box. Raises `BadUsage` for what cannot be.

    `box_yaml`: that of the box which this one takes the place of (`replaces`), or "".
    """

    scope: str
    commune: str
    box: str
    villages: tuple[str, ...]
    until: datetime
    address: str = ""
    code: str = field(default="", repr=False)
    trust: Mapping[str, str] = field(default_factory=dict)
    box_yaml: str = ""
    replaces: str = ""
    used_by: str = ""

    def __post_init__(self) -> None:
        names = (self.commune, self.box, self.address, *self.villages)
        sound = (
            all(SCOPE.fullmatch(scope) for scope in (self.scope, *self.villages, *self.trust))
            and all(SHA256.fullmatch(sha256) for sha256 in self.trust.values())
            and all(BOX_ID.fullmatch(box) for box in (self.replaces, self.used_by) if box)
            and not any(map(bad_character, names))
            and bool(self.code) != (self.scope in self.trust)
            and self.until.tzinfo is not None
        )
        if not sound:
            raise BadUsage(Message("this is no invitation of a box"))
        if self.code:
            parse_address(self.address, PORT)
            parse_code(self.code)

    def mark_used(self, box: str) -> JoinStick:
        """The same once this box has used it."""
        return replace(self, used_by=box)

    def must_be_for(self, box: str, villages: tuple[str, ...], now: datetime | None) -> None:
        """Raises `Refused` where another box has used it, or it is meant for another, or it has ended.

        `villages`: those that the box plays, none where nobody has said that yet; `now`: None where it knows no time.
        """
        if self.used_by not in ("", box):
            raise Refused(Message("this stick was used by another box already ({box})", box=self.used_by))
        if now is not None and now > self.until:
            until = f"{self.until.astimezone(now.tzinfo):%d/%m/%Y}"
            raise Refused(Message("this invitation ended on {day}: have another one written at the hub", day=until))
        if villages and not set(self.villages) <= set(villages):
            invited, plays = ", ".join(self.villages), ", ".join(villages)
            raise Refused(
                Message(
                    "this stick is for another box: for {wanted}, and this one plays {plays}",
                    wanted=invited,
                    plays=plays,
                )
            )


def read_join_stick(folder: Path) -> JoinStick | None:
    """The invitation on a stick; None where there is none. Raises `BadUsage` for a damaged one."""
    path = folder / FILE
    raw = read_regular_file(path, MOST_BYTES)
    if raw is None and not path.exists():
        return None
    try:
        return decode(JoinStick, json.loads(raw or b""))
    except (*UNREADABLE, BadUsage):
        raise BadUsage(Message("{file} on the stick is damaged: have it written anew at the hub", file=FILE)) from None


def write_join_stick(folder: Path, stick: JoinStick) -> None:
    """Raises `WriteError`."""
    write_atomic(folder / FILE, json.dumps(encode(stick), ensure_ascii=False, indent=1).encode())
