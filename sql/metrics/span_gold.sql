-- Answers: what do people say of the gold pictures of the eight weeks that end with a week, and what did the
--   program read of them?
-- Grain: model, slot_key, attribute; of a picture in several gold sets one row, an answered one first.
-- Columns: those of figures that name model, suite, condition, turn and attribute; back: how many weeks
--   before the last; value: the gold answer, NULL if there is none or it does not count; read_value: what
--   the program read, NULL if that does not count, or if the picture tells nothing of the span: of another
--   series of the model, read by another labeler version, of a week in which the model is withheld, or of
--   a set that leaves out pictures; settled: whether the third person's answer is not awaited; differed:
--   whether the two raters differ, NULL where only one answered; weight: 1 / chance of being drawn.
-- Depends on: plans, counts, withheld, gold_answers, gold_samples, gold_strata, prompts
-- Uses: span
WITH given AS (
    SELECT
        gold_set, stratum, attribute,
        count(value) AS answers
    FROM gold_answers
    GROUP BY gold_set, stratum, attribute
),

sets AS (
    SELECT
        gold_strata.gold_set, gold_strata.model, gold_strata.suite, gold_strata.suite_major,
        gold_strata.attribute,
        sum(gold_strata.pictures) >= min(gold_strata.suite_pictures)
        AND bool_and(
            gold_strata.attribute = gold_strata.stratified_by
            OR gold_strata.pictures = 0
            OR coalesce(given.answers, 0) > 0
        ) AS whole
    FROM gold_strata
    LEFT JOIN given USING (gold_set, stratum, attribute)
    GROUP BY
        gold_strata.gold_set, gold_strata.model, gold_strata.suite, gold_strata.suite_major,
        gold_strata.attribute
),

turns AS (
    SELECT
        gold_set, slot_key, turn
    FROM gold_samples
),

conditions AS (
    SELECT DISTINCT
        week, model, prompt, condition
    FROM prompts
),

tracks AS (
    SELECT
        model, track, simulated
    FROM models
)

SELECT
    tracks.track, tracks.simulated, gold.model, gold.suite, gold.suite_major, conditions.condition,
    turns.turn, gold.attribute, gold.slot_key,
    cast(date_diff('day', gold.week, cast($week AS DATE)) // 7 AS INTEGER) AS back,
    CASE WHEN gold.in_support THEN gold.value END AS value,
    CASE WHEN spans.model IS NOT NULL AND sets.whole AND gold.read_in_support THEN gold.read_value END
        AS read_value,
    coalesce(gold.reason, '') <> 'awaits_third' AS settled,
    gold.differed,
    1 / gold.inclusion_probability AS weight
FROM gold_answers AS gold
INNER JOIN tracks ON gold.model = tracks.model
INNER JOIN turns ON gold.gold_set = turns.gold_set AND gold.slot_key = turns.slot_key
INNER JOIN conditions
    ON gold.week = conditions.week AND gold.model = conditions.model AND gold.prompt = conditions.prompt
INNER JOIN sets
    ON
        gold.gold_set = sets.gold_set
        AND gold.model = sets.model
        AND gold.suite = sets.suite
        AND gold.suite_major = sets.suite_major
        AND gold.attribute = sets.attribute
LEFT JOIN spans
    ON
        gold.week = spans.week
        AND gold.model = spans.model
        AND gold.labeler = spans.labeler
        AND gold.labeler_version = spans.labeler_version
WHERE gold.week BETWEEN cast($first AS DATE) AND cast($week AS DATE)
QUALIFY
    row_number() OVER (
        PARTITION BY gold.model, gold.slot_key, gold.attribute
        ORDER BY gold.value IS NULL, gold.gold_set
    ) = 1
ORDER BY ALL
