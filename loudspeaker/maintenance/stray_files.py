"""Files that look as if somebody meant them for the station, and that nobody reads: each with what to do about it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import Message, Problem
from ..importers.files import DOCUMENTS, RECORDINGS, SHEETS

FOLDERS = {"bulletins": ".md", "schedules": ".yaml"}
SETTINGS = ("commune.yaml", "box.yaml")
NOBODYS = ("desktop.ini", "thumbs.db")  # of the system's file manager


def strays(home: Path) -> Iterator[Problem]:
    """In the order of folders and names."""
    for name in _names(home):
        if _is_setting(name) and name not in SETTINGS and (home / name).is_file():
            yield Problem(name, 0, _setting(name))
        elif name.casefold() in FOLDERS and name not in FOLDERS and (home / name).is_dir():
            yield Problem(name, 0, Message("this folder is not read; rename it to {name}", name=name.casefold()))
    for folder, suffix in FOLDERS.items():
        for name in _names(home / folder):
            path = home / folder / name
            if path.is_dir():
                yield Problem(f"{folder}/{name}", 0, _folder(folder, suffix, path))
            elif not name.endswith(suffix):
                yield Problem(f"{folder}/{name}", 0, _file(name, suffix))


def _names(folder: Path) -> list[str]:
    """Names of a folder that a person would see, without those of editors and file managers."""
    if not folder.is_dir():
        return []
    names = [name for name in os.listdir(folder) if not name.startswith((".", "~$", "#")) and not name.endswith("~")]
    return sorted(name for name in names if name.casefold() not in NOBODYS)


def _is_setting(name: str) -> bool:
    return name.casefold().endswith((".yaml", ".yml", ".yaml.txt", ".yml.txt"))


def _setting(name: str) -> Message:
    stem = name.casefold().partition(".")[0]
    if f"{stem}.yaml" in SETTINGS:
        return Message("this file is not read; rename it to {name}", name=f"{stem}.yaml")
    return Message("this file is not read: schedules lie in the folder schedules/, one for each village")


def _folder(folder: str, suffix: str, path: Path) -> Message:
    if path.name.endswith(suffix):
        return Message("this is a folder and not a file; nothing in it is read")
    return Message("this folder is not read, nor anything in it; put its files right into {folder}/", folder=folder)


def _file(name: str, suffix: str) -> Message:
    stem, dot, ending = name.rpartition(".")
    ending = dot + ending.casefold()
    stem = stem or name
    other = {".md": (".yaml", ".yml"), ".yaml": (".md",)}[suffix]
    if ending in other and not stem.endswith(suffix):
        place = next(folder for folder, wanted in FOLDERS.items() if wanted != suffix)
        return Message("this file is not read here; its place is the folder {folder}/", folder=place)
    if ending in RECORDINGS:
        return Message("this file is not read here; sound files lie in recordings/ (see “loudspeaker import”)")
    if ending in (DOCUMENTS | SHEETS) - {".txt"}:
        return Message("this file is not read; take it in with “loudspeaker import”")
    meant = stem if stem.casefold().endswith((".md", ".yaml", ".yml")) else f"{stem}{suffix}"
    meant = meant.rpartition(".")[0].casefold() + suffix
    return Message(
        "this file is not read: its name must end in {suffix}; rename it to {name}", suffix=suffix, name=meant
    )
