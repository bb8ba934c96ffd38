"""A clip: mono samples at a rate, such as the sound of one utterance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """Mono samples, float32 in [-1, 1], shape (frames,), at `rate` frames a second."""

    rate: int
    samples: Samples

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate
