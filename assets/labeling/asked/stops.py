"""What stops a labeler that is asked: an error that will not go away, a cap, answers in a form that cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from assets.gateway.records import GROUPS, UNREADABLE, Outcome
from assets.labeling.asked.attempts import LabelAttempt
from assets.labeling.asked.forms import IN_WORDS

#: Answers of one kind that cannot be read, of so many different calls in a row, stop a labeler.
IN_A_ROW = 3

Kind = tuple[str, str]


def kind_of(attempt: LabelAttempt) -> Kind | None:
    """Return in which way the answer to a call cannot be read; None if it can, or if none came."""
    if attempt.outcome is Outcome.SERVER_ERROR and attempt.error_code in UNREADABLE:
        return attempt.error_code, attempt.error_type or ""
    return None


def _kind_of_first(attempt: LabelAttempt) -> Kind | None:
    """Return the same of a labeler that has not answered yet: words say nothing else, so they may be its form."""
    return (IN_WORDS, "") if attempt.error_code == IN_WORDS else kind_of(attempt)


class Watch:
    """Sees the answers of a labeler as they come, tells what is new about them, and says when it must stop."""

    def __init__(self, labeler: str, told: Callable[[str], None] = lambda line: None) -> None:
        """Begin with nothing seen; `told` is given one line for the first answer of each kind of trouble."""
        self._labeler, self._told = labeler, told
        self._seen: set[Kind] = set()
        self._row: list[LabelAttempt] = []
        self.readable = False  # whether an answer was read
        self.why: str | None = None  # why it must stop
        self.trouble: str | None = None  # what the newest answer met, where it was trouble on the way

    def see(self, attempt: LabelAttempt) -> None:
        """Take in one call; not for several threads at once."""
        known = kind_of if self.readable else _kind_of_first
        group, kind = GROUPS[attempt.outcome], known(attempt)
        self.trouble = describe(attempt) if group == "transient" else None
        if kind is not None:
            self._tell(kind, f"the first answer could not be read: {attempt.error_message}")
            self._row = [one for one in self._row if known(one) == kind] + [attempt]
            self.why = self.why or unreadable_row(self._row)
        elif group in {"success", "answer"}:
            self.readable, self._row = True, []
        elif group == "transient" and attempt.outcome is not Outcome.RATE_LIMITED:
            self._tell((attempt.outcome, attempt.error_code or ""), f"{describe(attempt)}; it is asked again")

    def _tell(self, kind: Kind, line: str) -> None:
        if kind not in self._seen:
            self._seen.add(kind)
            self._told(f"labeler {self._labeler}: {line}")


def unreadable_row(row: Sequence[LabelAttempt]) -> str | None:
    """Return why a labeler must stop whose newest answers, all of one kind, cannot be read; None if it need not."""
    if len({attempt.call for attempt in row}) < IN_A_ROW:
        return None
    return f"three answers in a row could not be read: {row[-1].error_message}"


def stopped_by(attempts: Iterable[LabelAttempt]) -> str | None:
    """Return in one line what stopped a labeler, or None if it answered after its last stop."""
    asked = sorted(attempts, key=lambda attempt: str(attempt.requested_at))
    row: list[LabelAttempt] = []
    answered = any(GROUPS[attempt.outcome] == "success" for attempt in asked)
    known = kind_of if answered else _kind_of_first
    for attempt in reversed(asked):
        kind = known(attempt)
        if GROUPS[attempt.outcome] == "stop" or attempt.outcome is Outcome.BUDGET_STOPPED:
            return describe(attempt)
        if GROUPS[attempt.outcome] in {"success", "answer"} and kind is None:
            return None
        if row and kind and kind != known(row[0]):
            return None
        row = [*row, attempt] if kind else row
        if why := unreadable_row([*reversed(row)]):
            return why
    return None


def trouble_of(attempts: Iterable[LabelAttempt]) -> str | None:
    """Return in one line what the newest call met, where it was trouble on the way; None if it was answered."""
    asked = [attempt for attempt in attempts if GROUPS[attempt.outcome] != "policy"]
    newest = max(asked, key=lambda attempt: str(attempt.requested_at), default=None)
    if newest is None or GROUPS[newest.outcome] != "transient":
        return None
    return describe(newest)


def describe(attempt: LabelAttempt) -> str:
    """Return in one line what a call ended with and what was said."""
    if kind_of(attempt) and attempt.error_message:
        return attempt.error_message
    return f"{attempt.outcome}: {attempt.error_message or attempt.error_code or 'no reason given'}"
