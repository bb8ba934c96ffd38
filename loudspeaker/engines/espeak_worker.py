"""A program of its own: one text from stdin to WAV on stdout, by an espeak-ng library, with the options of `espeak-ng`.

    python espeak_worker.py LIBRARY FOLDER -v vi -s 150 -p 50 -g 0 …

FOLDER holds `espeak-ng-data`. Runs without site-packages; nothing of loudspeaker may come in, because a process that
loads the library is bound by its licence (GPL-3).
"""

from __future__ import annotations

import argparse
import ctypes
import os
import struct
import sys

SYNCHRONOUS = 2  # audio output: hand the samples to the callback, return when all is said
NO_EXIT = 0x8000  # an error is an answer, not the end of the process
RATE, PITCH, GAP = 1, 3, 7  # espeak_PARAMETER
UTF8, END_PAUSE = 1, 0x1000

Heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main() -> None:
    options = _options()
    # espeak-ng cuts a data path off at 160 characters; from inside the folder it is a dot.
    library = ctypes.CDLL(os.path.abspath(options.library))
    os.chdir(options.folder)
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, b".", NO_EXIT)
    if rate <= 0 or library.espeak_SetVoiceByName(options.voice.encode()):
        sys.exit("espeak-ng cannot be initialized with this voice")
    for parameter, value in ((RATE, options.rate), (PITCH, options.pitch), (GAP, options.gap)):
        library.espeak_SetParameter(parameter, value, 0)
    sys.stdout.buffer.write(_wav(rate, _said(library, sys.stdin.buffer.read())))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("library")
    parser.add_argument("folder")
    parser.add_argument("-v", dest="voice", required=True)
    parser.add_argument("-s", dest="rate", type=int, default=175)
    parser.add_argument("-p", dest="pitch", type=int, default=50)
    parser.add_argument("-g", dest="gap", type=int, default=0)
    return parser.parse_known_args()[0]


def _said(library: ctypes.CDLL, text: bytes) -> bytes:
    """16-bit samples of `text`."""
    heard: list[bytes] = []

    def hear(samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
        if samples and count > 0:
            heard.append(ctypes.string_at(samples, count * 2))
        return 0

    callback = Heard(hear)
    library.espeak_SetSynthCallback(callback)
    library.espeak_Synth(text + b"\0", len(text) + 1, 0, 0, 0, UTF8 | END_PAUSE, None, None)
    library.espeak_Synchronize()
    return b"".join(heard)


def _wav(rate: int, samples: bytes) -> bytes:
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16)
    data = struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


if __name__ == "__main__":
    main()
