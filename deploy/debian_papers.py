"""What a Debian package has beside its program, made from what is there already. For build_deb.sh.

    debian_papers.py man FOLDER          a man page for each command, Vietnamese and English, of --help and its examples
    debian_papers.py completion          for bash, as click makes it
    debian_papers.py copyright LIBRARY   NOTICE, and who wrote and licensed each package in LIBRARY
    debian_papers.py changelog           the newest part of CHANGELOG.md in Debian's form

VERSION, MAINTAINER and SOURCE_DATE_EPOCH are the package's.
"""

from __future__ import annotations

import gettext
import gzip
import io
import os
import re
import runpy
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path

import click
from click.shell_completion import BashComplete

from loudspeaker.cli import cli

ROOT = Path(__file__).resolve().parent.parent
INSTALLED = "/usr/lib/loudspeaker/lib"
LICENCE_FILE = re.compile(r"(?i)licen[cs]e|copying|notice|authors")
COPYRIGHT = re.compile(r"(?m)^[\s#*/]*(Copyright (?:\(c\)|©|[0-9]).*)$")
reference = runpy.run_path(str(ROOT / ".ci" / "reference.py"))


@dataclass(frozen=True)
class Language:
    """Where its pages lie, how help is translated, and the headings of a page in order."""

    folder: str
    translate: Callable[[str], str]
    name: str
    synopsis: str
    description: str
    options: str
    commands: str
    example: str
    see: str


def languages() -> list[Language]:
    compiled = runpy.run_path(str(ROOT / ".ci" / "messages.py"))["compiled"]
    vietnamese = gettext.GNUTranslations(io.BytesIO(compiled())).gettext
    return [
        Language("man1", str, "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "EXAMPLES", "SEE ALSO"),
        Language(
            *("vi/man1", vietnamese, "TÊN", "CÚ PHÁP", "MÔ TẢ", "TÙY CHỌN", "CÁC LỆNH", "VÍ DỤ", "XEM THÊM"),
        ),
    ]


def roff(text: str) -> str:
    """Words as roff shows them unchanged.

    >>> roff("--by NAME"), roff(".hidden")
    ('\\\\-\\\\-by NAME', '\\\\&.hidden')
    """
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def options(command: click.Command, words: Language) -> Iterator[str]:
    shown = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    if shown:
        yield f".SH {words.options}"
    for one in shown:
        value = "" if one.is_flag else f" \\fI{roff(reference['option_value'](one))}\\fR"
        yield ".TP"
        yield f"\\fB{roff(', '.join([*one.opts, *one.secondary_opts]))}\\fR{value}"
        yield roff(words.translate(one.help or ""))


def page(path: str, command: click.Command, example: str, words: Language) -> str:
    """The man page of one command; `path` is its words behind “loudspeaker”."""
    name = f"loudspeaker-{path.replace(' ', '-')}"
    arguments = [reference["argument_words"](one) for one in command.params if isinstance(one, click.Argument)]
    told = words.translate(command.help or "")
    lines = [
        *heading(name, words),
        f".SH {words.name}",
        f"{roff(name)} \\- {roff(told.rstrip('.'))}",
        f".SH {words.synopsis}",
        f"\\fBloudspeaker {roff(path)}\\fR {roff(' '.join(['[OPTIONS]', *arguments]))}",
        f".SH {words.description}",
        roff(told),
        *options(command, words),
        f".SH {words.example}",
        f".EX\n{roff(example)}\n.EE",
        f".SH {words.see}",
        ".BR loudspeaker (1),\n/usr/share/doc/loudspeaker/docs/reference.md",
    ]
    return "\n".join(lines) + "\n"


def overview(words: Language) -> str:
    """The page of `loudspeaker` itself."""
    told = words.translate(cli.help or "")
    lines = [
        *heading("loudspeaker", words),
        f".SH {words.name}",
        f"loudspeaker \\- {roff(told.rstrip('.'))}",
        f".SH {words.synopsis}",
        "\\fBloudspeaker\\fR [OPTIONS] COMMAND [ARGS]…",
        *options(cli, words),
        f".SH {words.commands}",
    ]
    for path, command in reference["commands"](cli):
        lines += [
            ".TP",
            f".BR loudspeaker\\-{roff(path.replace(' ', '-'))} (1)",
            roff(words.translate(command.help or "")),
        ]
    lines += [f".SH {words.see}", "/usr/share/doc/loudspeaker/README.vi.md, /usr/share/doc/loudspeaker/docs/"]
    return "\n".join(lines) + "\n"


def heading(name: str, words: Language) -> Sequence[str]:
    return (f'.TH {roff(name).upper()} 1 "" "loudspeaker {os.environ.get("VERSION", "")}"', ".nh", ".ad l")


def write_man(folder: Path) -> None:
    examples = {path: row.vietnamese for path, row in reference["table"]()["commands"].items()}
    for words in languages():
        pages = {"loudspeaker": overview(words)}
        for path, command in reference["commands"](cli):
            pages[f"loudspeaker-{path.replace(' ', '-')}"] = page(path, command, examples[path], words)
        (folder / words.folder).mkdir(parents=True)
        for name, text in pages.items():
            (folder / words.folder / f"{name}.1.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def completion() -> str:
    return BashComplete(cli, {}, "loudspeaker", "_LOUDSPEAKER_COMPLETE").source()


def copyright_of(library: Path) -> str:
    """NOTICE, then each package with its licence, whoever claims a copyright in it, and where the texts lie."""
    folders = [library / "common", *sorted(library.glob("python3.*/site-packages"))]
    found = {path: one for folder in folders for one in distributions(path=[str(folder)]) if (path := place(one))}
    parts = [
        "This program is licensed under the Apache License, Version 2.0, whose text is in\n"
        "/usr/share/common-licenses/Apache-2.0. What others wrote in this package has licences of its own; the texts\n"
        "of GPL-3, LGPL-2.1 and MPL-2.0 are in /usr/share/common-licenses, too.",
        (ROOT / "NOTICE").read_text(encoding="utf-8"),
        "WHAT IS IN THIS PACKAGE, ONE BY ONE",
        *(claims(path, found[path], library) for path in sorted(found)),
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def place(one: Distribution) -> Path:
    """The folder with what is known of a package."""
    return Path(str(one._path))  # type: ignore[attr-defined]


def claims(path: Path, one: Distribution, library: Path) -> str:
    """A package's licence, whoever claims a copyright in it, and the files with the texts."""
    texts = sorted(file for file in path.rglob("*") if LICENCE_FILE.match(file.name) and file.is_file())
    lines = {
        match[1].strip()
        for file in texts
        for match in COPYRIGHT.finditer(file.read_text(encoding="utf-8", errors="replace"))
    }
    return "\n".join(
        [
            f"{one.metadata['Name']} {one.version} ({path.parent.relative_to(library)}): {licence_of(one)}",
            *(f"  {line}" for line in sorted(lines)),
            *(f"  text: {INSTALLED}/{file.relative_to(library)}" for file in texts),
        ]
    )


def licence_of(one: Distribution) -> str:
    """As its metadata tell it, which have three ways to."""
    told = one.metadata
    named = [text.rpartition(" :: ")[2] for text in told.get_all("Classifier", []) if text.startswith("License")]
    words = (told.get("License") or "see NOTICE").split("\n")[0]  # type: ignore[attr-defined]
    return str(told.get("License-Expression") or ", ".join(named) or words)  # type: ignore[attr-defined]


def changelog() -> str:
    """The newest part of CHANGELOG.md, one point below another."""
    newest = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1]
    points = [" ".join(point.split()) for point in re.findall(r"(?ms)^\* (.*?)(?=^\* |^\*\*|^\s*$|\Z)", newest)]
    at = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    body = [textwrap.fill(point, 78, initial_indent="  * ", subsequent_indent="    ") for point in points]
    head = f"loudspeaker ({os.environ['VERSION']}) stable; urgency=medium"
    return "\n".join([head, "", *body, "", f" -- {os.environ['MAINTAINER']}  {format_datetime(at)}"]) + "\n"


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["man", folder]:
            write_man(Path(folder))
        case ["completion"]:
            print(completion())
        case ["copyright", library]:
            sys.stdout.write(copyright_of(Path(library)))
        case ["changelog"]:
            sys.stdout.write(changelog())
        case _:
            sys.exit(__doc__)
