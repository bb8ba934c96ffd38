"""The worker process that keeps one piper voice in memory; its protocol is that of voice_worker.py.

    python piper_worker.py MODEL.onnx

It imports nothing of loudspeaker, because a process that loads piper is bound by its licence (GPL-3).
"""

from __future__ import annotations

import json
import resource
import sys
from typing import IO

from piper import PiperVoice, SynthesisConfig

MOST_MEMORY = 500_000  # KiB: memory grows with the longest sentence and is not given back until the process ends


def main() -> None:
    # What a library prints must not get between the samples.
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    voice = PiperVoice.load(sys.argv[1])
    # Without noise the same text gives the same samples.
    config = SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)
    last = False
    while not last and (line := sys.stdin.readline()):
        header, sound = synthesize(voice, config, json.loads(line)["text"])
        last = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > MOST_MEMORY
        send(answers, header | {"last": last}, sound)


def synthesize(voice: PiperVoice, config: SynthesisConfig, text: str) -> tuple[dict[str, object], bytes]:
    """The header and the samples of one text; piper splits it into sentences itself."""
    try:
        samples = b"".join(chunk.audio_int16_bytes for chunk in voice.synthesize(text, config))
        return {"rate": voice.config.sample_rate, "bytes": len(samples)}, samples
    except Exception as error:  # a text that the voice cannot speak must not end the process
        return {"error": f"{type(error).__name__}: {error}"}, b""


def send(answers: IO[bytes], header: dict[str, object], sound: bytes) -> None:
    answers.write(json.dumps(header).encode() + b"\n" + sound)
    answers.flush()


if __name__ == "__main__":
    main()
