"""Translation of messages: Vietnamese from the catalogue, or the English templates as they are. For shells only.

The default is Vietnamese whatever the locale says, because Raspberry Pi OS ships en_GB. click's own sentences
come from the same catalogue, since it asks gettext for the default domain.
"""

from __future__ import annotations

import copy
import gettext
import os
from collections.abc import Callable
from pathlib import Path

from .errors import LoudspeakerError, Message

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


def say_log_by(translate: Callable[[str], str]) -> None:
    """Have what the program logs said on stderr: messages and errors among its arguments are said by `translate`."""
    import logging  # `--help` does without

    class Sentences(logging.Formatter):
        """Translates the messages and errors among the arguments of a log line."""

        def format(self, record: logging.LogRecord) -> str:
            record = copy.copy(record)
            if isinstance(record.args, tuple):
                sentences = (Message, LoudspeakerError)
                record.args = tuple(arg.say(translate) if isinstance(arg, sentences) else arg for arg in record.args)
            return super().format(record)

    assert logging.lastResort
    logging.lastResort.setFormatter(Sentences("%(message)s"))
