"""Install a piper voice from the net, a file or a folder (a USB stick); a wrong or partial file never becomes a voice.

A model is accepted when its SHA-256 is known (`KNOWN_MODELS`), given by a person, or when a person trusts the source:
a hash from the same place as the file shows only that the file arrived undamaged.

Each file is downloaded as `.part`, checked by size and hash, fsynced, and then renamed. An interrupted download is
resumed; a file that does not match is deleted. A `.part` is appended to here and not in `store.atomic`, because it must
survive an interruption.
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

from ..errors import BadUsage, LoudspeakerError, Message, NotFound, Refused, TryAgain
from ..store.atomic import commit_draft, write_atomic

HUB = "https://huggingface.co/"
NAME = re.compile(r"(?P<language>[a-z]{2,3})_(?P<region>[A-Z]{2})-(?P<name>\w+)-(?P<quality>\w+)")
CONFIG, MODEL = ".onnx.json", ".onnx"
SUFFIXES = (CONFIG, MODEL)  # the small one first: a voice is installed when its model is
# SHA-256 by voice, from the model's public listing.
KNOWN_MODELS = {"vi_VN-vais1000-medium": "ec7c89e2c85f4d1edc24b6120c18aaf1bda614f06b511567eb9c7c0de15e2dab"}
MOST_BYTES = 300 << 20  # of a file; the best voices have 120 MB
BLOCK_SIZE = 1 << 18  # bytes
TIMEOUTS = (8.0, 30.0)  # seconds to connect, and between two bytes

Progress = Callable[[int, int, str], None]  # bytes done, of all, file


@dataclass(frozen=True, slots=True)
class VoiceFile:
    """One file of a voice: where it comes from, and the hash it must have."""

    name: str
    place: str  # URL or path
    digest: str  # "sha256:…", or "git:…" for the hash that Git gives a small file; "" where none is known
    size: int | None = None  # bytes


def install_voice(
    voice: str,
    source: str | None,
    folder: Path,
    progress: Progress = lambda done, total, name: None,
    hub: str = HUB,
    *,
    sha256: str | None = None,
    trust: bool = False,
) -> str:
    """Install `voice` into `folder` from `source`: a folder, the path of a model, a URL; None is piper's collection.

    The model must have the hash `sha256`; without one, the known hash; with `trust`, the hash that the source gives, if
    any (in SHA256SUMS or NAME.onnx.sha256, as `sha256sum` writes them). `progress` is called with bytes done, bytes of
    all and the file. Returns the SHA-256 of the model.

    Raises:
        BadUsage: `sha256` is not a SHA-256.
        NotFound: there is no such voice.
        Refused: the file does not match, or no hash is known and the source is not trusted.
        TryAgain: the download broke off.
    """
    if not NAME.fullmatch(voice):
        raise NotFound(Message("“{voice}” is not a piper voice; they look like vi_VN-vais1000-medium", voice=voice))
    wanted = _expected_hash(voice, sha256, trust)
    folder.mkdir(parents=True, exist_ok=True)
    for item in _list_collection(voice, hub) if source is None else _list_source(voice, source):
        model = wanted and item.name.endswith(MODEL)
        _fetch(replace(item, digest=f"sha256:{wanted}") if model else item, folder, progress)
    return _write_checksums(folder, voice)


def _expected_hash(voice: str, sha256: str | None, trust: bool) -> str | None:
    """The SHA-256 that the model must have; None where the source is trusted. Raises `BadUsage`, `Refused`."""
    if sha256:
        if not re.fullmatch("[0-9a-f]{64}", given := sha256.strip().lower()):
            raise BadUsage(Message("“{value}” is no SHA-256: that has 64 digits, 0-9 and a-f", value=sha256))
        return given
    if voice in KNOWN_MODELS or trust:
        return KNOWN_MODELS.get(voice)
    raise Refused(
        Message(
            "nothing is known here of “{voice}”: give the SHA-256 of its model (--sha256) as somebody you believe "
            "tells it, or say --trust to believe the place that it comes from",
            voice=voice,
        )
    )


# List the files of a voice


def _list_collection(voice: str, hub: str) -> list[VoiceFile]:
    """The files of `voice` by the index of piper's collection."""
    parts = NAME.fullmatch(voice)
    assert parts is not None
    place = f"{parts['language']}/{parts['language']}_{parts['region']}/{parts['name']}/{parts['quality']}"
    index = _get_json(urljoin(hub, f"api/models/rhasspy/piper-voices/tree/main/{place}"), voice)
    entries = {str(entry["path"]).rpartition("/")[2]: entry for entry in index}
    base = urljoin(hub, f"rhasspy/piper-voices/resolve/main/{place}/")
    return [_collection_file(entries, voice + suffix, base) for suffix in SUFFIXES]


def _collection_file(entries: Mapping[str, Mapping[str, object]], name: str, base: str) -> VoiceFile:
    try:
        entry = entries[name]
        large = entry.get("lfs")
        digest = f"sha256:{large['oid']}" if isinstance(large, Mapping) else f"git:{entry['oid']}"
        return VoiceFile(name, base + name, digest, int(str(entry["size"])))
    except (KeyError, ValueError) as error:
        raise NotFound(Message("there is no “{name}” at {place}", name=name, place=base)) from error


def _list_source(voice: str, source: str) -> list[VoiceFile]:
    """The files of `voice` in a folder or below a URL, with the hashes that the source gives, if any."""
    base = source if "://" in source else str(Path(source).resolve())
    if base.endswith(".onnx"):
        base = base.rpartition("/")[0]
    base = base.rstrip("/") + "/"
    sums = _read_checksums(base, voice)
    names = [voice + suffix for suffix in SUFFIXES]
    return [VoiceFile(name, base + name, f"sha256:{sums[name]}" if name in sums else "") for name in names]


def _read_checksums(base: str, voice: str) -> dict[str, str]:
    """File name -> SHA-256, from all checksum files below `base`."""
    lists = [_read_text(base + name) for name in ("SHA256SUMS", *(f"{voice}{suffix}.sha256" for suffix in SUFFIXES))]
    lines = re.findall(r"^([0-9a-fA-F]{64}) [ *](?:.*/)?(\S+)\s*$", "\n".join(lists), re.MULTILINE)
    return {name: digest.lower() for digest, name in lines}


def _read_text(place: str) -> str:
    """A small file; empty where there is none."""
    if "://" not in place:
        path = Path(place)
        return path.read_text(errors="replace") if path.is_file() else ""
    with _translate_network_errors(place):
        answer = requests.get(place, timeout=TIMEOUTS)
        return answer.text if answer.status_code == 200 else ""


def _get_json(url: str, voice: str) -> list[dict[str, object]]:
    with _translate_network_errors(url):
        answer = requests.get(url, timeout=TIMEOUTS)
        if answer.status_code == 404:
            raise NotFound(Message("there is no “{name}” at {place}", name=voice, place=url))
        _check_status(answer)
        entries = answer.json()
        return [entry for entry in entries if "path" in entry] if isinstance(entries, list) else []


# Fetch a file


def _fetch(item: VoiceFile, folder: Path, progress: Progress) -> None:
    """Fetch one file, unless it is installed already. Raises `Refused`, `TryAgain`."""
    target, part = folder / item.name, folder / f"{item.name}.part"
    if target.exists() and _matches(target, item):
        return
    _check_free_space(folder, item)
    if not item.digest:
        part.unlink(missing_ok=True)  # without a hash, parts of different files could be joined
    try:
        with part.open("ab") as file:
            for done, total in _copy(item, file.tell(), file):
                progress(done, total, item.name)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise TryAgain(Message("{name} broke off; the same command goes on from there", name=item.name)) from error
    except LoudspeakerError:  # not there, or not reached: nothing may have come
        if not part.stat().st_size:
            part.unlink()
        raise
    if not _matches(part, item):
        part.unlink()
        raise Refused(Message("{name} is not what it should be (size or SHA-256) and was thrown away", name=item.name))
    commit_draft(part, target)


def _check_free_space(folder: Path, item: VoiceFile) -> None:
    free = shutil.disk_usage(folder).free
    if free < (item.size or 0) + BLOCK_SIZE:
        raise Refused(Message("there is no room for {name} in {folder}", name=item.name, folder=folder))


def _copy(item: VoiceFile, have: int, file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Append all after the first `have` bytes; yields bytes done and bytes of all."""
    blocks, begins, total = _open_remote(item, have) if "://" in item.place else _open_local(item, have)
    file.truncate(begins)
    done = begins
    for block in blocks:
        done += file.write(block)
        if done > MOST_BYTES or (item.size is not None and done > item.size):
            break  # the check fails
        yield done, total


def _open_local(item: VoiceFile, have: int) -> tuple[Iterator[bytes], int, int]:
    path = Path(item.place)
    if not path.is_file():
        raise NotFound(Message("there is no “{name}” at {place}", name=item.name, place=path.parent))
    return _blocks(path, have), have, path.stat().st_size


def _blocks(path: Path, begins: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begins)
        while block := file.read(BLOCK_SIZE):
            yield block


def _open_remote(item: VoiceFile, have: int) -> tuple[Iterator[bytes], int, int]:
    """Blocks, the byte at which they begin, and the size; the whole file where the server has no ranges."""
    with _translate_network_errors(item.place):
        answer = requests.get(
            item.place, headers={"Range": f"bytes={have}-"} if have else {}, stream=True, timeout=TIMEOUTS
        )
        if answer.status_code == 416:  # nothing is missing, or the part is wrong: the check decides
            return iter(()), have, have
        _check_status(answer)
    begins = have if answer.status_code == 206 else 0
    return answer.iter_content(BLOCK_SIZE), begins, begins + int(answer.headers.get("Content-Length", "0"))


@contextmanager
def _translate_network_errors(url: str) -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, ValueError) as error:
        raise TryAgain(Message("{host} cannot be reached, or broke off", host=url)) from error


def _check_status(answer: requests.Response) -> None:
    if not answer.ok:
        raise TryAgain(Message("{host} answers {status}", host=answer.url, status=answer.status_code))


# Check a file


def _matches(path: Path, item: VoiceFile) -> bool:
    kind, _colon, expected = item.digest.partition(":")
    size = path.stat().st_size
    if item.size is not None and size != item.size:
        return False
    return _hash_file(path, kind, size) == expected if kind else _is_plausible(path)


def _is_plausible(path: Path) -> bool:
    """Is this neither empty nor truncated JSON, nor the page of a network that wants a log-in?"""
    with path.open("rb") as file:
        if path.name.removesuffix(".part").endswith(MODEL):
            return file.read(1) not in (b"", b"<")
        try:
            return isinstance(json.load(file), dict)
        except ValueError:
            return False


def _hash_file(path: Path, kind: str, size: int) -> str:
    digest = hashlib.sha256() if kind == "sha256" else hashlib.sha1(b"blob %d\0" % size)
    for block in _blocks(path, 0):
        digest.update(block)
    return digest.hexdigest()


def _write_checksums(folder: Path, voice: str) -> str:
    """Write the hashes beside the voice, so that a copy of `folder` is a source for another box; the model's hash."""
    hashes = {voice + suffix: _hash_file(folder / (voice + suffix), "sha256", 0) for suffix in SUFFIXES}
    lines = "".join(f"{digest}  {name}\n" for name, digest in hashes.items())
    write_atomic(folder / f"{voice}.onnx.sha256", lines.encode())
    return hashes[voice + MODEL]
