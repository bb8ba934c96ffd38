"""How a person may name a bulletin or a village: by its id, a bulletin by its file too, either by its name for display.

Names are compared as they are written, but for capitals and blanks: another tone mark is another name, and the nearest
known one is only offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path, PurePath

from ..config import box_file, commune_file
from ..config.source import list_names, read_file
from ..config.values import slug
from ..errors import BadFile, BadUsage, Message, NotFound
from ..yamlfile import nearest
from ..yamlfile.keys import fold

FOLDER, SUFFIX = "bulletins", ".md"
UNIT = re.compile(r"(xã|phường|thị trấn|đặc khu|thôn)\s+(?=\S)", re.I)  # is no part of an id


def bulletin_id(text: str, titles: Mapping[str, str], broken: Iterable[str]) -> str:
    """The id of the bulletin that is meant; `titles` by id, `broken` are ids of files that cannot be used.

    Raises `NotFound`, or `BadUsage` where several have this title.
    """
    known = {*titles, *broken}
    path = PurePath(text)
    if path.suffix == SUFFIX and path.parent in (PurePath(), PurePath(FOLDER)):
        text = path.stem
    if exact := _exact(text, known, titles):
        return exact
    if meant := _nearest(text, known, titles):
        raise NotFound(
            Message("there is no bulletin “{bulletin}”; did you mean “{meant}”?", bulletin=text, meant=meant)
        )
    raise NotFound(Message("there is no bulletin “{name}”; there are: {known}", name=text, known=_list(known)))


def village_id(text: str, names: Mapping[str, str]) -> str:
    """The id of the village that is meant; `names` by id. Raises `NotFound`, `BadUsage`."""
    if exact := _exact(text, names, names):
        return exact
    if meant := _nearest(text, names, names):
        message = Message(
            "there is no village “{name}”; did you mean “{meant}” ({id})?", name=text, meant=names[meant], id=meant
        )
        raise NotFound(message)
    raise NotFound(Message("there is no village “{name}”; there are: {known}", name=text, known=_list(names)))


def _exact(text: str, known: Iterable[str], names: Mapping[str, str]) -> str | None:
    """The id that is this text, or the one whose name it is. Raises `BadUsage` where several have that name."""
    if text in known:
        return text
    named = [ident for ident, name in names.items() if fold(name) == fold(text)]
    if len(named) > 1:
        raise BadUsage(Message("several are called “{name}”: {ids}; give the id", name=text, ids=_list(named)))
    return named[0] if named else None


def _nearest(text: str, known: Iterable[str], names: Mapping[str, str]) -> str | None:
    """The id of what is written most nearly like `text`, without its marks."""
    ids = {slug(name): ident for ident, name in names.items()} | {ident: ident for ident in known}
    match = nearest(slug(text)[:100], ids)
    return ids[match] if match else None


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "–"


def name_within_sentence(commune: str) -> str:
    """A commune's name as it stands within a sentence.

    >>> name_within_sentence("Xã Bản Mây"), name_within_sentence("Bản Mây")
    ('xã Bản Mây', 'Bản Mây')
    """
    return commune[:1].lower() + commune[1:] if UNIT.match(commune) else commune


def known_villages(home: Path) -> set[str]:
    """The ids of all villages that the files in `home` name, as far as they can be read; to complete a word."""
    ids = {Path(name).stem for name in list_names(home / "schedules") if name.endswith(".yaml")}
    with suppress(BadFile):
        ids |= set(commune_file.parse("commune.yaml", read_file(home, "commune.yaml")).villages)
    return ids


def known_outputs(home: Path) -> set[str]:
    """The outputs of box.yaml; to complete a word. Raises `BadFile`."""
    return set(box_file.parse("box.yaml", read_file(home, "box.yaml")).outputs)
