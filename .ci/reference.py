"""Write docs/reference.md: every key of every file and every command, from the tables in the code. Development only.

What the code does not know (an example, a few words of explanation) stands in reference.txt; a key or a command that
is missing there, or too much, is an error. tests/cli/test_reference.py reads every example back.
"""

from __future__ import annotations

import gettext
import io
import runpy
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from loudspeaker.cli import cli
from loudspeaker.config import box_file, bulletin_file, commune_file, schedule_file
from loudspeaker.config.keywords import DAYS, KEYS, TWINS, WORDS

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "reference.md"
# Place -> its keys in the code, and where it stands on the page.
PLACES: dict[str, tuple[Sequence[str], str]] = {
    "commune": (commune_file.KEYS, "## commune.yaml: xã / the commune"),
    "policy": ((*commune_file.POLICY_KEYS, "villages"), "### quy chế / policy"),
    "contact": (commune_file.CONTACT_KEYS, "### liên hệ, kỹ thuật / contacts, technician"),
    "received": (commune_file.RECEIVED_KEYS, "### tin cấp trên / received"),
    "exception": (commune_file.EXCEPTION_KEYS, "### quy chế tạm thời / exceptions"),
    "day": (commune_file.DAY_KEYS, "### ngày đặc biệt / days"),
    "box": (box_file.KEYS, "## box.yaml: thiết bị / this machine"),
    "output": (box_file.OUTPUT_KEYS, "### đường loa / outputs"),
    "relay": (box_file.RELAY_KEYS, "### rơ-le / relay"),
    "button": (("pin",), "### nút dừng / stop_button"),
    "bulletin": (bulletin_file.KEYS, "## bulletins/*.md: bản tin / bulletins"),
    "part": (bulletin_file.PART_KEYS, "### các phần / parts"),
    "schedule": (schedule_file.KEYS, "## schedules/*.yaml: lịch phát / schedules"),
    "entry": (schedule_file.ENTRY_KEYS, "### mục lịch phát / one entry of broadcasts"),
}
ANCHORS = {"commune": "commune", "box": "box", "bulletin": "bulletins", "schedule": "schedules"}
SHOWN = {("commune", "days"): "ngày đặc biệt"}  # where another Vietnamese key suits better than the usual one


class Row(NamedTuple):
    """One line of reference.txt."""

    vietnamese: str
    english: str
    meaning: str
    meaning_en: str
    beside: dict[str, str]


def table() -> dict[str, dict[str, Row]]:
    """Place -> key -> what reference.txt says of it."""
    found: dict[str, dict[str, Row]] = {}
    place = ""
    for line in (HERE / "reference.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            place = line.strip("[]")
            found[place] = {}
        elif line and not line.startswith("#"):
            facts, *words = line.split(" | ")
            key, vietnamese, *english = facts.split(" = ")
            beside = dict(pair.split(" = ") for pair in words[2].split("; ")) if len(words) > 2 else {}
            said, examples = english or [vietnamese], words[:2] or ["", ""]
            found[place][key] = Row(vietnamese, *said, *examples, beside)  # type: ignore[call-arg]
    return found


def twins(place: str, key: str) -> list[str]:
    """All Vietnamese keys, the one that is shown first."""
    if own := SHOWN.get((place, key)):
        return [own]
    first = TWINS.get(key, key)
    others = [twin for twin, known in KEYS.items() if known == key and twin not in {first, *SHOWN.values()}]
    return [first, *(others if first in KEYS else [])]


def commands(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that people are told of, by its words."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    if command.invoke_without_command:
        yield path, command
    context = click.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        if inner and not inner.hidden:
            yield from commands(inner, f"{path} {name}".strip())


def page() -> str:
    """The whole of docs/reference.md."""
    rows = table()
    _check(rows)
    compiled = runpy.run_path(str(HERE / "messages.py"))["compiled"]
    translate = gettext.GNUTranslations(io.BytesIO(compiled())).gettext
    lines = [
        "<!-- Made by `make reference` from the tables in the code and .ci/reference.txt; do not edit. -->",
        "# Tra cứu / Reference",
        "",
        "Khóa tiếng Việt và tiếng Anh dùng lẫn được; chữ hoa, chữ thường như nhau. Một giá trị đứng một mình là danh "
        "sách có một giá trị.  ",
        "Vietnamese and English keys may be mixed, in capitals or not. One value alone is a list of one.",
        "",
        "[commune.yaml](#commune) · [box.yaml](#box) · [bulletins](#bulletins) · [schedules](#schedules) · "
        "[giá trị / values](#values) · [lệnh / commands](#commands)",
    ]
    for place, (keys, heading) in PLACES.items():
        lines += ["", *([f'<a id="{ANCHORS[place]}"></a>', ""] if place in ANCHORS else []), heading, ""]
        lines += ["| Tiếng Việt | English | Ví dụ / example | Nghĩa / meaning |", "|---|---|---|---|"]
        lines += [_key_row(place, key, rows[place][key]) for key in keys]
    lines += ["", '<a id="values"></a>', "", *_values(rows["values"])]
    lines += ["", '<a id="commands"></a>', "", "## Lệnh / Commands", ""]
    lines += ["Trước mọi lệnh / before any command:", "", *_options(cli, translate)]
    for path, command in commands(cli):
        lines += ["", *_command(path, command, rows["commands"][path].vietnamese, translate)]
    return "\n".join(lines) + "\n"


def _check(rows: dict[str, dict[str, Row]]) -> None:
    """Raises `ValueError` where reference.txt and the code do not know the same."""
    known = {place: set(keys) for place, (keys, _) in PLACES.items()}
    known["commands"] = {path for path, _ in commands(cli)}
    for place, keys in known.items():
        if keys ^ set(rows[place]):
            raise ValueError(f".ci/reference.txt [{place}]: {sorted(keys ^ set(rows[place]))}")


def _key_row(place: str, key: str, row: Row) -> str:
    ours = " · ".join(f"`{twin}`" for twin in twins(place, key)) if twins(place, key) != [key] else ""
    examples = [f"`{twins(place, key)[0]}: {row.vietnamese}`", f"`{key}: {row.english}`"]
    return f"| {ours} | `{key}` | {'<br>'.join(dict.fromkeys(examples))} | {row.meaning}<br>{row.meaning_en} |"


def _values(rows: dict[str, Row]) -> list[str]:
    lines = ["## Giá trị / Values", "", "| Ghi như / written as | Nghĩa / meaning |", "|---|---|"]
    for row in rows.values():
        forms = " · ".join(f"`{form}`" for form in row.vietnamese.split(", "))
        lines.append(f"| {forms} | {row.meaning}<br>{row.meaning_en} |")
    words: dict[str, list[str]] = {}
    for twin, word in WORDS.items():
        words.setdefault(word, []).append(twin)
    lines += ["", "| Từ / word | English |", "|---|---|"]
    lines += [f"| {' · '.join(f'`{twin}`' for twin in ours)} | `{word}` |" for word, ours in words.items()]
    days: dict[int, list[str]] = {}
    for word, day in DAYS.items():
        days.setdefault(day, []).append(word)
    lines += ["", "| Thứ trong tuần / weekdays |", "|---|"]
    lines += [f"| {' · '.join(f'`{word}`' for word in names)} |" for _, names in sorted(days.items())]
    return lines


def _command(path: str, command: click.Command, example: str, translate: Callable[[str], str]) -> list[str]:
    words = [argument_words(param) for param in command.params if isinstance(param, click.Argument)]
    options = ["[OPTIONS]"] if len(words) < len(command.params) else []
    usage = " ".join(["loudspeaker", path, *options, *words])
    told = [f"{translate(command.help or '')}  ", command.help or ""]
    return [
        f"### {path}",
        "",
        *told,
        "",
        f"    {usage}",
        "",
        f"Ví dụ / example: `{example}`",
        *_options(command, translate),
    ]


def argument_words(param: click.Argument) -> str:
    if param.metavar:
        return param.metavar
    name = (param.name or "").upper()
    return name if param.required else f"[{name}]"


def _options(command: click.Command, translate: Callable[[str], str]) -> list[str]:
    options = [param for param in command.params if isinstance(param, click.Option) and not param.hidden]
    if not options:
        return []
    lines = ["", "| Tùy chọn / option | Nghĩa | Meaning |", "|---|---|---|"]
    for option in options:
        names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
        value = "" if option.is_flag else " " + option_value(option).replace("|", r"\|")
        help_text = " ".join((option.help or "").split())
        lines.append(f"| {names}{value} | {translate(option.help or '')} | {help_text} |")
    return lines


def option_value(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return "|".join(map(str, option.type.choices))
    return option.metavar or {"integer range": "N", "integer": "N"}.get(option.type.name, option.type.name.upper())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: {len(page().splitlines())} lines\n")
