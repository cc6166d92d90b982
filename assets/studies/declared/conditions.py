"""Which condition of a study the others are compared with."""

from __future__ import annotations

from collections.abc import Iterable

from assets.suites.comparisons import CONDITIONS, in_order
from warehouse.validation import close_match


def check_baseline(baseline: str | None, conditions: Iterable[str]) -> None:
    """Raise unless it is known which of the conditions the others are compared with."""
    there = in_order(set(conditions))
    if baseline is not None:
        if baseline not in there:
            raise ValueError(
                f'baseline: no prompt has the condition "{baseline}"{close_match(baseline, there)} '
                f"(the conditions are {', '.join(there)})"
            )
        return
    own = [condition for condition in there if condition not in CONDITIONS]
    if own:
        raise ValueError(
            f'condition "{own[0]}" is none of {", ".join(CONDITIONS)}; say which condition the others are compared '
            f"with, baseline: {there[0]}, or spell it as one of these"
        )
