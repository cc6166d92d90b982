"""Whether the order of a board holds if its figure is measured in another way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from assets.leaderboard.models import names, unseen
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import Row

_WAYS: Mapping[str, Message] = {
    "mean_absolute": say("by the mean absolute distance"),
    "pooled": say("with the pictures of all prompts together"),
    "one_prompt_left_out": say("without any one prompt, at worst"),
}


def read(found: Sequence[Row]) -> Mapping[tuple[object, ...], tuple[Message, ...]]:
    """Return whether pairs that are told apart keep their order if the figure is measured in another way."""
    said: dict[tuple[object, ...], list[Message]] = defaultdict(list)
    for row in found:
        said[(*unseen.board(row), bool(row["simulated"]), row["track"])].append(order(row))
    return {key: tuple(listed) for key, listed in said.items()}


def order(row: Row) -> Message:
    """Return whether pairs that are told apart keep their order if the figure is measured in one other way."""
    n, turned = row["told_apart"], row["told_apart_turned"]
    if row["variant"] == "other_labeler":  # it need not have read all models
        of: Row = {"labeler": words.plain(row["other"]), "n": n}
        return (
            say(
                "By the labels of another labeler, %(labeler)s, the order is the opposite for %(turned)s of %(n)s "
                "pairs that are told apart and whose pictures it read, too.",
                turned=turned,
                **of,
            )
            if turned
            else say(
                "By the labels of another labeler, %(labeler)s, the order holds for all pairs that are told apart "
                "and whose pictures it read, too: %(n)s.",
                **of,
            )
        )
    way = _WAYS.get(row["variant"])
    if way is None:
        way = say("against another yardstick, %(reference)s", reference=names.reference(row["other"]))
    return (
        say(
            "Measured %(way)s, %(turned)s of the %(n)s pairs that are told apart have the opposite order.",
            way=way,
            turned=turned,
            n=n,
        )
        if turned
        else say("Measured %(way)s, all pairs that are told apart keep their order.", way=way)
    )
