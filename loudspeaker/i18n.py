"""Translation of messages: Vietnamese from the catalogue, or the English templates as they are. For shells only.

The default is Vietnamese whatever the locale says, because Raspberry Pi OS ships en_GB. click's own sentences
come from the same catalogue, since it asks gettext for the default domain.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable
from pathlib import Path

DOMAIN = "loudspeaker"
LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("vi", "en")


def set_language(language: str) -> Callable[[str], str]:
    """Make `language` (of `LANGUAGES`) that of this process; its translator: template in, template out."""
    os.environ["LANGUAGE"] = language  # what the standard library's gettext looks at first
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    return translator(language)


def translator(language: str) -> Callable[[str], str]:
    """The words of `language` without touching the process."""
    return gettext.translation(DOMAIN, str(LOCALE), [language], fallback=True).gettext
