"""Files that would hang a command or fill its memory: one line, the exit code of wrong use, soon, in little memory."""

from __future__ import annotations

import os
import resource
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.orchestration.installation import WEEK, Cliche, Installation, Result, entry, install, start
from tests.unit.generation.midjourney.downloads import Downloads
from warehouse.errors import UsageError
from warehouse.yamlfile import read_yaml

#: What a command may take: seconds on a machine that does much else, and bytes beyond what it has when it begins.
_SECONDS, _BYTES = 60, 300 << 20

Make = Callable[[Path], object]


def text(content: str | bytes) -> Make:
    return lambda path: path.write_bytes(content if isinstance(content, bytes) else content.encode())


def sparse(size: int) -> Make:
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return make


def link(to: str) -> Make:
    return lambda path: path.symlink_to(to)


def listener(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))


def bomb(line: str) -> str:
    """Nine lists of nine aliases each of the list before: 387,420,489 values in 400 bytes."""
    lists = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    return "\n".join(["a0: &a0 [x, x, x, x, x, x, x, x, x]", *lists, line])


#: What → the file that is written in YAML, and a part of the line that says what is wrong with it.
YAML: dict[str, tuple[Make, str]] = {
    "an alias bomb": (text(bomb("models: *a8\n")), "more than 50,000 values"),
    "brackets": (text("[" * 20_000 + "]" * 20_000), "exceeded maximum nesting depth"),
    "keys in keys": (text("? " * 20_000), "lists and mappings are more than 50 deep"),
    "a list in itself": (text("study: &x [*x]\n"), "the alias 'x' stands within what it stands for"),
    "merged mappings": (text("a: &a {b: 1}\nc: {<<: *a}\n"), "merge keys (<<) are not read"),
    "a million keys": (text("".join(f"k{n}: 1\n" for n in range(10**6))), "it is larger than 4 MiB"),
    "many keys": (text("".join(f"k{n}: 1\n" for n in range(40_000))), "more than 50,000 values"),
    "a number in base 60": (text("a: 1" + ":1" * 20_000), "a number of 40,001 characters"),
    "a number in base 16": (text("a: 0x" + "f" * 40_000), "a number of 40,002 characters"),
    "a long text": (text("a: " + "x" * 10**6), "a text of 1,000,000 characters"),
    "a text of 300 MB": (sparse(300 << 20), "it is larger than 4 MiB"),
    "a tag of Python": (text("a: !!python/object/apply:os.system [id]\n"), "is not read; leave it out"),
    "a tag of a date": (text("a: !!timestamp x\n"), "is not read; leave it out"),
    "tags that are declared": (text("%TAG !a! tag:x:\n" * 200_000 + "--- 1\n"), "begins with % is not read"),
    "two documents": (text("a: 1\n---\na: 2\n"), "but found another document"),
    "a number twice": (text("1: a\n1: b\n"), 'key "1" stands twice'),
    "a NUL": (text("a: \0\n"), "control characters are not allowed"),
    "UTF-16": (text("a: 1\n".encode("utf-16")), "is not UTF-8 (byte 1)"),
    "a named pipe": (os.mkfifo, "it is a named pipe, not a plain file"),
    "a socket": (listener, "it is a socket, not a plain file"),
    "a folder": (Path.mkdir, "it is a folder, not a plain file"),
    "a device": (link("/dev/zero"), "it is a device, not a plain file"),
    "a link to itself": (link("s.yaml"), "Too many levels of symbolic links"),
}
#: Those that need a process of their own to be tried in.
HANGING = ("an alias bomb", "a named pipe", "a device")
#: What a file that is no YAML may be: it hangs, has no end or is larger than anything that is meant.
NO_FILES: dict[str, Make] = {
    "a named pipe": os.mkfifo,
    "no end": link("/dev/zero"),
    "five gigabytes": sparse(5 << 30),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    midjourney = entry("midjourney-7", provider="midjourney", model_id="7", labeler="photo", params={})
    return install(tmp_path_factory.mktemp("hostile") / "home", "sim-classic", midjourney)


def run(home: Installation, *arguments: str) -> Result:
    """How a command ends that may not take more than the limits above."""
    process = start(home.home, *arguments)
    # A process that has ended already has no such line.
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmData"):
            limit = (int(line.split()[1]) << 10) + _BYTES
            resource.prlimit(process.pid, resource.RLIMIT_DATA, (limit, limit))
    try:
        out, err = process.communicate(timeout=_SECONDS)
    finally:
        process.kill()
        process.wait()
    return Result(process.returncode, out, err)


@pytest.mark.parametrize("case", [case for case in YAML if case not in HANGING])
def test_hostile_yaml_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    monkeypatch.chdir(tmp_path)
    make, said = YAML[case]
    make(Path("s.yaml"))
    with pytest.raises(UsageError) as caught:
        read_yaml(Path("s.yaml"), "s.yaml")
    assert said in str(caught.value)
    assert str(caught.value).startswith("s.yaml")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("case", HANGING)
def test_a_study_file_that_would_hang_is_one_line(home: Installation, tmp_path: Path, case: str) -> None:
    make, said = YAML[case]
    make(tmp_path / "s.yaml")
    ended = run(home, "import", "study", str(tmp_path / "s.yaml"), "--root", str(tmp_path))
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.error
    assert ended.error.startswith("s.yaml")
    assert "\n" not in ended.error


@pytest.mark.parametrize(
    ("case", "name"), [("an alias bomb", "models.yaml"), ("a named pipe", "cliche.yaml")]
)
def test_a_hostile_file_of_the_operator(home: Installation, tmp_path: Path, case: str, name: str) -> None:
    make, said = YAML[case]
    mine = Installation(shutil.copytree(home.home, tmp_path / "home"))
    (mine.home / name).unlink()
    make(mine.home / name)
    ended = run(mine, "run", "--dry-run", "--week", WEEK)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.only_line


@pytest.mark.parametrize("case", NO_FILES)
def test_other_files_that_are_none_are_one_line(home: Installation, tmp_path: Path, case: str) -> None:
    folder, reply = tmp_path / "downloads", tmp_path / "home" / "replies" / "sim-classic.md"
    folder.mkdir()
    Downloads(folder)("a French person")
    NO_FILES[case](folder / "x.png")
    out = run(home, "import", "midjourney", str(folder), "--week", WEEK).out
    assert "  x.png: cannot be read (it is " in out
    mine = Installation(shutil.copytree(home.home, tmp_path / "home"))
    reply.parent.mkdir()
    NO_FILES[case](reply)
    assert "sim-classic.md: it is" in run(mine, "run", "--dry-run", "--week", WEEK).only_line
    NO_FILES[case](tmp_path / "q.sql")
    line = run(home, "sql", "-f", str(tmp_path / "q.sql"), "--print").only_line
    assert "q.sql cannot be read: it is" in line


def test_answers_of_raters_that_are_no_plain_file_or_too_deep_are_one_line(
    published: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    assert cliche("gold", "sample", "--week", WEEK, "--set", "mine", "--n", "6", "--least", "1").code == 0
    answers = tmp_path / "a.json"
    for make, said in (
        (os.mkfifo, "it is a named pipe, not a plain file"),
        (link("/dev/zero"), "it is a device, not a plain file"),
        (sparse(5 << 30), "it is larger than 16 MiB"),
        (text("[" * 100_000), "maximum recursion depth exceeded"),
    ):
        make(answers)
        assert said in run(published, "gold", "import", "mine", str(answers), "--rater", "a").only_line
        answers.unlink()


def test_a_link_to_itself_and_a_link_to_nothing_are_said(home: Installation, tmp_path: Path) -> None:
    for to, said in (("loop.yaml", "Too many levels"), ("nothing", "there is no such file")):
        mine = Installation(shutil.copytree(home.home, tmp_path / to))
        mine.configure(models="loop.yaml")
        (mine.home / "loop.yaml").symlink_to(to)
        assert said in run(mine, "run", "--dry-run", "--week", WEEK).only_line
        (mine.home / "cliche.yaml").unlink()
        (mine.home / "cliche.yaml").symlink_to("nothing")
        assert "there is no such file" in run(mine, "run", "--dry-run", "--week", WEEK).only_line
