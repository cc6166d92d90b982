"""The list of quality checks: one row each, from which runs, asset checks and pages read what a check is.

Belongs here: names, severities, stages and words, of what is loaded. Does not belong here: checks of results
(`registry_results`), what a check is (`spec`), a rule itself (`sql/checks/<name>.sql`, `columns`, `stored`) or the
running of rules (`run`).

A critical check blocks: a failing row that names a model withholds that model, any other stops publishing. A warning
is shown and blocks nothing.
"""

from __future__ import annotations

from assets.quality.registry_results import RESULTS
from assets.quality.spec import CheckSpec, Stage
from assets.quality.spec import columns_check as _columns
from assets.quality.spec import sql_check as _sql

_EARLY: tuple[Stage, ...] = ("images", "publish")
_LABELS: tuple[Stage, ...] = ("labels", "publish")
_PUBLISH: tuple[Stage, ...] = ("publish",)


def _bytes(name: str, description: str) -> CheckSpec:
    return CheckSpec(name, name.partition("__")[0], "critical", _EARLY, description, "bytes")


CHECKS: tuple[CheckSpec, ...] = (
    _columns("plans", _EARLY),
    _sql(
        "plans__week_is_monday",
        "critical",
        _EARLY,
        "A week is the date of its Monday.",
        "plans of a week that is no Monday",
    ),
    _bytes(
        "plans__as_in_bucket",
        "The plan in the bucket has the hash that was loaded, and its slots are the slots of the warehouse.",
    ),
    _columns("slots", _EARLY),
    _sql(
        "slots__prompt_exists",
        "critical",
        _EARLY,
        "Every slot asks a prompt of its plan.",
        "slots whose prompt is not in the plan",
    ),
    _sql(
        "slots__counts_add_up",
        "critical",
        _EARLY,
        "In every cell: planned slots = ok + each other outcome + not attempted, and ok slots = pictures.",
    ),
    _columns("attempts", _EARLY),
    _sql(
        "attempts__slot_exists",
        "critical",
        _EARLY,
        "Every attempt was made for a planned slot.",
        "attempts for no planned slot",
    ),
    _sql(
        "attempts__one_row_each",
        "critical",
        _EARLY,
        "An attempt of a slot is recorded once.",
        "attempts recorded more than once",
    ),
    _sql(
        "attempts__nothing_after_final",
        "critical",
        _EARLY,
        "A slot is not asked again after an outcome that is final.",
        "attempts after a final outcome",
    ),
    _sql(
        "attempts__ok_has_image",
        "critical",
        _EARLY,
        "An attempt that succeeded names its picture: hash, size, type, width and height.",
        "successful attempts without a whole picture",
    ),
    _sql(
        "attempts__call_recorded",
        "critical",
        _EARLY,
        "Of every call it is recorded when it was made and answered.",
        "calls without their times",
    ),
    _sql(
        "attempts__asked_in_week",
        "critical",
        _EARLY,
        "Nobody is asked before the week; a live model is not asked for a week that is over.",
        "attempts outside their week",
    ),
    _sql(
        "attempts__answered_after_asked",
        "warning",
        _EARLY,
        "An answer is not older than its question.",
        "attempts answered before they were asked",
    ),
    _sql(
        "attempts__completeness",
        "critical",
        _PUBLISH,
        "Completeness, (ok + the model's own answers) / (planned - not needed), reaches the model's floor.",
    ),
    _sql(
        "attempts__answer_rate",
        "warning",
        _EARLY,
        "A model answers at least 80 % of what it was asked with a picture; refusing never withholds it.",
    ),
    _sql(
        "attempts__cost_as_expected",
        "warning",
        _EARLY,
        "A picture costs what the price table expects, between four fifths and five fourths of it.",
    ),
    _columns("images", _EARLY),
    _sql(
        "images__attempt_exists",
        "critical",
        _EARLY,
        "Every picture is that of a successful attempt for its slot.",
        "pictures without their attempt",
    ),
    _bytes(
        "images__bytes_as_stored",
        "Re-read from the store, a random sample of pictures has the recorded hashes.",
    ),
    _sql(
        "images__once_in_model",
        "warning",
        _EARLY,
        "A model does not give one picture for two slots, in this week or an earlier one.",
        "pictures that the model gave for another slot too",
    ),
    _sql(
        "images__once_across_models",
        "warning",
        _PUBLISH,
        "Two models do not give the same picture in one week.",
        "pictures that another model gave too",
    ),
    _columns("labels", _LABELS),
    _sql(
        "labels__slot_exists",
        "critical",
        _LABELS,
        "Every label is of a planned slot.",
        "labels of no planned slot",
    ),
    _sql(
        "labels__image_matches",
        "critical",
        _LABELS,
        "A label was read from the picture that its slot has.",
        "labels read from another picture than the slot's",
    ),
    _sql(
        "labels__one_per_attribute",
        "critical",
        _LABELS,
        "One label for each slot, attribute and labeler version.",
        "labels beside another of the same slot, attribute and labeler version",
    ),
    _sql(
        "labels__value_declared",
        "critical",
        _LABELS,
        "A label's value is declared for its suite and attribute, or invalid.",
        "labels outside the declared values",
    ),
    _sql(
        "labels__present",
        "critical",
        _LABELS,
        "A model's pictures were labelled by the labeler that its plan names.",
    ),
    _sql(
        "labels__not_assessed",
        "warning",
        _LABELS,
        "Every picture has a label for each planned attribute that the labeler reads at all.",
        "planned labels that are missing",
    ),
    _sql("labels__invalid_share", "warning", _LABELS, "At most 2 % of an attribute's labels are invalid."),
    _sql(
        "labels__canary_person",
        "warning",
        _LABELS,
        "Pictures of objects (the canary) show no person.",
        "persons seen in pictures of objects",
    ),
    _sql(
        "labels__canary_labeler",
        "critical",
        _LABELS,
        "In at most 20 % of pictures of objects (the canary) a model's labeler sees a person, or labels mean nothing.",
    ),
    _sql(
        "labels__distribution_jump",
        "warning",
        _PUBLISH,
        "No value's share moves for all models at once from week to week: that is the labeler, not the models.",
    ),
    _sql(
        "label_attempts__refused",
        "warning",
        _LABELS,
        "A labeler declines to answer in at most 2 % of its calls; what it declined is not assessed, never a value.",
    ),
    _sql(
        "label_attempts__unmapped",
        "warning",
        _LABELS,
        "Every answer of a labeler's API is understood.",
        "answers of a labeler's API that no error table knows",
    ),
    *RESULTS,
)

BY_NAME: dict[str, CheckSpec] = {spec.name: spec for spec in CHECKS}
