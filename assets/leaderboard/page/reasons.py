"""Why there is no figure or no rank, as tables write it, in sentences that are translated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say, title

_FIXED: Mapping[str, Message] = {
    "too few: no prompt has 5 assessed pictures": say("no prompt has five usable pictures"),
    "too few: no prompt has 5 assessed pictures in the window": say(
        "no prompt has five usable pictures in these weeks"
    ),
    "too few: 10 needed in every declared group": say("fewer than ten usable pictures of a group of prompts"),
    "too few: no prompt has 2 assessed pictures": say("no prompt has two usable pictures"),
    "too few: pictures that were drawn together count as fewer than 2": say(
        "its pictures were drawn together and count as fewer than two"
    ),
    "no usable pictures": say("no usable picture"),
    "no reference": say("the yardstick says nothing of these prompts"),
    "ranks were not computed in this week": say("nothing was ranked in this week"),
    "windows were not computed in this week": say("nothing was computed of these weeks"),
    "no picture could be assessed": say("no picture could be assessed"),
    "no other model of this board can be ranked": say("no other model can be ranked here"),
    "retired: the provider says that the model is gone": say("retired"),
}


def _too_few(found: re.Match[str]) -> Message:
    return say(
        "only %(n)s of the %(needed)s usable pictures that are needed", n=int(found[1]), needed=int(found[2])
    )


def _prompts(found: re.Match[str]) -> Message:
    return say(
        "only %(n)s of %(planned)s prompts have enough usable pictures",
        n=int(found[1]),
        planned=int(found[2]),
    )


def _group(found: re.Match[str]) -> Message:
    return say(
        "only %(n)s of %(answers)s answers to %(subject)s could be assessed",
        subject=title(words.subject(found[1])),
        n=int(found[2]),
        answers=int(found[3]),
    )


def _withheld(found: re.Match[str]) -> Message:
    return say("withheld: %(why)s", why=words.plain(found[1]))


def _version(found: re.Match[str]) -> Message:
    return say(
        "read by version %(own)s of the labeler, the others by %(other)s",
        own=words.plain(found[1]),
        other=words.plain(found[2]),
    )


def _unreliable(found: re.Match[str] | None = None) -> Message:
    return say("the labels are not reliable")


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Message]], ...] = (
    (re.compile(r"too few: (\d+) of (\d+) needed"), _too_few),
    (
        re.compile(r"80 % of the slots and \d+ pictures or more are assessed for (\d+) of (\d+) prompts; .*"),
        _prompts,
    ),
    (re.compile(r"too few prompts: (\d+) of (\d+) with .*"), _prompts),
    (re.compile(r".+ \| (\S+): (\d+) of (\d+) answers were assessed; .*"), _group),
    (re.compile(r"not reliable: .*", re.DOTALL), _unreliable),
    (re.compile(r"withheld: (.*)", re.DOTALL), _withheld),
    (re.compile(r"read by version (\S+) of the labeler; the board is ranked on (\S+)"), _version),
)


_MOVED = re.compile(r"not reliable: labels of (\d+) of (\d+) anchor pictures by (.+) moved \(.*")
_DISAGREE = re.compile(r"not reliable: .* agree at alpha (\S+) \(n = (\d+)\), below (\S+)", re.DOTALL)


def unreliable(text: str) -> Message:
    """Return that labels are not reliable, with what `reliability` says of it."""
    if found := _MOVED.fullmatch(text):
        return say(
            "the labels are not reliable: the labeler %(labeler)s reads %(moved)s of %(pictures)s control pictures in "
            "another way than before",
            labeler=words.plain(found[3]),
            moved=int(found[1]),
            pictures=int(found[2]),
        )
    if found := _DISAGREE.fullmatch(text):
        return say(
            "the labels are not reliable: those who read the same %(n)s pictures agree at alpha %(alpha)s, and "
            "%(needed)s is needed",
            n=int(found[2]),
            alpha=title(words.plain(found[1].replace("-", "\N{MINUS SIGN}"))),
            needed=title(words.plain(found[3])),
        )
    return _unreliable()


def reason(text: str) -> Message:
    """Return why, as a part of a sentence; what has no words of its own is shown as it is written."""
    if text in _FIXED:
        return _FIXED[text]
    for form, made in _FORMS:
        if found := form.fullmatch(text):
            return made(found)
    return title(words.plain(text))
