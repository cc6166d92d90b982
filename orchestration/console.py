"""What a person sees while a command works: bars, counts, summaries. Nothing of a model's answer is markup."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from assets.gateway.receipts import Receipt
from assets.gateway.records import GROUPS, Outcome
from assets.generation.workplace import Listener
from warehouse.printable import printable

#: As wide as it takes where nobody looks at a screen: rows of a table are not folded in a file or a pipe.
_PIPE_WIDTH = 1000

# Text of the data is printed as it is: `:x:` becomes no emoji; that it is no markup is said at every print.
OUT = Console(
    highlight=False, soft_wrap=True, emoji=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH
)
ERR = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


class Tally:
    """Counts what happens and shows it; made for one command, called from several threads."""

    def __init__(self, slots: int) -> None:
        """Prepare bars for `slots` slots that are still to be asked."""
        self._lock = threading.Lock()
        self.outcomes: Counter[str] = Counter()
        self._progress = Progress(
            TextColumn("  {task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[counts]}"),
            TimeRemainingColumn(),
            console=ERR,
            transient=False,
        )
        self._ask: TaskID = self._progress.add_task("asking", total=slots, counts="", start=bool(slots))
        self._label: TaskID = self._progress.add_task("labeling", total=None, counts="", visible=False)
        self._shrink: TaskID = self._progress.add_task("thumbnails", total=None, counts="", visible=False)
        self._settled: set[str] = set()

    def listener(self) -> Listener:
        """Return the functions that a run tells what it does."""
        return Listener(
            planned=self._planned,
            receipt=self._receipt,
            to_label=partial(self._more, self._label),
            labelled=partial(self._progress.advance, self._label),
            to_shrink=partial(self._more, self._shrink),
            shrunk=partial(self._progress.advance, self._shrink),
            told=note,
        )

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the bars while the block runs."""
        with self._progress:
            yield

    def _planned(self, model: str, week: str, planned: int, open_slots: int) -> None:
        self._progress.update(self._ask, description=f"{week} {model}")

    def _receipt(self, receipt: Receipt) -> None:
        group = GROUPS[receipt.outcome]
        with self._lock:
            self.outcomes[str(receipt.outcome)] += 1
            counts = (
                f"ok {self.outcomes['ok']:,} · refused {self._of('answer'):,} · "
                f"failed {self._of('transient') + self._of('bad_data') + self._of('stop'):,}"
            )
            before = len(self._settled)
            if (
                group not in {"transient", "bad_data", "stop"}
                and receipt.outcome is not Outcome.BUDGET_STOPPED
            ):
                self._settled.add(receipt.slot_key)
            settled = len(self._settled) - before
        self._progress.update(self._ask, advance=settled, counts=counts)

    def _of(self, group: str) -> int:
        return sum(self.outcomes[str(outcome)] for outcome, its in GROUPS.items() if its == group)

    def _more(self, task: TaskID, pictures: int) -> None:
        total = (self._progress.tasks[task].total or 0) + pictures
        self._progress.update(task, total=total, visible=True)


def table(*columns: str, right: Collection[str] | None = None) -> Table:
    """Return a table without rows; those of its columns are set to the right, all but the first if none are named."""
    listed, to_the_right = Table(box=None, pad_edge=False), columns[1:] if right is None else right
    for name in columns:
        listed.add_column(name, justify="right" if name in to_the_right else "left")
    return listed


def note(text: str) -> None:
    """Print one line beside the result: what was tidied up, what is being waited for."""
    ERR.print(printable(text), markup=False)


def say(text: str = "") -> None:
    """Print one line of the result."""
    OUT.print(printable(text), markup=False)


def say_lines(lines: Iterable[str]) -> None:
    """Print lines of the result."""
    for line in lines:
        say(line)
