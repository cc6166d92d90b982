"""Numbers that an operator is told are those of the code; what they do is tested where they are used."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from assets.gateway import batches, calls, meter, pace, receipts, threads
from assets.gateway.breaker import Breaker
from assets.gateway.money import budget, costs
from assets.gateway.network import connection, http, redaction
from assets.gateway.network.connection import Connection
from assets.generation.providers.openai import batches as openai_batches
from assets.labeling.asked import journal, stops
from assets.labeling.asked.batches import LABEL_BATCH_CALLS
from orchestration import cli, unwritable
from orchestration.alerts.settings import AlertSettings
from orchestration.doctor import services
from orchestration.settings import Settings
from orchestration.verifying import manifest, remote
from warehouse import keys
from warehouse.integrity import findings, record
from warehouse.sandbox import rules
from warehouse.store import s3_leases

CHECKOUT = Path(__file__).resolve().parents[2]
RETRY, PATIENCE, LINK = calls.Retry(), batches.Patience(), Connection()


def default(of: Any, name: str) -> Any:
    return inspect.signature(of).parameters[name].default


#: The page, what stands there, what the code has, what stands there as numbers.
TOLD: list[tuple[str, str, Any, Any]] = [
    ("providers", "| tries of one slot in one run | 4, and up to 12 ref", (RETRY.attempts, RETRY.limited), (4, 12)),
    ("providers", "waits of 1 s doubled up to 60 s", (RETRY.base_s, RETRY.most_s), (1, 60)),
    ("providers", "waited up to 15 minutes; a service", (RETRY.patience_s, pace._PATIENCE_S), (900, 900)),
    ("providers", "else 0.4 s, doubled up to 15 s", (meter._FIRST_HOLD_S, meter._MOST_HOLD_S), (0.4, 15)),
    ("providers", "opens after 6 failures in a row", default(Breaker, "failures"), 6),
    ("providers", "tries after 5 s, then after twice as long, up to 60 s", default(Breaker, "first_s"), 5),
    ("providers", "tries after 5 s, then after twice as long, up to 60 s", default(Breaker, "most_s"), 60),
    ("providers", "after 15 minutes the partition ends", default(Breaker, "patience_s"), 900),
    ("providers", "as many threads again (at least eight)", [*map(threads.workers_of, (4, 20))], [12, 40]),
    ("providers", "up to six lost calls", receipts.MOST_LOST_CALLS, 6),
    ("providers", "| 180 |", LINK.timeout_s, 180),
    ("providers", "| 70,000,000 |", LINK.most_answer_bytes, 70_000_000),
    ("providers", "at most 50 MB, counted while", connection.MOST_IMAGE_BYTES, 50_000_000),
    ("providers", "at most three redirects", http._MOST_REDIRECTS, 3),
    ("providers", "tried up to three times within `timeout_s`", http._FETCH_TRIES, 3),
    ("providers", "Keys of fewer than 16 characters", redaction._LEAST_KEY, 16),
    ("providers", "at most 200 calls (of labels: 60", (batches.BATCH_CALLS, LABEL_BATCH_CALLS), (200, 60)),
    ("providers", "up to an hour for batches, looking once a minute", (PATIENCE.most_s, PATIENCE.poll_s), (3600, 60)),
    ("providers", "the account's newest 2,000", 100 * openai_batches._PAGES, 2000),
    ("providers", "when the API, a minute after the call, lists none", PATIENCE.grace_s, 60),
    ("labels", "written every 50 calls or 20 seconds", (journal.PART_CALLS, journal.PART_S), (50, 20)),
    ("labels", "Three pictures in a row", stops.IN_A_ROW, 3),
    ("operations/settings", "| `deadline_hours` | `132` |", Settings.model_fields["deadline_hours"].default, 132),
    ("operations/money", "waits for them, up to five minutes", budget.PATIENCE_S, 300),
    ("operations/money", "after 60 days `cliche doctor` asks", costs.OLD_AFTER_DAYS, 60),
    ("operations/commands", "60 days ahead", services.END_DAYS, 60),
    ("operations/alerts", "try the room for 1 MB before", unwritable.ROOM, 1 << 20),
    ("operations/alerts", "on S3 after a minute", s3_leases._DEFAULT_TTL_S, 60),
    ("operations/checking", "DuckDB may use 2 GB of memory (the whole process 2.5 GB)", rules.MEMORY, "2GB"),
    ("operations/checking", "DuckDB may use 2 GB of memory (the whole process 2.5 GB)", rules.PROCESS_MEMORY, 2.5e9),
    ("operations/checking", "the query may take 60 seconds", default(cli.sql, "timeout"), 60),
    ("operations/checking", "shows the first 1,000 rows", default(cli.sql, "limit"), 1000),
    ("operations/checking", "have 100,000 files of", manifest.MOST_FILES, 100_000),
    ("operations/checking", "of 20 GB and 50 GB in all", manifest.MOST_FILE_BYTES, 20e9),
    ("operations/checking", "of 20 GB and 50 GB in all", manifest.MOST_TOTAL_BYTES, 50e9),
    ("operations/checking", "at least 50 kB/s", remote._SLOWEST, 50_000),
    ("operations/store", "thumbnails of 160 px", keys.THUMBNAIL_PX, 160),
    ("evidence", "Five objects in a row that cannot be read", findings._UNREADABLE, 5),
    ("evidence", "within a week: what it had read", record._OLDEST.days, 7),
]  # fmt: skip


@pytest.mark.parametrize(("page", "words", "ours", "told"), TOLD, ids=[row[1] for row in TOLD])
def test_a_number_is_that_of_the_code(page: str, words: str, ours: Any, told: Any) -> None:
    text = re.sub(r"\s+", " ", (CHECKOUT / "docs" / f"{page}.md").read_text(encoding="utf-8"))
    assert words in text
    assert ours == told


@pytest.mark.parametrize(
    "name",
    [name for name, field in AlertSettings.model_fields.items() if type(field.default) in (int, float)],
)
def test_a_setting_of_alerts_is_what_its_row_says(name: str) -> None:
    text = (CHECKOUT / AlertSettings().docs_url).read_text(encoding="utf-8")
    assert f"| `{name}` | {AlertSettings.model_fields[name].default:g} |" in text
