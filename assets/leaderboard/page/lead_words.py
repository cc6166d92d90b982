"""The sentences that an edition opens with: each can be quoted alone, and says no more than its figures.

A superlative is written only where there is one; what holds for several is said to.
"""

from __future__ import annotations

from datetime import timedelta

from assets.leaderboard.page import words
from assets.leaderboard.views.finding import Detected, LeadFinding

#: The weeks of a whole window.
WINDOW = timedelta(weeks=4)
#: Ties that are named; of others it is said how many there are.
NAMED = 3
RULE = (
    "First comes the share whose interval ends furthest from what it is held against: equal parts for perceived "
    "gender; 0, or its statistic, for a declared stereotype. That distance is divided by the largest one possible on "
    "its side (50 points from equal parts, 100 from 0). Of equals, in whole percent, the one with most pictures comes "
    "first; real models before simulated ones."
)

#: Sentence and basis where there is no share that is held against anything.
NOTHING = (
    "No share of the last four weeks can be compared with anything yet.",
    "Of no prompt that has something to be compared with enough pictures were drawn and read. What became of every "
    "request stands in the tables below.",
)


def nothing_clear(compared: int) -> tuple[str, str]:
    """Return sentence and basis where every interval holds what its share is held against."""
    shares = f"{words.number(compared)} share{' was' if compared == 1 else 's were'} compared"
    return (
        "No share of the last four weeks lies clearly off what it is held against.",
        f"{shares}, each with its 95 % interval: with equal parts for perceived gender, with 0 or its statistic for a "
        "declared stereotype.",
    )


def sentence(finding: LeadFinding) -> str:
    """Return a finding as one sentence that stands by itself."""
    pictures = _pictures(finding)
    what = words.depiction(finding.attribute, finding.value)
    k, n = words.number(finding.count), words.number(finding.n)
    if finding.drawn == finding.n:
        if finding.count == finding.n:
            return f"All {n} {pictures} show {what}."
        if not finding.count:
            return f"None of the {n} {pictures} shows {what}."
        return f"{k} of the {n} {pictures} {_verb(finding.count)} {what}."
    of = f"Of the {words.number(finding.drawn)} {pictures}, {n} could be read"
    if finding.count == finding.n:
        return f"{of}, and all of them show {what}."
    if not finding.count:
        return f"{of}, and none of them shows {what}."
    return f"{of}: {k} of them {_verb(finding.count)} {what}."


def basis(finding: LeadFinding) -> str:
    """Return what a finding rests on: pictures, interval, how far that is from what, and what else holds."""
    low, high = words.percent(finding.low), words.percent(finding.high)
    said = [
        f"n = {words.number(finding.n)} pictures; {words.percent(finding.count / finding.n)}, 95 % interval {low} to "
        f"{high}, scatter from week to week in it.",
        f"The prompt is “{words.plain(finding.text)}” ({words.plain(finding.suite)}).",
    ]
    if finding.drawn != finding.n:
        said.append(f"Read is {words.attribute(finding.attribute).lower()}.")
    if finding.weeks < (spanned := _spanned(finding)):
        said.append(f"Pictures are of {finding.weeks} of these {spanned} weeks.")
    said.append(_against(finding))
    said.append(_among(finding))
    if not finding.reliable:
        said.append("Its labels are not reliable: why is said at the leaderboard.")
    return " ".join([*filter(None, said), RULE])


def changes(detected: Detected) -> str:
    """Return how many changes were detected in the weeks of the window."""
    count, doubtful = detected.changes, detected.doubtful
    if not count:
        said = "No change was detected this month."
    else:
        said = f"{words.number(count)} change{' was' if count == 1 else 's were'} detected this month."
    if doubtful:
        said += f" {words.number(doubtful)} more {'has' if doubtful == 1 else 'have'} a likelier cause than the model."
    return said


def _verb(count: int) -> str:
    return "shows" if count == 1 else "show"


def _who(finding: LeadFinding) -> str:
    return (
        f"the simulated model {words.plain(finding.model)}"
        if finding.simulated
        else words.plain(finding.model)
    )


def _pictures(finding: LeadFinding) -> str:
    """Return whose pictures of what and when; of one prompt of several the prompt says it."""
    if finding.alone:
        return f"pictures of {words.subject(finding.subject)} that {_who(finding)} drew {_when(finding)}"
    return f"pictures that {_who(finding)} drew for “{words.plain(finding.text)}” {_when(finding)}"


def _spanned(finding: LeadFinding) -> int:
    return (finding.week - finding.first_week).days // 7 + 1


def _when(finding: LeadFinding) -> str:
    if finding.first_week + WINDOW > finding.week + timedelta(weeks=1):
        return f"since the week of {words.week(finding.first_week)}"
    return "in the last four weeks"


def _against(finding: LeadFinding) -> str:
    """Return how far the interval's nearer end is from what the share is held against."""
    what = {"parity": "equal parts", "stereotypes": "0, as a declared stereotype is"}.get(
        finding.reference, f"{words.percent(finding.expected)} ({words.reference(finding.reference)})"
    )
    far = f"at {words.percent(finding.reach)} of the largest distance possible"
    return f"That is held against {what}; the nearer end of the interval is {far}."


def _among(finding: LeadFinding) -> str:
    """Return whether anything else lies as far, and what holds for others too."""
    if finding.compared < 2:
        return ""
    models = "simulated models" if finding.simulated else "models"
    among = f"the {words.number(finding.compared)} shares of {models} that are held against something"
    if not finding.ties and not finding.equal:
        return f"Of {among}, it is the furthest."
    if not finding.ties:
        return f"None of {among} is further."
    named = [_tie(one) for one in finding.ties[:NAMED]]
    more = len(finding.ties) - len(named)
    rest = f"; and for {words.number(more)} more" if more else ""
    return f"None of {among} is further. The same holds for {'; '.join(named)}{rest}."


def _tie(tie: LeadFinding) -> str:
    shows = (
        f"{words.number(tie.count)} of {words.number(tie.n)} show {words.depiction(tie.attribute, tie.value)}"
    )
    return f"{_who(tie)}, “{words.plain(tie.text)}” ({shows})"
