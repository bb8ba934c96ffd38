"""People's YAML files, whose values know their line. Which keys and values there are is known to config/ alone.

tree.py      bytes -> Section: safe parsing of what people wrote, and of nothing else
keys.py      keys in both languages, and which one was probably meant
section.py   the entries of a mapping with their lines, all mistakes collected
nodes.py     what stands in one node, as its author would recognise it
remedies.py  a wrong value -> what was probably meant, tried before it is told
slips.py     slips of typing (tabs, bullets, signs of a word processor), each told by its own name
splice.py    bytes -> bytes: one entry changed, added or removed, comments and all else untouched
"""

from .keys import Keywords, nearest
from .remedies import Mistake
from .section import Section
from .slips import parse_file
from .splice import Splice, append, put, put_word, quote, remove, replace
from .tree import decode_text, document

__all__ = [
    "Keywords",
    "Mistake",
    "Section",
    "Splice",
    "append",
    "decode_text",
    "document",
    "nearest",
    "parse_file",
    "put",
    "put_word",
    "quote",
    "remove",
    "replace",
]
