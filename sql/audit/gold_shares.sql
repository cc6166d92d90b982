-- Answers: What do people say that a model draws, where its labels were checked by gold, and what did the
--   labeler read off the same pictures?
-- Grain: gold_set, model, suite, suite_major, attribute, value; values of the support, in declared order.
-- Columns: gold_share, gold_low, gold_high (share among assessable pictures, weighted by inverse inclusion
--   probabilities, 95 %, NULL with a reason); labeler_share (share that the labeler read among the pictures
--   that it assessed; NULL if the sample was drawn by another attribute); pictures; rated; reason. Where two
--   raters differ each counts half; a third person's answer counts alone.
-- Depends on: gold_strata, gold_labels, attribute_values
WITH judged AS (
    SELECT
        *,
        concat_ws('/', gold_set, model, suite, suite_major, attribute) AS figure
    FROM gold_labels
    QUALIFY
        rater = 'third'
        OR NOT bool_or(rater = 'third') OVER (PARTITION BY gold_set, slot_key, attribute)
),

answers AS (
    SELECT
        figure, stratum, value,
        1 / count(*) OVER (PARTITION BY gold_set, slot_key, attribute) AS weight
    FROM judged
),

cells AS (
    SELECT
        gold_strata.*,
        attribute_values.value, attribute_values.position,
        concat_ws(
            '/',
            gold_strata.gold_set, gold_strata.model, gold_strata.suite, gold_strata.suite_major,
            gold_strata.attribute
        ) AS figure
    FROM gold_strata
    INNER JOIN attribute_values USING (week, model, suite, suite_major, attribute)
    WHERE attribute_values.in_support
),

declared AS (
    SELECT DISTINCT
        figure, value
    FROM cells
),

rated AS (
    SELECT
        answers.figure, answers.stratum,
        sum(answers.weight) AS rated,
        coalesce(sum(answers.weight) FILTER (WHERE declared.value IS NOT NULL), 0) AS support
    FROM answers
    LEFT JOIN declared USING (figure, value)
    GROUP BY answers.figure, answers.stratum
),

said AS (
    SELECT
        figure, stratum, value,
        sum(weight) AS hits
    FROM answers
    GROUP BY figure, stratum, value
),

strata AS (
    SELECT
        cells.*,
        coalesce(rated.rated, 0) AS rated,
        coalesce(rated.support, 0) AS support,
        coalesce(said.hits, 0) AS hits,
        cells.pictures / sum(cells.pictures) OVER (PARTITION BY cells.figure, cells.value) AS part
    FROM cells
    LEFT JOIN rated USING (figure, stratum)
    LEFT JOIN said USING (figure, stratum, value)
    WHERE cells.pictures > 0
),

totals AS (
    SELECT
        gold_set, model, suite, suite_major, attribute, figure, value,
        min(position) AS position,
        cast(sum(pictures) AS BIGINT) AS pictures,
        cast(round(sum(rated)) AS BIGINT) AS rated,
        sum(part * support / nullif(rated, 0)) AS base,
        sum(part * hits / nullif(rated, 0)) / nullif(sum(part * support / nullif(rated, 0)), 0) AS share,
        coalesce(sum(pictures) FILTER (WHERE predicted = value), 0) AS labeled,
        bool_and(attribute = stratified_by) AS own,
        CASE
            WHEN sum(pictures) < min(suite_pictures)
                THEN 'the sample leaves out pictures that the attribute applies to'
            WHEN sum(rated) = 0 THEN 'no gold'
            WHEN bool_or(rated = 0) THEN 'a stratum with pictures has no gold'
            WHEN sum(support) = 0 THEN 'no picture could be assessed'
        END AS reason
    FROM strata
    GROUP BY gold_set, model, suite, suite_major, attribute, figure, value
),

-- e = hit - share * support; its mean and mean square in a stratum, and the same with two pseudo-counts.
residuals AS (
    SELECT
        strata.figure, strata.value, strata.part, strata.rated,
        (strata.hits - totals.share * strata.support) / strata.rated AS mean,
        (
            strata.hits * (1 - totals.share) ** 2
            + (strata.support - strata.hits) * totals.share ** 2
        ) / strata.rated AS square,
        (strata.hits + 1 - totals.share * (strata.support + 2)) / (strata.rated + 2) AS pseudo_mean,
        (
            (strata.hits + 1) * (1 - totals.share) ** 2
            + (strata.support - strata.hits + 1) * totals.share ** 2
        ) / (strata.rated + 2) AS pseudo_square,
        totals.pictures
    FROM strata
    INNER JOIN totals USING (figure, value)
    WHERE totals.reason IS NULL
),

spreads AS (
    SELECT
        figure, value,
        sqrt(
            greatest(
                sum(part ** 2 * (square - mean ** 2) / greatest(rated - 1, 1)),
                sum(part ** 2 * (pseudo_square - pseudo_mean ** 2) / rated)
            )
            + sum(part * mean ** 2) / any_value(pictures)
        ) AS spread
    FROM residuals
    GROUP BY figure, value
)

SELECT
    totals.gold_set, totals.model, totals.suite, totals.suite_major, totals.attribute, totals.value,
    CASE WHEN totals.reason IS NULL THEN totals.share END AS gold_share,
    CASE
        WHEN totals.reason IS NULL
            THEN greatest(totals.share - 1.959963984540054 * spreads.spread / totals.base, 0)
    END AS gold_low,
    CASE
        WHEN totals.reason IS NULL
            THEN least(totals.share + 1.959963984540054 * spreads.spread / totals.base, 1)
    END AS gold_high,
    CASE
        WHEN totals.own
            THEN totals.labeled / nullif(sum(totals.labeled) OVER (PARTITION BY totals.figure), 0)
    END AS labeler_share,
    totals.pictures, totals.rated, totals.reason
FROM totals
LEFT JOIN spreads USING (figure, value)
ORDER BY totals.gold_set, totals.model, totals.suite, totals.suite_major, totals.attribute, totals.position
