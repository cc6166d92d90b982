"""The list of quality checks: one row each, from which runs, asset checks and pages read what a check is.

Belongs here: names, severities, stages and words. Does not belong here: what a check is (`spec`), a rule itself
(`sql/checks/<name>.sql`, `columns`, `stored`) or the running of rules (`run`).

A critical check blocks: a failing row that names a model withholds that model, any other stops publishing. A warning
is shown and blocks nothing.
"""

from __future__ import annotations

from assets.quality.spec import CheckSpec, Severity, Stage

_EARLY: tuple[Stage, ...] = ("images", "publish")
_LABELS: tuple[Stage, ...] = ("labels", "publish")
_PUBLISH: tuple[Stage, ...] = ("publish",)


def _sql(
    name: str, severity: Severity, stages: tuple[Stage, ...], description: str, says: str = ""
) -> CheckSpec:
    return CheckSpec(name, name.partition("__")[0], severity, stages, description, "sql", says)


def _columns(table: str, stages: tuple[Stage, ...]) -> CheckSpec:
    return CheckSpec(
        f"{table}__columns",
        table,
        "critical",
        stages,
        f"Columns of {table}: values from their lists and ranges, hashes and keys in their form, no gaps.",
        "columns",
    )


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
        _EARLY,
        "Completeness, (ok + the model's own answers) / (planned - not needed), reaches the plan's floor.",
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
        "agreement__alpha",
        "warning",
        _PUBLISH,
        "Who reads an attribute agrees with people, or with a second labeler, at alpha 0.67 or more.",
    ),
    _sql(
        "anchor_labels__present",
        "warning",
        _PUBLISH,
        "Every labeler of the week labelled every anchor set in it.",
    ),
    _sql(
        "labeler_drift__open",
        "warning",
        _PUBLISH,
        "No label of an anchor picture moved, or a person accepted it with a reason.",
    ),
    _sql(
        "gold_samples__image_matches",
        "critical",
        _PUBLISH,
        "A picture of a gold set is the picture that its slot has.",
        "gold pictures that are not their slot's",
    ),
    _sql(
        "gold_samples__probability_holds",
        "critical",
        _PUBLISH,
        "Of every stratum of a gold set as many pictures were drawn as their inclusion probabilities say.",
        "strata of gold sets with wrong inclusion probabilities",
    ),
    _sql(
        "gold_labels__value_declared",
        "critical",
        _PUBLISH,
        "An answer about a gold picture is declared for its suite and attribute.",
        "answers of people outside the declared values",
    ),
    _sql(
        "gold_labels__given",
        "critical",
        _PUBLISH,
        "People answered about pictures that were drawn and given to them, with the pictures' probabilities.",
        "answers about pictures that the rater was not given",
    ),
    _sql(
        "gold_labels__one_each",
        "critical",
        _PUBLISH,
        "A rater answers each question about a gold picture once.",
        "questions that a rater answered more than once",
    ),
    _sql(
        "corrected_scores__figure_holds",
        "critical",
        _PUBLISH,
        "A corrected figure lies within its interval and within 0 and 1, or has a reason why it is missing.",
        "corrected figures outside their interval or range, or missing without a reason",
    ),
    _sql(
        "corrected_scores__beside_scores",
        "critical",
        _PUBLISH,
        "Where figures are corrected, every share and distance of a suite has its corrected row, with the raw figure.",
        "shares and distances without their corrected row, or with another raw figure",
    ),
    _sql(
        "label_error__differs",
        "warning",
        _PUBLISH,
        "The labels of no model are wrong in another way than those of the other models, as far as gold tells.",
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
    _columns("scores", _PUBLISH),
    _sql(
        "scores__interval_holds",
        "critical",
        _PUBLISH,
        "A figure lies within its interval.",
        "figures outside their interval",
    ),
    _sql(
        "scores__share_in_range",
        "critical",
        _PUBLISH,
        "Shares, rates and distances lie within 0 and 1.",
        "figures outside 0 to 1",
    ),
    _sql(
        "scores__null_has_reason",
        "critical",
        _PUBLISH,
        "A figure that is missing has a reason, and no other has.",
        "figures missing without a reason, or with both",
    ),
    _sql(
        "scores__one_row_each",
        "critical",
        _PUBLISH,
        "A figure is computed once.",
        "figures computed more than once",
    ),
    _sql(
        "scores__model_present",
        "critical",
        _PUBLISH,
        "Where a week has scores, every planned model has some, with a reason where there is no figure.",
    ),
    _sql(
        "effects__interval_holds",
        "critical",
        _PUBLISH,
        "What one word changes lies within its interval.",
        "effects outside their interval",
    ),
    _sql(
        "effects__difference_holds",
        "critical",
        _PUBLISH,
        "What one word changes is the difference of its two sides, within what is possible.",
        "effects that are not the difference of their sides",
    ),
    _sql(
        "effects__null_has_reason",
        "critical",
        _PUBLISH,
        "An effect that is missing has a reason, and no other has.",
        "effects missing without a reason, or with both",
    ),
    _sql(
        "effects__one_row_each",
        "critical",
        _PUBLISH,
        "An effect is computed once.",
        "effects computed more than once",
    ),
    _sql(
        "ranks__model_present",
        "critical",
        _PUBLISH,
        "Every model of a board has one row in the ranks of its week.",
    ),
    _sql(
        "ranks__rank_or_reason",
        "critical",
        _PUBLISH,
        "A model has a whole rank or the reason why it has none, and not both.",
        "ranks missing without a reason, or with both",
    ),
    _sql(
        "ranks__range_holds",
        "critical",
        _PUBLISH,
        "A rank is a range within 1 and the number of models ranked; worst-case bounds lie within 0 and 1.",
        "ranks or bounds that are no range",
    ),
    _sql(
        "ranks__simulated_apart",
        "critical",
        _PUBLISH,
        "Simulated models never stand on a board with real ones.",
        "ranks on a board of another kind",
    ),
    _sql(
        "ranks__follow_pairs",
        "critical",
        _PUBLISH,
        "A rank is what the tests of all pairs of its board say.",
        "ranks that do not follow from the pairs",
    ),
)

BY_NAME: dict[str, CheckSpec] = {spec.name: spec for spec in CHECKS}
