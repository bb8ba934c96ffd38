"""List what browsers learnt after the oldest one that the console is for, from MDN's data. Development only.

    npm pack @mdn/browser-compat-data; tar xf *.tgz
    python .ci/browser_features.py package/data.json > tests/data/newer-than-chrome-109.txt

The data are CC0-1.0. `tests/web/test_old_browser.py` looks for these names in what the console sends.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OLDEST = 109  # Chrome: the last for Windows 7 and 8
NAME = re.compile(r"[A-Za-z][\w-]*")
# Under which heading a feature is listed, by where it stands in the data.
KINDS = {
    ("css", "at-rules"): "at-rule",
    ("css", "selectors"): "selector",
    ("css", "properties"): "property",
    ("css", "types"): "value",
    ("html", "elements"): "element",
    ("html", "global_attributes"): "attribute",
    ("javascript", "builtins"): "member",
    ("api",): "member",
}


def versions(node: dict[str, Any]) -> Iterator[float]:
    """Since which versions of Chrome a feature is there without a switch."""
    support = node["__compat"]["support"].get("chrome", {})
    for one in support if isinstance(support, list) else [support]:
        added = str(one.get("version_added")).lstrip("≤")
        if added.replace(".", "").isdigit() and not one.keys() & {"flags", "prefix", "alternative_name"}:
            yield float(added)


def features(node: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Each feature by its path, and whether the oldest browser has it."""
    for name, child in node.items():
        if isinstance(child, dict) and not name.startswith("_"):
            if "__compat" in child:
                yield (*path, name), min(versions(child), default=OLDEST + 1) <= OLDEST
            yield from features(child, (*path, name))


def listed(path: tuple[str, ...]) -> tuple[str, str] | None:
    """Heading and name; a value of a property stands behind it."""
    for place, kind in KINDS.items():
        if path[: len(place)] == place and len(rest := path[len(place) :]):
            if kind == "property" and len(rest) == 2:
                return "declaration", f"{rest[0]}: {rest[1].replace('_', '-')}"
            return (kind, rest[-1]) if kind in ("member", "value") or len(rest) == 1 else None
    return None


def main(path: Path) -> None:
    found: dict[tuple[str, str], bool] = defaultdict(bool)
    for place, known in features(json.loads(path.read_bytes())):
        if (row := listed(place)) and NAME.fullmatch(row[1].split(": ")[-1]):
            found[row] |= known  # a name that means something older, too, tells nothing
    sys.stdout.write(
        f"# What Chrome {OLDEST} does not know, by MDN's browser-compat-data 8.1.9 (CC0-1.0): kind, name.\n"
    )
    sys.stdout.writelines(f"{kind}\t{name}\n" for (kind, name), known in sorted(found.items()) if not known)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
