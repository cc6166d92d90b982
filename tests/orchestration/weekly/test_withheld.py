"""Checks across jobs: who is stopped by a failing check, and what becomes of the week and of the others."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from assets.gateway.receipts import read_partition
from assets.generation.partition import ask_partition
from assets.generation.workplace import Workplace
from assets.labeling.partition import label
from assets.leaderboard.asset import publish_week
from assets.metrics.week import score_weeks, stops_publishing
from assets.quality.run import CheckResult
from orchestration.checks import check_partition
from orchestration.definitions import GENERATE, build_defs
from orchestration.instance import instance_of, partition_key
from tests.orchestration.installation import NEXT, WEEK, Cliche, Installation
from warehouse import keys
from warehouse.database.connection import connect
from warehouse.errors import ClicheError

BAD, GOOD = "sim-classic", "sim-drift"


def pictures(installation: Installation, model: str, week: str) -> list[Path]:
    receipts = read_partition(installation.store, week, model).receipts
    root = Path(installation.settings.store)
    return [root / keys.image(r.image_sha256, str(r.image_ext)) for r in receipts if r.image_sha256]


def complete(place: Workplace, week: str, *models: str) -> None:
    """Ask and label models without Dagster."""
    for model in models or (BAD, GOOD):
        ask_partition(place, model, week)
        label(place, model, week)


def replace_bytes(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"?")


def run_job(installation: Installation, name: str, key: str) -> dg.ExecuteInProcessResult:
    """Run a job as Dagster does, without raising."""
    job = build_defs(installation.settings, installation.place()).resolve_job_def(name)
    return job.execute_in_process(
        partition_key=key,
        instance=instance_of(installation.settings),
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )


def evaluations(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {evaluation.check_name: evaluation for evaluation in result.get_asset_check_evaluations()}


def steps(result: dg.ExecuteInProcessResult) -> set[str]:
    return {
        event.asset_key.to_user_string()
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }


def ask_and_break(installation: Installation, week: str) -> Path:
    """Ask the bad model, then change a stored picture; return it."""
    ask_partition(installation.place(), BAD, week)
    picture = pictures(installation, BAD, week)[0]
    replace_bytes(picture)
    return picture


def test_a_failing_critical_check_stops_that_model_before_its_labels(fresh: Installation) -> None:
    ask_and_break(fresh, WEEK)
    result = run_job(fresh, GENERATE, partition_key(BAD, WEEK))
    assert not result.success
    assert steps(result) == {"prompts", "images"}
    found = evaluations(result)
    failed = [name for name, evaluation in found.items() if not evaluation.passed]
    assert failed == ["images__bytes_as_stored"]
    evaluation = found["images__bytes_as_stored"]
    assert evaluation.severity is dg.AssetCheckSeverity.ERROR
    assert evaluation.blocking
    assert evaluation.metadata["status"].value == "fail"
    assert evaluation.metadata["models"].value == BAD
    assert "a stored picture has other bytes than were recorded" in str(evaluation.description)
    assert not [key for key in fresh.objects() if key.startswith("labels/")]
    assert not fresh.settings.warehouse.exists()


def test_publishing_withholds_that_model_alone(fresh: Installation, cliche: Cliche) -> None:
    picture = ask_and_break(fresh, WEEK)
    other = run_job(fresh, GENERATE, partition_key(GOOD, WEEK))
    assert other.success
    assert steps(other) == {"prompts", "images", "labels", "loaded"}
    ran = cliche("run", "--week", WEEK)
    assert ran.code == 1
    assert f"Withheld, for the critical checks that failed: {BAD}." in ran.out
    of, what = f"{BAD}, week {WEEK}", "a stored picture has other bytes than were recorded"
    assert ran.error.splitlines() == [
        f"{of}: {what} (images__bytes_as_stored)",
        # The week is published all the same, with the thumbnails of the other pictures.
        f"{of}: no thumbnail of picture {picture.stem[:12]}: {keys.image(picture.stem, picture.suffix[1:])} does "
        "not hold the bytes that its name says; restore it from a backup",
        f"Thumbnails of 3 pictures of {of}, made (1 of 1).",
    ]
    with connect(fresh.settings.warehouse, read_only=True) as con:
        rows = con.execute("SELECT model, withheld_reason, estimate FROM leaderboard").fetchall()
    reasons = {model: reason for model, reason, _ in rows}
    assert reasons[GOOD] is None
    assert f"{what} (images__bytes_as_stored)" in reasons[BAD]
    assert {estimate for model, _, estimate in rows if model == BAD} == {None}
    instance = instance_of(fresh.settings)
    made = instance.get_latest_materialization_event(dg.AssetKey("leaderboard"))
    assert made is not None
    assert made.asset_materialization is not None
    shown = {name: value.value for name, value in made.asset_materialization.metadata.items()}
    assert shown["withheld"] == "; ".join(f"{BAD}: {reason}" for reason in reasons[BAD].split("; "))
    assert shown["dagster/row_count"] == len(rows)
    assert Path(str(shown["page"])).is_file()
    page = fresh.store.get(f"editions/{WEEK}.1/models/{BAD}/index.html").decode()
    assert f"Withheld this week: {what}" in page
    assert f"editions/{WEEK}.1/models/{GOOD}/index.html" in fresh.objects()
    # In the publishing job a check that names a model does not block.
    (record,) = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(dg.AssetKey("scores"), "images__bytes_as_stored"), limit=1
    )
    assert record.event is not None
    evaluation = record.event.asset_check_evaluation
    assert evaluation is not None
    assert (evaluation.passed, evaluation.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert evaluation.metadata["models"].value == BAD


def test_a_withheld_model_is_published_once_its_picture_is_what_it_was(fresh: Installation) -> None:
    place = fresh.place()
    complete(place, WEEK)
    picture = pictures(fresh, BAD, WEEK)[0]
    whole = picture.read_bytes()
    replace_bytes(picture)
    score_weeks(place, WEEK)
    assert withheld(fresh) == {BAD}
    picture.write_bytes(whole)
    score_weeks(place, WEEK)
    assert withheld(fresh) == set()
    assert score_weeks(place, WEEK) == []


def withheld(installation: Installation) -> set[str]:
    with connect(installation.settings.warehouse, read_only=True) as con:
        return {model for (model,) in con.execute("SELECT DISTINCT model FROM withheld").fetchall()}


def unreadable(picture: Path) -> None:
    """Put a link that leads to itself in the place of a picture: reading it fails, whoever reads."""
    picture.unlink()
    picture.symlink_to(picture.name)


def test_a_check_that_cannot_run_is_shown_as_errored_and_blocks(fresh: Installation) -> None:
    ask_partition(fresh.place(), BAD, WEEK)
    unreadable(pictures(fresh, BAD, WEEK)[0])
    result = run_job(fresh, GENERATE, partition_key(BAD, WEEK))
    evaluation = evaluations(result)["images__bytes_as_stored"]
    assert evaluation.metadata["status"].value == "error"
    assert not evaluation.passed
    assert evaluation.severity is dg.AssetCheckSeverity.ERROR
    assert str(evaluation.description).startswith("the check could not be run: cannot read ")
    assert steps(result) == {"prompts", "images"}


def test_a_check_that_names_no_model_stops_publishing(published: Installation, cliche: Cliche) -> None:
    complete(published.place(), NEXT)
    unreadable(pictures(published, BAD, NEXT)[0])
    before = published_editions(published)

    ended = cliche("publish", "--week", NEXT)
    assert ended.code == 1
    assert ended.only_line.startswith(f"week {NEXT} is not published: ")
    assert "the check could not be run" in ended.only_line
    assert "images__bytes_as_stored" in ended.only_line
    assert published_editions(published) == before


def published_editions(installation: Installation) -> dict[str, bytes]:
    store = installation.store
    return {key: store.get(key) for key in store.list("editions/")}


def test_the_checks_of_one_partition_look_at_it_alone(published: Installation) -> None:
    replace_bytes(pictures(published, BAD, WEEK)[0])
    place = published.place()
    failed = {
        model: [r.name for r in check_partition(place, model, WEEK, "images") if r.status != "pass"]
        for model in (BAD, GOOD)
    }
    assert failed == {BAD: ["images__bytes_as_stored"], GOOD: []}


@pytest.mark.parametrize(
    ("severity", "status", "models", "stops"),
    [
        ("critical", "fail", (), True),
        ("critical", "error", (), True),
        ("critical", "fail", ("m",), False),
        ("critical", "pass", (), False),
        ("warning", "fail", (), False),
        ("warning", "error", (), False),
    ],
)
def test_only_critical_results_that_name_no_model_stop_publishing(
    severity: str, status: str, models: tuple[str, ...], stops: bool
) -> None:
    result = CheckResult("t__r", severity, status, 1, models, "wrong", [])  # type: ignore[arg-type]
    assert (stops_publishing([result]) == [result]) is stops


def test_a_stopped_week_says_why_also_without_dagster(published: Installation) -> None:
    place = published.place()
    complete(place, NEXT, GOOD)
    unreadable(pictures(published, GOOD, NEXT)[0])
    score_weeks(place, NEXT)
    with pytest.raises(ClicheError, match=r"not published: the check could not be run: .*\(images__bytes"):
        publish_week(place, NEXT)
