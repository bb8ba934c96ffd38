"""Figures in the text format of Prometheus (version 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

KIND = "text/plain; version=0.0.4; charset=utf-8"
ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})  # within the value of a label


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure, or one for each value of a label: (value of the label, figure)."""

    name: str
    kind: str  # gauge or counter
    meaning: str
    samples: Sequence[tuple[str, float]]
    label: str = ""

    def lines(self) -> Iterator[str]:
        yield f"# HELP loudspeaker_{self.name} {self.meaning}"
        yield f"# TYPE loudspeaker_{self.name} {self.kind}"
        for value, figure in self.samples:
            labels = f'{{{self.label}="{value.translate(ESCAPES)}"}}' if self.label else ""
            yield f"loudspeaker_{self.name}{labels} {figure:.15g}"


def gauge(name: str, meaning: str, figure: float) -> Metric:
    """One figure that goes up and down."""
    return Metric(name, "gauge", meaning, [("", float(figure))])


def each(name: str, meaning: str, label: str, samples: Iterable[tuple[str, float]]) -> Metric:
    """One for each value of a label."""
    return Metric(name, "gauge", meaning, [(value, float(figure)) for value, figure in samples], label)


def format_metrics(metrics: Iterable[Metric]) -> str:
    """A page of them."""
    return "\n".join(line for metric in metrics for line in metric.lines()) + "\n"
