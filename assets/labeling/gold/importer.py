"""Taking in what raters said: all of the files or nothing, and every problem listed.

Only pseudonyms are kept. What Label Studio calls an account (a number or an e-mail address) is turned into a pseudonym
by who imports, and neither stored nor repeated in a message.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from assets.labeling.gold import label_studio, sheet
from assets.labeling.gold.label_studio import RaterAnswer
from assets.labeling.gold.records import THIRD, GoldPicture, Label, Sample, check_pseudonym
from assets.labeling.gold.status import Question, differing
from warehouse import keys
from warehouse.errors import UsageError
from warehouse.inputfile import read_file
from warehouse.loading import gold_objects
from warehouse.loading.beside import parquet, put_named
from warehouse.store import Store
from warehouse.validation import close_match
from warehouse.weeks import utc_now

#: The account that stands for all of them (`parse_raters`).
EVERYBODY = ""
_MOST_BYTES = 16 << 20  # of a file of answers: those to some five thousand pictures


class ImportProblemsError(UsageError):
    """Files that cannot be taken in; `problems` has one line for each thing that is wrong."""

    def __init__(self, problems: Sequence[str], files: int) -> None:
        """Keep the lines; the message counts them."""
        self.problems = tuple(problems)
        what = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(
            f"nothing was imported: {what} in {files} file{'s' if files > 1 else ''}; "
            "fix what is listed and import again"
        )


@dataclass(frozen=True)
class Imported:
    """What one import did: answers added, and those that were there already."""

    added: int
    already: int


def parse_raters(given: Sequence[str]) -> dict[str, str]:
    """Return account → pseudonym from `NAME` (everybody in the files is NAME) or `ACCOUNT=NAME`, as often as needed.

    Raises:
        UsageError: for a name that is no pseudonym, two names for one account, or NAME beside ACCOUNT=NAME.
    """
    raters: dict[str, str] = {}
    for text in given:
        account, _, name = text.rpartition("=")
        if raters.setdefault(account, check_pseudonym(name)) != name:
            raise UsageError(f"--rater gives two names to {'everybody' if not account else 'one account'}")
    if EVERYBODY in raters and len(raters) > 1:
        raise UsageError("--rater NAME says that all answers are by NAME; leave it out beside ACCOUNT=NAME")
    return raters


def import_labels(store: Store, sample: Sample, files: Sequence[Path], raters: Mapping[str, str]) -> Imported:
    """Add the answers in `files` to a gold set, all or none; those that are there already are left as they are.

    Files are Label Studio's JSON, JSON-MIN or CSV, or the table that was exported; raters are of `parse_raters`.

    Raises:
        ImportProblemsError: if anything in the files may not be taken in: nothing is.
    """
    for name in raters.values():
        _check_rater(sample, name)
    problems: list[str] = []
    answers = [one for file in files for one in _sorted_out(sample, _read(file), raters, problems)]
    with store.lease(f"gold-{sample.gold_set}", purpose=f"import into gold set {sample.gold_set}"):
        there = read_labels(store, sample.gold_set)
        labels = _checked(sample, answers, there, problems)
        if problems:
            raise ImportProblemsError([*dict.fromkeys(problems)], len(files))
        new = sorted({*labels} - {*there})
        if new:
            _write(store, sample.gold_set, new)
    return Imported(
        added=len(new),
        already=len({*labels}) - len(new),
    )


def read_labels(store: Store, gold_set: str) -> list[Label]:
    """Return the answers that a gold set has, in the order of its parts."""
    rows = gold_objects.read_labels(store, gold_set).to_pylist()
    return [Label(row["task"], row["attribute"], row["rater"], row["value"]) for row in rows]


def _read(file: Path) -> Iterator[tuple[RaterAnswer, str | None] | str]:
    """Yield (answer, pseudonym in its row or None), or a line for what cannot be read."""
    try:
        data = read_file(file, _MOST_BYTES)
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None
    if file.suffix.lower() == ".json" or data.lstrip()[:1] in {b"[", b"{"}:
        try:
            document = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{file} is no JSON ({error})") from None
        if not (isinstance(document, list) and all(isinstance(item, dict) for item in document)):
            raise UsageError(
                f"{file} is no export of Label Studio: a list of tasks is needed (JSON or JSON-MIN)"
            )
        for found in label_studio.read_export(document, file.name):
            yield found if isinstance(found, str) else (found, None)
    else:
        yield from sheet.read_table(data, file.name)


def _sorted_out(
    sample: Sample,
    items: Iterable[tuple[RaterAnswer, str | None] | str],
    raters: Mapping[str, str],
    problems: list[str],
) -> Iterator[tuple[RaterAnswer, str]]:
    """Yield each answer with its rater; what has none is a problem of its file and account."""
    for item in items:
        if isinstance(item, str):
            problems.append(item)
            continue
        answer, in_row = item
        try:
            rater = _rater(answer, in_row, raters)
            _check_rater(sample, rater)
        except UsageError as error:
            problems.append(f"{answer.where.rpartition(', ')[0]}: {error}")
        else:
            yield answer, rater


def _check_rater(sample: Sample, rater: str) -> None:
    known = [*sample.raters, THIRD]
    if rater not in known:
        raise UsageError(
            f'"{rater}" is no rater of the gold set {sample.gold_set}{close_match(rater, known)}'
        )


def _rater(answer: RaterAnswer, in_row: str | None, raters: Mapping[str, str]) -> str:
    """Return who answered; raise UsageError with the reason why that is not known."""
    named = next((raters[account] for account in (EVERYBODY, *answer.accounts) if account in raters), None)
    if in_row is not None:
        if named not in {None, check_pseudonym(in_row)}:
            raise UsageError(f"the table is {in_row}'s, and --rater says {named}")
        return in_row
    if named is not None:
        return named
    if not answer.accounts:
        raise UsageError("it does not say who answered; say it with --rater NAME")
    # An address, even a name, is never repeated.
    numbers = [account for account in answer.accounts if account.isdigit()]
    who = f"account {numbers[0]}" if numbers else "an account without a number"
    raise UsageError(
        f"{who} is nobody's; say whose with --rater ACCOUNT=NAME, or --rater NAME if all answers are one person's"
    )


def _checked(
    sample: Sample, answers: Iterable[tuple[RaterAnswer, str]], there: Iterable[Label], problems: list[str]
) -> list[Label]:
    """Return the answers that may be taken in; for every other one a line is added to `problems`."""
    pictures = {picture.task: picture for picture in sample.pictures}
    known = {label[:3]: (label.value, "an earlier import") for label in there}
    labels: list[Label] = []
    differ: set[Question] | None = None  # known once the answers of the two are
    for answer, rater in sorted(answers, key=lambda one: one[1] == THIRD):
        if rater == THIRD and differ is None:
            differ = differing(sample, [*there, *labels])
        try:
            _check(sample, pictures.get(answer.task), answer)
            if differ is not None and (answer.task, answer.attribute) not in differ:
                raise UsageError(
                    f"{answer.task}, {answer.attribute}: {' and '.join(sample.raters)} do not differ in it, and "
                    "a third person is asked only where they do"
                )
        except UsageError as error:
            problems.append(f"{answer.where}: {error}")
            continue
        label = Label(answer.task, answer.attribute, rater, answer.value)
        value, where = known.setdefault(label[:3], (answer.value, answer.where))
        if value == answer.value:
            labels.append(label)
        else:
            problems.append(
                f"{answer.where}: {answer.task}, {answer.attribute}: {rater} says {answer.value} here "
                f"and {value} in {where}"
            )
    return labels


def _check(sample: Sample, picture: GoldPicture | None, answer: RaterAnswer) -> None:
    """Raise UsageError with what is wrong with one answer, if anything is."""
    shown = _shown(answer.task)
    if answer.gold_set not in {None, sample.gold_set}:
        raise UsageError(f"it is of the gold set {_shown(answer.gold_set or '')}, not of {sample.gold_set}")
    if picture is None:
        raise UsageError(f"no picture {shown} in the gold set {sample.gold_set}")
    asked = {attribute.id: attribute for attribute in sample.asked_of(picture)}
    if answer.attribute not in asked:
        raise UsageError(
            f"{shown}: nobody was asked about {_shown(answer.attribute)}"
            + close_match(answer.attribute, asked)
        )
    attribute = asked[answer.attribute]
    values = [*attribute.values, *attribute.outside]
    if answer.value not in values:
        raise UsageError(
            f"{shown}, {attribute.id}: {_shown(answer.value)} is no value" + close_match(answer.value, values)
        )


def _shown(text: str) -> str:
    """Return a text of a file as it may be in a message: short, quoted, no address."""
    if "@" in text:
        return "something with an @"
    return f'"{text[:40]}{"…" if len(text) > 40 else ""}"'


def _write(store: Store, gold_set: str, labels: Sequence[Label]) -> None:
    now = utc_now()
    rows = [{**label._asdict(), "imported_at": now} for label in labels]
    data = parquet(pa.Table.from_pylist(rows, schema=gold_objects.LABEL_SCHEMA))
    put_named(store, lambda sha256: keys.gold_labels(gold_set, sha256), data)
