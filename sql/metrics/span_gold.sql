-- Answers: what do people say of the gold pictures of the eight weeks that end with a week, and what did the
--   program read of them?
-- Grain: model, slot_key, attribute; of a picture in several gold sets one row, an answered one first.
-- Columns: those of figures that name model, suite, condition, turn and attribute; back: how many weeks before
--   the last; value: the gold answer, NULL if there is none or it does not count; read_value: what the
--   program read, NULL if that does not count, or if the picture tells nothing of the span: of another series
--   of the model, read by another labeler version, of a week in which the model is withheld, or of a set that
--   leaves out pictures; settled: whether the third person's answer is not awaited; differed: whether the two
--   raters differ, NULL where only one answered; weight: 1 / chance of being drawn.
-- Depends on: plans, counts, withheld, gold_answers, gold_samples, gold_strata, prompts
-- Uses: span
WITH sets AS (
    SELECT
        drawn.gold_set, drawn.model, drawn.suite, drawn.suite_major, drawn.attribute,
        sum(drawn.pictures) >= min(drawn.suite_pictures)
        AND bool_and(
            drawn.attribute = drawn.stratified_by OR drawn.pictures = 0 OR coalesce(given.answers, 0) > 0
        ) AS whole
    FROM gold_strata AS drawn
    LEFT JOIN (
        SELECT
            gold_set, stratum, attribute,
            count(value) AS answers
        FROM gold_answers
        GROUP BY gold_set, stratum, attribute
    ) AS given
        USING (gold_set, stratum, attribute)
    GROUP BY drawn.gold_set, drawn.model, drawn.suite, drawn.suite_major, drawn.attribute
)

SELECT
    models.track, models.simulated, gold.model, gold.suite, gold.suite_major, asked.condition, drawn.turn,
    gold.attribute, gold.slot_key,
    cast(date_diff('day', gold.week, cast($week AS DATE)) // 7 AS INTEGER) AS back,
    CASE WHEN gold.in_support THEN gold.value END AS value,
    CASE WHEN spans.back IS NOT NULL AND sets.whole AND gold.read_in_support THEN gold.read_value END
        AS read_value,
    gold.reason IS DISTINCT FROM 'awaits_third' AS settled,
    gold.differed,
    1 / gold.inclusion_probability AS weight
FROM gold_answers AS gold
INNER JOIN models USING (model)
INNER JOIN gold_samples AS drawn USING (gold_set, slot_key)
INNER JOIN sets USING (gold_set, model, suite, suite_major, attribute)
INNER JOIN (
    SELECT DISTINCT
        week, model, prompt, condition
    FROM prompts
) AS asked
    ON gold.week = asked.week AND gold.model = asked.model AND gold.prompt = asked.prompt
LEFT JOIN spans USING (week, model, labeler, labeler_version)
WHERE gold.week BETWEEN cast($first AS DATE) AND cast($week AS DATE)
QUALIFY row_number() OVER (
    PARTITION BY gold.model, gold.slot_key, gold.attribute
    ORDER BY gold.value IS NULL, gold.gold_set
) = 1
ORDER BY ALL
