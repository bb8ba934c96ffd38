"""What the console sends is known to Chrome 109, the last one for Windows 7 and 8, by MDN's data of when what came.

htmx is left out: it looks for what it uses. A name that has an older meaning, too, is not told by this.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

import pytest
from harness.paths import DATA, ROOT

WEB = ROOT / "loudspeaker" / "web"
PAGE_SIZE = re.compile(r"@page[^{]*\{[^}]*\}")  # `size` of a page is old, that of an element is not
STYLE = re.sub(r"/\*.*?\*/", "", (WEB / "static" / "console.css").read_text("utf-8"), flags=re.S)
SCRIPT = "\n".join((WEB / "static" / name).read_text("utf-8") for name in ("console.js", "passkeys.js"))
PATTERNS = {
    "at-rule": r"@([\w-]+)",
    "property": r"[{;]\s*([a-z-]+)\s*:",
    "selector": r"::?([a-z-]+)",
    "value": r"([a-z-]+)\(",
}


def newer() -> Mapping[str, set[str]]:
    """What Chrome 109 does not know, by kind."""
    names: dict[str, set[str]] = defaultdict(set)
    for line in (DATA / "newer-than-chrome-109.txt").read_text("utf-8").splitlines()[1:]:
        kind, name = line.split("\t")
        names[kind].add(name)
    return names


NEWER = newer()


def used(style: str, kind: str) -> set[str]:
    return set(re.findall(PATTERNS[kind], style))


def declared(style: str) -> Iterator[str]:
    """Each word of each value with its property: “display: grid”."""
    for name, value in re.findall(r"[{;]\s*([a-z-]+)\s*:\s*([^;}]*)", style):
        yield from (f"{name}: {word}" for word in re.findall(r"[a-z][a-z-]*", value))


def nested(style: str) -> list[str]:
    """Rules within rules, but for those of an at-rule."""
    open_blocks: list[str] = []
    found = []
    for head, brace in re.findall(r"([^{}]*)([{}])", style):
        if brace == "}":
            open_blocks.pop()
            continue
        head = re.sub(r".*;", "", head, flags=re.S).strip()
        if any(not block.startswith("@") for block in open_blocks):
            found.append(head)
        open_blocks.append(head)
    return found


@pytest.mark.parametrize("kind", PATTERNS)
def test_the_style_sheet_uses_nothing_newer(kind: str) -> None:
    style = PAGE_SIZE.sub("", STYLE) if kind == "property" else STYLE

    assert used(style, kind), "nothing is looked at"
    assert not used(style, kind) & NEWER[kind]


def test_no_property_has_a_newer_value() -> None:
    assert not set(declared(STYLE)) & NEWER["declaration"]


def test_no_rule_stands_in_another() -> None:
    assert nested(STYLE) == []
    assert "&" not in STYLE


def test_the_script_uses_no_newer_member() -> None:
    assert not set(re.findall(r"\.(\w+)\b", SCRIPT)) & NEWER["member"]


def test_the_pages_use_no_newer_element_or_attribute() -> None:
    pages = "\n".join(path.read_text("utf-8") for path in sorted((WEB / "templates").glob("*.html")))
    assert not set(re.findall(r"<([a-z]+)", pages)) & NEWER["element"]
    assert not set(re.findall(r"\s([a-z]+)=", pages)) & NEWER["attribute"]


@pytest.mark.parametrize(
    ("kind", "style"),
    [
        ("at-rule", "@starting-style { a { opacity: 0 } }"),
        ("property", "a { field-sizing: content }"),
        ("selector", "input:user-invalid { color: red }"),
        ("value", "a { color: light-dark(red, blue) }"),
    ],
)
def test_what_is_newer_is_noticed(kind: str, style: str) -> None:
    assert used(style, kind) & NEWER[kind]


def test_newer_values_members_and_nesting_are_noticed() -> None:
    assert {*declared("a { display: ruby; color: red }")} & NEWER["declaration"] == {"display: ruby"}
    assert {"toSorted", "showPopover"} <= NEWER["member"]
    assert nested("a { b { color: red } }") == ["b"]
    assert nested("@media print { a { color: red } }") == []
