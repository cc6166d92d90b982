-- Answers: Does the order of a board hold if its figure is measured in another way: the mean absolute
--   distance and not the root mean square, all prompts together, another reference, without any one prompt?
--   Recomputed from attempts and labels alone, to be held against `rank_robustness`, which has of the prompts
--   only the one whose absence turns most.
-- Grain: week, track, simulated, suite, suite_major, condition, attribute, reference, scale, variant, other.
-- Columns: other: the other reference, or the prompt that is left out; NULL of other variants
--   ranked: models with a rank; pairs: of them, those that can be compared this way
--   turned: pairs in the opposite order; told_apart: pairs that the board tells apart
--   told_apart_turned: pairs that it tells apart, in the opposite order
-- Depends on: slots, prompts, prompt_attributes, attribute_values, reference_values, stereotype_pairs,
--   yardsticks, plans, attempts, outcomes, labels, withheld, window_scores, design_effects
-- Uses: read_from_labels
WITH RECURSIVE
-- Uses: ranked_boards

-- Uses: stereotype_boards

models AS ( -- noqa: ST03
    SELECT *
    FROM distance_models
    UNION ALL BY NAME
    SELECT *
    FROM cliche_models
),

-- Uses: rank_judged

-- Uses: distance_pairs

-- Uses: stereotype_pairs

ends AS ( -- noqa: ST03
    SELECT *
    FROM distance_ends
    UNION ALL BY NAME
    SELECT *
    FROM cliche_ends
),

-- Uses: rank_tests

-- every pair of ranked models once, with what the board says of it
ordered AS (
    SELECT
        board, model, other, difference,
        adjusted_low > 0 OR adjusted_high < 0 AS apart
    FROM told_apart
    WHERE model < other
),

-- the prompts that both answered, by either board of the same pictures
same_pictures AS (
    SELECT
        a.board,
        b.board AS by_board,
        b.reference
    FROM named AS a
    INNER JOIN named AS b USING (week, track, simulated, suite, suite_major, condition, attribute, banded)
),

common_cells AS (
    SELECT
        ordered.board, ordered.model, ordered.other, same_pictures.by_board, same_pictures.reference,
        mine.prompt,
        mine.d AS mine,
        theirs.d AS theirs
    FROM ordered
    INNER JOIN same_pictures USING (board)
    INNER JOIN board_cells AS mine
        ON
            same_pictures.by_board = mine.board
            AND ordered.model = mine.model
            AND mine.n >= mine.compared_from
    INNER JOIN board_cells AS theirs
        ON
            mine.board = theirs.board
            AND mine.prompt = theirs.prompt
            AND ordered.other = theirs.model
            AND theirs.n >= theirs.compared_from
),

excesses AS (
    SELECT
        cells.board, cells.model, cells.other, cells.prompt, mine.value,
        mine.x / mine.n - mine.q AS mine,
        theirs.x / theirs.n - theirs.q AS theirs
    FROM common_cells AS cells
    INNER JOIN sized AS mine
        ON
            cells.board = mine.board
            AND cells.model = mine.model
            AND cells.prompt = mine.prompt
    INNER JOIN sized AS theirs
        ON
            cells.board = theirs.board
            AND cells.other = theirs.model
            AND cells.prompt = theirs.prompt
            AND mine.value = theirs.value
    WHERE cells.by_board = cells.board
),

together AS (
    SELECT
        board, model, other, value,
        avg(mine) AS mine,
        avg(theirs) AS theirs
    FROM excesses
    GROUP BY ALL
),

left_out_pairs AS (
    SELECT
        entries.board, entries.model, entries.other, gone.prompt, entries.pair,
        avg(entries.x / entries.n) AS share
    FROM cliche_common AS entries
    INNER JOIN cliche_once AS gone
        ON
            entries.board = gone.board
            AND entries.model = gone.model
            AND entries.prompt <> gone.prompt
    GROUP BY ALL
),

left_out_shares AS (
    SELECT
        board, model, other, prompt,
        avg(share) AS share
    FROM left_out_pairs
    GROUP BY ALL
),

pooled_shares AS (
    SELECT
        board, model, other,
        sum(x) / sum(n) AS share
    FROM cliche_common
    GROUP BY ALL
),

ways AS (
    SELECT
        board, model, other,
        'mean_absolute' AS variant,
        cast(NULL AS VARCHAR) AS about,
        sum(abs(mine) - abs(theirs)) / count(DISTINCT prompt) / 2 AS difference
    FROM excesses
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT
        board, model, other,
        'pooled' AS variant,
        sum(mine * mine - theirs * theirs) / 2 AS difference
    FROM together
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT
        board, model, other,
        'other_reference' AS variant,
        reference AS about,
        avg(mine - theirs) AS difference
    FROM common_cells
    WHERE by_board <> board
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT
        cells.board, cells.model, cells.other,
        'one_prompt_left_out' AS variant,
        gone.prompt AS about,
        avg(cells.mine - cells.theirs) AS difference
    FROM common_cells AS cells
    INNER JOIN board_prompts AS gone
        ON
            cells.board = gone.board
            AND cells.prompt <> gone.prompt
    WHERE cells.by_board = cells.board
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT
        mine.board, mine.model, mine.other,
        'pooled' AS variant,
        mine.share - theirs.share AS difference
    FROM pooled_shares AS mine
    INNER JOIN pooled_shares AS theirs
        ON
            mine.board = theirs.board
            AND mine.model = theirs.other
            AND mine.other = theirs.model
    UNION ALL BY NAME
    SELECT
        mine.board, mine.model, mine.other,
        'one_prompt_left_out' AS variant,
        mine.prompt AS about,
        mine.share - theirs.share AS difference
    FROM left_out_shares AS mine
    INNER JOIN left_out_shares AS theirs
        ON
            mine.board = theirs.board
            AND mine.model = theirs.other
            AND mine.other = theirs.model
            AND mine.prompt = theirs.prompt
),

-- what differs by less than 1e-9 is equal, and has not turned
found AS (
    SELECT
        ordered.board, ways.variant, ways.about,
        count(*) AS pairs,
        count(*) FILTER (
            WHERE least(abs(ordered.difference), abs(ways.difference)) > 1e-9
            AND sign(ordered.difference) <> sign(ways.difference)
        ) AS turned,
        count(*) FILTER (WHERE ordered.apart) AS told_apart,
        count(*) FILTER (
            WHERE ordered.apart
            AND least(abs(ordered.difference), abs(ways.difference)) > 1e-9
            AND sign(ordered.difference) <> sign(ways.difference)
        ) AS told_apart_turned
    FROM ordered
    INNER JOIN ways USING (board, model, other)
    GROUP BY ALL
),

all_named AS (
    SELECT
        * EXCLUDE (banded),
        CASE WHEN banded THEN 'bands' ELSE 'values' END AS scale
    FROM named
    UNION ALL BY NAME
    SELECT *
    FROM cliche_named
),

board_sizes AS (
    SELECT DISTINCT
        board, g
    FROM boards
),

places AS (
    SELECT
        all_named.*,
        board_sizes.g AS ranked
    FROM all_named
    INNER JOIN board_sizes USING (board)
)

SELECT
    places.week, places.track, places.simulated, places.suite, places.suite_major, places.condition,
    places.attribute, places.reference, places.scale, found.variant,
    found.about AS other,
    places.ranked, found.pairs, found.turned, found.told_apart, found.told_apart_turned,
    CASE
        WHEN found.told_apart = 0 THEN 'nothing is told apart'
        WHEN found.told_apart_turned = 0 THEN 'holds'
        ELSE 'turned'
    END AS verdict
FROM found
INNER JOIN places USING (board)
ORDER BY
    places.week DESC, places.board < 0 ASC, abs(places.board) ASC, found.variant ASC,
    found.told_apart_turned DESC, found.turned DESC, found.about ASC
