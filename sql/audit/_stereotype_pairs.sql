-- Answers: How much of the declared stereotypes do two models of a board draw on the prompts that they
--   have in common? Steps of the audit queries of ranks, after stereotype_boards and rank_judged.
-- Grain: of cliche_ends: board, model, other, still: see levels of rank_judged.
-- Columns: of cliche_ends: m prompts, d, low, high without scatter, g, z, added, freedom.
-- Depends on:
WITH
-- the entries that model has in common with other, weighted again: a mean over pairs of means over prompts
cliche_common AS (
    SELECT
        a.board, a.model, b.model AS other, mine.pair, mine.prompt,
        mine.x / mine.effect AS x,
        mine.n / mine.effect AS n,
        1 / count(*) OVER (PARTITION BY a.board, a.model, b.model, mine.pair)
        / count(DISTINCT mine.pair) OVER (PARTITION BY a.board, a.model, b.model) AS w
    FROM ranked AS a
    INNER JOIN ranked AS b
        ON
            a.board = b.board
            AND a.model <> b.model
    INNER JOIN cliche_entries AS mine
        ON
            a.board = mine.board
            AND a.model = mine.model
    INNER JOIN cliche_entries AS theirs
        ON
            mine.board = theirs.board
            AND mine.pair = theirs.pair
            AND mine.prompt = theirs.prompt
            AND b.model = theirs.model
    WHERE mine.n >= 5 AND mine.n / mine.effect >= 2 AND theirs.n >= 5 AND theirs.n / theirs.effect >= 2
),

-- values of one prompt are read off the same pictures
cliche_prompts AS (
    SELECT
        board, model, other, prompt,
        any_value(n) AS n,
        max(w) AS largest,
        sum(w * x / n) AS seen,
        sum(x) AS hits,
        sum(w * w * x / n) - pow(sum(w * x / n), 2) AS spread,
        any_value(n) + (count(*) + 1) / 2 AS more,
        sum(w * w * (x + 0.5)) / (any_value(n) + (count(*) + 1) / 2)
        - pow(sum(w * (x + 0.5)) / (any_value(n) + (count(*) + 1) / 2), 2) AS more_spread
    FROM cliche_common
    GROUP BY ALL
),

cliche_sums AS (
    SELECT
        board, model, other,
        count(*) AS m,
        sum(largest) AS total,
        sum(seen) AS d,
        sum(hits) AS hits,
        greatest(least(sum(seen) / sum(largest), 1), 0) AS share,
        pow(sum(largest), 2) / sum(pow(largest, 2) / n) AS e,
        greatest(
            sum(CASE WHEN n >= 2 THEN greatest(spread, 0) / (n - 1) ELSE more_spread / more END),
            sum(more_spread / more)
        ) AS variance
    FROM cliche_prompts
    GROUP BY ALL
),

cliche_hulls AS (
    SELECT
        sums.*, ranked.g, ranked.added, ranked.freedom, levels.still, levels.z
    FROM cliche_sums AS sums
    INNER JOIN ranked USING (board, model)
    INNER JOIN levels USING (g)
),

-- the hull of Wilson's interval at the effective number of pictures and of that of the variance
cliche_ends AS (
    SELECT
        *,
        greatest(
            least(
                CASE
                    WHEN hits = 0 THEN 0
                    ELSE
                        (share * e + z * z / 2) / (e + z * z)
                        - z / (e + z * z) * sqrt(e * share * (1 - share) + z * z / 4)
                END * total,
                d - z * sqrt(variance)
            ),
            0
        ) AS low,
        least(
            greatest(
                CASE
                    WHEN d >= total THEN 1
                    ELSE
                        (share * e + z * z / 2) / (e + z * z)
                        + z / (e + z * z) * sqrt(e * share * (1 - share) + z * z / 4)
                END * total,
                d + z * sqrt(variance)
            ),
            total
        ) AS high
    FROM cliche_hulls
)

SELECT * FROM cliche_ends
