-- Answers: which models of a board are told apart by the prompts that both answered, and which ranks follow?
--   Recomputed from attempts and labels alone, to be held against `ranks` and `model_pairs`.
-- Grain: week, track, simulated, suite, suite_major, condition, attribute, reference, scale, model, other:
--   every pair of ranked models in both orders; other is NULL for a model without a rank.
-- Columns:
--   rank_low, rank_high, ranked_of: of model; NULL if it is not ranked
--   cells, planned_cells: prompts with four pictures and 80 % of the answers assessed, and all prompts
--   bound_low, bound_high: least and largest distance of model, whatever its unseen answers would have shown
--   common: prompts with two pictures or more of both
--   difference: distance2 of model minus that of other on these; low, high: 95 %
--   adjusted_low, adjusted_high: 95 % for all pairs of the board together
-- Depends on: slots, prompts, prompt_attributes, attribute_values, reference_values, plans, attempts,
--   outcomes, labels, withheld
-- Uses: read_from_labels
WITH RECURSIVE
-- every prompt that stands for its suite, asked or not, beside each reference of the attribute
standing AS (
    SELECT
        prompts.week, plans.track, plans.simulated, prompts.suite, prompts.suite_major, prompts.condition,
        wanted.attribute, prompts.model, prompts.prompt, reference_values.reference,
        reference_values.banded,
        coalesce(bool_or(reference_values.prompt = prompts.prompt), FALSE) AS has_own
    FROM prompts
    INNER JOIN plans USING (week, model)
    INNER JOIN prompt_attributes AS wanted USING (week, model, suite, suite_major, prompt)
    INNER JOIN reference_values USING (week, model, suite, suite_major, attribute)
    WHERE prompts.condition <> 'confronted' OR prompts.turns > 1
    GROUP BY ALL
),

planned AS (
    SELECT
        *,
        dense_rank() OVER (
            ORDER BY week, track, simulated, suite, suite_major, condition, attribute, reference, banded
        ) AS board
    FROM standing
),

-- how a slot ended: by its first final attempt, else by its last
ended AS (
    SELECT
        attempts.week, attempts.model, attempts.slot_key,
        coalesce(
            arg_min(attempts.outcome, attempts.attempt) FILTER (WHERE outcomes.final),
            arg_max(attempts.outcome, attempts.attempt)
        ) AS outcome
    FROM attempts
    LEFT JOIN outcomes USING (outcome)
    GROUP BY attempts.week, attempts.model, attempts.slot_key
),

-- of the turns after a confrontation the first picture is the answer, else the last turn
answers AS (
    SELECT
        slots.week, slots.model, slots.suite, prompts.suite_major, slots.prompt,
        coalesce(slots.conversation, slots.slot_key) AS answer,
        coalesce(
            max(outcomes.outcome_group) FILTER (WHERE outcomes.outcome_group = 'success'),
            arg_max(coalesce(outcomes.outcome_group, 'none'), slots.turn)
        ) AS outcome_group
    FROM slots
    INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
    LEFT JOIN ended USING (week, model, slot_key)
    LEFT JOIN outcomes USING (outcome)
    WHERE
        (prompts.condition <> 'confronted' OR slots.turn > 1)
        AND coalesce(ended.outcome, '') <> 'not_needed'
    GROUP BY ALL
),

refusals AS (
    SELECT
        week, model, suite, suite_major, prompt,
        count(*) FILTER (WHERE outcome_group = 'answer') AS refused
    FROM answers
    GROUP BY week, model, suite, suite_major, prompt
),

assessed AS (
    SELECT
        week, model, suite, suite_major, prompt, attribute, scale, labeler_version, value,
        sum(x) AS pictures
    FROM counted
    WHERE standing
    GROUP BY ALL
),

drawn AS (
    SELECT
        week, model, suite, suite_major, prompt, attribute,
        count(*) AS pictures
    FROM readings
    WHERE standing
    GROUP BY ALL
),

labelled AS (
    SELECT
        assessed.week, assessed.model, assessed.suite, assessed.suite_major, assessed.prompt,
        assessed.attribute, assessed.scale, assessed.labeler_version,
        coalesce(any_value(drawn.pictures), 0) - sum(assessed.pictures) AS not_assessed
    FROM assessed
    LEFT JOIN drawn USING (week, model, suite, suite_major, prompt, attribute)
    GROUP BY ALL
),

-- a model has a place on a board if any prompt of it was asked
placed AS (
    SELECT DISTINCT
        planned.board, planned.week, planned.model, labelled.labeler_version
    FROM planned
    INNER JOIN labelled
        ON
            planned.week = labelled.week
            AND planned.model = labelled.model
            AND planned.suite = labelled.suite
            AND planned.suite_major = labelled.suite_major
            AND planned.prompt = labelled.prompt
            AND planned.attribute = labelled.attribute
            AND planned.banded = (labelled.scale = 'bands')
),

-- x pictures of a value and the share q that the reference expects; u answers that show no value
valued AS (
    SELECT
        planned.board, planned.model, planned.prompt, expected.value, expected.expected_share AS q,
        cast(coalesce(assessed.pictures, 0) AS DOUBLE) AS x,
        cast(coalesce(labelled.not_assessed, 0) + coalesce(refusals.refused, 0) AS DOUBLE) AS u
    FROM planned
    SEMI JOIN placed USING (board, model)
    INNER JOIN reference_values AS expected
        ON
            planned.week = expected.week
            AND planned.model = expected.model
            AND planned.suite = expected.suite
            AND planned.suite_major = expected.suite_major
            AND planned.attribute = expected.attribute
            AND planned.reference = expected.reference
            AND planned.banded = expected.banded
            AND expected.prompt IS NOT DISTINCT FROM CASE WHEN planned.has_own THEN planned.prompt END
    LEFT JOIN assessed
        ON
            planned.week = assessed.week
            AND planned.model = assessed.model
            AND planned.suite = assessed.suite
            AND planned.suite_major = assessed.suite_major
            AND planned.prompt = assessed.prompt
            AND planned.attribute = assessed.attribute
            AND expected.value = assessed.value
    LEFT JOIN labelled
        ON
            planned.week = labelled.week
            AND planned.model = labelled.model
            AND planned.suite = labelled.suite
            AND planned.suite_major = labelled.suite_major
            AND planned.prompt = labelled.prompt
            AND planned.attribute = labelled.attribute
    LEFT JOIN refusals
        ON
            planned.week = refusals.week
            AND planned.model = refusals.model
            AND planned.suite = refusals.suite
            AND planned.suite_major = refusals.suite_major
            AND planned.prompt = refusals.prompt
),

sized AS (
    SELECT
        *,
        sum(x) OVER cell AS n,
        count(*) OVER cell AS k,
        sum(q * q) OVER cell AS c,
        sum(x * q) OVER cell AS xq,
        sum(x * q * q) OVER cell AS xqq,
        sum(x * x) OVER cell AS xx
    FROM valued
    WINDOW cell AS (PARTITION BY board, model, prompt)
),

-- p: the share with two pseudo-counts; line, square: sums of the kernel 1[i = j] - q_i - q_j + c and of its
-- square over all pictures; level: how high the values up to this one stand if unseen answers fill them;
-- all_here: distance2 if all unseen answers showed this value
shaped AS (
    SELECT
        *,
        (x + 2 / k) / (n + 2) AS p,
        1 - 2 * q + c AS own,
        x - n * q - xq + n * c - (1 - 2 * q + c) AS line,
        n * pow(c - q, 2) - 2 * (c - q) * xq + xqq + x * (1 + 2 * (c - 2 * q)) AS square,
        x - (n + u - 1) * q AS short,
        (u + sum(x - (n + u - 1) * q) OVER filling) / row_number() OVER filling AS level,
        CASE
            WHEN n + u >= 2
                THEN
                    (
                        (xx + 2 * u * x + u * u - n - u) / ((n + u) * (n + u - 1))
                        - 2 * (xq + u * q) / (n + u)
                        + c
                    ) / 2
        END AS all_here
    FROM sized
    WINDOW filling AS (
        PARTITION BY board, model, prompt
        ORDER BY x - (n + u - 1) * q, value
        ROWS UNBOUNDED PRECEDING
    )
),

-- the lowest level is where unseen answers end that fill what is shortest first
filled AS (
    SELECT
        *,
        greatest(x, x - short + min(level) OVER (PARTITION BY board, model, prompt)) AS best
    FROM shaped
),

board_cells AS (
    SELECT
        board, model, prompt, n, u,
        n >= 4 AND 10 * n >= 8 * (n + u) AS covered,
        (sum(x * (x - 1)) / (n * (n - 1)) - 2 * xq / n + c) / 2 AS d,
        (
            pow(sum(x * line) / (n * (n - 1)), 2)
            - (
                pow(sum(x * line), 2)
                - 4 * (sum(x * line * line) - sum(x * (square - own * own)))
                - 2 * sum(x * (square - own * own))
            ) / (n * (n - 1) * (n - 2) * (n - 3))
        ) / 4 AS unbiased,
        (n - 2) / (n * (n - 1)) * greatest(sum(p * pow(p - q, 2)) - pow(sum(p * (p - q)), 2), 0) AS growing,
        (
            sum(p * p) + 2 * sum(p * q * q) + 2 * pow(sum(p * q), 2) + c * c - 4 * sum(p * p * q)
            + 2 * c * sum(p * p) - 4 * c * sum(p * q) - pow(sum(pow(p - q, 2)), 2)
        ) / (2 * n * (n - 1)) AS at_zero,
        sum(pow(p - q, 2)) / 2 AS plain,
        2 * (n - 2) / (n * (n - 1)) * (1 - sum(p * p)) / greatest(k - 1, 1) AS slope,
        (1 - 2 * min(q) + c) / 2 AS largest,
        CASE
            WHEN n > 0 AND n + u >= 2
                THEN
                    (
                        sum(best * (best - 1)) / ((n + u) * (n + u - 1)) - 2 * sum(best * q) / (n + u) + c
                    ) / 2
            ELSE 0
        END AS cell_low,
        CASE WHEN n > 0 AND n + u >= 2 THEN max(all_here) ELSE (1 - 2 * min(q) + c) / 2 END AS cell_high
    FROM filled
    GROUP BY board, model, prompt, n, u, k, c, xq
),

-- the prompts of a board are those that any of its models planned
board_prompts AS (
    SELECT
        board, prompt,
        max(largest) AS largest
    FROM board_cells
    GROUP BY ALL
),

hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

models AS (
    SELECT
        placed.board, placed.model, placed.labeler_version,
        hidden.week IS NOT NULL AS hidden,
        coalesce(max(cells.n), 0) >= 5 AS told,
        count(*) FILTER (WHERE cells.covered) AS cells,
        count(board_prompts.prompt) AS planned_cells,
        -- of a reference without a row for any prompt of the board there is no distance to be bounded
        CASE
            WHEN planned_cells > 0 THEN sqrt(greatest(avg(coalesce(cells.cell_low, 0)), 0))
        END AS bound_low,
        CASE
            WHEN planned_cells > 0
                THEN sqrt(greatest(avg(coalesce(cells.cell_high, board_prompts.largest)), 0))
        END AS bound_high
    FROM placed
    LEFT JOIN hidden USING (week, model)
    LEFT JOIN board_prompts USING (board)
    LEFT JOIN board_cells AS cells
        ON
            board_prompts.board = cells.board
            AND board_prompts.prompt = cells.prompt
            AND placed.model = cells.model
    GROUP BY ALL
),

-- a board is ranked on the labeler version that read most of its models; of as many, on the newest
board_versions AS (
    SELECT
        board, labeler_version
    FROM models
    WHERE NOT hidden AND told
    GROUP BY board, labeler_version
    QUALIFY
        row_number() OVER (
            PARTITION BY board
            ORDER BY
                count(*) DESC,
                coalesce(try_cast(split_part(labeler_version, '-', 1) AS INTEGER), -1) DESC,
                labeler_version DESC
        ) = 1
),

judged AS (
    SELECT
        models.*,
        coalesce(
            NOT models.hidden
            AND models.told
            AND models.labeler_version = board_versions.labeler_version
            AND 10 * models.cells >= 9 * models.planned_cells
            AND models.planned_cells > 0,
            FALSE
        ) AS fit
    FROM models
    LEFT JOIN board_versions USING (board)
),

boards AS (
    SELECT
        *,
        count(*) FILTER (WHERE fit) OVER (PARTITION BY board) AS g
    FROM judged
),

-- Newton's method from 0 for the z beyond which lies 0.025 / pairs of a normal distribution
newton AS (
    SELECT DISTINCT
        g,
        0 AS step,
        cast(0 AS DOUBLE) AS z
    FROM boards
    WHERE g > 1
    UNION ALL
    SELECT
        g,
        step + 1 AS step,
        z + sqrt(2 * pi()) * exp(z * z / 2) * (0.5 - 0.05 / (g * (g - 1)))
        - sqrt(pi() / 2) * list_sum(
            list_transform(range(0, 120), LAMBDA i: pow(z / sqrt(2), 2 * i + 1) / gamma(i + 1.5))
        ) AS z
    FROM newton
    WHERE step < 60
),

ranked AS (
    SELECT
        boards.*,
        newton.z AS z_all
    FROM boards
    INNER JOIN newton ON boards.g = newton.g AND newton.step = 60
    WHERE boards.fit
),

-- the sums of model's terms over the cells that it has in common with other
sums AS (
    SELECT
        a.board, a.model, b.model AS other, a.z_all,
        count(*) AS m,
        avg(mine.d) AS d,
        sum(
            CASE WHEN mine.n >= 4 THEN mine.unbiased ELSE mine.growing + mine.at_zero END
        ) AS unbiased,
        sum(mine.growing + mine.at_zero) AS plug_in,
        sum(mine.at_zero) AS at_zero,
        sum(mine.plain) AS plain,
        sum(mine.slope) AS slope,
        avg(mine.largest) AS largest
    FROM ranked AS a
    INNER JOIN ranked AS b
        ON
            a.board = b.board
            AND a.model <> b.model
    INNER JOIN board_cells AS mine
        ON
            a.board = mine.board
            AND a.model = mine.model
            AND mine.n >= 2
    INNER JOIN board_cells AS theirs
        ON
            mine.board = theirs.board
            AND mine.prompt = theirs.prompt
            AND b.model = theirs.model
            AND theirs.n >= 2
    GROUP BY ALL
),

-- the hull of Wald and score intervals, for one pair by itself and for all pairs together
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
        unnest([FALSE, TRUE]) AS together,
        unnest([1.959963984540054, z_all]) AS z
    FROM sums
),

ends AS (
    SELECT
        *,
        least(
            d + z * z * a / 2 - sqrt(greatest(pow(2 * d + z * z * a, 2) - 4 * (d * d - z * z * b), 0)) / 2,
            d - z * sqrt(variance) / m
        ) AS low,
        least(
            greatest(
                d
                + z * z * a / 2
                + sqrt(greatest(pow(2 * d + z * z * a, 2) - 4 * (d * d - z * z * b), 0)) / 2,
                0,
                d + z * sqrt(variance) / m
            ),
            largest
        ) AS high
    FROM hulls
),

-- each end joins those of the two
differences AS (
    SELECT
        mine.board, mine.model, mine.other, mine.m, mine.together,
        mine.d - theirs.d AS difference,
        mine.d - theirs.d
        - sqrt(pow(mine.d - mine.low, 2) + pow(greatest(theirs.high - theirs.d, 0), 2)) AS low,
        mine.d - theirs.d
        + sqrt(pow(greatest(mine.high - mine.d, 0), 2) + pow(theirs.d - theirs.low, 2)) AS high
    FROM ends AS mine
    INNER JOIN ends AS theirs
        ON
            mine.board = theirs.board
            AND mine.together = theirs.together
            AND mine.model = theirs.other
            AND mine.other = theirs.model
),

pairs AS (
    SELECT
        board, model, other, m AS common,
        any_value(difference) AS difference,
        any_value(low) FILTER (WHERE NOT together) AS low,
        any_value(high) FILTER (WHERE NOT together) AS high,
        any_value(low) FILTER (WHERE together) AS adjusted_low,
        any_value(high) FILTER (WHERE together) AS adjusted_high
    FROM differences
    GROUP BY ALL
),

named AS (
    SELECT DISTINCT
        board, week, track, simulated, suite, suite_major, condition, attribute, reference, banded
    FROM planned
)

SELECT
    named.week, named.track, named.simulated, named.suite, named.suite_major, named.condition,
    named.attribute, named.reference,
    CASE WHEN named.banded THEN 'bands' ELSE 'values' END AS scale,
    boards.model, pairs.other,
    CASE WHEN boards.fit AND boards.g > 1 THEN 1 + count(*) FILTER (WHERE pairs.adjusted_low > 0) OVER own END
        AS rank_low,
    CASE
        WHEN boards.fit AND boards.g > 1
            THEN boards.g - count(*) FILTER (WHERE pairs.adjusted_high < 0) OVER own
    END AS rank_high,
    CASE WHEN boards.fit AND boards.g > 1 THEN boards.g END AS ranked_of,
    boards.cells, boards.planned_cells,
    -- what rounding leaves of 0 is 0, and NULL stays NULL
    CASE
        WHEN NOT boards.hidden
            THEN CASE WHEN boards.bound_low > 1e-7 THEN boards.bound_low ELSE 0 * boards.bound_low END
    END AS bound_low,
    CASE
        WHEN NOT boards.hidden
            THEN CASE WHEN boards.bound_high > 1e-7 THEN boards.bound_high ELSE 0 * boards.bound_high END
    END AS bound_high,
    pairs.common, pairs.difference, pairs.low, pairs.high, pairs.adjusted_low, pairs.adjusted_high
FROM boards
INNER JOIN named USING (board)
LEFT JOIN pairs USING (board, model)
WINDOW own AS (PARTITION BY boards.board, boards.model)
ORDER BY
    named.week DESC, boards.board ASC, rank_low ASC NULLS LAST, rank_high ASC, boards.model ASC,
    pairs.other ASC
