"""What people's labels say of a board's rows: corrected figures, why there is none, labels that err in another way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assets.leaderboard.views.message import Message, Percent, say
from assets.leaderboard.views.query import Row
from assets.metrics.labels.gold_evidence import MOST_WRONG, ONCE, SHARED, TOO_MANY, UNTOLD

#: Why people's answers do not correct a figure, where it is people who err.
_NOT_CORRECTED: Mapping[str, Message] = {
    ONCE: say(
        "not corrected for label error: no picture was labeled by two people, so how often they err is not known"
    ),
    UNTOLD: say("not corrected for label error: what people say does not tell how often they err"),
    TOO_MANY: say(
        "not corrected for label error: people may err in more than %(most)s of their answers",
        most=Percent(MOST_WRONG),
    ),
    SHARED: say(
        "not corrected for label error: people err in the same pictures, as a third person’s labels show"
    ),
}
_ASSUMED = say(
    "Corrected figures take the labeler’s errors out, as far as pictures that people labeled too tell of them. They "
    "assume equal error across prompts and weeks, and that people’s errors are not shared with the labeler: if they "
    "are, the correction is too small. Ranks are of the figures as the labeler read them."
)
_SIMULATED = say("The people who labeled them are simulated, like the models.")
_NOT_VERIFIED = say(
    "Labels not verified: people have not labeled enough of the same pictures, so these figures are as the labeler "
    "read them."
)


def corrected(row: Row) -> tuple[float, float, float, int] | None:
    """Return a row's figure with the labeler's errors taken out, its interval, and pictures that people labeled."""
    if row["estimate"] is None or row["corrected_distance"] is None:
        return None
    return row["corrected_distance"], row["corrected_low"], row["corrected_high"], row["gold_n"]


def notes(row: Row) -> Iterator[Message]:
    """Yield why a row is not corrected, where it is people who err, and whether its labels err in another way."""
    if row["corrected_reason"] in _NOT_CORRECTED:
        yield _NOT_CORRECTED[row["corrected_reason"]]
    if row["label_error_differs"]:
        yield say(
            "%(rate)s of its labels are wrong (%(low)s to %(high)s), in another way than the other models’: read its "
            "place with care",
            rate=Percent(row["label_error"]),
            low=Percent(row["label_error_low"]),
            high=Percent(row["label_error_high"]),
        )


def below(found: Sequence[Row]) -> Iterator[Message]:
    """Yield what is said once of a table: what corrected figures assume, or that no label is verified."""
    if any(corrected(row) for row in found):
        yield _ASSUMED
        if any(row["by_simulated"] for row in found):
            yield _SIMULATED
    elif any(row["estimate"] is not None for row in found):
        yield _NOT_VERIFIED
