"""Compiles the Vietnamese catalogue into the package as it is built; all that is only declared stands in setup.cfg."""

from __future__ import annotations

import runpy
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

MESSAGES = Path(__file__).parent / ".ci" / "messages.py"


class BuildWithMessages(build_py):
    """`build_py` that runs .ci/messages.py first, so that every wheel carries a fresh catalogue."""

    def run(self) -> None:
        runpy.run_path(str(MESSAGES), run_name="__main__")
        super().run()


setup(cmdclass={"build_py": BuildWithMessages})
