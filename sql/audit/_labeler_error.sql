-- Answers: How much more often than people does the labeler read each value? Steps of the audit query of
--   corrected shares; they need gold and strata: field, model, value that the labeler read, hits, part.
-- Grain: errors: field, model, value.
-- Columns: error; variance; df; reason: why it is not said.
-- Depends on: the tables of the text before
WITH
rated AS (
    SELECT
        strata.field, gold.*,
        bool_or(strata.value = gold.said) AS counts
    FROM gold
    INNER JOIN strata
        ON
            gold.model = strata.model
            AND gold.span = cast(strata.field.week AS VARCHAR)
            AND gold.suite = strata.field.suite
            AND gold.suite_major = strata.field.suite_major
            AND gold.condition = strata.field.condition
            AND gold.turn = strata.field.turn
            AND gold.attribute = strata.field.attribute
    GROUP BY ALL
),

raters AS (
    SELECT
        field, model,
        coalesce(avg(cast(differed AS INTEGER)), 0) AS differ,
        avg(cast(awaited AS INTEGER)) AS awaited
    FROM rated
    GROUP BY field, model
),

-- e: the labeler reads a value that people do not see (1), or misses it (-1)
erring AS (
    SELECT
        one.field, one.model, one.value, strata.value AS stratum, strata.part, strata.hits,
        rated.weight, rated.back, raters.differ, raters.awaited,
        cast(one.value = strata.value AS INTEGER) - cast(one.value = rated.said AS INTEGER) AS e
    FROM strata AS one
    INNER JOIN strata ON one.field = strata.field AND one.model = strata.model
    LEFT JOIN rated
        ON
            strata.field = rated.field
            AND strata.model = rated.model
            AND strata.value = rated.looked_at
            AND rated.counts
    LEFT JOIN raters ON one.field = raters.field AND one.model = raters.model
),

-- Kish's number of equal weights; two pseudo-errors; a finite population for what was drawn of it
by_stratum AS (
    SELECT
        field, model, value, part,
        count(e) AS pictures,
        sum(weight) ^ 2 / sum(weight ^ 2) AS number,
        sum(weight * e) / sum(weight) AS mean,
        (number * sum(weight * abs(e)) / sum(weight) + 1) / (number + 2) AS wrong,
        (sum(weight * e ^ 2) / sum(weight) - mean ^ 2) * pictures / nullif(pictures - 1, 0) AS scatter,
        CASE WHEN hits > 0 THEN greatest(1 - count(e) FILTER (WHERE back < 4) / hits, 0) ELSE 1 END AS finite,
        any_value(differ) AS differ,
        any_value(awaited) AS awaited,
        pictures >= CASE WHEN part >= 0.1 THEN 20 ELSE 2 END AS enough
    FROM erring
    GROUP BY field, model, value, stratum, part, hits
),

errors AS (
    SELECT
        field, model, value,
        sum(part * mean) FILTER (WHERE enough) AS error,
        sum(part ^ 2 * greatest(scatter, wrong * (1 - wrong)) / number * finite) FILTER (WHERE enough)
            AS variance,
        sum(pictures - 1) FILTER (WHERE enough) AS df,
        CASE
            WHEN sum(pictures) = 0 THEN 'no_gold'
            WHEN any_value(differ) > 0.12 THEN 'raters_differ'
            WHEN any_value(awaited) > 0.02 OR bool_or(NOT enough AND part >= 0.02) OR df IS NULL
                THEN 'few_gold'
        END AS reason
    FROM by_stratum
    GROUP BY field, model, value
)

SELECT * FROM errors
