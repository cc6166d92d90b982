"""Remove lines of the product, one at a time, and see whether a test fails.

Usage: python -m tests.research.mutation [--seed N] [--lines 40] [--under assets/gateway/]

First `make test COVERAGE=contexts`, which notes the tests that run each line. Lines are drawn among simple statements
of assets/, orchestration/ and warehouse/; those that are left out are counted by their reason before the run. Each is
replaced by `pass` in a copy of the last commit; the tests that run it follow, the shortest first, until one fails.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from coverage import CoverageData

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("assets", "orchestration", "warehouse")
#: What is left out, by the name of the function that is called.
_MESSAGES = {"say", "note", "told", "print", "echo", "warn"}
_LOGGING = {"debug", "info", "warning", "exception", "log"}
_MOST_TESTS = 60  # of a line
_LIMIT_S = 300
_COPIES = 2  # in which lines are removed at once


@dataclass(frozen=True)
class Line:
    """A statement that can be removed."""

    file: str
    first: int
    last: int
    text: str


def left_out(node: ast.stmt) -> str | None:
    """Return why a simple statement is not removed, None if it can be."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass | ast.Global | ast.Nonlocal):
        return "import, pass, global"
    if isinstance(node, ast.AnnAssign) and node.value is None:
        return "type hint"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return "docstring"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        called = node.value.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return "message" if name in _MESSAGES else "logging" if name in _LOGGING else None
    return None


def statements(path: Path) -> Iterator[tuple[ast.stmt, str | None]]:
    """Yield each simple statement of a module, and why it is left out."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            yield node, left_out(node)


def drawn(seed: int, count: int, under: str) -> list[Line]:
    """Return lines drawn from all that can be removed; print how many were left out, and why."""
    lines, reasons = [], Counter[str]()
    for path in sorted(path for package in PACKAGES for path in (CHECKOUT / package).rglob("*.py")):
        source = path.read_text("utf-8").splitlines()
        for node, reason in statements(path):
            if reason:
                reasons[reason] += 1
                continue
            file, last = str(path.relative_to(CHECKOUT)), node.end_lineno or node.lineno
            if not file.startswith(under):
                continue
            lines.append(Line(file, node.lineno, last, source[node.lineno - 1].strip()))
    print(f"seed {seed}: {count} of {len(lines):,} statements; left out: {dict(reasons)}")
    return random.Random(seed).sample(sorted(lines, key=lambda line: (line.file, line.first)), count)


def tests_of(line: Line, notes: CoverageData) -> list[str]:
    """Return the tests that run a line, at most so many; of one that is run at import, those of its file."""
    by_line = notes.contexts_by_lineno(str(CHECKOUT / line.file))
    own = [name for n in range(line.first, line.last + 1) for name in by_line.get(n, ())]
    names = {name.partition("|")[0] for name in own} - {""}
    names = names or {name.partition("|")[0] for listed in by_line.values() for name in listed} - {""}
    files = Counter(name.partition("::")[0] for name in names)

    def rank(name: str) -> tuple[bool, int, str]:
        return not name.startswith("tests/unit"), files[name.partition("::")[0]], name

    return sorted(names, key=rank)[:_MOST_TESTS]


def removed(line: Line, tests: list[str], copy: Path) -> str:
    """Return the test that fails without a line, or an empty text."""
    path = copy / line.file
    text = path.read_text("utf-8")
    source = text.splitlines(keepends=True)
    first = source[line.first - 1]
    indent = first[: len(first) - len(first.lstrip())]
    path.write_text("".join([*source[: line.first - 1], f"{indent}pass\n", *source[line.last :]]), "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header"]
    short = [name for name in tests if name.startswith("tests/unit")]
    try:
        for names in filter(None, (short, [name for name in tests if name not in short])):
            ended = subprocess.run(
                [*command, *names],
                check=False,
                cwd=copy,
                env=environment,
                capture_output=True,
                text=True,
                timeout=_LIMIT_S,
            )
            if ended.returncode:
                failed = [row for row in ended.stdout.splitlines() if row.startswith(("FAILED", "ERROR"))]
                last = (ended.stdout[-200:] + ended.stderr[-200:]).strip()
                return failed[0] if failed else last or f"the tests were killed ({ended.returncode})"
    except subprocess.TimeoutExpired:
        return "a test that does not end"
    finally:
        path.write_text(text, "utf-8")
    return ""


def main() -> int:
    """Print each line with the test that fails without it; return 1 if more than a tenth of them are not missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.research.mutation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lines", type=int, default=40)
    parser.add_argument("--under", default="", help="only lines of files whose address begins so")
    options = parser.parse_args()
    lines = drawn(options.seed, options.lines, options.under)
    notes = CoverageData(str(CHECKOUT / ".coverage"))
    notes.read()
    copies: SimpleQueue[Path] = SimpleQueue()

    def tried(line: Line) -> tuple[Line, str]:
        copy, tests = copies.get(), tests_of(line, notes)
        try:
            return line, removed(line, tests, copy) if tests else ""
        finally:
            copies.put(copy)

    with tempfile.TemporaryDirectory(prefix="cliche-mutation-") as folder:
        for number in range(_COPIES):
            copy = Path(folder) / f"{number}" / CHECKOUT.name
            subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(copy)], check=True)
            (copy / ".venv").symlink_to(CHECKOUT / ".venv")
            (copy.parent / "shared").symlink_to(CHECKOUT.parent / "shared")
            copies.put(copy)
        with ThreadPoolExecutor(_COPIES) as pool:
            missed = 0
            for line, failed in pool.map(tried, lines):
                missed += bool(failed)
                print(
                    f"{line.file}:{line.first}  {line.text[:60]}\n    {failed or 'NO TEST FAILS'}", flush=True
                )
    print(f"{missed} of {len(lines)} lines are missed by a test")
    return int(missed < 0.9 * len(lines))


if __name__ == "__main__":
    sys.exit(main())
