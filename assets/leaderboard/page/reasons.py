"""Why there is no figure, no interval or no rank: the codes of the tables in words that are translated."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say, title
from assets.leaderboard.views.query import Row

#: Every code of `assets.metrics.plain.boards.REASONS` and of `empty_figures`; the text beside `withheld` says why.
WORDS: Mapping[str, Message] = {
    "not_asked": say("not asked"),
    "no_pictures": say("no usable picture"),
    "few_pictures": say("fewer than five of one prompt"),
    "refused": say("asked, %(k)s of %(n)s refused"),
    "failed": say("asked, %(k)s of %(n)s failed"),
    "not_read": say("not read by its labeler (%(labeler)s)"),
    "not_assessed": say("asked, %(k)s of %(n)s not assessed"),
    "no_subject": say("asked, %(what)s in %(k)s of %(n)s"),
    "cannot_tell": say("asked, cannot tell in %(k)s of %(n)s"),
    "group_missing": say("nothing of a group of prompts could be read"),
    "few_answers": say("too many answers are missing"),
    "other_labeler": say("its pictures were read by another labeler"),
    "labels_unreliable": say("the labels are not reliable"),
    "few_weeks": say("too few weeks to know how much weeks differ"),
    "one_model": say("no other model can be ranked here"),
    "no_gold": say("people labeled none of its pictures"),
    "few_gold": say("people labeled too few of its pictures"),
    "raters_differ": say("people differ on too many of its pictures"),
}
_MOVED = re.compile(r"not reliable: labels of (\d+) of (\d+) anchor pictures by (.+) moved \(.*")
_DISAGREE = re.compile(r"not reliable: .* agree at alpha (\S+) \(n = (\d+)\), below (\S+)", re.DOTALL)


def reason(code: str, withheld: str | None = None) -> Message:
    """Return what a code says, as a part of a sentence."""
    if code == "withheld":
        return say("withheld: %(why)s", why=words.plain(withheld or ""))
    return WORDS[code]


def counted(code: str, k: int | None, n: int | None, labeler: str | None, attribute: str | None) -> Message:
    """Return what a code of `empty_figures` says, with the numbers, the labeler and the attribute that it is of."""
    text = WORDS[code].text
    values: dict[str, int | str | Message] = {
        **{"k": k or 0, "n": n or 0, "labeler": words.plain(labeler or "")},
        "what": title(words.caption(attribute or "", "not_applicable")),
    }
    return Message(text, {name: value for name, value in values.items() if f"%({name})s" in text})


def rank_reason(row: Row, column: str = "rank_reason") -> Message:
    """Return why a row of `leaderboard` has no rank, or, by another column, no figure."""
    if row["reason_n"] is None:
        return reason(row[column], row["withheld_reason"])
    return counted(row[column], row["reason_k"], row["reason_n"], row["labeler"], row["attribute"])


def unreliable(text: str) -> Message:
    """Return that labels are not reliable, with what `reliability` says of it."""
    if match := _MOVED.fullmatch(text):
        return say(
            "the labels are not reliable: the labeler %(labeler)s reads %(moved)s of %(pictures)s control pictures in "
            "another way than before",
            labeler=words.plain(match[3]),
            moved=int(match[1]),
            pictures=int(match[2]),
        )
    if match := _DISAGREE.fullmatch(text):
        return say(
            "the labels are not reliable: those who read the same %(n)s pictures agree at alpha %(alpha)s, and "
            "%(needed)s is needed",
            n=int(match[2]),
            alpha=title(words.plain(match[1].replace("-", "\N{MINUS SIGN}"))),
            needed=title(words.plain(match[3])),
        )
    return WORDS["labels_unreliable"]
