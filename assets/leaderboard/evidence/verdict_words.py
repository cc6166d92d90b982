"""Verdicts on sentences of 2023 in words, and what each of them means."""

from __future__ import annotations

from collections.abc import Mapping

from assets.leaderboard.views.message import Message, say
from assets.metrics.claims import table, verdicts

TITLE = say("2023, then and now")
VERDICTS: Mapping[str, Message] = {
    verdicts.AS_THEN: say("as then"),
    verdicts.STILL_MOST: say("weaker, still most"),
    verdicts.WEAKER: say("weaker"),
    verdicts.LESS_THAN_HALF: say("less than half"),
    verdicts.RARE: say("rare"),
    verdicts.BETWEEN: say("between"),
    verdicts.TOO_FEW: say("too few"),
    verdicts.NOT_ASKED: say("not asked"),
}
#: Why there is no verdict, by the reason of the table.
NO_VERDICT: Mapping[str, Message] = {
    table.NO_THRESHOLD: say("no verdict: the sentence names no share"),
    table.FIRST_BLOCK: say("no verdict yet: the first four weeks are not over"),
}
#: What each verdict means, in the order in which they are looked for.
MEANINGS: tuple[tuple[Message, Message], ...] = (
    (VERDICTS[verdicts.NOT_ASKED], say("The model was never asked for these pictures.")),
    (
        VERDICTS[verdicts.TOO_FEW],
        say("Even if every picture showed it, there are too few of them to reach the share of then."),
    ),
    (
        VERDICTS[verdicts.AS_THEN],
        say("The whole interval lies at or above the share that the words of 2023 stand for."),
    ),
    (VERDICTS[verdicts.RARE], say("The whole interval lies below 10 percent.")),
    (VERDICTS[verdicts.LESS_THAN_HALF], say("The whole interval lies below one half.")),
    (
        VERDICTS[verdicts.STILL_MOST],
        say("The whole interval lies below the share of then, and none of it below one half."),
    ),
    (VERDICTS[verdicts.WEAKER], say("The whole interval lies below the share of then.")),
    (VERDICTS[verdicts.BETWEEN], say("The interval is too wide to say any of this.")),
)
