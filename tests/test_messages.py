"""Every sentence for people has its Vietnamese, with the same facts in it."""

from __future__ import annotations

import ast
import gettext
import io
import re
import runpy
import string
from functools import cache
from pathlib import Path

import click
import jinja2
from harness.package_modules import nodes_of
from harness.paths import ROOT

from loudspeaker.cli import cli

MARKERS = {"Message", "_", "N_"}


@cache
def vietnamese() -> gettext.GNUTranslations:
    tool = runpy.run_path(str(ROOT / ".ci" / "messages.py"))
    return gettext.GNUTranslations(io.BytesIO(tool["compiled"]()))


def literals(path: Path) -> list[str]:
    found = []
    for node in nodes_of(path):
        if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            first = node.args[0]
            if name in MARKERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.append(first.value)
    return found


def template_sentences() -> set[str]:
    """What the console's pages say: the first argument of each `_(…)` in a template."""
    environment = jinja2.Environment()
    found: set[str] = set()
    for path in (ROOT / "loudspeaker").rglob("templates/*.html"):
        calls = environment.parse(path.read_text(encoding="utf-8")).find_all(jinja2.nodes.Call)
        said = [call for call in calls if isinstance(call.node, jinja2.nodes.Name) and call.node.name == "_"]
        assert all(isinstance(call.args[0], jinja2.nodes.Const) for call in said), path
        found |= {call.args[0].as_const() for call in said}
    return found


def commands(command: click.Command) -> list[click.Command]:
    if not isinstance(command, click.Group):
        return [command]
    context = click.Context(command)
    inner = [command.get_command(context, name) for name in command.list_commands(context)]
    return [command, *(leaf for child in inner if child for leaf in commands(child))]


def helps() -> list[str]:
    texts = [command.help or "" for command in commands(cli)]
    texts += [getattr(param, "help", None) or "" for command in commands(cli) for param in command.params]
    return [text for text in texts if text]


def sentences() -> list[str]:
    """All that is said to people."""
    said = {text for path in (ROOT / "loudspeaker").rglob("*.py") for text in literals(path)}
    return sorted(said | set(helps()) | template_sentences())


def test_every_sentence_has_its_vietnamese() -> None:
    known, said = vietnamese()._catalog, sentences()  # type: ignore[attr-defined]

    assert said
    assert [sentence for sentence in said if sentence not in known] == []
    assert [sentence for sentence in said if fields(vietnamese().gettext(sentence)) != fields(sentence)] == []


def fields(template: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name}


def test_a_template_says_nothing_but_by_the_catalogue() -> None:
    """Words between tags are `_(…)`: letters of Vietnamese stand in no template."""
    for path in (ROOT / "loudspeaker").rglob("templates/*.html"):
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
        words = re.sub(r"\{[{%].*?[%}]\}|<[^>]*>", " ", text, flags=re.S)
        assert re.findall(r"[^\W\d_]{2,}", words) == [], path


def of_click() -> set[str]:
    """What click itself says to whoever runs a command."""
    rooms = ("core", "decorators", "exceptions", "parser", "termui", "types")
    calls = [
        node
        for room in rooms
        for node in ast.walk(ast.parse((Path(click.__file__).parent / f"{room}.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "ngettext"}
    ]
    return {node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)}


def test_clicks_own_sentences_have_their_vietnamese_too() -> None:
    known = vietnamese()._catalog  # type: ignore[attr-defined]

    assert [text for text in sorted(of_click()) if text not in known and (text, 0) not in known] == []


def test_every_command_has_help() -> None:
    assert [command.name for command in commands(cli) if not command.help] == []


def clicks() -> set[str | tuple[str, int]]:
    """click's own sentences, as the catalogue would hold them."""
    found: set[str | tuple[str, int]] = set()
    for path in Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                sentence = ast.literal_eval(node.args[0])
                found.add(sentence if node.func.id == "_" else (sentence, 0))
    return found


def test_clicks_own_sentences_have_their_vietnamese() -> None:
    assert len(clicks()) > 40
    assert clicks() - vietnamese()._catalog.keys() == set()  # type: ignore[attr-defined]
