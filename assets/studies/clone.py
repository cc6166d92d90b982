"""The repository of a study, cloned at exactly the commit that the study file names, and nothing else with it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from assets.studies.definition import Source, StudyDefinition
from assets.studies.reading.pictures import Progress, silent
from warehouse.errors import ClicheError, UsageError
from warehouse.store.holders import this_run
from warehouse.store.local_errors import explained
from warehouse.store.local_leases import held

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
    "http.lowSpeedLimit": "1000",  # bytes per second, for so many seconds: a connection that stands still
    "http.lowSpeedTime": "60",
}
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/false",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "LC_ALL": "C",
}
_PASSED_ON = ("PATH", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "GIT_SSL_CAINFO")
_GONE = r"could not read Username|Authentication failed|not found|error: (40[134]|410)\b|a git repository"
#: What Git says → what it means and what to do; the first that matches.
_MEANINGS = (
    ("No space left|quota exceeded|unable to write", "the disk has no room for it; free some, and run again"),
    ("not our ref|unadvertised|find remote ref", "{address} has no commit {commit} any more; {fix}"),
    (_GONE, "{address} is no public repository: it moved, was removed or is private; {fix}"),
    ("unable to access|RPC failed|EOF|hung up", "{address} was not reached ({fatal}); check the network"),
    ("", "git {command} failed: {fatal}; {fix}"),
)
_FIX = "look at address and commit in the study file, or give a folder with --root"


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
    done = checkout(study, home)
    with explained("write", home):
        home.mkdir(parents=True, exist_ok=True)
        with held(home / f".{study.study}.lock", this_run(f"the clone of {study.study}")):
            if not done.is_dir():
                _clone(study, done, protocol, progress)
    return done


def checkout(study: StudyDefinition, home: Path) -> Path:
    """Return the folder that a whole clone of the study has, whether it is there or not."""
    return home / f"{study.study}-{(study.source.commit or '')[:12]}"


def _clone(study: StudyDefinition, done: Path, protocol: str, progress: Progress) -> None:
    source, commit, half = study.source, str(study.source.commit), f".{study.study}.half-"
    for left in done.parent.glob(f"{half}*"):  # of a clone that was stopped
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=half, dir=done.parent))
    try:
        git = _Git(work, protocol, source, progress)
        git.run("init", "--quiet")
        git.run("remote", "add", "origin", source.address)
        partly = ["--filter=blob:none"] if source.paths else []
        git.run("fetch", "--quiet", "--depth=1", "--no-tags", *partly, "origin", commit)
        if source.paths:
            git.run("config", "remote.origin.promisor", "true")
            git.run("sparse-checkout", "set", "--no-cone", *source.paths)
        git.run("checkout", "--quiet", "--detach", commit)
        work.rename(done)
    finally:
        shutil.rmtree(work, ignore_errors=True)


class _Git:
    """Runs git in one folder, and ends it when that grows beyond its bound."""

    def __init__(self, folder: Path, protocol: str, source: Source, progress: Progress) -> None:
        program = shutil.which("git")
        if program is None:
            raise ClicheError("git is not installed; install it, or give the study's folder with --root")
        options = (word for name, value in _OPTIONS.items() for word in ("-c", f"{name}={value}"))
        self._git = [program, *options]
        passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self._environment: Mapping[str, str] = {**_ENVIRONMENT, **passed, "GIT_ALLOW_PROTOCOL": protocol}
        self._folder, self._source, self._progress = folder, source, progress
        self._megabytes = source.megabytes or 0

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
            words = said.read(20_000).decode(errors="replace").strip()
        if process.returncode:
            reasons = (line for line in words.splitlines() if line.startswith(("fatal:", "error:")))
            fatal = next(reasons, "it gave no reason").rpartition("': ")[2][:300]
            meaning = next(said for pattern, said in _MEANINGS if re.search(pattern, words, re.IGNORECASE))
            of = {"address": self._source.address, "commit": (self._source.commit or "")[:12]}
            raise ClicheError(meaning.format(**of, fatal=fatal, command=arguments[0], fix=_FIX))

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
