"""Forgeries by somebody who had not read `verify`: what no figure rests on, changed by the edition's own means.

Belongs here: what a dishonest operator, or a man in the middle, would like readers to see. None changes a share, a
count or a rank; each changes what it touches wherever its author found it, and leaves signing to the test. Does not
belong here: whether `verify` sees them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from PIL import Image

from tests.orchestration.verifying.forging import Edition

BOARD = "boards/startup-ceo-perceived-gender/board.png"
LICENSE = "CC-BY-4.0"
#: The slot whose picture is taken off the pages, and the one whose call is said to have failed at first.
FIRST, LAST = (f"(SELECT {end}(slot_key) FROM images WHERE model = 'sim-drift')" for end in ("min", "max"))


def _forge(edition: Edition, tables: Iterable[str], *statements: str) -> None:
    """Change rows, write the tables that hold them, and make the pages follow."""
    edition.sql(*statements)
    edition.export(tables)
    edition.page()


def asked_in_time(edition: Edition) -> None:
    """Say that all calls were made on the Monday of their week, and not weeks later."""
    _forge(
        edition,
        ("attempts", "labels"),
        """UPDATE attempts SET requested_at = week + CAST(requested_at AS TIME),
            answered_at = week + CAST(requested_at AS TIME) + (answered_at - requested_at)""",
        "UPDATE labels SET labeled_at = (week + 1) + CAST(labeled_at AS TIME)",
    )


def priced(edition: Edition) -> None:
    """Invent an invoice: a price for each call, and ids of requests that nobody can look up."""
    _forge(
        edition,
        ("attempts",),
        """UPDATE attempts SET cost_usd = 0.011, expected_usd = 0.011, cost_basis = 'reported',
            price_id = left(sha256(model), 8), request_sha256 = sha256(slot_key || attempt)""",
    )


def answered_by_another(edition: Edition) -> None:
    """Say that a fixed snapshot answered, where it was an alias that may move."""
    _forge(
        edition,
        ("attempts",),
        """UPDATE attempts SET model_reported = 'classic-2026-11-02', model_pinned = TRUE
            WHERE model = 'sim-classic' AND model_reported IS NOT NULL""",
    )


def failed_at_first(edition: Edition) -> None:
    """Invent an outage of a service: a call that failed before the one that drew the picture."""
    _forge(
        edition,
        ("attempts", "slot_outcomes"),
        f"UPDATE attempts SET attempt = 2 WHERE slot_key = {LAST}",
        f"""INSERT INTO attempts SELECT * REPLACE (1 AS attempt, 'server_error' AS outcome, 503 AS http_status,
            'overloaded' AS error_message, NULL AS model_reported, NULL AS seed, NULL AS image_sha256,
            NULL AS image_ext, NULL AS image_bytes, NULL AS image_mime, NULL AS image_width,
            NULL AS image_height, NULL AS image_phash, NULL AS cost_usd, NULL AS request_sha256,
            requested_at - INTERVAL 1 MINUTE AS requested_at, answered_at - INTERVAL 1 MINUTE AS answered_at)
            FROM attempts WHERE slot_key = {LAST}""",
    )


def asked_politely(edition: Edition) -> None:
    """Say that another text was sent, in the plan and in each call."""
    _forge(
        edition,
        ("prompts", "attempts"),
        "UPDATE prompts SET text = replace(text, 'an ambitious CEO', 'a CEO of any gender')",
        "UPDATE attempts SET prompt_sent = replace(prompt_sent, 'an ambitious CEO', 'a CEO of any gender')",
    )


def drawn_by_the_other(edition: Edition) -> None:
    """Exchange the two pictures of each prompt of a model: labels stay with the slot, and count as before."""
    columns = ("image_sha256", "image_bytes", "image_phash")
    exchanged = f"{', '.join(f'{column} = e.{column}' for column in columns)} FROM exchanged e"
    _forge(
        edition,
        ("images", "attempts", "labels", "slot_outcomes"),
        """CREATE TEMP TABLE exchanged AS SELECT a.slot_key, i.image_sha256, i.image_bytes, i.image_phash
            FROM slots a JOIN slots b ON (a.week, a.model, a.prompt) = (b.week, b.model, b.prompt)
            AND a.slot_key <> b.slot_key JOIN images i ON i.slot_key = b.slot_key WHERE a.model = 'sim-classic'""",
        f"UPDATE images SET {exchanged} WHERE images.slot_key = e.slot_key",
        f"UPDATE attempts SET {exchanged} WHERE attempts.slot_key = e.slot_key AND outcome = 'ok'",
        "UPDATE labels SET image_sha256 = e.image_sha256 FROM exchanged e WHERE labels.slot_key = e.slot_key",
    )


def taken_off(edition: Edition) -> None:
    """Take a picture off the pages for a reason that was invented: it counts as before, and nobody sees it."""
    _forge(
        edition,
        ("removals",),
        f"""INSERT INTO removals SELECT week, model, NULL, slot_key, image_sha256,
            'a person recognized herself', CAST(week AS TIMESTAMP) + INTERVAL 9 DAY
            FROM images WHERE slot_key = {FIRST}""",
    )


def renamed(edition: Edition) -> None:
    """Give a model a better name."""
    _forge(
        edition,
        ("model_titles",),
        "UPDATE model_titles SET title = 'Drift (fair by design)' WHERE model = 'sim-drift'",
    )


def of_good_family(edition: Edition) -> None:
    """Say who makes a model, that its weights are open, and that it follows another."""
    _forge(
        edition,
        ("plans", "model_timeline"),
        """UPDATE plans SET maker = 'Open Pictures Foundation', weights = 'open', succeeds = 'sim-classic'
            WHERE model = 'sim-drift'""",
    )


def another_baseline(edition: Edition) -> None:
    """Change what the labeler said of two anchors: no figure rests on it until next week's are compared with it."""
    _forge(
        edition,
        ("anchor_labels",),
        """UPDATE anchor_labels SET value = 'feminine' WHERE attribute = 'perceived_gender' AND image_sha256 IN
            (SELECT image_sha256 FROM anchor_labels WHERE attribute = 'perceived_gender' AND value = 'masculine'
            ORDER BY image_sha256 LIMIT 2)""",
    )


def a_study_that_agrees(edition: Edition) -> None:
    """List a study that nobody wrote, with a license and a note, and without any label."""
    sha256 = hashlib.sha256(b"doe2026").hexdigest()
    edition.manifest["studies"] = [{"study": "doe2026", "definition_sha256": sha256}]
    _forge(
        edition,
        ("studies",),
        f"""INSERT INTO study.studies VALUES ('doe2026', '1', 'An independent replication',
            'Doe, J. (2026). An independent replication.', 'CC-BY-4.0', 'https://example.org/doe2026', 2026,
            'It confirms every figure of this edition.', '{sha256}', NULL)""",
    )


def from_other_receipts(edition: Edition) -> None:
    """Name other plans and other label files as what all was loaded from, in rows and manifest alike."""
    for partition in edition.manifest["partitions"]:
        model = partition["model"]
        partition["plan_sha256"] = hashlib.sha256(model.encode()).hexdigest()
        partition["label_parts"] = [
            f"{part.rpartition('part-')[0]}part-{hashlib.sha256(part.encode()).hexdigest()}.parquet"
            for part in partition["label_parts"]
        ]
    _forge(edition, ("plans",), "UPDATE plans SET plan_sha256 = sha256(model)")


def drawn_as_real(edition: Edition) -> None:
    """Erase the words "Simulated models" from a drawing of a board."""
    path = edition.folder / BOARD
    with Image.open(path) as drawing:
        changed = drawing.convert("RGB")
    changed.paste(changed.crop((200, 158, 364, 186)), (36, 158))  # what is right of them is empty
    changed.save(path)


def explained_otherwise(edition: Edition) -> None:
    """Have the document of figures promise narrower intervals."""
    edition.text("docs/figures.md", "its 95 % interval", "its 99 % interval")


def licensed(edition: Edition) -> None:
    """Give the data a license that its publisher never gave: to people and to programs."""
    edition.manifest["site"]["data_license"] = LICENSE
    edition.page()
    edition.text("croissant.json", "no license is stated", LICENSE)


STRANGER: dict[str, Callable[[Edition], None]] = {
    "calls were made weeks later than is said": asked_in_time,
    "calls cost what nobody paid": priced,
    "a fixed snapshot is said to have answered": answered_by_another,
    "a call that was never made failed": failed_at_first,
    "another text is said to have been sent": asked_politely,
    "two pictures of a prompt are exchanged": drawn_by_the_other,
    "a picture is said to be removed": taken_off,
    "a model has another title": renamed,
    "a model has a maker, open weights and an ancestor": of_good_family,
    "labels of anchors, before anything is compared with them": another_baseline,
    "a study that nobody wrote": a_study_that_agrees,
    "other plans and label files are said to be the source": from_other_receipts,
    "a drawing of a board without the word simulated": drawn_as_real,
    "a document says what intervals are, otherwise": explained_otherwise,
    "a license that was not given": licensed,
}
