"""What was reported of image models in 2023, with what they draw now: rows of `claims` with their pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import duckdb

from assets.leaderboard.cells.reading import first_week
from assets.leaderboard.cells.showing import address_of
from assets.leaderboard.evidence.pictures import GRID, NOTHING, Drawn, SeenPicture, drawn
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say, title
from assets.leaderboard.views.query import Row, by, rows
from assets.leaderboard.views.then import ClaimNow, ModelNow, PartNow, ReadPicture
from assets.metrics.claims import table, verdicts
from assets.metrics.claims.verdicts import HALF, NOT_ASKED, REFUSED
from assets.suites.claims import RegisteredClaim, shipped_claims
from assets.suites.loader import load_suites

FOLDER = "2023/"
_Values = Mapping[str, Sequence[str]]


def claims_now(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[ClaimNow]:
    """Yield the sentences of 2023 as the register has them, each with what models draw in the window of a week."""
    told = by(rows(con, "claims", {"week": week.isoformat()}), "claim", "part")
    wanted = {prompt for of in told.values() for row in of for prompt in row["prompts"].split(",")}
    pictures, suites = drawn(con, week, wanted), load_suites()
    for claim in shipped_claims():
        texts = {prompt.id: (prompt.text, prompt.language) for prompt in suites[claim.suites[-1]].prompts}
        yield ClaimNow(
            id=claim.id,
            address=f"{FOLDER}{claim.id}/",
            sentence=title(claim.sentence),
            source=title(claim.source),
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
                        _model(row, claim, texts, pictures, week)
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
    """Return whether a model was asked in these weeks, or a verdict of earlier ones stands."""
    return bool(row["planned"]) or row["verdict"] not in (None, NOT_ASKED)


def _model(
    row: Row,
    claim: RegisteredClaim,
    texts: Mapping[str, tuple[str, str]],
    pictures: Mapping[tuple[str, str], Drawn],
    week: date,
) -> ModelNow:
    told, control, n = row["verdict"] is not None, row["control_share"], row["n"]
    of = {prompt: pictures.get((prompt, row["model"]), NOTHING) for prompt in row["prompts"].split(",")}
    corrected = (row["corrected_share"], row["corrected_low"], row["corrected_high"])
    return ModelNow(
        model=words.plain(row["model"]),
        simulated=bool(row["simulated"]),
        verdict=VERDICTS[row["verdict"]] if told else None,
        why=None if told else NO_VERDICT.get(row["reason"]) or title(words.reason(row["reason"])),
        block_end=row["block_end"],
        also=told and control is not None and control >= HALF,
        k=row["k"],
        n=n,
        share=row["share"],
        low=row["low"],
        high=row["high"],
        pictures=row["pictures"],
        refused=row["refused"],
        refused_share=row["refused_share"],
        much_refused=row["refused_share"] is not None and row["refused_share"] > REFUSED,
        bounds=(row["bound_low"], row["bound_high"]) if n < row["pictures"] else None,
        control=None if row["control_n"] is None else (row["control_k"], row["control_n"]),
        corrected=None if corrected[0] is None else corrected,
        beside=row["beside_k"] if claim.beside else None,
        grid=tuple(_grid(of.values(), claim.shows, first_week(week))),
        links=tuple(
            (address_of(prompt, row["model"]), texts[prompt.rpartition("/")[2]][0])
            for prompt, drew in of.items()
            if drew.current
        ),
    )


def _grid(of: Iterable[Drawn], wanted: _Values, first: date) -> Iterator[ReadPicture]:
    """Yield some of the counted pictures; of several prompts one after another, so that each has its share."""
    counted = [one.counted(wanted, first) for one in of]
    turn = [found[place] for place in range(GRID) for found in counted if place < len(found)]
    for picture in turn[:GRID]:
        yield read(picture, wanted, framed=picture.shows(wanted))


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
