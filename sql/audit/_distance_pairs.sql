-- Answers: How far from the reference are two models of a board on the prompts that they have in common?
--   Steps of the audit queries of ranks, of weeks and of studies, after rank_cells and rank_judged.
-- Grain: of distance_ends: board, model, other, still: see levels of rank_judged.
-- Columns: of distance_ends: m prompts, d, low, high without scatter, g, z, added, freedom.
-- Depends on:
WITH
-- shares p of the prompts that models are compared on, as the shares of the board and of the model alone
owned AS (
    SELECT
        sized.board, sized.model, sized.prompt, sized.value, sized.r, sized.y, sized.q,
        sized.y / sized.r AS p,
        unnest(['the board', 'own']) AS source,
        unnest(['', sized.model]) AS owner
    FROM sized
    SEMI JOIN ranked USING (board, model)
    WHERE sized.n >= sized.compared_from AND sized.r >= 2 AND (sized.x > 0 OR sized.q > 0)
),

-- of each source the chance that two pictures of a prompt agree
agreeing AS (
    SELECT
        board, source, owner,
        count(*) AS c,
        avg(square - (1 - square) / (r - 1)) AS agree
    FROM (
        SELECT
            board, source, owner, model, prompt, r,
            sum(p * p) AS square
        FROM owned
        GROUP BY ALL
    ) AS of_prompts
    GROUP BY ALL
),

valued_sources AS (
    SELECT
        board, source, owner, value,
        sum(p) AS total,
        sum(pow(sum(p), 2) - sum(p * p)) OVER (PARTITION BY board, source, owner) AS apart
    FROM owned
    GROUP BY board, source, owner, value
),

known_values AS (
    SELECT
        board,
        count(DISTINCT value) AS k
    FROM owned
    GROUP BY ALL
),

-- the Dirichlet distribution fitted by moments, and what a prompt's own pictures add to it
posterior AS (
    SELECT
        owned.board, owned.source, owned.model, owned.prompt, owned.r, owned.q,
        owned.y
        + least(
            greatest(
                (1 - agreeing.agree)
                / greatest(
                    agreeing.agree - valued_sources.apart / greatest(agreeing.c * (agreeing.c - 1), 1), 1e-12
                ),
                0.01
            ),
            1e4
        ) * (valued_sources.total + 1 / known_values.k) / (agreeing.c + 1) AS a
    FROM owned
    INNER JOIN agreeing USING (board, source, owner)
    INNER JOIN valued_sources USING (board, source, owner, value)
    INNER JOIN known_values USING (board)
),

-- its moments: b is the sum of a, and so on with rising factorials
moments AS (
    SELECT
        board, source, model, prompt, r,
        sum(a) AS b,
        sum(a * (a + 1)) AS two,
        sum(pow(a * (a + 1), 2)) AS two_two,
        sum(a * (a + 1) * (a + 2)) AS three,
        sum(a * (a + 1) * (a + 2) * (a + 3)) AS four,
        sum(q * a) AS q_one,
        sum(q * q * a) AS qq_one,
        sum(q * q * a * a) AS qq_square,
        sum(q * a * (a + 1)) AS q_two,
        sum(q * q * a * (a + 1)) AS qq_two,
        sum(q * a * a * (a + 1)) AS q_one_two,
        sum(q * a * (a + 1) * (a + 2)) AS q_three
    FROM posterior
    GROUP BY ALL
),

mixed AS (
    SELECT
        *,
        (four + two * two - two_two) / (b * (b + 1) * (b + 2) * (b + 3)) AS s_s,
        (q_three + two * q_one - q_one_two) / (b * (b + 1) * (b + 2)) AS s_r,
        (qq_two + q_one * q_one - qq_square) / (b * (b + 1)) AS r_r
    FROM moments
),

-- the mean variance of distance2
by_source AS (
    SELECT
        board, model, prompt, source,
        (
            (r - 2)
            * (
                three / (b * (b + 1) * (b + 2))
                - 2 * q_two / (b * (b + 1))
                + qq_one / b
                - s_s
                + 2 * s_r
                - r_r
            )
            + (two / (b * (b + 1)) - s_s + 2 * (qq_one / b - r_r) - 4 * (q_two / (b * (b + 1)) - s_r)) / 2
        ) / (r * (r - 1)) AS variance
    FROM mixed
),

-- what is less is rounding
variances AS (
    SELECT
        board, model, prompt,
        sum(variance) FILTER (WHERE source = 'the board' AND variance >= 1e-14) AS by_board,
        sum(variance) FILTER (WHERE source = 'own' AND variance >= 1e-14) AS by_own
    FROM by_source
    GROUP BY ALL
),

-- where the distribution does not fit, its sum falls short of the unbiased one
safety AS (
    SELECT
        board,
        greatest(
            sum(CASE WHEN cells.r >= 4 THEN cells.unbiased ELSE cells.growing + cells.at_zero END)
            / nullif(sum(variances.by_board), 0),
            1.06
        ) AS factor
    FROM variances
    INNER JOIN board_cells AS cells USING (board, model, prompt)
    GROUP BY ALL
),

-- the sums of model's terms over the cells that it has in common with other
sums AS (
    SELECT
        a.board, a.model, b.model AS other, a.g, a.added, a.freedom,
        count(*) AS m,
        avg(mine.d) AS d,
        sum(
            CASE WHEN mine.r >= 4 THEN mine.unbiased ELSE mine.growing + mine.at_zero END
        ) AS unbiased,
        sum(mine.growing + mine.at_zero) AS plug_in,
        sum(mine.at_zero) AS at_zero,
        sum(mine.plain) AS plain,
        sum(mine.slope) AS slope,
        avg(mine.largest) AS largest,
        any_value(safety.factor) * greatest(sum(variances.by_board), sum(variances.by_own), 0) AS spread
    FROM ranked AS a
    INNER JOIN ranked AS b
        ON
            a.board = b.board
            AND a.model <> b.model
    INNER JOIN board_cells AS mine
        ON
            a.board = mine.board
            AND a.model = mine.model
            AND mine.n >= mine.compared_from
    INNER JOIN board_cells AS theirs
        ON
            mine.board = theirs.board
            AND mine.prompt = theirs.prompt
            AND b.model = theirs.model
            AND theirs.n >= theirs.compared_from
    INNER JOIN variances
        ON
            mine.board = variances.board
            AND mine.model = variances.model
            AND mine.prompt = variances.prompt
    INNER JOIN safety ON a.board = safety.board
    GROUP BY ALL
),

levelled AS (
    SELECT
        sums.*, levels.still, levels.z
    FROM sums
    INNER JOIN levels USING (g)
),

-- the hull of Wald and score intervals; tests of many common prompts take the variance spread
hulls AS (
    SELECT
        *,
        greatest(unbiased, plug_in, 0) AS variance,
        at_zero / m / m AS b,
        greatest(
            CASE
                WHEN plain > 0.5e-9 THEN (greatest(unbiased, plug_in, 0) - at_zero) / plain
                ELSE slope / m
            END,
            0
        ) / m AS a,
        still > 0 AND m >= 10 AS tested
    FROM levelled
),

distance_ends AS (
    SELECT
        *,
        CASE
            WHEN tested THEN d - z * sqrt(spread) / m
            ELSE least(
                d
                + z * z * a / 2
                - sqrt(greatest(pow(2 * d + z * z * a, 2) - 4 * (d * d - z * z * b), 0)) / 2,
                d - z * sqrt(variance) / m
            )
        END AS low,
        CASE WHEN tested THEN d + z * sqrt(spread) / m ELSE least(
            greatest(
                d
                + z * z * a / 2
                + sqrt(greatest(pow(2 * d + z * z * a, 2) - 4 * (d * d - z * z * b), 0)) / 2,
                0,
                d + z * sqrt(variance) / m
            ),
            largest
        ) END AS high
    FROM hulls
)

SELECT * FROM distance_ends
