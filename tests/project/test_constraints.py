"""What may be installed: every package with its version and its hashes, and none that setup.cfg asks for left out."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from harness.paths import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.waits

FOLDER = ROOT / "deploy" / "constraints"
SETS = {
    "build": (),
    "runtime": ("web", "fleet"),
    "voices": ("piper", "edge", "web", "fleet"),
    "test": ("web", "fleet", "test"),
}
SYSTEMS = [
    {"python_version": version, "python_full_version": f"{version}.0", "platform_machine": machine}
    for version in ("3.11", "3.13")
    for machine in ("x86_64", "aarch64")
]
SHA256 = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def locked(name: str) -> dict[Requirement, list[str]]:
    """The requirements of a file, with their hashes."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {Requirement(line.partition("--hash")[0].strip()): re.findall(r"--hash=\S+", line) for line in lines}


def asked(name: str) -> list[Requirement]:
    """What the project itself asks for there."""
    if name == "build":
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        return [Requirement(text) for text in project["build-system"]["requires"]]
    declared = configparser.ConfigParser(interpolation=None)
    declared.read(ROOT / "setup.cfg", encoding="utf-8")
    lists = [declared["options"]["install_requires"], *(declared["options.extras_require"][e] for e in SETS[name])]
    return [Requirement(line) for text in lists for line in text.splitlines() if line.strip()]


def applies(requirement: Requirement, system: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(system)


@pytest.mark.parametrize("name", SETS)
def test_every_package_has_one_version_and_its_hashes(name: str) -> None:
    for requirement, hashes in locked(name).items():
        assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), requirement
        assert requirement.url is None
        assert hashes
        assert all(SHA256.fullmatch(one) for one in hashes), requirement
    for system in SYSTEMS:
        names = [canonicalize_name(found.name) for found in locked(name) if applies(found, system)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("name", SETS)
def test_all_that_the_project_asks_for_is_there_on_both_pythons_and_both_machines(name: str) -> None:
    for system in SYSTEMS:
        there = {canonicalize_name(one.name): one for one in locked(name) if applies(one, system)}
        for wanted in asked(name):
            if not applies(wanted, system):
                continue
            found = there.get(canonicalize_name(wanted.name))
            assert found, f"{wanted} is not in {name}.txt: run “make constraints”"
            (version,) = found.specifier
            assert wanted.specifier.contains(version.version), f"{found}, but {wanted} is asked for"


def test_all_files_name_the_same_versions() -> None:
    everything: dict[tuple[str, str], str] = {}
    for name in SETS:
        for found in locked(name):
            key = (canonicalize_name(found.name), str(found.marker))
            assert everything.setdefault(key, str(found.specifier)) == str(found.specifier)


@pytest.mark.parametrize("name", SETS)
def test_no_registry_is_named(name: str) -> None:
    assert "://" not in (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_a_package_whose_hash_is_another_is_not_installed(tmp_path: Path) -> None:
    """What pip makes of such a file: a wheel that somebody exchanged is refused, without a network."""
    wheel = tmp_path / "idna-1.0-py3-none-any.whl"
    wheel.write_bytes(b"PK\x05\x06" + bytes(18))
    (tmp_path / "r.txt").write_text(f"idna==1.0 --hash=sha256:{'0' * 64}\n")
    found = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--isolated", "--no-index", "--find-links", str(tmp_path)),
            *("--no-deps", "--target", str(tmp_path / "t"), "--require-hashes", "-r", str(tmp_path / "r.txt")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode != 0
    assert "DO NOT MATCH" in found.stderr


def test_everything_is_installed_from_these_files() -> None:
    for file in ("Makefile", "deploy/install.sh"):
        text = (ROOT / file).read_text(encoding="utf-8")
        commands = re.findall(r"(?:\$\(PIP\)|pip install|\bpip )(.*)", text)
        installs = [one for one in commands if "install" in one or "-r " in one or "-e " in one]
        assert installs
        assert all("--require-hashes" in one or "--no-deps" in one for one in installs), installs


@pytest.mark.parametrize("name", ["runtime", "voices"])
def test_the_notice_names_the_licence_of_whatever_is_on_a_box(name: str) -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")

    assert [
        one.name for one in locked(name) if not re.search(rf"(?<![\w-]){re.escape(one.name)}(?![\w-])", notice)
    ] == []


def test_the_notice_names_whatever_debian_packages_the_makefile_installs() -> None:
    notice, makefile = (ROOT / "NOTICE").read_text(), (ROOT / "Makefile").read_text()
    packages = re.findall(r"^(?:SYSTEM|TESTING) := (.*)$", makefile, re.M)

    assert len(packages) == 2
    assert [name for line in packages for name in line.split() if name not in notice] == []
