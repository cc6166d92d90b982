"""The list of quality checks of what is computed when a week is published: one row each.

Belongs here: checks of results, and of gold and anchors, which they rest on. Does not belong here: checks of what was
loaded of a partition (`registry`), rules (`sql/checks/<name>.sql`, `columns`).
"""

from __future__ import annotations

from assets.quality.spec import CheckSpec, Stage
from assets.quality.spec import columns_check as _columns
from assets.quality.spec import sql_check as _sql

_PUBLISH: tuple[Stage, ...] = ("publish",)

RESULTS: tuple[CheckSpec, ...] = (
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
        "drift_events__holds",
        "warning",
        _PUBLISH,
        "A change of a series lies in its interval, its weeks are in order, and there is enough evidence for it.",
        "events that contradict themselves",
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
