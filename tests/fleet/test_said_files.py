"""Files that the broker brings: only what a verified manifest wants is written, and only a few are held."""

from __future__ import annotations

import hashlib
from pathlib import Path

from loudspeaker.fleet.said_files import MOST_HELD, SaidFiles
from loudspeaker.fleet.topics import blob_path


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_what_is_wanted_is_laid_out_once_and_nothing_else_is(tmp_path: Path) -> None:
    said, wanted, other = SaidFiles(tmp_path), b"title", b"foreign"
    for content in (other, wanted):
        said.keep(content)
    assert not list(tmp_path.iterdir())

    lacking = said.lay_out({name_of(wanted): len(wanted), name_of(b"lacking"): 7})

    assert lacking == {name_of(b"lacking"): 7}
    assert (tmp_path / blob_path(name_of(wanted))).read_bytes() == wanted
    assert not (tmp_path / blob_path(name_of(other))).exists()
    assert said.lay_out({name_of(wanted): len(wanted)})  # it is held no more


def test_what_finds_no_room_is_lacking_and_laid_out_once_there_is_some(tmp_path: Path) -> None:
    folder, content = tmp_path / "fleet", b"title"
    said, wanted = SaidFiles(folder), {name_of(content): len(content)}
    said.keep(content)
    folder.touch()  # a file, in which none can be written
    assert said.lay_out(wanted) == wanted

    folder.unlink()
    assert said.lay_out(wanted) == {}
    assert (folder / blob_path(name_of(content))).read_bytes() == content


def test_of_many_the_last_are_held_and_one_that_is_too_long_is_not(tmp_path: Path) -> None:
    said, many = SaidFiles(tmp_path), [bytes([number]) * (MOST_HELD // 4) for number in range(6)]
    for content in many:
        said.keep(content)
    wanted = {name_of(content): len(content) for content in many}
    assert list(said.lay_out(wanted)) == [name_of(content) for content in many[:2]]

    said.keep(many[0])
    said.keep(bytes(MOST_HELD + 1))
    assert said.lay_out({name_of(bytes(MOST_HELD + 1)): MOST_HELD + 1})
