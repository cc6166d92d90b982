-- Answers: How often do pictures of a group show what is declared a stereotype of it, and how often do those
--   of others? Recomputed from attempts and labels alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, turn, attribute, reference, metric, value and group
--   (value_name; NULL: all pairs of the attribute).
-- Columns: those of scores. Shares are means over prompts, and means of those over pairs; with a
--   statistic, minus its shares. The interval joins Wilson's at the effective number of pictures, and the
--   variance within prompts: the larger of the unbiased one and that of half a picture more of each value.
--   NULL where any group has fewer than ten assessed pictures.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, stereotype_pairs, reference_values, plans,
--   attempts, outcomes, labels, clusters
-- Uses: read_from_labels
WITH
-- Uses: worth

-- Uses: stated_shares
pairs AS (
    SELECT
        *,
        coalesce(statistic, 'stereotypes') AS reference,
        count(*) OVER (PARTITION BY suite, suite_major, attribute, statistic) AS declared
    FROM stereotype_pairs
),

-- pictures that show a value which the statistic's row names; all of the support without a statistic
assessed AS (
    SELECT
        counted.week, counted.model, counted.suite, counted.suite_major, counted.prompt, counted.turn,
        counted.attribute, stated.reference,
        sum(counted.x) AS n
    FROM counted
    INNER JOIN stated USING (week, model, suite, suite_major, prompt, attribute, value)
    GROUP BY ALL
),

shown AS (
    SELECT
        counted.week, counted.model, counted.suite, counted.suite_major, counted.condition, counted.turn,
        counted.attribute, counted.scale, counted.labeler_version, counted.prompt, pairs.reference,
        pairs.declared, counted.x, counted.effect,
        pairs.value || ' | ' || pairs.subject AS pair,
        counted.subject = pairs.subject AS own,
        CASE WHEN pairs.statistic IS NULL THEN counted.n ELSE coalesce(assessed.n, 0) END AS n,
        CASE WHEN pairs.statistic IS NULL THEN 0 ELSE stated.expected_share END AS q
    FROM worth AS counted
    INNER JOIN pairs
        ON
            counted.suite = pairs.suite
            AND counted.suite_major = pairs.suite_major
            AND counted.attribute = pairs.attribute
            AND counted.value = pairs.value
            AND split_part(counted.subject, ':', 1) = split_part(pairs.subject, ':', 1)
    LEFT JOIN assessed
        ON
            counted.week = assessed.week
            AND counted.model = assessed.model
            AND counted.suite = assessed.suite
            AND counted.suite_major = assessed.suite_major
            AND counted.prompt = assessed.prompt
            AND counted.turn = assessed.turn
            AND counted.attribute = assessed.attribute
            AND pairs.statistic = assessed.reference
    LEFT JOIN stated
        ON
            counted.week = stated.week
            AND counted.model = stated.model
            AND counted.suite = stated.suite
            AND counted.suite_major = stated.suite_major
            AND counted.prompt = stated.prompt
            AND counted.attribute = stated.attribute
            AND counted.value = stated.value
            AND pairs.statistic = stated.reference
    WHERE counted.standing AND (pairs.statistic IS NULL OR stated.expected_share IS NOT NULL)
),

-- each pair, and whether there are ten pictures of either side
enough AS (
    SELECT
        week, model, suite, suite_major, condition, turn, attribute, scale, labeler_version, reference,
        declared, pair,
        coalesce(sum(n) FILTER (WHERE own), 0) >= 10 AS enough_own,
        coalesce(sum(n) FILTER (WHERE NOT own), 0) >= 10 AS enough_other
    FROM shown
    GROUP BY ALL
),

-- of a pair every prompt of a side counts the same, of a board every pair
entries AS (
    SELECT
        *,
        1 / count(*) OVER pair_side AS w,
        1 / count(*) OVER pair_side / shown_pairs AS board_w
    FROM (
        SELECT
            *,
            count(DISTINCT pair) OVER (
                PARTITION BY
                    week, model, suite, suite_major, condition, turn, attribute, reference, own
            ) AS shown_pairs
        FROM shown
        WHERE n > 0
    ) AS assessed_prompts
    WINDOW pair_side AS (
        PARTITION BY week, model, suite, suite_major, condition, turn, attribute, reference, pair, own
    )
),

levels AS (
    SELECT
        week, model, suite, suite_major, condition, turn, attribute, reference, own,
        pair AS value_name,
        prompt,
        x / effect AS x,
        n / effect AS n,
        n AS pictures,
        q, w
    FROM entries
    UNION ALL
    SELECT
        week, model, suite, suite_major, condition, turn, attribute, reference, own,
        NULL AS value_name,
        prompt,
        x / effect AS x,
        n / effect AS n,
        n AS pictures,
        q,
        board_w AS w
    FROM entries
),

-- values of one prompt are read off the same pictures; n: as many as they are worth
within_prompts AS (
    SELECT
        week, model, suite, suite_major, condition, turn, attribute, reference, own, value_name, prompt,
        any_value(n) AS n,
        any_value(pictures) AS pictures,
        max(w) AS largest,
        sum(w * q) AS taken,
        sum(w * x / n) AS seen,
        sum(x) AS hits,
        sum(w * w * x / n) - pow(sum(w * x / n), 2) AS spread,
        any_value(n) + (count(*) + 1) / 2 AS more,
        sum(w * w * (x + 0.5)) / (any_value(n) + (count(*) + 1) / 2)
        - pow(sum(w * (x + 0.5)) / (any_value(n) + (count(*) + 1) / 2), 2) AS more_spread
    FROM levels
    GROUP BY ALL
),

summed AS (
    SELECT
        week, model, suite, suite_major, condition, turn, attribute, reference, own, value_name,
        cast(1.959963984540054 AS DOUBLE) AS z,
        sum(pictures) AS n,
        count(*) AS cells,
        sum(largest) AS total,
        sum(seen) AS seen,
        sum(taken) AS taken,
        sum(hits) AS hits,
        greatest(least(sum(seen) / sum(largest), 1), 0) AS share,
        pow(sum(largest), 2) / sum(pow(largest, 2) / n) AS e,
        greatest(
            sum(CASE WHEN n >= 2 THEN greatest(spread, 0) / (n - 1) ELSE more_spread / more END),
            sum(more_spread / more)
        ) AS variance
    FROM within_prompts
    GROUP BY ALL
),

scored AS (
    SELECT
        *,
        seen - taken AS estimate,
        CASE
            WHEN hits = 0 THEN 0
            ELSE
                (share * e + z * z / 2) / (e + z * z)
                - z / (e + z * z) * sqrt(e * share * (1 - share) + z * z / 4)
        END * total - taken AS below,
        CASE
            WHEN seen >= total THEN 1
            ELSE
                (share * e + z * z / 2) / (e + z * z)
                + z / (e + z * z) * sqrt(e * share * (1 - share) + z * z / 4)
        END * total - taken AS above
    FROM summed
),

-- whether there is a figure
whole AS (
    SELECT
        week, model, suite, suite_major, condition, turn, attribute, scale, labeler_version, reference,
        pair AS value_name,
        enough_own, enough_other
    FROM enough
    UNION ALL
    SELECT
        week, model, suite, suite_major, condition, turn, attribute, scale, labeler_version, reference,
        NULL AS value_name,
        bool_and(enough_own) AND count(*) = any_value(declared) AS enough_own,
        bool_and(enough_other) AND count(*) = any_value(declared) AS enough_other
    FROM enough
    GROUP BY ALL
),

beside AS (
    SELECT
        whole.*,
        own.estimate AS own_estimate,
        own.below AS own_below,
        own.above AS own_above,
        own.variance AS own_variance,
        own.taken AS own_taken,
        own.total AS own_total,
        coalesce(own.n, 0) AS own_n,
        coalesce(own.cells, 0) AS own_cells,
        other.estimate AS other_estimate,
        other.below AS other_below,
        other.above AS other_above,
        other.variance AS other_variance,
        other.taken AS other_taken,
        other.total AS other_total,
        coalesce(other.n, 0) AS other_n,
        coalesce(other.cells, 0) AS other_cells,
        cast(1.959963984540054 AS DOUBLE) AS z
    FROM whole
    LEFT JOIN scored AS own
        ON
            whole.week = own.week
            AND whole.model = own.model
            AND whole.suite = own.suite
            AND whole.suite_major = own.suite_major
            AND whole.condition = own.condition
            AND whole.turn = own.turn
            AND whole.attribute = own.attribute
            AND whole.reference = own.reference
            AND whole.value_name IS NOT DISTINCT FROM own.value_name
            AND own.own
    LEFT JOIN scored AS other
        ON
            whole.week = other.week
            AND whole.model = other.model
            AND whole.suite = other.suite
            AND whole.suite_major = other.suite_major
            AND whole.condition = other.condition
            AND whole.turn = other.turn
            AND whole.attribute = other.attribute
            AND whole.reference = other.reference
            AND whole.value_name IS NOT DISTINCT FROM other.value_name
            AND NOT other.own
),

figures AS (
    SELECT
        *,
        'stereotype_share' AS metric,
        enough_own AS told,
        own_estimate AS estimate,
        greatest(least(own_below, own_estimate - z * sqrt(own_variance)), -own_taken) AS low,
        least(greatest(own_above, own_estimate + z * sqrt(own_variance)), own_total - own_taken) AS high,
        own_n AS n,
        own_cells AS cells
    FROM beside
    UNION ALL BY NAME
    SELECT
        *,
        'stereotype_others' AS metric,
        enough_other AS told,
        other_estimate AS estimate,
        greatest(least(other_below, other_estimate - z * sqrt(other_variance)), -other_taken) AS low,
        least(
            greatest(other_above, other_estimate + z * sqrt(other_variance)), other_total - other_taken
        ) AS high,
        other_n AS n,
        other_cells AS cells
    FROM beside
)

SELECT
    week, model, suite, suite_major, condition,
    cast(NULL AS VARCHAR) AS prompt,
    turn, attribute, reference, scale, labeler_version, metric, value_name,
    CASE WHEN told THEN estimate END AS estimate,
    CASE WHEN told THEN low END AS low,
    CASE WHEN told THEN high END AS high,
    n, cells
FROM figures
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, attribute ASC, reference ASC, metric ASC,
    value_name ASC, turn ASC
