"""What answers that nobody saw leave of ranks and pairs: refusals, and pictures that could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assets.leaderboard.cells.unseen import BOARD
from assets.leaderboard.views.message import Message, Percent, say
from assets.leaderboard.views.query import Row
from assets.metrics.ranks.unseen import FEW


def board(row: Row) -> tuple[object, ...]:
    """Return what names the board of a row."""
    return tuple(row[name] for name in BOARD)


def rank_notes(row: Row | None) -> Iterator[Message]:
    """Yield what is said beside a rank."""
    if row is None:
        return
    bounds = row["bound_rank_low"], row["bound_rank_high"]
    if bounds == (row["rank_low"], row["rank_high"]):
        yield say("holds whatever unseen answers show")
    else:
        yield say("%(low)s to %(high)s whatever unseen answers show", low=bounds[0], high=bounds[1])


def below(found: Iterable[Row | None]) -> Message | None:
    """Return what is said once of a table with such ranks."""
    if not any(found):
        return None
    return say(
        "Unseen answers were refused or could not be read; where they are more than %(few)s, a rank says whether it "
        "holds whatever they would have shown.",
        few=Percent(FEW),
    )


def below_study(found: Iterable[Row | None]) -> Message | None:
    """Return the same of a study."""
    if not any(found):
        return None
    return say(
        "Unseen answers have no picture or no label, or could not be read; where they are more than %(few)s, a rank "
        "says whether it holds whatever they would have shown.",
        few=Percent(FEW),
    )


def pair_notes(row: Row | None) -> Iterator[Message]:
    """Yield what is said beside two models that are told apart."""
    if row is not None and row["holds_at_bounds"]:
        yield say("whatever the answers that nobody saw would have shown")
    elif row is not None:
        yield say("not told apart any more if all answers that nobody saw spoke against it")
