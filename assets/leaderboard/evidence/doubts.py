"""What else may explain a finding, from the published tables: a doubt is said only where it applies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import duckdb

from assets.leaderboard.cells.reading import WEEKS
from assets.leaderboard.cells.showing import cut
from assets.leaderboard.evidence.pictures import Drawn
from assets.leaderboard.models.names import points
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, Percent, say, say_n, title
from assets.leaderboard.views.query import Row, View, by, rows

#: Other prompts about the same that are named.
_OTHERS = 3
#: A statistic nearer to one half than this explains nothing.
_CLOSE = 0.05
_KEY = ("model", "suite", "suite_major", "attribute", "value")


class Doubts:
    """What the tables of a week say beside its findings, read once for all of them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, week: date, findings: Sequence[View]) -> None:
        parameters: dict[str, object] = {"week": week.isoformat()}
        self._controls = {row["prompt"]: row["control"] for row in rows(con, "finding_controls")}
        wanted = {
            "models": sorted({one.model for one in findings}),
            "subjects": sorted({one.subject for one in findings}),
            "prompts": sorted({self._controls.get(one.prompt, one.prompt) for one in findings}),
        }
        self._shares = by(rows(con, "finding_shares", parameters | wanted), "model", "attribute")
        self._errors = {
            tuple(row[name] for name in _KEY): row for row in rows(con, "label_errors", parameters)
        }
        self._simulated = {row["attribute"] for row in rows(con, "rated", parameters) if row["simulated"]}
        self._statistics = by(rows(con, "prompt_statistics", parameters), "prompt", "attribute", "value")

    def of(self, finding: View, drawn: Drawn) -> Iterator[Message]:
        """Yield what else may explain a finding, the weightiest first."""
        yield self._labels(finding)
        yield from self._by_eyes(finding)
        if self._error(finding) is not None and finding.simulated and finding.attribute in self._simulated:
            yield say("The people who checked labels are simulated, too.")
        yield from self._words(finding)
        yield from self._world(finding)
        yield from _missing(finding, drawn)
        yield from _circumstances(finding)
        if finding.among > 1:
            yield say("The clearest results owe something to chance; a second look usually finds less.")

    def _of(self, finding: View) -> list[Row]:
        shares = self._shares[finding.model, finding.attribute]
        return [row for row in shares if row["value"] == finding.value]

    def _error(self, finding: View) -> Row | None:
        """Return what people's answers say of labels of this kind; None where nobody checked any."""
        error = self._errors.get(tuple(getattr(finding, name) for name in _KEY))
        return None if error is None or error["reason"] == "no_gold" else error

    def _labels(self, finding: View) -> Message:
        error = self._error(finding)
        if not finding.reliable:
            return say("The labels of this attribute are known to be unreliable.")
        if error is None:
            return say("Nobody has checked the error rate of these labels.")
        if error["estimate"] is None:
            return _not_known(error)
        return say_n(
            "People checked %(n)s label of this kind: the share in this suite, as the labeler reads it, less the "
            "share that people see is %(points)s (95%% interval %(low)s to %(high)s).",
            "People checked %(n)s labels of this kind: the share in this suite, as the labeler reads it, less the "
            "share that people see is %(points)s (95%% interval %(low)s to %(high)s).",
            error["gold_n"],
            points=points(error["estimate"]),
            low=words.signed(error["low"]),
            high=words.signed(error["high"]),
        )

    def _by_eyes(self, finding: View) -> Iterator[Message]:
        """Yield the mean share of the suite that people would have read, where it has an interval."""
        error = self._error(finding)
        if finding.reliable and error is not None and error["corrected_low"] is not None:
            yield say(
                "By people’s eyes, the mean share over all prompts is %(share)s (95%% interval %(low)s to %(high)s).",
                share=Percent(error["corrected"]),
                low=Percent(error["corrected_low"]),
                high=Percent(error["corrected_high"]),
            )

    def _words(self, finding: View) -> Iterator[Message]:
        """Yield what the same model draws for the control, and for other words about the same."""
        control = self._controls.get(finding.prompt)
        others = [row for row in self._of(finding) if row["prompt"] != finding.prompt]
        for row in others:
            if row["prompt"] == control:
                yield say(
                    "The control, “%(prompt)s”, shows it in %(k)s of %(n)s pictures.",
                    prompt=cut(row["text"]),
                    k=row["k"],
                    n=row["n"],
                )
        same = [
            row
            for row in others
            if row["prompt"] != control
            and row["subject"] == finding.subject
            and row["condition"] == "baseline"
        ]
        for row in same[:_OTHERS]:
            yield say(
                "Worded “%(prompt)s”: %(k)s of %(n)s pictures.",
                prompt=cut(row["text"]),
                k=row["k"],
                n=row["n"],
            )
        if not same:
            yield say("It rests on one prompt; another wording may give other pictures.")

    def _world(self, finding: View) -> Iterator[Message]:
        """Yield statistics by which part of what is drawn may be as in the world."""
        if finding.reference != "parity":
            return
        for row in self._statistics[finding.prompt, finding.attribute, finding.value]:
            further = row["expected_share"] - finding.expected
            if abs(further) >= _CLOSE and further * (finding.share - finding.expected) > 0:
                yield say(
                    "%(reference)s: %(share)s, not 50%%. Part of this may be the world, not the model.",
                    reference=title(words.reference(row["reference"])),
                    share=Percent(row["expected_share"]),
                )


def _not_known(error: Row) -> Message:
    """Return why people's answers do not tell how often labels are wrong."""
    if error["reason"] == "raters_differ":
        return say_n(
            "People checked %(n)s label of this kind, but differ on too many to say how often such labels are wrong.",
            "People checked %(n)s labels of this kind, but differ on too many to say how often such labels are wrong.",
            error["gold_n"],
        )
    return say_n(
        "People checked %(n)s label of this kind, too few to say how often such labels are wrong.",
        "People checked %(n)s labels of this kind, too few to say how often such labels are wrong.",
        error["gold_n"],
    )


def _missing(finding: View, drawn: Drawn) -> Iterator[Message]:
    if finding.n < finding.drawn:
        yield say_n(
            "%(n)s picture shows nobody or could not be read, and does not count.",
            "%(n)s pictures show nobody or could not be read, and do not count.",
            finding.drawn - finding.n,
        )
    if refused := drawn.refused(finding.first_week):
        yield say_n(
            "%(n)s request was refused; what it would have shown is not known.",
            "%(n)s requests were refused; what they would have shown is not known.",
            refused,
        )


def _circumstances(finding: View) -> Iterator[Message]:
    if finding.track == "system":
        yield say(
            "The model is a product that rewrites prompts: it may draw something other than what was asked."
        )
    if finding.weeks < WEEKS:
        yield say_n(
            "Only %(n)s of the last four weeks has pictures.",
            "Only %(n)s of the last four weeks have pictures.",
            finding.weeks,
        )
