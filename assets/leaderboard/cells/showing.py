"""What pages show of prompts: heads, rows of models and thumbnails, from what was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from assets.leaderboard.cells import reading
from assets.leaderboard.cells.question import claimed
from assets.leaderboard.cells.reading import Cell, CellPicture, PromptPictures
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say, say_n, title
from assets.leaderboard.views.query import Row, View
from assets.suites.loader import suite_words
from assets.suites.published_figures import sources_of

#: The list of all prompts; the pages of prompts lie below it.
ADDRESS = "prompts/"
TITLE = say("Pictures by prompt")
#: Pictures in a share, from which on there is one.
NEEDED = 5
_SHORT = 160
_WHY: Mapping[str, Message] = {
    reading.NOT_ASSESSED: say("not assessed"),
    reading.INVALID: say("no valid answer"),
    reading.BEFORE: say("before a change"),
    reading.VERSION: say("read by another version of the labeler"),
    reading.PARAMETERS: say("drawn with other parameters"),
}


@dataclass(frozen=True, slots=True)
class Thumb:
    """A picture and the word under it: what was read in it, or why it is not counted; None where nothing is asked.

    `number` is that of the picture on the page of all pictures.
    """

    number: int
    sha256: str
    word: Message | None
    framed: bool = False  # it shows the value that the page is about
    counted: bool = True


def address_of(prompt: str, model: str | None = None) -> str:
    """Return the address of the page of a prompt, or of what one model drew for it."""
    return f"{ADDRESS}{prompt}/" if model is None else f"{ADDRESS}{prompt}/{model}/"


def cell_of(model: str, prompt: str, attribute: str, value: str) -> str:
    """Return what names a share on all pages that show it."""
    return f"{model}.{prompt.replace('/', '.')}.{attribute}.{value}"


@lru_cache(maxsize=256)  # a page of pictures has the same few labels over and over
def cut(text: str, most: int = _SHORT) -> str:
    """Return a text that fits into a line, with an ellipsis where something is left out."""
    one_line = " ".join(words.plain(text[: 20 * most]).split())
    return one_line if len(one_line) <= most else f"{one_line[: most - 1].rstrip()}…"


@cache
def caption(attribute: str, value: str) -> Message:
    """Return the word under a picture."""
    return title(words.caption(attribute, value))


@cache
def many(attribute: str, value: str) -> Message:
    """Return what many pictures with a value show."""
    return title(words.pictures(attribute, value))


@cache
def why_not(reason: str) -> Message:
    """Return why a picture is not counted."""
    return _WHY.get(reason) or title(words.value(reason))


def suite_title(suite: str, major: int) -> Message:
    """Return what a suite is called."""
    file = suite_words().get(f"{suite}@{major}")
    return title((file.shown_as or file.title) if file else words.spaced(suite))


def suite_note(suite: str, major: int) -> Message | None:
    """Return why there is this version of a suite beside an earlier one."""
    file = suite_words().get(f"{suite}@{major}")
    return title(file.note) if file and file.note else None


def is_sensitive(suite: str, major: int) -> bool:
    """Return whether the pictures of a suite are to be shown only when asked for."""
    file = suite_words().get(f"{suite}@{major}")
    return bool(file and file.sensitive)


def head(prompt: PromptPictures) -> View:
    """Return what a page says of its prompt; `turns` are what is said after it, in a conversation."""
    row, asked = prompt.declared[0], prompt.question
    later: dict[int, str] = {}
    for turn in prompt.turns:
        later.setdefault(turn["turn"], words.plain(turn["text"]))
    return View(
        id=prompt.id,
        address=address_of(prompt.id),
        text=words.plain(row["text"]),
        short=cut(row["text"]),
        language=row["language"],
        suite=suite_title(row["suite"], row["suite_major"]),
        conversation=row["turns"] > 1,
        turns=[later[number] for number in sorted(later)],
        sensitive=is_sensitive(row["suite"], row["suite_major"]),
        attribute=asked.attribute if asked else None,
        framed=many(asked.attribute, asked.value) if asked else None,
        first_week=prompt.first_week,
    )


def thumbs(prompt: PromptPictures, pictures: Iterable[CellPicture]) -> Iterator[Thumb]:
    """Yield pictures with their words; of those that were removed none."""
    asked = prompt.question
    for one in pictures:
        if one.sha256 is None:
            continue
        if asked is None:
            yield Thumb(one.number, one.sha256, None)
        elif one.why is not None or one.value is None:
            yield Thumb(one.number, one.sha256, why_not(one.why or reading.NOT_ASSESSED), counted=False)
        else:
            yield Thumb(one.number, one.sha256, caption(asked.attribute, one.value), one.value == asked.value)


def proportional(thumbs: Sequence[Thumb], most: int) -> list[Thumb]:
    """Return so many pictures of each word as its part of all asks for, in the order given (largest remainders)."""
    if len(thumbs) <= most:
        return list(thumbs)
    words = Counter(str(one.word) for one in thumbs)
    due = {word: count * most / len(thumbs) for word, count in words.items()}
    left = {word: int(part) for word, part in due.items()}
    rest = most - sum(left.values())
    for word in sorted(due, key=lambda word: (left[word] - due[word], word))[:rest]:
        left[word] += 1
    chosen = []
    for one in thumbs:
        if left[str(one.word)] > 0:
            left[str(one.word)] -= 1
            chosen.append(one)
    return chosen


def row(prompt: PromptPictures, cell: Cell, most: int) -> View:
    """Return what the page of a prompt shows of a model, with so many pictures at most: in proportion, at random."""
    pictures = sorted(cell.counted, key=lambda picture: picture.place)
    return View(
        model=words.plain(cell.model),
        simulated=cell.simulated,
        address=address_of(prompt.id, cell.model),
        shares=_shares(prompt, cell),
        thumbs=proportional([*thumbs(prompt, pictures)], most) if most else (),
        outcomes=sum(cell.weeks.values(), Counter()),
        notes=_notes(prompt, cell),
    )


def share_of(prompt: PromptPictures, cell: Cell, attribute: str, value: str) -> View | None:
    """Return the published share of a value of any attribute of a prompt, None if there is none."""
    shares = cell.shares.get(attribute)
    of = _published(shares).get(value)
    if shares is None or of is None:
        return None
    return _share(prompt, cell, (attribute, value), of, count=of["k"], n=shares["n"], framed=True)


def expected(prompt: PromptPictures) -> list[View]:
    """Return what statistics expect of the framed value, and where they were published."""
    asked = prompt.question
    return [
        View(
            share=row["expected_share"],
            title=title(words.reference(row["reference"])),
            url=next((one.url for one in sources_of(row["reference"])), None),
        )
        for row in prompt.statistics
        if asked and (row["attribute"], row["value"]) == (asked.attribute, asked.value)
    ]


def _shares(prompt: PromptPictures, cell: Cell) -> list[View]:
    """Return how many pictures show each value of the attribute in question, the framed one first."""
    asked = prompt.question
    if asked is None:
        return []
    published = _published(cell.shares.get(asked.attribute))
    seen = [picture.value for picture in cell.counted]
    shares: list[View] = []
    for value in sorted(prompt.attributes[asked.attribute].support, key=lambda value: value != asked.value):
        of, framed = published.get(value), value == asked.value
        count = of["k"] if of else seen.count(value)
        shows = (asked.attribute, value)
        shares.append(_share(prompt, cell, shows, of, count=count, n=len(seen), framed=framed))
    return shares


def _share(
    prompt: PromptPictures,
    cell: Cell,
    shows: tuple[str, str],
    of: Row | None,
    *,
    count: int,
    n: int,
    framed: bool,
) -> View:
    """Return a share with what was published of it: without an interval it is no published share of the window.

    `worth` says how many pictures count as in the interval, where that is not each; bounds are the least and the
    largest share whatever answers that were not seen would have shown, where those are more than 5 %.
    """
    return View(
        value=shows[1],
        said=many(*shows),
        cell=cell_of(cell.model, prompt.id, *shows),
        count=count,
        n=n,
        share=count / n if n else None,
        framed=framed,
        worth=worth(n, of["worth"]) if of else None,
        **{name: of and of[name] for name in ("low", "high", "bound_low", "bound_high")},
    )


def _published(row: Row | None) -> dict[str, Row]:
    """Return value → its share of the window; empty where there is none."""
    return {one["value"]: one for one in row["found"]} if row and row["reason"] is None else {}


def _notes(prompt: PromptPictures, cell: Cell) -> list[Message]:
    """Return what is to be known of a model's share, beside its figures."""
    asked = prompt.question
    if asked is None:
        return []
    window = cell.shares.get(asked.attribute)
    if window is None:
        return [say("No interval is published for this prompt: its pictures are counted, not compared.")]
    notes: list[Message] = []
    if window["reason"] is not None:
        few = say_n(
            "Too few for a share: %(n)s picture, and %(needed)s are needed.",
            "Too few for a share: %(n)s pictures, and %(needed)s are needed.",
            len(cell.counted),
            needed=NEEDED,
        )
        notes.append(few if cell.counted else say("No picture could be counted."))
    changed = window["changed_week"]
    if changed is not None and changed > reading.first_week(prompt.week):
        notes.append(
            say(
                "A change was detected; only pictures since the week of %(week)s count.",
                week=changed,
            )
        )
    return notes


def first_kind(cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells of real models, or of simulated ones where there are no others."""
    real = [cell for cell in cells if not cell.simulated]
    return real or [*cells]


def worth(n: int, per: float | None) -> Message | None:
    """Return how many pictures `n` are worth in an interval where `per` of them count as one; None where each does."""
    if per is None or per <= 1:
        return None
    of = round(n / per)
    return say_n("worth %(worth)s picture", "worth %(worth)s pictures", of, worth=of)


def framed(prompt: PromptPictures, cells: Sequence[Cell]) -> list[View]:
    """Return the share of the framed value of each model that has enough pictures for one."""
    shares = [share for cell in cells for share in _shares(prompt, cell)[:1]]
    return [share for share in shares if share.n >= NEEDED]


def is_stereotype(prompt: PromptPictures) -> bool:
    """Return whether the framed value is declared a stereotype, or was one in 2023."""
    asked = prompt.question
    return asked is not None and any(
        asked.value in {row["stereotype"], claimed(row), row["of_others"]}
        for row in prompt.declared
        if row["attribute"] == asked.attribute
    )


#: Pictures of a prompt that are shown.
FEW = 7
_BRIEF = 90


def card(prompt: PromptPictures, cells: Sequence[Cell] | None = None) -> View:
    """Return a prompt with pictures of some cells: by default real models, or simulated ones where there are no others.

    `low` and `high` are the ends of what their shares of the framed value are between.
    """
    cells = cells or first_kind(prompt.cells)
    shares = [share.share for share in framed(prompt, cells)]
    of = head(prompt)
    counted = (picture for cell in cells for picture in cell.counted)
    return View(
        head=of,
        brief=cut(of.text, _BRIEF),
        thumbs=[*thumbs(prompt, sorted(counted, key=lambda picture: picture.place)[:FEW])],
        simulated=cells[0].simulated,
        low=min(shares, default=None),
        high=max(shares, default=None),
    )
