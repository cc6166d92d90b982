"""What answers that nobody saw leave of ranks and pairs: refusals, and pictures that could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from assets.leaderboard.cells.showing import many
from assets.leaderboard.cells.unseen import BOARD
from assets.leaderboard.models import names
from assets.leaderboard.views.message import Message, Percent, say
from assets.leaderboard.views.query import Row
from assets.metrics.ranks.trend import LEVEL
from assets.metrics.ranks.unseen import FEW, GAMMA_WARNS


def board(row: Row) -> tuple[object, ...]:
    """Return what names the board of a row."""
    return tuple(row[name] for name in BOARD)


def rank_notes(
    row: Row | None, pictures: Callable[[str, str, str], Message] | None = None
) -> Iterator[Message]:
    """Yield what is said beside a rank; `pictures` says what those of a study, attribute and value show."""
    if row is None:
        return
    gamma, tipping = row["gamma"], row["tipping_share"]
    bounds, rank = (row["bound_rank_low"], row["bound_rank_high"]), (row["rank_low"], row["rank_high"])
    if bounds == rank and gamma is None and tipping is None:
        yield say("holds whatever unseen answers show")
    elif gamma is not None and gamma <= GAMMA_WARNS:
        yield say("read with care: undone by odds of %(gamma)s", gamma=float(gamma))
    elif gamma is not None:
        yield say("undone by odds of %(gamma)s", gamma=float(gamma))
    elif tipping is not None:
        yield say("undone if %(share)s of unseen answers speak against it", share=Percent(tipping))
    if bounds != rank:
        yield say("%(low)s to %(high)s whatever unseen answers show", low=bounds[0], high=bounds[1])
        if (row["unseen_p_value"] or 1) <= LEVEL:
            of = row["attribute"], row["unseen_value"]
            what = pictures(row["study"], *of) if pictures else many(*of)
            if row["unseen_correlation"] > 0:
                yield say("read with care: more unseen where it draws more %(what)s", what=what)
            else:
                yield say("read with care: more unseen where it draws fewer %(what)s", what=what)


def below(found: Iterable[Row | None]) -> Message | None:
    """Return what is said once of a table with such ranks."""
    if not any(found):
        return None
    return say(
        "Unseen answers were refused or could not be read; where they are more than %(few)s, a rank says how far it "
        "rests on them. Odds of 3: among unseen answers a value has up to three times, or down to a third of, the odds "
        "that it has among the others. Undone: the model would not be told apart from one that it is told apart from "
        "here. More unseen: answers to prompts of which it draws more of something are unseen more often, as if it "
        "withheld what it draws.",
        few=Percent(FEW),
    )


def below_study(found: Iterable[Row | None]) -> Message | None:
    """Return the same of a study."""
    if not any(found):
        return None
    return say(
        "Unseen answers have no picture or no label, or could not be read; where they are more than %(few)s, a rank "
        "says how far it rests on them. Odds of 3: among unseen answers a value has up to three times, or down to a "
        "third of, the odds that it has among the others. Undone: the model would not be told apart from one that it "
        "is told apart from here. More unseen: answers to prompts of which it draws more of something are unseen more "
        "often, as if it withheld what it draws.",
        few=Percent(FEW),
    )


def pair_notes(row: Row | None) -> Iterator[Message]:
    """Yield what is said beside two models that are told apart."""
    if row is None:
        return
    yield _pair_turns(row)
    if row["holds_at_bounds"]:
        return
    for side in "ab":
        if row[f"value_{side}"] is None:
            continue
        model, what = names.model(row[f"model_{side}"]), many(row["attribute"], row[f"value_{side}"])
        if row[f"correlation_{side}"] > 0:
            yield say(
                "read with care: more answers of %(model)s are unseen where it draws more %(what)s",
                model=model,
                what=what,
            )
        else:
            yield say(
                "read with care: more answers of %(model)s are unseen where it draws fewer %(what)s",
                model=model,
                what=what,
            )


def _pair_turns(row: Row) -> Message:
    if row["holds_at_bounds"]:
        return say("whatever the answers that nobody saw would have shown")
    if row["gamma"] is not None:
        return say(
            "not told apart any more with the odds of a value %(gamma)s times as high or low among answers that nobody "
            "saw as among the others",
            gamma=float(row["gamma"]),
        )
    if row["tipping_share"] is not None:
        return say(
            "not told apart any more if %(share)s of the answers that nobody saw spoke against it as clearly as an "
            "answer can",
            share=Percent(row["tipping_share"]),
        )
    return say("not told apart any more if nearly all answers that nobody saw spoke against it")
