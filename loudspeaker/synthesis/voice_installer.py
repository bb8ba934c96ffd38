"""Install a piper voice from the net, a file or a folder (a USB stick), so that a wrong or half one never speaks.

A model is taken when its SHA-256 is known (`KNOWN`), given by a person, or when a person trusts the source: a hash
that comes from where the file comes from shows only that nothing broke on the way.

Each file arrives as `.part`, is measured and hashed, fsynced, and only then gets its name. What breaks off goes on
where it stopped; what does not match is thrown away. This file writes by itself, because a model is too big to hold in
memory; the store's rule is kept: a name is never given to half a file.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin

import requests

from ..errors import BadUsage, Message, NotFound, Refused, TryAgain

HUB = "https://huggingface.co/"
NAME = re.compile(r"(?P<language>[a-z]{2,3})_(?P<region>[A-Z]{2})-(?P<name>\w+)-(?P<quality>\w+)")
CONFIG, MODEL = ".onnx.json", ".onnx"
ENDINGS = (CONFIG, MODEL)  # the small one first: a voice is there when its model is
# SHA-256 of models. This one is from the model's public listing, and nobody here has downloaded it yet.
KNOWN = {"vi_VN-vais1000-medium": "ec7c89e2c85f4d1edc24b6120c18aaf1bda614f06b511567eb9c7c0de15e2dab"}
LARGEST = 300 << 20  # bytes; the best voices have 120 MB
BLOCK = 1 << 18
PATIENCE = (8.0, 30.0)  # seconds to connect, and between two bytes

Progress = Callable[[int, int, str], None]  # bytes done, of all, file


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a voice as it should be: where it comes from, and what it must hash to."""

    name: str
    place: str  # URL or path
    digest: str  # "sha256:…", or "git:…" for the hash that Git gives a small file; "" where nothing is known
    size: int | None = None


def install(
    voice: str,
    source: str | None,
    folder: Path,
    progress: Progress = lambda done, total, name: None,
    hub: str = HUB,
    *,
    sha256: str | None = None,
    trust: bool = False,
) -> str:
    """Put `voice` into `folder` from `source`: a folder, a model's path, a URL; None is piper's own collection.

    `sha256` is what its model must have; else the one that is known; else, where a person says `trust`, the one that
    the source gives (a folder or URL in SHA256SUMS or NAME.onnx.sha256, as `sha256sum` writes them), if it gives one.
    Returns the model's SHA-256. Raises `NotFound` where there is no such voice, `TryAgain` where the line broke,
    `Refused` for what does not match or nothing is known of, `BadUsage` for what is no SHA-256.
    """
    if not NAME.fullmatch(voice):
        raise NotFound(Message("“{voice}” is not a piper voice; they look like vi_VN-vais1000-medium", voice=voice))
    wanted = _wanted(voice, sha256, trust)
    folder.mkdir(parents=True, exist_ok=True)
    for item in _collection(voice, hub) if source is None else _beside(voice, source):
        model = wanted and item.name.endswith(MODEL)
        _obtain(replace(item, digest=f"sha256:{wanted}") if model else item, folder, progress)
    return _seal(folder, voice)


def _wanted(voice: str, sha256: str | None, trust: bool) -> str | None:
    """The SHA-256 that the model must have; None where the source is trusted."""
    if sha256:
        if not re.fullmatch("[0-9a-f]{64}", given := sha256.strip().lower()):
            raise BadUsage(Message("“{value}” is no SHA-256: that has 64 digits, 0-9 and a-f", value=sha256))
        return given
    if voice in KNOWN or trust:
        return KNOWN.get(voice)
    raise Refused(
        Message(
            "nothing is known here of “{voice}”: give the SHA-256 of its model (--sha256) as somebody you believe "
            "tells it, or say --trust to believe the place that it comes from",
            voice=voice,
        )
    )


# What there should be


def _collection(voice: str, hub: str) -> list[Item]:
    """The files as the collection's own index gives them."""
    parts = NAME.fullmatch(voice)
    assert parts is not None
    place = f"{parts['language']}/{parts['language']}_{parts['region']}/{parts['name']}/{parts['quality']}"
    index = _json(urljoin(hub, f"api/models/rhasspy/piper-voices/tree/main/{place}"), voice)
    found = {str(entry["path"]).rpartition("/")[2]: entry for entry in index}
    return [
        _item(found, voice + ending, urljoin(hub, f"rhasspy/piper-voices/resolve/main/{place}/")) for ending in ENDINGS
    ]


def _item(found: Mapping[str, Mapping[str, object]], name: str, base: str) -> Item:
    try:
        entry = found[name]
        large = entry.get("lfs")
        digest = f"sha256:{large['oid']}" if isinstance(large, Mapping) else f"git:{entry['oid']}"
        return Item(name, base + name, digest, int(str(entry["size"])))
    except (KeyError, ValueError) as error:
        raise NotFound(Message("there is no “{name}” at {place}", name=name, place=base)) from error


def _beside(voice: str, source: str) -> list[Item]:
    """The files in a folder or below a URL, with the hashes that lie beside them, if any do."""
    base = source if "://" in source else str(Path(source).resolve())
    if base.endswith(".onnx"):
        base = base.rpartition("/")[0]
    base = base.rstrip("/") + "/"
    sums = _sums(base, voice)
    names = [voice + ending for ending in ENDINGS]
    return [Item(name, base + name, f"sha256:{sums[name]}" if name in sums else "") for name in names]


def _sums(base: str, voice: str) -> dict[str, str]:
    """File name -> hash, from all lists that are there."""
    lists = [_text(base + name) for name in ("SHA256SUMS", *(f"{voice}{ending}.sha256" for ending in ENDINGS))]
    lines = re.findall(r"^([0-9a-fA-F]{64}) [ *](?:.*/)?(\S+)\s*$", "\n".join(lists), re.MULTILINE)
    return {name: digest.lower() for digest, name in lines}


def _text(place: str) -> str:
    """A small file; empty where there is none."""
    if "://" not in place:
        path = Path(place)
        return path.read_text(errors="replace") if path.is_file() else ""
    with _reaching(place):
        answer = requests.get(place, timeout=PATIENCE)
        return answer.text if answer.status_code == 200 else ""


def _json(url: str, voice: str) -> list[dict[str, object]]:
    with _reaching(url):
        answer = requests.get(url, timeout=PATIENCE)
        if answer.status_code == 404:
            raise NotFound(Message("there is no “{name}” at {place}", name=voice, place=url))
        _good(answer)
        found = answer.json()
        return [entry for entry in found if "path" in entry] if isinstance(found, list) else []


# Getting it


def _obtain(item: Item, folder: Path, progress: Progress) -> None:
    """One file, unless it is there already."""
    target, part = folder / item.name, folder / f"{item.name}.part"
    if target.exists() and _matches(target, item):
        return
    _room(folder, item)
    if not item.digest:
        part.unlink(missing_ok=True)  # of what it is a part, nobody could tell
    try:
        with part.open("ab") as file:
            for done, total in _copied(item, file.tell(), file):
                progress(done, total, item.name)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise TryAgain(Message("{name} broke off; the same command goes on from there", name=item.name)) from error
    if not _matches(part, item):
        part.unlink()
        raise Refused(Message("{name} is not what it should be (size or SHA-256) and was thrown away", name=item.name))
    os.replace(part, target)
    _sync(folder)


def _room(folder: Path, item: Item) -> None:
    free = shutil.disk_usage(folder).free
    if free < (item.size or 0) + BLOCK:
        raise Refused(Message("there is no room for {name} in {folder}", name=item.name, folder=folder))


def _copied(item: Item, have: int, file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Copy what is missing after the first `have` bytes; how much is there, of how much."""
    blocks, begins, total = _remote(item, have) if "://" in item.place else _local(item, have)
    file.truncate(begins)
    done = begins
    for block in blocks:
        done += file.write(block)
        if done > LARGEST or (item.size is not None and done > item.size):
            break  # it will not match
        yield done, total


def _local(item: Item, have: int) -> tuple[Iterator[bytes], int, int]:
    path = Path(item.place)
    if not path.is_file():
        raise NotFound(Message("there is no “{name}” at {place}", name=item.name, place=path.parent))
    return _blocks(path, have), have, path.stat().st_size


def _blocks(path: Path, begins: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begins)
        while block := file.read(BLOCK):
            yield block


def _remote(item: Item, have: int) -> tuple[Iterator[bytes], int, int]:
    """The rest of the file, or the whole of it from a server that knows no ranges."""
    with _reaching(item.place):
        answer = requests.get(
            item.place, headers={"Range": f"bytes={have}-"} if have else {}, stream=True, timeout=PATIENCE
        )
        if answer.status_code == 416:  # nothing is missing, or everything is wrong: the hash will tell
            return iter(()), have, have
        _good(answer)
    begins = have if answer.status_code == 206 else 0
    return answer.iter_content(BLOCK), begins, begins + int(answer.headers.get("Content-Length", "0"))


@contextmanager
def _reaching(url: str) -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, ValueError) as error:
        raise TryAgain(Message("{host} cannot be reached, or broke off", host=url)) from error


def _good(answer: requests.Response) -> None:
    if not answer.ok:
        raise TryAgain(Message("{host} answers {status}", host=answer.url, status=answer.status_code))


# Is it right?


def _matches(path: Path, item: Item) -> bool:
    kind, _colon, wanted = item.digest.partition(":")
    size = path.stat().st_size
    if item.size is not None and size != item.size:
        return False
    return _hash(path, kind, size) == wanted if kind else _plausible(path)


def _plausible(path: Path) -> bool:
    """Could this be a voice's file? Told from half a file, and from the page of a network that wants a log-in."""
    with path.open("rb") as file:
        if path.name.removesuffix(".part").endswith(MODEL):
            return file.read(1) not in (b"", b"<")
        try:
            return isinstance(json.load(file), dict)
        except ValueError:
            return False


def _hash(path: Path, kind: str, size: int) -> str:
    digest = hashlib.sha256() if kind == "sha256" else hashlib.sha1(b"blob %d\0" % size)
    for block in _blocks(path, 0):
        digest.update(block)
    return digest.hexdigest()


def _seal(folder: Path, voice: str) -> str:
    """Write the hashes beside the voice, so that this folder on a stick is a source for the next box; the model's."""
    hashes = {voice + ending: _hash(folder / (voice + ending), "sha256", 0) for ending in ENDINGS}
    lines = [f"{digest}  {name}\n" for name, digest in hashes.items()]
    part, target = folder / f"{voice}.onnx.sha256.part", folder / f"{voice}.onnx.sha256"
    with part.open("w") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, target)
    _sync(folder)
    return hashes[voice + MODEL]


def _sync(folder: Path) -> None:
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
