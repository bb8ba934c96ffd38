"""A program of its own that speaks as worker.py says, by an espeak-ng library, each sentence in a fresh process.

    python espeak_worker.py LIBRARY FOLDER VOICE FILE RATE PITCH RANGE GAP

FOLDER holds `espeak-ng-data`, FILE the text of a voice file in place of that of VOICE, or nothing. The library is
loaded and the voice chosen once; then each sentence is a fork of that state, so that no sentence depends on those
before it, and none pays for the loading. Runs without site-packages; nothing of loudspeaker may come in, because a
process that loads the library is bound by its licence (GPL-3).
"""

from __future__ import annotations

import ctypes
import json
import os
import sys

SYNCHRONOUS = 2  # audio output: hand the samples to the callback, return when all is said
NO_EXIT = 0x8000  # an error is an answer, not the end of the process
RATE, PITCH, RANGE, GAP = 1, 3, 4, 7  # espeak_PARAMETER
UTF8, END_PAUSE = 1, 0x1000

Heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main(library: str, folder: str, voice: str, file: str, *settings: str) -> None:
    espeak = ctypes.CDLL(library)
    # espeak-ng cuts a data path off at 160 characters; from inside the folder it is a dot.
    os.chdir(folder)
    rate = espeak.espeak_Initialize(SYNCHRONOUS, 0, b".", NO_EXIT)
    if rate <= 0 or chosen(espeak, voice, file):
        sys.exit("espeak-ng cannot be initialized with this voice")
    for parameter, value in zip((RATE, PITCH, RANGE, GAP), settings, strict=True):
        espeak.espeak_SetParameter(parameter, int(value), 0)
    for line in iter(sys.stdin.buffer.readline, b""):
        answer(espeak, rate, json.loads(line)["text"])


def chosen(espeak: ctypes.CDLL, voice: str, file: str) -> int:
    """Choose the voice; 0 if that went well."""
    if not file:
        return int(espeak.espeak_SetVoiceByName(voice.encode()))
    # espeak-ng takes a voice file's path in small letters and at most 59 of them: such a one leads to memory.
    memory = os.memfd_create("voice")
    os.write(memory, file.encode())
    path = f"/proc/self/fd/{memory}" + "".join(voice.partition("+")[1:])
    return int(espeak.espeak_SetVoiceByFile(path.encode()))


def answer(espeak: ctypes.CDLL, rate: int, text: str) -> None:
    """Let a child speak and write; what it did not live to say is said for it."""
    child = os.fork()
    if not child:
        samples = said(espeak, text.encode())
        write({"rate": rate, "bytes": len(samples)}, samples)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if status:
        write({"error": f"espeak-ng ended with status {status}"}, b"")


def said(espeak: ctypes.CDLL, text: bytes) -> bytes:
    """16-bit samples of `text`."""
    heard: list[bytes] = []

    def hear(samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
        if samples and count > 0:
            heard.append(ctypes.string_at(samples, count * 2))
        return 0

    callback = Heard(hear)
    espeak.espeak_SetSynthCallback(callback)
    espeak.espeak_Synth(text + b"\0", len(text) + 1, 0, 0, 0, UTF8 | END_PAUSE, None, None)
    espeak.espeak_Synchronize()
    return b"".join(heard)


def write(told: dict[str, object], samples: bytes) -> None:
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + samples)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
