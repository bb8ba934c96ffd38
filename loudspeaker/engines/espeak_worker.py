"""The worker process around an espeak-ng library, each sentence in a fork; its protocol is that of voice_worker.py.

    python espeak_worker.py LIBRARY FOLDER VOICE FILE RATE PITCH RANGE GAP

FOLDER holds `espeak-ng-data`; FILE is the text of a voice file that replaces that of VOICE, or empty. The library is
loaded and the voice chosen once. Each sentence is a fork of that state, so that no sentence depends on those before it
and none waits for the loading. Runs without site-packages and imports nothing of loudspeaker, because a process that
loads the library is bound by its licence (GPL-3).
"""

from __future__ import annotations

import ctypes
import json
import os
import sys

SYNCHRONOUS = 2  # audio output: pass the samples to the callback, return at the end of the text
NO_EXIT = 0x8000  # return an error code instead of ending the process
RATE, PITCH, RANGE, GAP = 1, 3, 4, 7  # espeak_PARAMETER
UTF8, END_PAUSE = 1, 0x1000

SynthCallback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main(library: str, folder: str, voice: str, file: str, *settings: str) -> None:
    espeak = ctypes.CDLL(library)
    # espeak-ng cuts a data path off at 160 characters; from inside the folder it is a dot.
    os.chdir(folder)
    rate = espeak.espeak_Initialize(SYNCHRONOUS, 0, b".", NO_EXIT)
    if rate <= 0 or choose_voice(espeak, voice, file):
        sys.exit("espeak-ng cannot be initialized with this voice")
    for parameter, value in zip((RATE, PITCH, RANGE, GAP), settings, strict=True):
        espeak.espeak_SetParameter(parameter, int(value), 0)
    for line in iter(sys.stdin.buffer.readline, b""):
        answer(espeak, rate, json.loads(line)["text"])


def choose_voice(espeak: ctypes.CDLL, voice: str, file: str) -> int:
    """Choose the voice; 0 if that went well."""
    if not file:
        return int(espeak.espeak_SetVoiceByName(voice.encode()))
    # espeak-ng takes the path of a voice file only in small letters and at most 59 of them, as that of a memfd is.
    memory = os.memfd_create("voice")
    os.write(memory, file.encode())
    path = f"/proc/self/fd/{memory}" + "".join(voice.partition("+")[1:])
    return int(espeak.espeak_SetVoiceByFile(path.encode()))


def answer(espeak: ctypes.CDLL, rate: int, text: str) -> None:
    """Let a child synthesize and write the answer; write the error of one that died."""
    child = os.fork()
    if not child:
        samples = synthesize(espeak, text.encode())
        write({"rate": rate, "bytes": len(samples)}, samples)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if status:
        write({"error": f"espeak-ng ended with status {status}"}, b"")


def synthesize(espeak: ctypes.CDLL, text: bytes) -> bytes:
    """`text` (UTF-8) as 16-bit samples."""
    blocks: list[bytes] = []

    def collect(samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
        if samples and count > 0:
            blocks.append(ctypes.string_at(samples, count * 2))
        return 0

    callback = SynthCallback(collect)
    espeak.espeak_SetSynthCallback(callback)
    espeak.espeak_Synth(text + b"\0", len(text) + 1, 0, 0, 0, UTF8 | END_PAUSE, None, None)
    espeak.espeak_Synchronize()
    return b"".join(blocks)


def write(header: dict[str, object], samples: bytes) -> None:
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + samples)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
