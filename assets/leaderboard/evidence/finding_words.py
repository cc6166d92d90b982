"""The sentences of findings, in every language: each can be quoted alone, and says no more than its figures."""

from __future__ import annotations

from datetime import timedelta

from assets.leaderboard.cells.reading import WINDOW
from assets.leaderboard.cells.showing import cut
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, Percent, model_title, say, say_n, title
from assets.leaderboard.views.query import View

#: Characters of a prompt that a sentence, and a headline, quotes at most.
_QUOTED, _BRIEFLY = 200, 60
TITLE = say("The clearest findings")


def sentence(finding: View, *, brief: bool = False) -> Message:
    """Return a finding as one sentence that stands by itself; a brief one is read beside the prompt."""
    given: dict[str, str | int | Message] = {
        "pictures": _pictures(finding, brief=brief),
        "what": title(words.depiction(finding.attribute, finding.value)),
        "n": finding.n,
        "drawn": finding.drawn,
    }
    every, none = finding.k == finding.n, finding.k == 0
    if finding.drawn == finding.n:
        if every:
            return say("All %(n)s %(pictures)s show %(what)s.", **given)
        if none:
            return say("None of the %(n)s %(pictures)s shows %(what)s.", **given)
        given["of"] = given.pop("n")
        return say_n(
            "%(n)s of the %(of)s %(pictures)s shows %(what)s.",
            "%(n)s of the %(of)s %(pictures)s show %(what)s.",
            finding.k,
            **given,
        )
    if every:
        return say("Of the %(drawn)s %(pictures)s, %(n)s count, and all of them show %(what)s.", **given)
    if none:
        return say("Of the %(drawn)s %(pictures)s, %(n)s count, and none of them shows %(what)s.", **given)
    given["of"] = given.pop("n")
    return say_n(
        "Of the %(drawn)s %(pictures)s, %(of)s count: %(n)s of them shows %(what)s.",
        "Of the %(drawn)s %(pictures)s, %(of)s count: %(n)s of them show %(what)s.",
        finding.k,
        **given,
    )


def against(finding: View) -> Message:
    """Return what a finding is held against, and how far the nearer end of its interval is from there."""
    if finding.reference == "parity":
        return say("Compared with equal parts.")
    return say(
        "Listed in advance as a stereotype; even the low end, %(low)s, is far from 0.",
        low=Percent(finding.low),
    )


def _pictures(finding: View, *, brief: bool) -> Message:
    """Return whose pictures of what and when; brief: the prompt, the week and the banner stand beside it."""
    model = model_title(words.plain(finding.model))
    phrase = words.has_phrase(finding.subject)
    about = title(words.subject(finding.subject)) if phrase else None
    if brief and about:
        return say("pictures of %(about)s by %(who)s", about=about, who=model)
    if brief:
        return say("pictures by %(who)s for “%(prompt)s”", prompt=cut(finding.text, _BRIEFLY), who=model)
    who = say("the simulated model %(model)s", model=model) if finding.simulated else model
    if about and finding.alone:
        return say(
            "pictures of %(about)s that %(who)s drew %(when)s", about=about, who=who, when=_when(finding)
        )
    return say(
        "pictures that %(who)s drew for “%(prompt)s” %(when)s",
        prompt=cut(finding.text, _QUOTED),
        who=who,
        when=_when(finding),
    )


def _when(finding: View) -> Message:
    if finding.first_week + WINDOW > finding.week + timedelta(weeks=1):
        return say("since the week of %(day)s", day=finding.first_week)
    return say("in the last four weeks")
