"""People's YAML files, whose values know their line. Nothing about communes or bulletins may come in.

tree.py      bytes -> Section: safe parsing of what people wrote, and of nothing else
section.py   keys in both languages, values with their lines, all mistakes collected
values.py    text -> time, date, length, …: what one value may look like
splice.py    bytes -> bytes: one entry changed or added, comments and all else untouched
"""

from .section import Mistake, Section, nearest
from .splice import Splice, append, quoted, replace
from .tree import document, written

__all__ = ["Mistake", "Section", "Splice", "append", "document", "nearest", "quoted", "replace", "written"]
