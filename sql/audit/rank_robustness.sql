-- Answers: Does the order of a board hold if its figure is measured in another way: the mean absolute
--   distance and not the root mean square, all prompts together, another reference, another labeler's labels,
--   without any one prompt?
--   Recomputed from attempts and labels alone, to be held against `rank_robustness`, which has of the prompts
--   only the one whose absence turns most.
-- Grain: week, track, simulated, suite, suite_major, condition, attribute, reference, scale, variant, other.
-- Columns: other: the other reference or labeler, or the prompt that is left out; NULL of other variants
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

-- what each labeler beside the planned one read, in its version with the highest number
second_versions AS (
    SELECT DISTINCT ON (labels.week, labels.model, labels.labeler)
        labels.week, labels.model, labels.labeler, labels.labeler_version
    FROM labels
    INNER JOIN plans USING (week, model)
    WHERE labels.labeler IS DISTINCT FROM plans.labeler
    ORDER BY
        labels.week ASC, labels.model ASC, labels.labeler ASC,
        try_cast(split_part(labels.labeler_version, '-', 1) AS INTEGER) DESC NULLS LAST,
        labels.labeler_version DESC
),

second_counts AS (
    SELECT
        asked.week, asked.model, asked.suite, asked.suite_major, asked.condition, asked.prompt,
        asked.attribute, second_versions.labeler, second_versions.labeler_version,
        coalesce(known.band, known.value) AS value,
        count(*) AS pictures
    FROM asked
    INNER JOIN settled USING (week, model, slot_key)
    INNER JOIN second_versions USING (week, model)
    INNER JOIN labels USING (week, model, slot_key, attribute, labeler, labeler_version)
    INNER JOIN attribute_values AS known USING (week, model, suite, suite_major, attribute, value)
    WHERE settled.outcome = 'ok' AND asked.standing
    GROUP BY ALL
),

-- in the weeks of the window, as far as the labeler's version is that of its last week
second_assessed AS (
    SELECT
        spans.week, spans.model, spans.suite, spans.suite_major, counts.prompt, spans.attribute, last.labeler,
        counts.value,
        sum(counts.pictures) AS pictures
    FROM second_versions AS last
    INNER JOIN spans USING (week, model)
    INNER JOIN second_counts AS counts
        ON
            spans.seen = counts.week
            AND spans.model = counts.model
            AND spans.suite = counts.suite
            AND spans.suite_major = counts.suite_major
            AND spans.condition = counts.condition
            AND spans.attribute = counts.attribute
            AND last.labeler = counts.labeler
            AND last.labeler_version = counts.labeler_version
    GROUP BY ALL
),

-- the cells of a board as such a labeler read them
second_sized AS (
    SELECT
        sized.board, sized.model, sized.prompt, sized.q, sized.c, sized.effect, second_versions.labeler,
        coalesce(seen.pictures, 0) / sized.effect AS y,
        sum(coalesce(seen.pictures, 0)) OVER second_cell AS n
    FROM sized
    INNER JOIN named USING (board)
    INNER JOIN second_versions
        ON
            named.week = second_versions.week
            AND sized.model = second_versions.model
    LEFT JOIN second_assessed AS seen
        ON
            named.week = seen.week
            AND sized.model = seen.model
            AND named.suite = seen.suite
            AND named.suite_major = seen.suite_major
            AND sized.prompt = seen.prompt
            AND named.attribute = seen.attribute
            AND second_versions.labeler = seen.labeler
            AND sized.value = seen.value
    WINDOW second_cell AS (
        PARTITION BY sized.board, sized.model, sized.prompt, second_versions.labeler
    )
),

-- those with four fifths of the board's own pictures or more
second_cells AS (
    SELECT
        own.board, own.model, own.prompt, seen.labeler,
        (
            sum(seen.y * (seen.y - 1)) / (seen.n / seen.effect * (seen.n / seen.effect - 1))
            - 2 * sum(seen.y * seen.q) / (seen.n / seen.effect)
            + seen.c
        ) / 2 AS d
    FROM board_cells AS own
    INNER JOIN second_sized AS seen USING (board, model, prompt)
    WHERE
        own.n >= own.compared_from
        AND seen.n >= own.compared_from
        AND seen.n / seen.effect >= 2
        AND 10 * seen.n >= 8 * own.n
    GROUP BY own.board, own.model, own.prompt, seen.labeler, seen.n, seen.effect, seen.c
),

second_entries AS (
    SELECT
        own.board, own.model, own.pair, own.prompt, second_versions.labeler,
        coalesce(sum(seen.pictures) FILTER (WHERE seen.value = split_part(own.pair, ' | ', 1)), 0)
        / nullif(sum(seen.pictures), 0) AS share
    FROM cliche_entries AS own
    INNER JOIN cliche_named AS named USING (board)
    INNER JOIN second_versions
        ON
            named.week = second_versions.week
            AND own.model = second_versions.model
    INNER JOIN second_assessed AS seen
        ON
            named.week = seen.week
            AND own.model = seen.model
            AND named.suite = seen.suite
            AND named.suite_major = seen.suite_major
            AND own.prompt = seen.prompt
            AND named.attribute = seen.attribute
            AND second_versions.labeler = seen.labeler
    WHERE own.n >= 5 AND own.n / own.effect >= 2
    GROUP BY own.board, own.model, own.pair, own.prompt, own.n, own.effect, second_versions.labeler
    HAVING
        sum(seen.pictures) >= 5
        AND sum(seen.pictures) / own.effect >= 2
        AND 10 * sum(seen.pictures) >= 8 * own.n
),

-- what two models have in common, weighted anew: a mean over pairs of means over prompts
second_pairs AS (
    SELECT
        mine.board, mine.model, theirs.model AS other, mine.labeler, mine.pair,
        avg(mine.share - theirs.share) AS difference
    FROM second_entries AS mine
    INNER JOIN second_entries AS theirs
        ON
            mine.board = theirs.board
            AND mine.labeler = theirs.labeler
            AND mine.pair = theirs.pair
            AND mine.prompt = theirs.prompt
            AND mine.model < theirs.model
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
    UNION ALL BY NAME
    SELECT
        mine.board, mine.model,
        theirs.model AS other,
        'other_labeler' AS variant,
        mine.labeler AS about,
        avg(mine.d - theirs.d) AS difference
    FROM second_cells AS mine
    INNER JOIN second_cells AS theirs
        ON
            mine.board = theirs.board
            AND mine.labeler = theirs.labeler
            AND mine.prompt = theirs.prompt
            AND mine.model < theirs.model
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT
        board, model, other,
        'other_labeler' AS variant,
        labeler AS about,
        avg(difference) AS difference
    FROM second_pairs
    GROUP BY ALL
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
