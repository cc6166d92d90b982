-- Answers: What does one word, language or condition change? From labels alone, to be held against
--   `words`, which says what makes a pair; only critical and holm_critical are taken from there.
-- Grain: that of words; subject NULL: the mean over pairs.
-- Columns: those of words that name the row; k_a of n_a and k_b of n_b pictures, pairs; estimate, low,
--   high, se, dispersion, df, clear.
-- Depends on: words, plans, prompts, slots, prompt_attributes, attribute_values, attempts, outcomes,
--   labels, joint_values, withheld, changes, study_slots, study_labels, study_attribute_values
-- Uses: history
WITH
-- Uses: pairs_of_words

pair_weeks AS (
    SELECT
        a.board, a.cell, a.back,
        b.x / b.m - a.x / a.m AS d,
        both_sides.v_a / a.m + both_sides.v_b / b.m AS e
    FROM drawn AS a
    INNER JOIN drawn AS b ON a.board = b.board AND a.cell = b.cell AND a.back = b.back
    INNER JOIN both_sides ON a.board = both_sides.board AND a.cell = both_sides.cell
    WHERE a.model = 'a' AND b.model = 'b'
),

weekly AS ( -- noqa: ST03
    SELECT
        struct_insert(board, mean := FALSE) AS board,
        cell AS unit,
        back,
        d - avg(d) OVER (PARTITION BY board, cell) AS u,
        e
    FROM pair_weeks
    UNION ALL
    SELECT
        struct_insert(board, mean := TRUE) AS board,
        '' AS unit,
        share_weeks.back,
        sum(if(share_weeks.model = 'b', share_weeks.u, -share_weeks.u) / both_sides.usable) AS u,
        sum(share_weeks.e / both_sides.usable ^ 2) AS e
    FROM share_weeks
    INNER JOIN both_sides USING (board, cell)
    WHERE both_sides.used
    GROUP BY board, share_weeks.back
),

-- Uses: weekly_scatter

-- Uses: dispersion

-- a mean over one pair is that pair
rows_found AS (
    SELECT
        board, k_a, n_a, k_b, n_b, difference,
        unnest(CASE listed WHEN 1 THEN [cell, NULL] ELSE [cell] END) AS subject,
        cell AS unit,
        FALSE AS mean,
        cast(n_a > 0 AND n_b > 0 AS INTEGER) AS pairs,
        p_b - p_a AS middle,
        v_a / (n_a + 2) + v_b / (n_b + 2) AS variance
    FROM both_sides
    UNION ALL
    SELECT
        board,
        sum(k_a) AS k_a,
        sum(n_a) AS n_a,
        sum(k_b) AS k_b,
        sum(n_b) AS n_b,
        avg(difference) AS difference,
        NULL AS subject,
        '' AS unit,
        TRUE AS mean,
        any_value(usable) AS pairs,
        avg(difference) AS middle,
        sum(variance) / any_value(usable) ^ 2 AS variance
    FROM both_sides
    WHERE listed > 1 AND (used OR usable = 0)
    GROUP BY board
),

-- a pair without a common week has the dispersion of its list
measured AS (
    SELECT
        rows_found.*,
        listed.critical, listed.holm_critical,
        CASE
            WHEN rows_found.board.study IS NOT NULL THEN 1
            ELSE coalesce(dispersed.dispersion, middles.least_dispersion, 1)
        END AS phi,
        CASE
            WHEN rows_found.board.study IS NULL THEN coalesce(middles.free, 0) ELSE cast('infinity' AS DOUBLE)
        END AS df,
        CASE WHEN df >= 3 THEN sqrt(phi * rows_found.variance) END AS se
    FROM rows_found
    LEFT JOIN middles ON struct_insert(rows_found.board, mean := rows_found.mean) = middles.board
    LEFT JOIN dispersed ON middles.board = dispersed.board AND rows_found.unit = dispersed.unit
    LEFT JOIN
        listed
        ON rows_found.board = listed.board AND rows_found.subject IS NOT DISTINCT FROM listed.subject
),

found AS (
    SELECT
        unnest(board), -- noqa: AL03
        subject, k_a, n_a, k_b, n_b, pairs,
        CASE WHEN pairs > 0 THEN difference END AS estimate,
        CASE WHEN pairs > 0 THEN middle - critical * se END AS low,
        CASE WHEN pairs > 0 THEN middle + critical * se END AS high,
        CASE WHEN pairs > 0 THEN se END AS se,
        CASE WHEN pairs > 0 THEN phi END AS dispersion,
        CASE WHEN pairs > 0 AND isfinite(df) THEN df END AS df,
        CASE WHEN pairs > 0 AND se IS NOT NULL THEN coalesce(abs(middle) > holm_critical * se, FALSE) END
            AS clear
    FROM measured
)

SELECT *
FROM found
ORDER BY ALL
