"""Names of objects in the store (DESIGN: keys in the store), made and read in one place.

All functions are pure. A week is the ISO date of its Monday, e.g. `2026-11-23`.
"""

from __future__ import annotations

import re

LATEST_EDITION = "editions/latest.json"
SITE = "site/"  # what is made again from the newest edition, and so may change
SITE_DATABASE = f"{SITE}cliche.duckdb"
SITE_DATABASE_NOTE = f"{SITE_DATABASE}.json"  # of which edition it is, and its hash
SITE_LOG = f"{SITE}log.txt"  # a line for each edition: when it was made, its id, the SHA-256 of its manifest
SITE_MAP = f"{SITE}sitemap.xml"  # the pages of the newest edition, for search engines
SITE_PAGES_NOTE = f"{SITE}pages.json"  # of the pages at `site/`: all editions, and the pages' hashes
TABLES = "tables/"
RETRACTIONS = "retractions/"  # what was taken back, and why
REMOVALS = "removals/"  # pictures whose bytes were deleted, and why
PAST = "pages/"  # sheets of quarters, shared by editions
PAST_DEPTH = 4  # folders around pages: `pages/<period>/<model>/<hash>/`
PAST_INDEXES = f"{PAST}indexes/"
#: A sheet of a quarter, in keys and in links of pages; editions of earlier versions have pages of weeks, too.
PAST_PAGE = re.compile(
    r"pages/(?:\d{4}-\d{2}-\d{2}|\d{4}-Q[1-4])/[a-z0-9][a-z0-9._-]*/[0-9a-f]{16}/[a-z0-9._/-]+\.html"
)
#: Most pixels of a thumbnail's longer side; a smaller picture keeps its size.
THUMBNAIL_PX = 160
#: A thumbnail, in keys and in the links of pages.
THUMBNAIL = re.compile(r"thumbnails/([0-9a-f]{2})/\1[0-9a-f]{62}-\d+\.webp")
_PICTURE = re.compile(r"(?:images|thumbnails)/([0-9a-f]{2})/(\1[0-9a-f]{62})[-.]")
PAST_STYLE = re.compile(r"pages/styles/[0-9a-f]{64}\.(?:css|svg)")
_LABELER = re.compile(r"/labeler=([^/]+)/")
_PARTITION = re.compile(r"week=(\d{4}-\d{2}-\d{2})/model=([a-z0-9][a-z0-9._-]*)")


def plan(week: str, model: str) -> str:
    """Return the key of the plan of one partition."""
    return f"plans/week={week}/model={model}.json"


def intents_prefix(week: str, model: str) -> str:
    """Return the prefix under which the intents of one partition lie."""
    return f"intents/week={week}/model={model}/"


def intent(week: str, model: str, slot_key: str, attempt: int) -> str:
    """Return the key of the intent that is written before a call that costs money."""
    return f"{intents_prefix(week, model)}{slot_key}/{attempt}.json"


def image(sha256: str, ext: str) -> str:
    """Return the key of an image's bytes; `ext` has no dot."""
    return f"images/{sha256[:2]}/{sha256}.{ext}"


def thumbnail(sha256: str) -> str:
    """Return the key of the thumbnail of the picture with this SHA-256."""
    return f"thumbnails/{sha256[:2]}/{sha256}-{THUMBNAIL_PX}.webp"


def thumbnail_notes_prefix(week: str = "", model: str = "") -> str:
    """Return the prefix of the notes that a partition has its thumbnails; without arguments, of all partitions'."""
    return f"thumbnails/week={week}/model={model}/" if week else "thumbnails/week="


def thumbnail_note(week: str, model: str, fingerprint: str) -> str:
    """Return the key of the note that all pictures of a partition in this state have their thumbnails."""
    return f"{thumbnail_notes_prefix(week, model)}made-{fingerprint}.json"


def study_thumbnail_note(study: str, definition: str) -> str:
    """Return the key of the note that all pictures of a study have their thumbnails; `definition` is a hash."""
    return f"thumbnails/study={study}/made-{definition[:16]}.json"


def attempts_prefix(week: str, model: str) -> str:
    """Return the prefix under which receipts and manifests of one partition lie."""
    return f"attempts/week={week}/model={model}/"


def receipt(week: str, model: str, slot_key: str, attempt: int) -> str:
    """Return the key of the receipt of one attempt."""
    return f"{attempts_prefix(week, model)}{slot_key}/{attempt}.json"


def manifest(week: str, model: str, number: int) -> str:
    """Return the key of a numbered manifest; the highest number is current."""
    return f"{attempts_prefix(week, model)}manifest-{number:04d}.parquet"


def labels_prefix(week: str, model: str) -> str:
    """Return the prefix under which the label parts of one partition lie."""
    return f"labels/week={week}/model={model}/"


def label_part(week: str, model: str, labeler: str, sha256: str) -> str:
    """Return the key of one label part, by the hash of its bytes; `labeler` is `<name>@<version>`."""
    return f"{labels_prefix(week, model)}labeler={labeler}/part-{sha256}.parquet"


def label_intents_prefix(scope: str, labeler: str = "") -> str:
    """Return the prefix of the intents that are written before a paid labeler's calls.

    `scope` is `week=<W>/model=<M>`, `week=<W>/anchors`, `week=<W>/trial` or `study=<S>`; `labeler` is
    `<name>@<version>`.
    """
    return f"label-intents/{scope}/" + (f"labeler={labeler}/" if labeler else "")


def label_batches_prefix(scope: str, labeler: str) -> str:
    """Return the prefix of the states of batches of a paid labeler's calls; `labeler` is `<name>@<version>`."""
    return f"label-batches/{scope}/labeler={labeler}/"


def label_calls_prefix(scope: str, labeler: str = "") -> str:
    """Return the prefix of the receipts of a labeler's calls that are of no partition (anchors, trials, studies)."""
    return f"label-calls/{scope}/" + (f"labeler={labeler}/" if labeler else "")


def trials_prefix(week: str, model: str) -> str:
    """Return the prefix of the trial calls of one model: a picture that was asked for outside of any plan."""
    return f"trials/week={week}/model={model}/"


def trial_intent(week: str, model: str, number: int) -> str:
    """Return the key of the intent of a trial."""
    return f"{trials_prefix(week, model)}{number:04d}-intent.json"


def trial_receipt(week: str, model: str, number: int) -> str:
    """Return the key of the receipt of a trial."""
    return f"{trials_prefix(week, model)}{number:04d}-receipt.json"


def batches_prefix(week: str, model: str) -> str:
    """Return the prefix under which the states of one partition's batches lie (`0001-submitted.json`)."""
    return f"batches/week={week}/model={model}/"


def gold_prefix(gold_set: str) -> str:
    """Return the prefix under which a gold set lies: its sample and what its raters said."""
    return f"gold/{gold_set}/"


def gold_sample(gold_set: str) -> str:
    """Return the key of the sample of a gold set; it is written once."""
    return f"{gold_prefix(gold_set)}sample.json"


def gold_labels(gold_set: str, sha256: str) -> str:
    """Return the key of the answers that one import added to a gold set, by the hash of its bytes."""
    return f"{gold_prefix(gold_set)}labels-{sha256}.parquet"


def anchors_prefix(anchor_set: str) -> str:
    """Return the prefix under which an anchor set lies: its pictures' list, weekly labels, acceptances."""
    return f"anchors/{anchor_set}/"


def study_prefix(study: str) -> str:
    """Return the prefix under which an imported study lies."""
    return f"studies/{study}/"


def study_pointer(study: str, number: int) -> str:
    """Return the key of a numbered pointer, which names an import; the highest number is current."""
    return f"{study_prefix(study)}current-{number:04d}.json"


def retraction(study: str, number: int) -> str:
    """Return the key of a numbered record that an import of a study was taken back."""
    return f"{RETRACTIONS}study-{study}-{number}.json"


def week_retractions_prefix(week: str, model: str) -> str:
    """Return the prefix of the records that something of one partition was taken back."""
    return f"{RETRACTIONS}week={week}/model={model}/"


def week_retraction(week: str, model: str, number: int) -> str:
    """Return the key of a numbered record that something of one partition was taken back."""
    return f"{week_retractions_prefix(week, model)}{number}.json"


def retraction_number(key: str) -> int:
    """Return the number of a retraction."""
    return int(re.split("[-/]", key)[-1].removesuffix(".json"))


def labeler_of(key: str) -> str | None:
    """Return the labeler and its version, `<name>@<version>`, that a key names; None of other keys."""
    match = _LABELER.search(key)
    return match[1] if match else None


def removal(sha256: str) -> str:
    """Return the key of the record that the bytes of a picture were deleted, by the picture's hash."""
    return f"{REMOVALS}{sha256}.json"


def picture_of(key: str) -> str | None:
    """Return the hash of the picture that a key is of, or of whose thumbnail; None for other keys."""
    match = _PICTURE.match(key)
    return match[2] if match else None


def table_part(table: str, week: str | None, sha256: str) -> str:
    """Return the key of the rows of a table and week as they are published; of rows without a week if it is None."""
    return f"{TABLES}{table}/week={week or 'none'}/{sha256}.parquet"


def past_index(period: str, sha256: str) -> str:
    """Return the key of the index of a quarter's sheets, by the hash of its bytes."""
    return f"{PAST_INDEXES}{period}/{sha256}.json"


def past_folder(period: str, model: str, sha256: str) -> str:
    """Return the prefix of the sheets of what a model drew in a quarter; `sha256` is of the list of them."""
    return f"{PAST}{period}/{model}/{sha256[:16]}/"


def past_style(sha256: str, suffix: str) -> str:
    """Return the key of what sheets of quarters are drawn with, by the hash of its bytes."""
    return f"{PAST}styles/{sha256}{suffix}"


def edition_prefix(edition_id: str) -> str:
    """Return the prefix of a published edition; its id is `<week>.<revision>`."""
    return f"editions/{edition_id}/"


def lock(name: str) -> str:
    """Return the key of a lease."""
    return f"locks/{name}.json"


#: In a copy of a store: settings, models and replies of the home, by the time at which they were copied.
HOME_COPIES = "home/"


def parse_partition(key: str) -> tuple[str, str] | None:
    """Return (week, model) of a key that names a partition, or None."""
    match = _PARTITION.search(key.removesuffix(".json"))
    return (match[1], match[2]) if match else None


def engine_file(sha256: str, suffix: str) -> str:
    """Return the key of a file of DuckDB for browsers, by the hash of its bytes; `suffix` is `.js` or `.wasm`."""
    return f"{SITE}engine/{sha256}{suffix}"
