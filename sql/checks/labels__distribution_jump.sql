-- Answers: which values' shares moved for all models at once since the week before? Models do not change
--   together; a labeler does. Compared are labels of the plan's labeler, prompts asked in both weeks. A jump:
--   at least two models, all moved the same way by more than 10 points, and the pooled two-proportion z is
--   above 4 (about 1 in 16 000 by chance, and all models must agree besides).
-- Grain: labeler, attribute, value.
-- Columns:
--   models: number of models compared
--   moved: mean change of the share (-1 to 1)
--   z: pooled two-proportion statistic
--   problem: the same in words
-- Depends on: plans, slots, labels.
-- Severity: warning
-- Stages: publish
-- Rule: No value's share moves for all models at once from week to week: that is the labeler, not the
--   models.
WITH counted AS (
    SELECT
        labels.week = $week AS is_now,
        labels.model, labels.labeler, labels.attribute, slots.prompt, labels.value,
        count(*) AS pictures
    FROM labels
    INNER JOIN slots USING (week, model, slot_key)
    SEMI JOIN plans USING (week, model, labeler)
    WHERE
        labels.week IN (cast($week AS DATE), cast($week AS DATE) - 7)
        AND slots.week IN (cast($week AS DATE), cast($week AS DATE) - 7)  -- else slots of all weeks are read
        AND ($model IS NULL OR labels.model = $model)
    GROUP BY ALL
),

common AS (
    SELECT
        *,
        count(DISTINCT is_now) OVER (PARTITION BY model, labeler, attribute, prompt) AS weeks
    FROM counted
),

totals AS (
    SELECT
        model, labeler, attribute,
        sum(pictures) FILTER (WHERE NOT is_now) AS n_before,
        sum(pictures) FILTER (WHERE is_now) AS n_now
    FROM common
    WHERE weeks = 2
    GROUP BY model, labeler, attribute
),

given AS (
    SELECT DISTINCT
        labeler, attribute, value
    FROM common
    WHERE weeks = 2
),

shares AS (
    SELECT
        totals.model, totals.labeler, totals.attribute, given.value, totals.n_before, totals.n_now,
        coalesce(sum(common.pictures) FILTER (WHERE NOT common.is_now), 0) AS k_before,
        coalesce(sum(common.pictures) FILTER (WHERE common.is_now), 0) AS k_now
    FROM totals
    INNER JOIN given USING (labeler, attribute)
    LEFT JOIN common
        ON
            totals.model = common.model
            AND totals.labeler = common.labeler
            AND totals.attribute = common.attribute
            AND given.value = common.value
            AND common.weeks = 2
    GROUP BY ALL
),

pooled AS (
    SELECT
        labeler, attribute, value,
        count(*) AS models,
        min(k_now / n_now - k_before / n_before) AS least,
        max(k_now / n_now - k_before / n_before) AS most,
        avg(k_now / n_now - k_before / n_before) AS moved,
        sum(k_now) / sum(n_now) - sum(k_before) / sum(n_before) AS difference,
        (sum(k_now) + sum(k_before)) / (sum(n_now) + sum(n_before)) AS share,
        1 / sum(n_now) + 1 / sum(n_before) AS per_picture
    FROM shares
    GROUP BY labeler, attribute, value
)

SELECT
    labeler, attribute, value, models, moved,
    difference / sqrt(share * (1 - share) * per_picture) AS z,
    concat(
        labeler,
        ' says ',
        attribute,
        ' ',
        value,
        CASE WHEN moved > 0 THEN ' more' ELSE ' less' END,
        ' often for all ',
        models,
        ' models than the week before (',
        printf('%+d', round(100 * moved)::INTEGER),
        ' points)'
    ) AS problem
FROM pooled
WHERE
    models >= 2
    AND (least > 0.1 OR most < -0.1)
    AND difference * difference > 16 * share * (1 - share) * per_picture
ORDER BY labeler ASC, attribute ASC, abs(moved) DESC, value ASC
