-- Answers: How unlike the seen answers would the unseen ones have to be for two models that are told apart by
--   distances not to be told apart any more? Steps of the audit queries of ranks, of weeks and of studies,
--   after rank_tests.
-- Grain: of along: board, model, of those whose unseen part is correlated with some share over ten prompts or
--   more; of turning: board, model, other: pairs of ranked models, both orders.
-- Columns: of along: those of ranks; of turning: unseen_share, gamma, tipping_share, holds_at_bounds,
--   unseen_trend: those of model_pairs.
-- Depends on:
WITH
factors AS (
    SELECT
        unnest(
            list_concat(
                list_transform(range(11, 31), LAMBDA i: i / 10),
                list_transform(range(7, 11), LAMBDA i: i / 2),
                list_transform(range(6, 11), LAMBDA i: i / 1),
                list_transform(range(2, 11), LAMBDA i: i * 10 / 1)
            )
        ) AS factor
),

-- shares with half a picture more of each value
hidden_values AS (
    SELECT
        sized.board, sized.model, sized.prompt, sized.q,
        (sized.x + 0.5) / (sized.n + sized.k / 2) AS p,
        sized.u / (sized.n + sized.u) AS part
    FROM sized
    SEMI JOIN ranked USING (board, model)
    WHERE sized.n >= sized.compared_from AND sized.r >= 2 AND sized.u > 0
),

-- distance2 if a step towards one value is taken, less what it is: a parabola
hidden_lines AS (
    SELECT
        board, model, prompt, part, p,
        p - q - sum(p * (p - q)) OVER hidden_cell AS slope,
        1 - 2 * p + sum(p * p) OVER hidden_cell AS bend
    FROM hidden_values
    WINDOW hidden_cell AS (PARTITION BY board, model, prompt)
),

hidden_factors AS (
    SELECT
        hidden_lines.*, factors.factor
    FROM hidden_lines
    CROSS JOIN factors
),

hidden_steps AS (
    SELECT
        *,
        part * p * (factor - 1) / (1 - p + p * factor) AS up,
        part * p * (1 - factor) / (factor * (1 - p) + p) AS down
    FROM hidden_factors
),

hidden_cells AS (
    SELECT
        board, model, prompt, factor,
        min(
            greatest(least(coalesce(-slope / nullif(bend, 0), 0), up), down) * slope
            + pow(greatest(least(coalesce(-slope / nullif(bend, 0), 0), up), down), 2) * bend / 2
        ) AS falls,
        max(greatest(up * slope + up * up * bend / 2, down * slope + down * down * bend / 2)) AS rises
    FROM hidden_steps
    GROUP BY ALL
),

along_prompts AS (
    SELECT
        board_cells.board, board_cells.model,
        count(*) AS prompts
    FROM board_cells
    SEMI JOIN ranked USING (board, model)
    WHERE board_cells.n >= board_cells.compared_from
    GROUP BY board_cells.board, board_cells.model
),

along_parts AS (
    SELECT
        sized.board, sized.model, sized.value,
        sized.u / (sized.n + sized.u) AS part,
        sized.x / sized.n AS share
    FROM sized
    SEMI JOIN ranked USING (board, model)
    WHERE sized.n >= sized.compared_from AND sized.r >= 2
),

-- ranks over the prompts of a model; ties have the mean of theirs
along_ranks AS (
    SELECT
        board, model, value,
        rank() OVER by_part + (count(*) OVER (PARTITION BY board, model, value, part) - 1) / 2 AS part_rank,
        rank() OVER by_share + (count(*) OVER (PARTITION BY board, model, value, share) - 1) / 2 AS share_rank
    FROM along_parts
    WINDOW
        by_part AS (PARTITION BY board, model, value ORDER BY part),
        by_share AS (PARTITION BY board, model, value ORDER BY share)
),

along_values AS (
    SELECT
        along_ranks.board, along_ranks.model, along_ranks.value,
        along_prompts.prompts - 2 AS df,
        corr(along_ranks.part_rank, along_ranks.share_rank) AS r,
        count(*) OVER (PARTITION BY along_ranks.board, along_ranks.model) AS tests
    FROM along_ranks
    INNER JOIN along_prompts USING (board, model)
    GROUP BY along_ranks.board, along_ranks.model, along_ranks.value, along_prompts.prompts
    HAVING
        count(*) = along_prompts.prompts
        AND along_prompts.prompts >= 10
        AND min(along_ranks.part_rank) < max(along_ranks.part_rank)
        AND min(along_ranks.share_rank) < max(along_ranks.share_rank)
),

-- two-sided, of Student's t: the finite series for whole degrees of freedom (Abramowitz & Stegun 26.7.3 and
-- 26.7.4)
along AS (
    SELECT
        board, model,
        value AS unseen_value,
        r AS unseen_correlation,
        least(
            1,
            CASE WHEN tests > 2 THEN tests ELSE 1 END
            * (
                1 - CASE
                    WHEN df % 2 = 0
                        THEN
                            abs(r) * list_sum(
                                list_transform(
                                    range(0, df // 2),
                                    LAMBDA j: exp(lgamma(j + 0.5) - lgamma(j + 1)) / sqrt(pi())
                                    * pow(1 - r * r, j)
                                )
                            )
                    ELSE
                        2 / pi() * (
                            asin(least(abs(r), 1))
                            + abs(r) * sqrt(greatest(1 - r * r, 0)) * list_sum(
                                list_transform(
                                    range(0, (df - 1) // 2),
                                    LAMBDA j: exp(lgamma(j + 1) - lgamma(j + 1.5)) * sqrt(pi()) / 2
                                    * pow(1 - r * r, j)
                                )
                            )
                        )
                END
            )
        ) AS unseen_p_value
    FROM along_values
    QUALIFY
        row_number() OVER (PARTITION BY board, model ORDER BY round(abs(r), 12) DESC, r DESC, value ASC) = 1
),

shared_cells AS (
    SELECT
        pairs.board, pairs.model, pairs.other, pairs.adjusted_low, mine.prompt,
        mine.n AS n,
        mine.u AS u,
        theirs.n AS other_n,
        theirs.u AS other_u,
        mine.cell_low - mine.seen AS falls,
        theirs.cell_high - theirs.seen AS rises
    FROM pairs
    INNER JOIN board_cells AS mine
        ON
            pairs.board = mine.board
            AND pairs.model = mine.model
            AND mine.n >= mine.compared_from
    INNER JOIN board_cells AS theirs
        ON
            pairs.board = theirs.board
            AND pairs.other = theirs.model
            AND mine.prompt = theirs.prompt
            AND theirs.n >= theirs.compared_from
),

hidden_pairs AS (
    SELECT
        shared_cells.board, shared_cells.model, shared_cells.other, shared_cells.adjusted_low,
        greatest(
            sum(shared_cells.u) / sum(shared_cells.n + shared_cells.u),
            sum(shared_cells.other_u) / sum(shared_cells.other_n + shared_cells.other_u)
        ) AS unseen_share,
        avg(shared_cells.falls - shared_cells.rises) AS most,
        coalesce(bool_or(along.unseen_p_value <= 0.025), FALSE) AS unseen_trend
    FROM shared_cells
    LEFT JOIN along
        ON
            shared_cells.board = along.board
            AND along.model IN (shared_cells.model, shared_cells.other)
    GROUP BY ALL
),

tried AS (
    SELECT
        of_pair.board, of_pair.model, of_pair.other, factors.factor,
        any_value(of_pair.adjusted_low)
        + sum(coalesce(mine.falls, 0) - coalesce(theirs.rises, 0)) / count(*) AS room
    FROM shared_cells AS of_pair
    CROSS JOIN factors
    LEFT JOIN hidden_cells AS mine
        ON
            of_pair.board = mine.board
            AND of_pair.model = mine.model
            AND of_pair.prompt = mine.prompt
            AND factors.factor = mine.factor
    LEFT JOIN hidden_cells AS theirs
        ON
            of_pair.board = theirs.board
            AND of_pair.other = theirs.model
            AND of_pair.prompt = theirs.prompt
            AND factors.factor = theirs.factor
    WHERE of_pair.adjusted_low > 0
    GROUP BY ALL
),

turned AS (
    SELECT
        board, model, other,
        min(factor) FILTER (WHERE room <= 0) AS gamma
    FROM tried
    GROUP BY ALL
),

turning AS (
    SELECT
        hidden_pairs.board, hidden_pairs.model, hidden_pairs.other, hidden_pairs.unseen_share,
        hidden_pairs.unseen_trend,
        cast(NULL AS DOUBLE) AS tipping_share,
        CASE
            WHEN hidden_pairs.unseen_share > 0.02 OR hidden_pairs.unseen_trend THEN turned.gamma
        END AS gamma,
        CASE
            WHEN
                (hidden_pairs.unseen_share > 0.02 OR hidden_pairs.unseen_trend)
                AND hidden_pairs.adjusted_low > 0
                THEN turned.gamma IS NULL AND hidden_pairs.adjusted_low + hidden_pairs.most > 0
        END AS holds_at_bounds
    FROM hidden_pairs
    LEFT JOIN turned USING (board, model, other)
)

SELECT * FROM turning
