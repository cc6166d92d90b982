-- Answers: What does one word, language or condition change? From labels alone, to be held against `words`, which says
--   what makes a pair; only critical and holm_critical are taken from there.
-- Grain: that of words; subject NULL: the mean over pairs.
-- Columns: those of words that name the row; k_a of n_a and k_b of n_b pictures, pairs; estimate, low, high, se,
--   dispersion, df, clear.
-- Depends on: words, plans, prompts, slots, prompt_attributes, attribute_values, attempts, outcomes, labels,
--   joint_values, withheld, changes, study_slots, study_labels, study_attribute_values
-- Uses: history
WITH
-- Uses: pairs_of_words

-- Uses: share_cells

both_sides AS (
    SELECT
        pairs.board, pairs.cell,
        coalesce(a.k, 0) AS k_a,
        coalesce(a.n, 0) AS n_a,
        coalesce(b.k, 0) AS k_b,
        coalesce(b.n, 0) AS n_b,
        b.figure - a.figure AS difference,
        a.variance + b.variance AS variance,
        (k_a + 1) / (n_a + 2) AS p_a,
        (k_b + 1) / (n_b + 2) AS p_b,
        p_a * (1 - p_a) AS v_a,
        p_b * (1 - p_b) AS v_b,
        -- in a mean, pairs with five pictures or more on both sides
        n_a >= 5 AND n_b >= 5 AS used,
        count(*) FILTER (WHERE used) OVER (PARTITION BY pairs.board) AS usable,
        count(*) OVER (PARTITION BY pairs.board) AS listed
    FROM (SELECT DISTINCT board, cell FROM sides) AS pairs
    LEFT JOIN share_cells AS a ON pairs.board = a.board AND pairs.cell = a.cell AND a.model = 'a'
    LEFT JOIN share_cells AS b ON pairs.board = b.board AND pairs.cell = b.cell AND b.model = 'b'
),

pair_weeks AS (
    SELECT
        a.board, a.cell, a.back,
        b.x / b.m - a.x / a.m AS d,
        v_a / a.m + v_b / b.m AS e
    FROM drawn AS a
    INNER JOIN drawn AS b ON a.board = b.board AND a.cell = b.cell AND a.back = b.back
    INNER JOIN both_sides ON a.board = both_sides.board AND a.cell = both_sides.cell
    WHERE a.model = 'a' AND b.model = 'b'
),

weekly AS (
    SELECT
        struct_insert(board, mean := FALSE) AS board,
        cell AS unit,
        back,
        d - avg(d) OVER (PARTITION BY board, cell) AS u,
        e
    FROM pair_weeks
    UNION ALL
    SELECT
        struct_insert(board, mean := TRUE), '', back,
        sum(CASE model WHEN 'b' THEN u ELSE -u END / usable),
        sum(e / usable ^ 2)
    FROM share_weeks
    INNER JOIN both_sides USING (board, cell)
    WHERE used
    GROUP BY board, back
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
        board, sum(k_a), sum(n_a), sum(k_b), sum(n_b), avg(difference), NULL, '', TRUE, any_value(usable),
        avg(difference),
        sum(variance) / any_value(usable) ^ 2
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
            ELSE coalesce(dispersion, greatest(1, middle_dispersion) * (1 + r) / (1 - r), 1)
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
        unnest(board),
        subject, k_a, n_a, k_b, n_b, pairs,
        CASE WHEN pairs > 0 THEN difference END AS estimate,
        CASE WHEN pairs > 0 THEN middle - critical * se END AS low,
        CASE WHEN pairs > 0 THEN middle + critical * se END AS high,
        CASE WHEN pairs > 0 THEN se END AS se,
        CASE WHEN pairs > 0 THEN phi END AS dispersion,
        CASE WHEN pairs > 0 THEN df END AS df,
        CASE WHEN pairs > 0 AND se IS NOT NULL THEN coalesce(abs(middle) > holm_critical * se, FALSE) END
            AS clear
    FROM measured
)

SELECT *
FROM found
ORDER BY ALL
