"""The cache key of a clip: the hash of everything that shaped its sound."""

from __future__ import annotations

import hashlib
import json
import unicodedata

FORMAT = 1  # of the clips in the cache: raise it when their contents change for the same sound


def clip_key(engine: str, fingerprint: str, voice: str, text: str) -> str:
    """SHA-256 as 64 hex digits; it changes exactly when the sound would.

    `engine` is the name of the engine that makes the clip, `fingerprint` its fingerprint of `voice`. Texts that differ
    only in NFC and NFD have one key, because engines are given NFC.
    """
    recipe = [FORMAT, engine, fingerprint, voice, unicodedata.normalize("NFC", text)]
    canonical = json.dumps(recipe, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
