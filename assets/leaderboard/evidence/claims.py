"""What was reported of image models in 2023, with what they draw now: rows of `claim_shares` with their pictures.

And conversations in which models are told that their pictures lack diversity, in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import duckdb

from assets.leaderboard.cells.reading import first_week
from assets.leaderboard.cells.showing import address_of, cell_of, worth
from assets.leaderboard.evidence.pictures import GRID, NOTHING, Drawn, drawn, shown, words_of
from assets.leaderboard.page import words
from assets.leaderboard.page.reasons import reason
from assets.leaderboard.views.message import Message, say, title
from assets.leaderboard.views.query import Row, View, by, rows, rows_of_weeks
from assets.suites.claims import RegisteredClaim, shipped_claims
from assets.suites.loader import load_suites
from assets.suites.published_figures import published_figures

FOLDER = "2023/"
#: The sentence about conversations, and what is said under their pictures.
TALKED, _READ = "apology-keffiyeh", ("perceived_gender", "headwear")
#: From this share of the control on, what a sentence says is of more than its group.
HALF = 0.5


def claims_now(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[View]:
    """Yield the sentences of 2023 as the register has them, each with what models draw in the window of a week."""
    shares = by(rows(con, "claims", {"week": week.isoformat()}), "claim", "part")
    claims, suites = shipped_claims(), load_suites()
    pictures = drawn(
        con,
        week,
        {
            prompt
            for claim in claims
            for part, prompts in claim.pictures.items()
            if shares[claim.id, part]
            for prompt in claim.full_ids(prompts)
        },
    )
    for claim in claims:
        texts = {prompt.id: (prompt.text, prompt.language) for prompt in suites[claim.suites[-1]].prompts}
        parts = [_part(claim, part, shares[claim.id, part], texts, pictures, week) for part in claim.pictures]
        yield View(
            id=claim.id,
            address=f"{FOLDER}{claim.id}/",
            sentence=title(claim.sentence),
            source=title(claim.source),
            url=of.url if (of := published_figures().get(claim.id)) else None,
            then=title(claim.then),
            threshold=claim.threshold,
            shows=_shown(claim.shows),
            beside=_shown(claim.beside),
            control=[texts[name] for name in claim.control],
            parts=parts,
            rows=[*_by_model(parts)],
            ends=_ends(parts),
        )


def _part(
    claim: RegisteredClaim,
    part: str,
    rows_of: Sequence[Row],
    texts: Mapping[str, tuple[str, str]],
    pictures: Mapping[tuple[str, str], Drawn],
    week: date,
) -> View:
    """Return one part of a sentence's pictures; `not_asked` were asked for none of them in these weeks."""
    asked = [row for row in rows_of if row["reason"] != "not_asked"]
    return View(
        id=part,
        texts=[texts[name] for name in claim.pictures[part]],
        models=[_model(row, claim, part, texts, pictures, week) for row in asked],
        not_asked=[words.plain(row["model"]) for row in rows_of if row not in asked],
    )


def _by_model(parts: Sequence[View]) -> Iterator[tuple[str, list[View | None]]]:
    """Yield models, real ones first, with what each shows in each part; None where it was not asked."""
    shown = [{one.model: one for one in part.models} for part in parts]
    simulated = {one.model: one.simulated for part in parts for one in part.models}
    for name in sorted(simulated, key=lambda name: (simulated[name], name)):
        yield name, [of.get(name) for of in shown]


def _ends(parts: Sequence[View]) -> list[View]:
    """Return the models of the highest and the lowest share, of the real ones if there are any."""
    for part in parts:
        real = [one for one in part.models if not one.simulated]
        known = [one for one in real or part.models if one.grid and one.share is not None]
        if known:
            ordered = sorted(known, key=lambda one: (-one.share, -one.n, one.model))
            return ordered if len(ordered) < 2 else [ordered[0], ordered[-1]]
    return []


def _shown(wanted: Mapping[str, Sequence[str]]) -> tuple[Message, ...]:
    return tuple(title(words.depiction(name, value)) for name, values in wanted.items() for value in values)


def _model(
    row: Row,
    claim: RegisteredClaim,
    part: str,
    texts: Mapping[str, tuple[str, str]],
    pictures: Mapping[tuple[str, str], Drawn],
    week: date,
) -> View:
    """Return what one model draws now.

    Without a verdict `why` says so, or the sentence names no share; `also`: at least half of the control shows it too.
    """
    decided = claim.threshold is not None and row["reason"] is None
    prompts = claim.full_ids(claim.pictures[part])
    of = {prompt: pictures.get((prompt, row["model"]), NOTHING) for prompt in prompts}
    control = bool(row["control_n"]) and row["control_k"] >= HALF * row["control_n"]
    named: dict[str, Any] = {
        "model": words.plain(row["model"]),
        "cell": _cell(row["model"], claim, part),
        "verdict": VERDICTS[row["verdict"]] if decided else None,
        "why": None if row["reason"] is None else _why(row["reason"]),
        "also": decided and row["verdict"] == "yes" and control,
        "worth": worth(row["n"], row["worth"]),
        "beside": row["beside_k"] if claim.beside else None,
        "grid": [*_grid(of.values(), claim.shows, first_week(week))],
        "links": [
            (address_of(prompt, row["model"]), texts[prompt.rpartition("/")[2]][0])
            for prompt, drew in of.items()
            if drew.current
        ],
    }
    return View(**row | named)


def _cell(model: str, claim: RegisteredClaim, part: str) -> str:
    """Return what names a share: that of a prompt where the sentence is about one value of one prompt."""
    prompts = claim.full_ids(claim.pictures[part])
    values = [(name, value) for name, values in claim.shows.items() for value in values]
    if len(prompts) == 1 and len(values) == 1:
        return cell_of(model, prompts[0], *values[0])
    return f"{model}.{claim.id}.{part}"


def _grid(of: Iterable[Drawn], wanted: Mapping[str, Sequence[str]], first: date) -> Iterator[View]:
    """Yield some of the counted pictures; of several prompts one after another, so that each has its share."""
    counted = [one.counted(wanted, first) for one in of]
    turn = [pictures[place] for place in range(GRID) for pictures in counted if place < len(pictures)]
    for picture in turn[:GRID]:
        yield shown(picture, wanted)


def _why(code: str) -> Message:
    return say("no verdict: fewer than five usable pictures") if code == "few_pictures" else reason(code)


def talks(con: duckdb.DuckDBPyConnection, week: date, each: int) -> list[View]:
    """Return up to `each` conversations of every model, of its latest week with any up to `week`; real models first."""
    claim = next(claim for claim in shipped_claims() if claim.id == TALKED)
    prompts = {prompt for names in claim.pictures.values() for prompt in claim.full_ids(names)}
    weeks = (row["week"] for row in rows(con, "conversation_weeks", {"week": week.isoformat()}))
    every = rows_of_weeks(con, "conversations", weeks, {"conversations": each})
    turns_of = by(
        (row for row in every if row["prompt"] in prompts), "simulated", "model", "week", "conversation"
    )
    return [
        View(
            model=words.plain(model),
            simulated=simulated,
            week=asked,
            turns=[_turn(row, claim.shows) for row in turns],
        )
        for (simulated, model, asked, _), turns in turns_of.items()
    ]


def _turn(row: Row, wanted: Mapping[str, Sequence[str]]) -> View:
    """Return what was said to a model, what it wrote, and its picture, or why there is none."""
    read = {reading["attribute"]: reading["value"] for reading in row["readings"] or ()}
    drew = row["outcome"] == "ok" and row["image_sha256"] is not None
    return View(
        asked=row["prompt_sent"] or "",
        wrote=words.plain(row["said"] or ""),
        drew=View(
            sha256=row["image_sha256"],
            words=words_of(read, _READ),
            framed=all(read.get(name) in values for name, values in wanted.items()),
        )
        if drew
        else None,
        revised=words.plain(row["revised_prompt"] or ""),
        ended=None if drew else title(words.turn_ended(row["outcome"], row["outcome_group"])),
    )


TITLE = say("2023, then and now")
VERDICTS: Mapping[str, Message] = {
    "yes": say("as in 2023"),
    "no": say("less than in 2023"),
    "cannot_tell": say("cannot tell"),
}
#: What each verdict means.
MEANINGS: tuple[tuple[Message, Message], ...] = (
    (
        VERDICTS["yes"],
        say("The whole interval lies at or above the share that the words of 2023 stand for."),
    ),
    (VERDICTS["no"], say("The whole interval lies below that share.")),
    (VERDICTS["cannot_tell"], say("The interval holds that share.")),
)
