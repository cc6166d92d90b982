"""Ways to break good rows, and the check that tells each: one row a way.

Belongs here: the table. Does not belong here: the running of it (`test_quality_checks`).
"""

from __future__ import annotations

from typing import NamedTuple

from tests.warehouse.checks.quality_rows import (
    BEFORE,
    HERE,
    ONE,
    TWO,
    WEEK,
    anchored,
    copy,
    disagrees,
    everywhere,
    first,
    gold,
    label_call,
    moved,
    unanswered,
    update,
)

_A_SLOT = f"slot_key = (SELECT min(slot_key) FROM slots WHERE {HERE})"
_OTHER_SLOT = f"slot_key = (SELECT max(slot_key) FROM slots WHERE {HERE})"
_OF = (
    "(SELECT image_sha256 FROM images WHERE week = '{week}' AND model = '{model}' ORDER BY slot_key LIMIT 1)"
)
_DRAWN = f"FROM images INNER JOIN slots USING (week, model, slot_key) WHERE {HERE}"
_FIRST_OF_A_PROMPT, _LAST_OF_A_PROMPT = (
    f"(SELECT {which}(slot_key) {_DRAWN} AND prompt = (SELECT min(prompt) {_DRAWN}))"
    for which in ("min", "max")
)


class Case(NamedTuple):
    """Rows broken in one way: which check tells, of whom, and which others cannot but tell too."""

    check: str
    statements: tuple[str, ...]
    models: tuple[str, ...] = (ONE,)
    also: frozenset[str] = frozenset()
    message: str = ""


CASES = [
    Case("plans__columns", (f"UPDATE plans SET track = 'api' WHERE {HERE}",)),
    Case(
        "plans__as_in_bucket",
        tuple(
            f"DELETE FROM {table} WHERE {HERE} AND {_A_SLOT}"
            for table in ("attempts", "images", "labels", "slots")
        ),
        message="55 slots were planned; of the loaded 1 are missing and 0 too many",
    ),
    Case(
        "plans__as_in_bucket",
        (f"UPDATE plans SET plan_sha256 = repeat('0', 64) WHERE {HERE}",),
        message="its plan in the store is not the one that was loaded",
    ),
    Case("slots__columns", (update("slots", "replicate = -1"),)),
    Case(
        "slots__prompt_exists",
        (update("slots", "prompt = 'occupations/poet'"),),
        message="slots whose prompt is not in the plan: 1",
    ),
    Case(
        "slots__counts_add_up",
        (copy("slots"),),
        also=frozenset({"plans__as_in_bucket", "loaded__one_row_each"}),
    ),
    Case("slots__counts_add_up", (copy("prompts"),), also=frozenset({"loaded__one_row_each"})),
    Case(
        "slots__counts_add_up",
        (f"DELETE FROM images WHERE {HERE} AND {_A_SLOT}", f"DELETE FROM labels WHERE {HERE} AND {_A_SLOT}"),
    ),
    Case(
        "slots__counts_add_up",
        (f"DELETE FROM slots WHERE {HERE}",),
        also=frozenset(
            {"plans__as_in_bucket", "attempts__slot_exists", "attempts__completeness", "labels__slot_exists"}
        ),
        message="its plan has no slots",
    ),
    Case(
        "slots__counts_add_up",
        (update("attempts", "outcome = 'shrug'"),),
        also=frozenset({"attempts__columns", "images__attempt_exists"}),
    ),
    Case(
        "attempts__columns",
        (update("attempts", "http_status = 42"),),
        message="attempts.http_status lies within 100 and 599; rows that break this: 1",
    ),
    Case("attempts__slot_exists", (copy("attempts", "repeat('f', 64) AS slot_key, 'timeout' AS outcome"),)),
    Case(
        "attempts__nothing_after_final",
        (copy("attempts", "2 AS attempt"),),
        message="attempts after a final outcome: 1",
    ),
    Case("attempts__nothing_after_final", (copy("attempts", "2 AS attempt, 'timeout' AS outcome"),)),
    Case(
        "attempts__ok_has_image",
        (update("attempts", "image_width = NULL"),),
        also=frozenset({"images__attempt_exists"}),
    ),
    Case(
        "attempts__prompt_as_planned",
        (update("attempts", "prompt_sent = 'a woman'", "turn = 1"),),
        message="calls that sent another text than was planned: 1",
    ),
    Case(
        "attempts__numbered",
        (update("attempts", "attempt = 3"),),
        message="calls that are missing, by the numbers of those that are there: 2",
    ),
    Case("attempts__call_recorded", (update("attempts", "answered_at = NULL"),)),
    Case("attempts__asked_in_week", (update("attempts", "requested_at = '2026-11-22 23:59:59'"),)),
    Case(
        "attempts__asked_in_week",
        (
            f"UPDATE plans SET simulated = FALSE WHERE {HERE}",
            update("attempts", "requested_at = '2026-12-05', answered_at = '2026-12-06'"),
        ),
        also=frozenset({"boards__simulated_apart"}),
    ),
    Case(
        "attempts__answered_after_asked",
        (update("attempts", "answered_at = requested_at - INTERVAL 1 SECOND"),),
    ),
    Case(
        "attempts__completeness",
        unanswered(20, "timeout"),
        message="answers only 80 % of prompts (44 of 55; 90 % are needed)",
    ),
    Case(
        "attempts__answer_rate",
        unanswered(40, "refused_text"),
        message="gives a picture for only 60 % of its answers (33 of 55)",
    ),
    *(
        Case(
            "attempts__cost_as_expected",
            (
                f"UPDATE attempts SET cost_usd = {cost}, expected_usd = 0.05, cost_basis = 'reported' WHERE {HERE}",
            ),
            message=f"a picture cost {ratio} times what its price expected (median of 55 calls up to 2026-",
        )
        for cost, ratio in ((0.2, "4.00"), (0.01, "0.20"))
    ),
    Case(
        "images__columns",
        tuple(f"UPDATE {table} SET image_height = 0 WHERE {HERE}" for table in ("images", "attempts")),
        also=frozenset({"attempts__ok_has_image"}),
    ),
    Case("images__attempt_exists", (update("attempts", "image_sha256 = repeat('a', 64)"),)),
    Case(
        "images__attempt_exists",
        (update("images", "image_phash = repeat('a', 16)"),),
        message="pictures without their attempt: 1",
    ),
    Case(
        "images__once_in_model",
        everywhere(
            f"UPDATE {{table}} SET image_sha256 = {_OF.format(week=WEEK, model=ONE)} WHERE {HERE} AND {_OTHER_SLOT}"
        ),
    ),
    Case(
        "images__once_in_model",
        everywhere(
            f"UPDATE {{table}} SET image_sha256 = {_OF.format(week=BEFORE, model=ONE)} WHERE {HERE} AND {_OTHER_SLOT}"
        ),
        message="pictures that the model gave for another slot too: 1",
    ),
    Case(
        "images__once_across_models",
        everywhere(
            f"UPDATE {{table}} SET image_sha256 = {_OF.format(week=WEEK, model=TWO)} WHERE {HERE} AND {_OTHER_SLOT}"
        ),
        models=(ONE, TWO),
    ),
    Case(
        "images__nearly_equal",
        (
            f"UPDATE plans SET simulated = FALSE WHERE {HERE}",
            f"UPDATE images SET image_phash = 'ffff00000000000f' WHERE {HERE} AND slot_key = {_FIRST_OF_A_PROMPT}",
            f"UPDATE images SET image_phash = 'ffff000000000000' WHERE {HERE} AND slot_key = {_LAST_OF_A_PROMPT}",
        ),
        also=frozenset({"boards__simulated_apart", "images__attempt_exists"}),
        message="pictures that are nearly another one of the same prompt: 2",
    ),
    Case("labels__columns", (update("labels", "confidence = 2"),)),
    Case("labels__slot_exists", (copy("labels", "repeat('f', 64) AS slot_key"),)),
    Case("labels__image_matches", (update("labels", "image_sha256 = repeat('a', 64)"),)),
    Case("labels__value_declared", (update("labels", "value = 'robot'"),)),
    Case("labels__value_declared", (update("labels", "value = 'monk_3'", "attribute = 'perceived_gender'"),)),
    Case(
        "labels__raw_matches",
        (update("labels", "raw = 'feminine'", "value = 'masculine'"),),
        message="labels with another value than the words beside them: 1",
    ),
    Case(
        "labels__raw_matches",
        (update("labels", "labeler = 'photo', raw = 'male'", "value = 'feminine'"),),
        also=frozenset({"labels__not_assessed"}),
    ),
    Case(
        "labels__present",
        (f"DELETE FROM labels WHERE {HERE}",),
        message="none of its 55 pictures was labelled by drawing",
    ),
    Case("labels__not_assessed", (f"DELETE FROM labels WHERE {first('labels')}",)),
    Case(
        "labels__invalid_share",
        tuple(
            update(
                "labels",
                "value = 'invalid', raw = 'a robot'",
                "attribute = 'skin_tone' AND value <> 'invalid'",
            )
            for _ in range(2)
        ),
        message="skin_tone: 2 of 30 answers of drawing are outside the declared values",
    ),
    Case("labels__canary_person", (update("labels", "value = '1'", "attribute = 'person_count'"),)),
    Case(
        "labels__canary_labeler",
        tuple(
            update("labels", "value = '2'", "attribute = 'person_count' AND value = '0'") for _ in range(3)
        ),
        also=frozenset({"labels__canary_person"}),
        message="drawing sees a person in 3 of 10 pictures of objects",
    ),
    Case(
        "labels__distribution_jump",
        (f"UPDATE labels SET value = 'masculine' WHERE week = '{WEEK}' AND attribute = 'perceived_gender'",),
        models=(),
    ),
    Case(
        "agreement__alpha",
        (disagrees(WEEK, "photo", 0.42),),
        models=(),
        message="perceived_gender: drawing agrees with labeler photo at alpha 0.42 (n = 100), below 0.67",
    ),
    Case(
        "agreement__alpha",
        (disagrees(WEEK, "photo", 0.9), disagrees(WEEK, "people", 0.6, scope="gold")),
        models=(),
        message="drawing agrees with gold at alpha 0.60",
    ),
    Case(
        "anchor_labels__present",
        (
            "INSERT INTO anchors VALUES ('mine', 0, repeat('a', 64), 'png', NULL, NULL, 'skin_tone')",
            anchored(BEFORE),
        ),
        models=(),
        message="drawing did not label the anchors mine in this week",
    ),
    Case(
        "anchor_labels__raw_matches",
        (anchored(WEEK), f"UPDATE anchor_labels SET raw = 'monk_4' WHERE week = '{WEEK}'"),
        models=(),
        message="labels of anchors with another value than the words beside them: 1",
    ),
    Case(
        "labeler_drift__open",
        (moved(WEEK, 3),),
        models=(),
        message="perceived_gender: 3 of 60 labels of drawing on the anchors mine moved since the week 2026-11-16",
    ),
    Case(
        "gold_samples__image_matches",
        gold(sample_image_sha256="repeat('a', 64)"),
        message="gold pictures that are not their slot's: 1",
    ),
    Case(
        "gold_samples__probability_holds",
        gold(sample_inclusion_probability="0.5", label_inclusion_probability="0.5"),
    ),
    Case("gold_samples__probability_holds", gold(sample_stratum_sampled="2")),
    Case("gold_labels__value_declared", gold(label_value="'robot'")),
    Case("gold_labels__value_declared", gold(label_attribute="'skin_tone'")),
    Case("gold_labels__given", gold(label_rater="'b'")),
    Case("gold_labels__given", gold(label_inclusion_probability="0.5")),
    Case(
        "label_attempts__refused",
        (label_call("ok"), label_call("refused_text"), label_call("timeout")),
        message="eye declines in 1 of 2 calls",
    ),
    Case(
        "label_attempts__refused",
        (label_call("ok", "refused", """'["skin_tone"]'"""),),
        message="eye declines in 1 of 1 calls",
    ),
    Case(
        "label_attempts__unmapped",
        (label_call("server_error", "unmapped", "TRUE"),),
        message="answers of a labeler's API that no error table knows: 1",
    ),
    Case("loaded__one_row_each", (copy("attempts"),), message="attempts holds a row twice"),
    Case(
        "loaded__one_row_each",
        (copy("labels", "'cannot_tell' AS value"),),
        message="labels holds a row twice",
    ),
    Case("loaded__one_row_each", (*gold(), gold(label_value="'feminine'")[1])),
    Case("loaded__one_row_each", (copy("counts"),), also=frozenset({"counts__add_up"})),
    Case("counts__add_up", (update("counts", "pictures = pictures + 1"),)),
    Case("counts__add_up", (f"DELETE FROM answers WHERE {first('answers')}",)),
    Case(
        "figures__null_has_reason",
        (update("figures", "estimate = NULL, low = NULL, high = NULL", "low > 0"),),
    ),
    Case("figures__null_has_reason", (update("figures", "reason = 'withheld'", "low > 0"),)),
    Case("figures__null_has_reason", (update("figures", "low = NULL, high = NULL", "low > 0"),)),
    Case("figures__null_has_reason", (update("figures", "high = NULL", "low > 0"),)),
    Case("figures__null_has_reason", (update("figures", "reason = 'few_weeks'", "low > 0"),)),
    Case("figures__in_range", (update("figures", "high = (low + estimate) / 2", "low < estimate"),)),
    Case("figures__in_range", (update("figures", "low = -0.01", "low > 0"),)),
    Case("figures__in_range", (update("figures", "estimate = 1.2", "figure = 'gap' AND estimate > 0"),)),
    Case("boards__simulated_apart", (f"UPDATE plans SET simulated = FALSE WHERE {HERE}",)),
    Case("board_ranks__model_present", (f"DELETE FROM board_ranks WHERE {first('board_ranks')}",)),
    Case("computed__one_row_each", (copy("figures"),), message="figures holds a row twice"),
    Case(
        "computed__one_row_each",
        (f"INSERT INTO boards (SELECT * FROM boards WHERE week = '{WEEK}' LIMIT 1)",),
        models=(),
    ),
]
