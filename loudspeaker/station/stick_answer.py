"""What a box writes onto a stick after it has taken, or refused, what lay on it.

    out/BOX/KET-QUA.txt    what came of it, for whoever carries the stick
    out/BOX/log.jsonl      the as-run log, as `log --export` writes it and `report` reads it
    out/BOX/head.json      how far that log goes, signed by the box
    out/BOX/box.yaml       what this box plays, by which it can be set up anew

BOX is made of the box's own key, which never leaves it. Loads `cryptography`.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..errors import Message, Refused
from ..model.alert_answer import HandedAlert
from ..reports.log_export import BoxLog, export_log
from ..store.atomic import make_folder, read_regular_file, write_atomic, write_private
from ..trust.dsse import format_envelope
from ..trust.key_file import KEY_BYTES, SigningKey, key_of
from ..trust.opening import seal
from ..trust.public_keys import PublicKey, machine_key
from ..trust.signed_documents import BoxKey, LogHead
from .delivery import RefusedDelivery, TakenDelivery
from .paths import StationPaths
from .station import Station

FOLDER, RESULT = "out", "KET-QUA.txt"
ID_DIGITS = 8
LARGEST_BOX_FILE = 1_000_000  # bytes
OTHERS = stat.S_IRWXG | stat.S_IRWXO
LINE_END = "\r\n"  # so that the oldest Notepad shows lines
Result = TakenDelivery | RefusedDelivery | HandedAlert


def write_answer(
    station: Station,
    stick: Path,
    results: Sequence[Result],
    translate: Callable[[str], str],
) -> Path:
    """Write the answer of this box onto `stick`; its folder. Raises `WriteError`, `LogUnusable`."""
    key = open_box_key(station.paths)
    folder = stick / FOLDER / key.public.person
    written = export_log(station.log, station.files.box.plays, station.clock.now(), folder / "log.jsonl")
    head = _head(written, key, station.log.life())
    write_atomic(folder / "head.json", format_envelope(key.sign(seal(head))))
    if box := read_regular_file(station.paths.home / "box.yaml", LARGEST_BOX_FILE):
        write_atomic(folder / "box.yaml", box)
    told = [LINE_END.join(lines) for lines in _paragraphs(station, head, results, translate)]
    write_atomic(folder / RESULT, f"{LINE_END * 2}".join([*told, ""]).encode("utf-8-sig"))
    return folder


def open_box_key(paths: StationPaths) -> SigningKey:
    """This box's own key, made when it is first asked for; its id is the `person`. Raises as `open_machine_key`."""
    key = open_machine_key(paths.box_key, "box")
    box = box_id(key.public)
    return key_of(key.private, box, box)


def open_machine_key(path: Path, person: str) -> SigningKey:
    """The key that a machine keeps in a file of its own, made when it is first asked for.

    It is for the owner of its folder alone, and is given to that user where root makes it. Raises `Refused` for anybody
    else, `WriteError`.
    """
    make_folder(path.parent)
    owner, raw = path.parent.stat(), read_regular_file(path, KEY_BYTES + 1)
    may_write = os.geteuid() in (0, owner.st_uid)
    if raw is None and (os.path.lexists(path) or not may_write):  # a new key would be another box
        raise Refused(Message("only the service’s user may use the key {file}: do this again with sudo", file=path))
    fresh = raw if raw and len(raw) == KEY_BYTES else secrets.token_bytes(KEY_BYTES)
    if fresh is not raw or (may_write and path.stat().st_mode & OTHERS):
        write_private(path, fresh, owner)
    return key_of(Ed25519PrivateKey.from_private_bytes(fresh), person, person)


def public_box_key(public: str) -> BoxKey:
    """How a trust document names a box with this key (base64). Raises `UntrustedDocument`."""
    return BoxKey(box_id(machine_key(public, "box")), public)


def box_id(key: PublicKey) -> str:
    """What a box with this key is called."""
    return f"b-{key.id[:ID_DIGITS]}"


def _head(log: BoxLog, key: SigningKey, life: str) -> LogHead:
    """The end of the log that was written: the daemon may go on with it meanwhile."""
    return LogHead(log.commune, key.public.person, log.ends, log.entries, log.head, life, key.public.public)


def _paragraphs(
    station: Station, head: LogHead, results: Sequence[Result], translate: Callable[[str], str]
) -> Iterator[Iterable[str]]:
    """What came of it, for people who know no command."""
    names = {schedule.id: schedule.name for schedule in station.files.contents.schedules}
    villages = ", ".join(names.get(village, village) for village in station.files.box.plays) or "–"
    who = {"commune": station.files.commune.name, "box": head.box}
    place = Message("{commune}: box {box}, heard in {villages}", **who, villages=villages)
    yield place.say(translate), f"{head.issued:%d/%m/%Y %H:%M}"
    for result in results:
        yield [sentence for said in _tell(result, translate) for sentence in said.splitlines()]
    log = Message("The log lies beside this file: {count} entries, head {head}", count=head.entries, head=head.head)
    yield (log.say(translate),)


def _tell(result: Result, translate: Callable[[str], str]) -> Iterator[str]:
    yield result.message().say(translate)
    if isinstance(result, RefusedDelivery):
        yield Message("What was in force before stays in force.").say(translate)
    elif isinstance(result, TakenDelivery) and result.is_new:
        yield from (Message("  new: {file}", file=path).say(translate) for path in result.changed)
        yield from (Message("  no more: {file}", file=path).say(translate) for path in result.gone)
