"""What was reported of image models in 2023, with what they draw now: rows of `claim_shares` with their pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import duckdb

from assets.leaderboard.cells.reading import first_week
from assets.leaderboard.cells.showing import address_of, cell_of, worth
from assets.leaderboard.evidence.pictures import GRID, NOTHING, Drawn, SeenPicture, drawn
from assets.leaderboard.page import words
from assets.leaderboard.page.reasons import reason
from assets.leaderboard.views.message import Message, say, title
from assets.leaderboard.views.query import Row, by, rows
from assets.leaderboard.views.then import ClaimNow, ModelNow, PartNow, ReadPicture
from assets.suites.claims import RegisteredClaim, shipped_claims
from assets.suites.loader import load_suites
from assets.suites.published_figures import published_figures

FOLDER = "2023/"
#: From this share of the control on, what a sentence says is of more than its group.
HALF = 0.5
_Values = Mapping[str, Sequence[str]]


def claims_now(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[ClaimNow]:
    """Yield the sentences of 2023 as the register has them, each with what models draw in the window of a week."""
    told = by(rows(con, "claims", {"week": week.isoformat()}), "claim", "part")
    claims, suites = shipped_claims(), load_suites()
    pictures = drawn(
        con,
        week,
        {
            prompt
            for claim in claims
            for part, prompts in claim.pictures.items()
            if told[claim.id, part]
            for prompt in claim.full_ids(prompts)
        },
    )
    for claim in claims:
        texts = {prompt.id: (prompt.text, prompt.language) for prompt in suites[claim.suites[-1]].prompts}
        yield ClaimNow(
            id=claim.id,
            address=f"{FOLDER}{claim.id}/",
            sentence=title(claim.sentence),
            source=title(claim.source),
            url=of.url if (of := published_figures().get(claim.id)) else None,
            then=title(claim.then),
            threshold=claim.threshold,
            shows=_shown(claim.shows),
            beside=_shown(claim.beside),
            control=tuple(texts[name] for name in claim.control),
            parts=tuple(
                PartNow(
                    part,
                    tuple(texts[name] for name in prompts),
                    tuple(
                        _model(row, claim, part, texts, pictures, week)
                        for row in told[claim.id, part]
                        if _asked(row)
                    ),
                    tuple(words.plain(row["model"]) for row in told[claim.id, part] if not _asked(row)),
                )
                for part, prompts in claim.pictures.items()
            ),
        )


def read(picture: SeenPicture, wanted: _Values, *, framed: bool) -> ReadPicture:
    """Return a picture with the words for what was read of the attributes that are wanted."""
    found = [(name, picture.found[name]) for name in wanted if name in picture.found]
    return ReadPicture(picture.sha256, tuple(short(name, value) for name, value in found), framed)


def short(attribute: str, value: str) -> Message:
    """Return the word under a picture."""
    return title(words.caption(attribute, value))


def _shown(wanted: _Values) -> tuple[Message, ...]:
    return tuple(title(words.depiction(name, value)) for name, values in wanted.items() for value in values)


def _asked(row: Row) -> bool:
    """Return whether a model was asked in these weeks."""
    return bool(row["reason"] != "not_asked")


def _model(
    row: Row,
    claim: RegisteredClaim,
    part: str,
    texts: Mapping[str, tuple[str, str]],
    pictures: Mapping[tuple[str, str], Drawn],
    week: date,
) -> ModelNow:
    told = claim.threshold is not None and row["reason"] is None
    of = {
        prompt: pictures.get((prompt, row["model"]), NOTHING)
        for prompt in claim.full_ids(claim.pictures[part])
    }
    return ModelNow(
        model=words.plain(row["model"]),
        simulated=bool(row["simulated"]),
        cell=_cell(row["model"], claim, part),
        verdict=VERDICTS[row["verdict"]] if told else None,
        why=None if row["reason"] is None else _why(row["reason"]),
        also=told
        and row["verdict"] == "yes"
        and bool(row["control_n"])
        and row["control_k"] >= HALF * row["control_n"],
        k=row["k"],
        n=row["n"],
        worth=worth(row["n"], row["worth"]),
        unseen=row["unseen"],
        share=row["share"],
        low=row["low"],
        high=row["high"],
        bounds=None if row["bound_low"] is None else (row["bound_low"], row["bound_high"]),
        control=None if row["control_n"] is None else (row["control_k"], row["control_n"]),
        beside=row["beside_k"] if claim.beside else None,
        grid=tuple(_grid(of.values(), claim.shows, first_week(week))),
        links=tuple(
            (address_of(prompt, row["model"]), texts[prompt.rpartition("/")[2]][0])
            for prompt, drew in of.items()
            if drew.current
        ),
    )


def _cell(model: str, claim: RegisteredClaim, part: str) -> str:
    """Return what names a share: that of a prompt where the sentence is about one value of one prompt."""
    prompts = claim.full_ids(claim.pictures[part])
    shown = [(name, value) for name, values in claim.shows.items() for value in values]
    if len(prompts) == 1 and len(shown) == 1:
        return cell_of(model, prompts[0], *shown[0])
    return f"{model}.{claim.id}.{part}"


def _grid(of: Iterable[Drawn], wanted: _Values, first: date) -> Iterator[ReadPicture]:
    """Yield some of the counted pictures; of several prompts one after another, so that each has its share."""
    counted = [one.counted(wanted, first) for one in of]
    turn = [found[place] for place in range(GRID) for found in counted if place < len(found)]
    for picture in turn[:GRID]:
        yield read(picture, wanted, framed=picture.shows(wanted))


def _why(code: str) -> Message:
    return say("no verdict: fewer than five usable pictures") if code == "few_pictures" else reason(code)


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
