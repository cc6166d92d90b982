"""The repository of a study, cloned at exactly the commit that the study file names, and nothing else with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from assets.studies.definition import StudyDefinition
from assets.studies.reading.pictures import Progress, silent
from warehouse.errors import ClicheError, UsageError

#: How many times the stated size a clone may take: Git keeps its packs beside the files.
_TIMES, _SPARE = 3, 50_000_000
_SECONDS = 3600.0
#: No hooks, no LFS, no links, no submodules, no passwords asked for; no settings of the machine.
_OPTIONS = {
    "core.hooksPath": "/dev/null",
    "core.symlinks": "false",
    "submodule.recurse": "false",
    "filter.lfs.smudge": "",
    "filter.lfs.required": "false",
    "credential.helper": "",
    "advice.detachedHead": "false",
}
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/false",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "LC_ALL": "C",
}
_PASSED_ON = ("PATH", "HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE", "GIT_SSL_CAINFO")


def what_comes(study: StudyDefinition) -> str:
    """Return one sentence for whoever is about to clone: how much, from where, under which license."""
    source = study.source
    if source.commit is None or source.megabytes is None:
        raise UsageError(
            f"{study.study}: its file names no commit to clone (source: commit and megabytes); "
            "give the folder that holds its files with --root"
        )
    return (
        f"{study.study}: about {source.megabytes} MB from {source.address} at {source.commit[:12]}; "
        f"license: {study.license}"
    )


def clone(
    study: StudyDefinition, home: Path, *, protocol: str = "https", progress: Progress = silent
) -> Path:
    """Return the folder below `home` that holds the commit's files; one that is there is not fetched again.

    Raises:
        UsageError: if the study file does not say what to clone.
        ClicheError: if Git is missing, cannot fetch it, or it is much larger than the study file says.
    """
    what_comes(study)
    source = study.source
    assert source.commit is not None and source.megabytes is not None  # noqa: PT018, S101 - what_comes has looked
    done = home / f"{study.study}-{source.commit[:12]}"
    if done.is_dir():
        return done
    home.mkdir(parents=True, exist_ok=True)
    for left in home.glob(f".{study.study}-*"):  # of a clone that was stopped
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f".{study.study}-", dir=home))
    try:
        git = _Git(work, protocol, source.megabytes, progress)
        git.run("init", "--quiet")
        git.run("remote", "add", "origin", source.address)
        partly = ["--filter=blob:none"] if source.paths else []
        git.run("fetch", "--quiet", "--depth=1", "--no-tags", *partly, "origin", source.commit)
        if source.paths:
            git.run("config", "remote.origin.promisor", "true")
            git.run("sparse-checkout", "set", "--no-cone", *source.paths)
        git.run("checkout", "--quiet", "--detach", source.commit)
        work.rename(done)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return done


class _Git:
    """Runs git in one folder, and ends it when that grows beyond its bound."""

    def __init__(self, folder: Path, protocol: str, megabytes: int, progress: Progress) -> None:
        program = shutil.which("git")
        if program is None:
            raise ClicheError("git is not installed; install it, or give the study's folder with --root")
        self._git = [
            program,
            *(word for name, value in _OPTIONS.items() for word in ("-c", f"{name}={value}")),
        ]
        passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self._environment: Mapping[str, str] = {**_ENVIRONMENT, **passed, "GIT_ALLOW_PROTOCOL": protocol}
        self._folder, self._megabytes, self._progress = folder, megabytes, progress

    def run(self, *arguments: str) -> None:
        """Run one command."""
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(  # noqa: S603 - git, with arguments of a checked study file
                [*self._git, *arguments],
                cwd=self._folder,
                env=dict(self._environment),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
            try:
                self._watch(process)
            finally:
                process.kill()
                process.wait()
            said.seek(0)
            words = said.read(20_000).decode(errors="replace").strip().splitlines()
        if process.returncode:
            reasons = (line for line in words if line.startswith(("fatal:", "error:")))
            fatal = next(reasons, "it gave no reason")
            raise ClicheError(
                f"git {arguments[0]} failed: {fatal[:300]}; look at the address and the commit of the study file, "
                "or give a folder with --root"
            )

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        most, began = self._megabytes * 1_000_000 * _TIMES + _SPARE, time.monotonic()
        while True:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.2)
            size = _size(self._folder)
            self._progress("MB", min(size // 1_000_000, self._megabytes), self._megabytes)
            if size > most:
                raise ClicheError(
                    f"the clone is larger than {most // 1_000_000} MB, the study file says about {self._megabytes}; "
                    "nothing was kept"
                )
            if time.monotonic() - began > _SECONDS:
                raise ClicheError(f"git took longer than {_SECONDS / 60:g} minutes; nothing was kept")
            if process.returncode is not None:
                return


def _size(folder: Path) -> int:
    total = 0
    for here, _, files in os.walk(folder):
        for name in files:
            with suppress(OSError):  # removed meanwhile
                total += (Path(here) / name).lstat().st_size
    return total
