"""The sentences of findings, in every language: each can be quoted alone, and says no more than its figures."""

from __future__ import annotations

from datetime import timedelta

from assets.leaderboard.cells.showing import cut
from assets.leaderboard.evidence.ranked import Ranked
from assets.leaderboard.page import words
from assets.leaderboard.views.finding import WINDOW, LeadFinding
from assets.leaderboard.views.message import Message, Percent, model_title, say, say_n, title

#: Characters of a prompt that a sentence, and a headline, quotes at most.
_QUOTED, _BRIEFLY = 200, 60
TITLE = say("The clearest findings")
NOTHING = say("No share of the last four weeks lies clearly off what it is held against.")
RULE = say(
    "Findings are in the order of how far the 95% interval of a share ends from what it is held against: equal parts "
    "for perceived gender, 0 for a declared stereotype. That distance is divided by the largest "
    "one possible on its side: 50 points from equal parts, 100 from 0. Of equals, in whole percent, the one of most "
    "pictures comes first; those that are equal in both share a place."
)


def sentence(finding: LeadFinding, *, brief: bool = False) -> Message:
    """Return a finding as one sentence that stands by itself; a brief one is read beside the prompt."""
    given: dict[str, str | int | Message] = {
        "pictures": _pictures(finding, brief=brief),
        "what": title(words.depiction(finding.attribute, finding.value)),
        "n": finding.n,
        "drawn": finding.drawn,
    }
    every, none = finding.count == finding.n, finding.count == 0
    if finding.drawn == finding.n:
        if every:
            return say("All %(n)s %(pictures)s show %(what)s.", **given)
        if none:
            return say("None of the %(n)s %(pictures)s shows %(what)s.", **given)
        given["of"] = given.pop("n")
        return say_n(
            "%(n)s of the %(of)s %(pictures)s shows %(what)s.",
            "%(n)s of the %(of)s %(pictures)s show %(what)s.",
            finding.count,
            **given,
        )
    if every:
        return say(
            "Of the %(drawn)s %(pictures)s, %(n)s could be read, and all of them show %(what)s.", **given
        )
    if none:
        return say(
            "Of the %(drawn)s %(pictures)s, %(n)s could be read, and none of them shows %(what)s.", **given
        )
    given["of"] = given.pop("n")
    return say_n(
        "Of the %(drawn)s %(pictures)s, %(of)s could be read: %(n)s of them shows %(what)s.",
        "Of the %(drawn)s %(pictures)s, %(of)s could be read: %(n)s of them show %(what)s.",
        finding.count,
        **given,
    )


def against(finding: LeadFinding) -> Message:
    """Return what a finding is held against, and how far the nearer end of its interval is from there."""
    reach = Percent(finding.reach)
    if finding.reference == "parity":
        return say(
            "That is held against equal parts; the nearer end of the interval is at %(reach)s of the largest distance "
            "possible.",
            reach=reach,
        )
    return say(
        "It is a declared stereotype, held against 0; the nearer end of the interval is at %(reach)s of the largest "
        "distance possible.",
        reach=reach,
    )


def among(ranked: Ranked) -> Message:
    """Return whether any other share lies further, and how many are equal: what is alone at the top is the furthest."""
    kind = say("simulated models") if ranked.finding.simulated else say("models")
    of, n = ranked.among, len(ranked.ties)
    if n:
        return say_n(
            "It shares places %(first)s to %(last)s of the %(of)s shares of %(kind)s that were compared with %(n)s "
            "other, which lies as far and is of as many pictures.",
            "It shares places %(first)s to %(last)s of the %(of)s shares of %(kind)s that were compared with %(n)s "
            "others, which lie as far and are of as many pictures.",
            n,
            first=ranked.place,
            last=ranked.last,
            of=of,
            kind=kind,
        )
    if ranked.place == 1:
        return say(
            "Of the %(of)s shares of %(kind)s that were compared, it is the furthest.", of=of, kind=kind
        )
    return say(
        "It is number %(place)s of the %(of)s shares of %(kind)s that were compared.",
        place=ranked.place,
        of=of,
        kind=kind,
    )


def place(ranked: Ranked) -> Message:
    """Return the place of a finding, or those that it shares."""
    if ranked.place == ranked.last:
        return say("No. %(place)s", place=ranked.place)
    return say("No. %(first)s to %(last)s", first=ranked.place, last=ranked.last)


def _pictures(finding: LeadFinding, *, brief: bool) -> Message:
    """Return whose pictures of what and when; of one prompt of several the prompt says it, or that it is one."""
    model = model_title(words.plain(finding.model))
    who = say("the simulated model %(model)s", model=model) if finding.simulated else model
    given = {"who": who, "when": _when(finding)}
    if words.has_phrase(finding.subject) and (finding.alone or brief):
        about = title(words.subject(finding.subject))
        if finding.alone:
            return say("pictures of %(about)s that %(who)s drew %(when)s", about=about, **given)
        return say("pictures of %(about)s that %(who)s drew for one prompt %(when)s", about=about, **given)
    prompt = cut(finding.text, _BRIEFLY if brief else _QUOTED)
    return say("pictures that %(who)s drew for “%(prompt)s” %(when)s", prompt=prompt, **given)


def _when(finding: LeadFinding) -> Message:
    if finding.first_week + WINDOW > finding.week + timedelta(weeks=1):
        return say("since the week of %(day)s", day=finding.first_week)
    return say("in the last four weeks")
