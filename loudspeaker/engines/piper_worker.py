"""A program of its own that keeps one piper voice in memory and speaks as worker.py says.

    python piper_worker.py MODEL.onnx

Nothing of loudspeaker may come in, because a process that loads piper is bound by its licence (GPL-3).
"""

from __future__ import annotations

import json
import resource
import sys
from typing import IO, Any

BIGGEST = 500_000  # KiB: the model's memory grows with the longest sentence and is never given back


def main() -> None:
    from piper import PiperVoice, SynthesisConfig

    # Whatever a library prints must not come between the samples.
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    voice = PiperVoice.load(sys.argv[1])
    # Without noise the same text gives the same samples.
    config = SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)
    last = False
    while not last and (line := sys.stdin.readline()):
        told, sound = spoken(voice, config, json.loads(line)["text"])
        last = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > BIGGEST
        send(answers, told | {"last": last}, sound)


def spoken(voice: Any, config: Any, text: str) -> tuple[dict[str, Any], bytes]:
    """One text as facts and samples; piper itself goes sentence by sentence."""
    try:
        samples = b"".join(chunk.audio_int16_bytes for chunk in voice.synthesize(text, config))
        return {"rate": voice.config.sample_rate, "bytes": len(samples)}, samples
    except Exception as error:  # a text that one voice cannot take must not end the process
        return {"error": f"{type(error).__name__}: {error}"}, b""


def send(answers: IO[bytes], told: dict[str, Any], sound: bytes) -> None:
    answers.write(json.dumps(told).encode() + b"\n" + sound)
    answers.flush()


if __name__ == "__main__":
    main()
