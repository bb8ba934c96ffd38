"""docs/reference.md is as the code is, and everything in it can be written so."""

from __future__ import annotations

import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from harness.paths import ROOT

from loudspeaker.cli import cli
from loudspeaker.config import box_file, bulletin_file, commune_file, schedule_file, values
from loudspeaker.config.keywords import ALSO, KEYS, TWINS
from loudspeaker.model.day_set import DaySet, NamedDay

tool = runpy.run_path(str(ROOT / ".ci" / "reference.py"))
TABLE = tool["table"]()
TET = {"tet": NamedDay("tet", DaySet())}

COMMUNE = "commune: Xã\nid: xa\nvillages: [na-hoa]\ndays: {tet: {lunar: 1}}\n"
BOX = "plays: {na-hoa: nha-van-hoa}\noutputs: {nha-van-hoa: {device: auto}}\n"


def examples(place: str) -> Iterator[tuple[str, str]]:
    """Each key of a place with a line in which it is written."""
    for key in tool["PLACES"][place][0]:
        row = TABLE[place][key]
        for twin in tool["twins"](place, key):
            yield key, f"{twin}: {row.vietnamese}"
        yield key, f"{key}: {row.english}"


def fields(base: str, key: str, line: str, beside: dict[str, str]) -> str:
    """`base`, lines of YAML, with `line` in place of the line of `key`, and what must stand beside it."""
    kept = [kept for kept in base.splitlines() if kept.partition(":")[0] not in {key, *beside}]
    return "".join(f"{text}\n" for text in [*kept, *(f"{name}: {value}" for name, value in beside.items()), line])


def inline(base: str, key: str, line: str, beside: dict[str, str]) -> str:
    return ", ".join(f'"{t}"' if "#" in t else t for t in fields(base, key, line, beside).splitlines())


def parse(place: str, key: str, line: str) -> Any:
    beside = TABLE[place][key].beside
    match place:
        case "commune":
            return commune_file.parse("commune.yaml", fields(COMMUNE, key, line, beside).encode())
        case "policy":
            return commune_file.parse("commune.yaml", f"{COMMUNE}policy: {{{line}}}\n".encode())
        case "contact":
            given = {"name": "A", "phone": "0912345678"}
            body = ", ".join([*(f"{name}: {text}" for name, text in given.items() if name != key), line])
            return commune_file.parse("commune.yaml", f"{COMMUNE}technician: {{{body}}}\n".encode())
        case "exception":
            whole = "from: 2026-12-01\nuntil: 2026-12-03\nwhy: A\npolicy: {sessions_per_day: 6}"
            kept = [one for one in whole.splitlines() if one.partition(":")[0] != key]
            body = ", ".join([*kept, line])
            return commune_file.parse("commune.yaml", f"{COMMUNE}exceptions: [{{{body}}}]\n".encode())
        case "received":
            return commune_file.parse("commune.yaml", f"{COMMUNE}received: {{lao-cai: {{{line}}}}}\n".encode())
        case "day":
            body = inline("dates: 2026-09-05", key, line, beside)
            return commune_file.parse("commune.yaml", f"commune: Xã\nid: xa\ndays: {{x: {{{body}}}}}\n".encode())
        case "box":
            return box_file.parse("box.yaml", fields(BOX, key, line, beside).encode())
        case "output":
            return box_file.parse("box.yaml", f"outputs: {{x: {{{line}}}}}\n".encode())
        case "relay":
            body = inline("pin: 17", key, line, beside)
            return box_file.parse("box.yaml", f"outputs: {{x: {{relay: {{{body}}}}}}}\n".encode())
        case "button":
            return box_file.parse("box.yaml", f"stop_button: {{{line}}}\n".encode())
        case "bulletin":
            return bulletin_file.parse("x.md", f"---\n{fields('title: A', key, line, beside)}---\nA.\n".encode())
        case "part":
            body = inline("", key, line, beside)
            return bulletin_file.parse("x.md", f"---\ntitle: A\nparts: [text, {{{body}}}]\n---\nA.\n".encode())
        case "schedule":
            base = "broadcasts: [{bulletin: a, at: 6:00}]"
            return schedule_file.parse("na-hoa.yaml", fields(base, key, line, beside).encode())
        case "entry":
            base = "at: 6:00\n" if "every" not in {key, *beside} else ""
            base += "bulletin: a\n" if "stream" not in {key, *beside} else ""
            lines = fields(base, key, line, beside).splitlines()
            entry = "".join(f"  {'-' if not number else ' '} {text}\n" for number, text in enumerate(lines))
            return schedule_file.parse("na-hoa.yaml", f"broadcasts:\n{entry}".encode(), TET)
    raise ValueError(place)


def test_the_page_is_fresh() -> None:
    assert (ROOT / "docs" / "reference.md").read_text(encoding="utf-8") == tool["page"](), "run “make reference”"


@pytest.mark.parametrize("place", tool["PLACES"])
def test_every_example_of_a_key_can_be_written_so(place: str) -> None:
    for key, line in examples(place):
        parse(place, key, line)


@pytest.mark.parametrize("form", TABLE["values"])
def test_every_form_of_a_value_can_be_read(form: str) -> None:
    for text in TABLE["values"][form].vietnamese.split(", "):
        getattr(values, form)(text)


@pytest.mark.parametrize("path", TABLE["commands"])
def test_every_example_of_a_command_is_good_usage(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "thong-bao.txt").write_text("A.", encoding="utf-8")
    words = shlex.split(TABLE["commands"][path].vietnamese)
    command: click.Command = cli
    ctx = cli.make_context(words[0], words[1:])
    rest = words[1:]
    while isinstance(command, click.Group) and rest:
        _, inner, rest = command.resolve_command(ctx, rest)
        assert inner
        command = inner

    assert words[1 : -len(rest) or None] == path.split()
    command.make_context(path, rest, parent=ctx)


def test_a_key_or_command_that_the_page_does_not_know_is_an_error() -> None:
    with pytest.raises(ValueError, match="entry"):
        tool["_check"](TABLE | {"entry": {}})


def test_what_is_shown_and_what_is_proposed_are_keys() -> None:
    assert all(KEYS[twin] == key for key, twin in TWINS.items())
    assert set(ALSO.values()) <= set(TWINS) | {"id"}
