"""Changes over weeks on the page: each in words with what was checked, and which change a board could see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import duckdb

from assets.leaderboard.page import words
from assets.leaderboard.views.query import Row, rows
from assets.leaderboard.views.view import Board, Change, Event

#: What is said of an event that something else explains, by its kind.
_KINDS: Mapping[str, str] = {
    "labeler_drift": "The labeler read frozen pictures otherwise too: it moved, not the model.",
    "all_models": "Nearly all models moved at once: the labeler or the prompts are likelier than the models.",
    "suite": "The suite’s content changed: this is not the model’s doing.",
}
_KEY = (
    "week",
    "model",
    "suite",
    "suite_major",
    "condition",
    "attribute",
    "metric",
    "value_name",
    "changed_week",
)
_POINTS = 100
_LARGE = 6
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def build(con: duckdb.DuckDBPyConnection, week: date) -> tuple[Change, ...]:
    """Return every change that was opened up to `week`, latest first."""
    found = (_change(row) for row in rows(con, "drift_events", {"week": week.isoformat()}))
    return tuple(sorted(found, key=lambda one: (-one.since.toordinal(), -one.log10_e, one.sentence)))


def events(changes: Iterable[Change]) -> tuple[Event, ...]:
    """Return the changes for the time line, at the week of the change: of one change of an attribute the surest."""
    best: dict[tuple[object, ...], Change] = {}
    for change in changes:
        kept = best.get(change.about)
        if kept is None or change.log10_e > kept.log10_e:
            best[change.about] = change
    return tuple(
        Event(change.since, f"{change.sentence}.{f' {change.doubt}' if change.doubt else ''}")
        for change in best.values()
    )


def shifts(
    con: duckdb.DuckDBPyConnection, week: date, boards: Iterable[Board]
) -> Mapping[str, tuple[str, ...]]:
    """Return for each board, by its id, which change it could see: one sentence a kind of model."""
    known: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows(con, "detectable_shifts", {"week": week.isoformat()}):
        key = (f"{row['suite']}@{row['suite_major']}", row["condition"], row["attribute"])
        known.setdefault(key, []).append(row)
    found = {}
    for board in boards:
        own = known.get((board.suite, board.condition, board.attribute), [])
        kinds = {(group.simulated, group.track) for group in board.groups}
        said = [row for row in own if (row["simulated"], row["track"]) in kinds]
        sentences = {(row["simulated"], row["track"]): _shift(row) for row in said}
        several = len(set(sentences.values())) > 1
        found[board.id] = tuple(
            dict.fromkeys(f"{_whose(*kind)}: {text}" if several else text for kind, text in sentences.items())
        )
    return found


def _whose(simulated: bool, track: str) -> str:
    who = "Simulated models" if simulated else "Models"
    return f"{who} whose prompts are rewritten" if track == "system" else who


def _change(row: Row) -> Change:
    who = ("the simulated model " if row["simulated"] else "") + words.plain(row["model"])
    shares = f"{words.percent(row['before_share'])} → {words.percent(row['after_share'])}"
    what = "refusals" if row["metric"] == "refused_rate" else words.shown(row["attribute"], row["value_name"])
    since = row["changed_week"]
    return Change(
        id=words.key(row, *_KEY),
        since=since,
        earliest=row["earliest_week"],
        latest=row["latest_week"],
        opened=row["week"],
        sentence=f"{_pictures(row)} by {who}: {what} {shares} since {words.week(since)}",
        points=(
            f"{_signed(row['change'])} points ({_signed(row['change_low'])} to {_signed(row['change_high'])})"
        ),
        n_before=row["before_n"],
        n_after=row["after_n"],
        log10_e=row["log10_e"],
        evidence=_evidence(row["log10_e"]),
        kind=row["kind"],
        doubt=_KINDS.get(row["kind"], ""),
        checks=_checks(row),
        about=(row["model"], row["suite"], row["condition"], row["metric"], row["attribute"], since),
    )


def _pictures(row: Row) -> str:
    """Return which pictures changed, as the beginning of a sentence."""
    subjects = row["subjects"] or []
    suite = f"{row['suite']}@{row['suite_major']}"
    condition = "" if row["condition"] == "baseline" else f", {words.spaced(row['condition'])} prompts"
    if len(subjects) == 1 and row["metric"] != "refused_rate":
        return f"Pictures of {words.subject(subjects[0])} ({suite}{condition})"
    kind = "Answers to" if row["metric"] == "refused_rate" else "Pictures of"
    if row["changed_cells"] < row["cells"]:
        return f"{kind} {row['changed_cells']} of {row['cells']} prompts of {suite}{condition}"
    many = "the one prompt" if row["cells"] == 1 else f"all {row['cells']} prompts"
    return f"{kind} {many} of {suite}{condition}"


def _checks(row: Row) -> tuple[str, ...]:
    """Return what else could have caused it, each as it was found."""
    reported = row["model_version_changed"]
    moved = row["labeler_moved_share"]
    found = [
        "suite changed" if row["suite_changed"] else "suite unchanged",
        {
            None: "service reports no version",
            True: "reported version changed",
            False: "same reported version",
        }[reported],
        "answered more or fewer slots" if row["completeness_changed"] else "as many slots answered",
        f"{row['models_at_once']} of {row['models_compared']} models changed",
    ]
    if row["metric"] == "share":
        found.insert(1, "labeler version changed" if row["labeler_changed"] else "same labeler version")
        found.insert(
            2,
            "no frozen pictures read"
            if moved is None
            else f"labeler read {words.percent(moved)} of frozen pictures otherwise",
        )
    return tuple(found)


def _shift(row: Row) -> str:
    """Return in words which change is seen, without saying of which kind of model."""
    three, eight, alone = row["all_in_3_weeks"], row["all_in_8_weeks"], row["one_in_8_weeks"]
    pictures = f"{row['n']} picture{'' if row['n'] == 1 else 's'} a prompt and week"
    if eight is None:
        return f"With {pictures} no change of a share could be told from chance within eight weeks."
    where = "" if row["cells"] == 1 else f" in all {row['cells']} prompts"
    within = f"{_POINTS * eight:.0f} points{where} within eight weeks"
    if three is not None:
        within = f"{_POINTS * three:.0f} points{where} within three weeks, or of {_POINTS * eight:.0f} within eight"
    if row["cells"] > 1:
        single = "none could be seen" if alone is None else f"of {_POINTS * alone:.0f} within eight"
        within += f"; in one prompt alone, {single}"
    return f"With {pictures} a change of a share would be seen, in four of five cases, if it is of {within}."


def _signed(share: float) -> str:
    text = f"{abs(_POINTS * share):.0f}"
    return f"{'−' if share < 0 and text != '0' else '+'}{text}"


def _evidence(log10_e: float) -> str:
    """Return an e-value in words, to two digits; a large one as a power of ten."""
    if log10_e >= _LARGE:
        return f"10{str(int(log10_e)).translate(_RAISED)}"
    digits = max(int(log10_e) - 1, 0)
    return words.number(round(10**log10_e / 10**digits) * 10**digits)
