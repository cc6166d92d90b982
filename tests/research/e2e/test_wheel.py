"""The wheel that `make wheel` builds of the last commit, in an environment of its own, outside the checkout."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from hashlib import sha256
from importlib import metadata
from pathlib import Path

import pytest

from orchestration.settings import CHECKOUT
from tests.unit.test_wheel import in_wheel, tracked

LIMIT_S = 1200


def _run(command: list[str | Path], folder: Path) -> str:
    """Run a command in a folder, without what this environment says of ours; return what it says."""
    ours = ("CLICHE_", "PYTHON", "DAGSTER_HOME", "MAKE", "MFLAGS", "COV")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run(
        command,
        cwd=folder,
        env=clean | {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb", "CLICHE_ENGINE": os.devnull},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _bytes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    made = [
        "make",
        "-s",
        "--old-file=.venv/.run",
        "wheel",
        f"BIN={Path(sys.executable).parent}",
        f"DIST={folder}",
    ]
    _run([*made], CHECKOUT)
    (found,) = folder.iterdir()
    return found


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel, and reads this one's other packages where they are: no index is asked."""
    folder = tmp_path_factory.mktemp("environment")
    _run([sys.executable, "-m", "venv", "--without-pip", folder], folder)
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        folder / "bin" / "python",
        "install",
        "--quiet",
    ]
    _run([*pip, "--disable-pip-version-check", "--no-index", "--no-deps", wheel], folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def test_a_wheel_holds_what_the_commit_tracks_and_the_name_of_the_commit(wheel: Path) -> None:
    assert wheel.name == f"cliche-{metadata.version('cliche')}-py3-none-any.whl"
    commit = _run(["git", "rev-parse", "--short=12", "HEAD"], CHECKOUT)
    with zipfile.ZipFile(wheel) as opened:
        names = [name for name in opened.namelist() if ".dist-info/" not in name]
        assert len(names) == len(set(names))
        assert set(names) == {in_wheel(path) for path in tracked("HEAD")} | {"orchestration/shipped/COMMIT"}
        assert opened.read("orchestration/shipped/COMMIT").decode() == commit
        about = opened.read(f"cliche-{metadata.version('cliche')}.dist-info/METADATA").decode()
    for kind in (
        "templates/pages/_base.html.j2",
        "locales/fr/LC_MESSAGES/site.po",
        ".ttf",
        ".woff2",
        "/models.yaml",
    ):
        assert any(name.endswith(kind) for name in names), kind
    assert "\nClassifier: Private :: Do Not Upload\n" in about


def test_two_weeks_of_the_demo_are_made_and_verified_from_another_folder(
    environment: Path, tmp_path: Path
) -> None:
    (packages,) = environment.glob("lib/python*/site-packages")
    before, cliche = _bytes(packages), environment / "bin" / "cliche"
    commit = _run(["git", "rev-parse", "--short=12", "HEAD"], CHECKOUT).strip()
    said = _run([cliche, "demo", "--weeks", "2"], tmp_path)
    assert said.startswith("6 simulated models, 2 weeks, ")
    assert "\nLook:  cliche serve " in said
    home = tmp_path / ".cliche"
    assert [*tmp_path.iterdir()] == [home]
    (page,) = re.findall(r"^Page:  (.+)$", said, re.MULTILINE)
    assert Path(page).is_relative_to(home)
    manifest = json.loads((Path(page).parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["code_version"] == f"{metadata.version('cliche')}+{commit}"
    _run([cliche, "verify"], tmp_path)
    _run([cliche, "doctor"], tmp_path)
    assert "sim-classic" in _run([cliche, "sql", "-f", "who_is_the_ceo"], tmp_path)
    workspace = packages / "orchestration" / "shipped" / "workspace.yaml"
    _run(
        [environment / "bin" / "python", "-m", "dagster", "definitions", "validate", "-w", workspace],
        tmp_path,
    )
    assert _bytes(packages) == before
    assert [*tmp_path.iterdir()] == [home]
