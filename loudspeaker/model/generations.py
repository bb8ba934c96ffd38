"""What is kept from one reading of people's files to the next: values by all that they depend on."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Generations(Generic[K, V]):
    """Values by key. What nobody has asked for between two calls of `turn` is dropped."""

    def __init__(self) -> None:
        self._now: dict[K, V] = {}
        self._before: dict[K, V] = {}

    def turn(self) -> None:
        """Begin a new generation: what is asked for now was kept from the last one."""
        self._before, self._now = self._now, {}

    def get(self, key: K) -> V | None:
        """The value of `key`, which is kept on; None where there is none."""
        value = self._now.get(key)
        if value is None and (value := self._before.get(key)) is not None:
            self._now[key] = value
        return value

    def keep(self, key: K, value: V) -> V:
        """Keep `value`, and return it."""
        self._now[key] = value
        return value
