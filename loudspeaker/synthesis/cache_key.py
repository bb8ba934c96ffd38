"""The name of a clip in the cache: the hash of all that shaped its sound. Text in, text out; nothing is asked."""

from __future__ import annotations

import hashlib
import json
import unicodedata

FORMAT = 1  # of the clips: raise it when what is kept of a clip changes


def clip_key(engine: str, fingerprint: str, voice: str, text: str) -> str:
    """64 hex digits that change exactly when the sound would.

    `engine` is the one that *made* the clip, `fingerprint` its answer for `voice`. Two spellings of the same
    letters (NFC, NFD) are one text, because engines are only ever given NFC.
    """
    recipe = [FORMAT, engine, fingerprint, voice, unicodedata.normalize("NFC", text)]
    canonical = json.dumps(recipe, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
