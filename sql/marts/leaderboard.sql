-- Answers: what does each board say of each model, of the four weeks that end with each week?
-- Grain: week, track, simulated, suite, suite_major, condition, turn, attribute, yardstick, model. A
--   withheld model,
--   and one without a usable picture, has its row: without a figure, and with the reason.
-- Weeks: earlier
-- Columns:
--   attribute: attribute that is compared; NULL where the figure is of declared stereotypes, whatever
--     their attribute
--   yardstick: reference that models are compared with, or stereotypes
--   lead: true of the board that orders the leaderboard
--   figure: gap (typical distance from the yardstick) or stereotypes (mean share of the declared pairs)
--   series: name of the series that the pictures of the week belong to
--   estimate: the figure, 0 to 1; less is better; NULL where reason says why
--   low, high: end of its 95 % interval; NULL without a figure, and where reason is few_weeks
--   others: of stereotypes, how often the other groups of the suite are drawn so; NULL of gap, and
--     without such a group
--   n: number of pictures behind it
--   unseen: answers that may have shown it: refused, cannot_tell, invalid, not assessed
--   bound_low, bound_high: least and largest figure whatever these would have shown; NULL where 5 % or
--     less are unseen
--   reason: why there is no figure, or no interval; NULL if there are both
--   reason_k, reason_n: k of n answers or pictures are why, as in empty_figures; NULL where it says nothing
--   rank_low, rank_high: the model's rank is between these; NULL where rank_reason says why
--   ranked_of: number of ranked models
--   holds: true if all comparisons behind its rank hold whatever the unseen answers would have shown
--   rank_reason: why there is no rank; labels_unreliable where reliable is false; NULL if there is one
--   withheld_reason: why the model is withheld in this week; NULL if it is not
--   reliable: false if labels of an attribute of the board are not reliable: the figure is published
--     and takes no part in any ranking; true if somebody else read some of the same pictures and
--     agreed; NULL if that is not verified
--   reliability: the same in words; NULL where reliable is true, or nothing was labelled
-- Depends on: board_ranks, boards, figures, plans, withheld, reliability, stereotype_pairs, empty_figures.
WITH hidden AS (
    SELECT
        week, model,
        string_agg(reason, '; ' ORDER BY reason) AS withheld_reason
    FROM withheld
    GROUP BY week, model
),

ranked AS (
    SELECT *
    FROM board_ranks
    WHERE week IS NOT NULL AND selection IS NULL
),

-- of which attributes' labels a board is made
attributes AS (
    SELECT DISTINCT
        ranked.suite, ranked.suite_major,
        ranked.attribute AS board_attribute,
        ranked.yardstick,
        ranked.attribute AS attribute
    FROM ranked
    WHERE ranked.attribute IS NOT NULL
    UNION
    SELECT DISTINCT
        ranked.suite, ranked.suite_major,
        ranked.attribute AS board_attribute,
        ranked.yardstick, stereotype_pairs.attribute
    FROM ranked
    INNER JOIN stereotype_pairs USING (suite, suite_major)
    WHERE ranked.attribute IS NULL AND stereotype_pairs.statistic IS NULL
),

believed AS (
    SELECT
        attributes.suite, attributes.suite_major, attributes.board_attribute, attributes.yardstick,
        reliability.week, reliability.labeler, reliability.labeler_version,
        CASE
            WHEN NOT bool_and(coalesce(reliability.reliable, TRUE)) THEN FALSE
            WHEN bool_and(coalesce(reliability.reliable, FALSE)) THEN TRUE
        END AS reliable,
        string_agg(DISTINCT reliability.reliability, '; ' ORDER BY reliability.reliability)
        FILTER (WHERE NOT coalesce(reliability.reliable, TRUE)) AS unreliable,
        any_value(reliability.reliability) AS unverified
    FROM attributes
    INNER JOIN reliability USING (attribute)
    GROUP BY ALL
),

shown AS (
    SELECT *
    FROM figures
    WHERE week IS NOT NULL AND prompt IS NULL AND figure IN ('gap', 'stereotypes')
),

beside AS (
    SELECT
        week, model, suite, suite_major, condition, turn, yardstick,
        estimate AS others
    FROM figures
    WHERE week IS NOT NULL AND figure = 'stereotypes_others'
)

SELECT
    ranked.week, ranked.track, ranked.simulated, ranked.suite, ranked.suite_major, ranked.condition,
    ranked.turn,
    ranked.attribute, ranked.yardstick, boards.lead,
    CASE WHEN ranked.attribute IS NULL THEN 'stereotypes' ELSE 'gap' END AS figure,
    ranked.model, plans.series, shown.weeks, shown.first_week, shown.estimate, shown.low, shown.high,
    beside.others,
    coalesce(shown.n, 0) AS n,
    coalesce(shown.unseen, 0) AS unseen,
    shown.bound_low, shown.bound_high,
    coalesce(shown.prompts, 0) AS prompts,
    shown.planned_prompts,
    coalesce(
        empty.reason, shown.reason, CASE WHEN shown.estimate IS NULL THEN ranked.reason END
    ) AS reason,
    empty.k AS reason_k,
    empty.n AS reason_n,
    CASE WHEN coalesce(believed.reliable, TRUE) THEN ranked.rank_low END AS rank_low,
    CASE WHEN coalesce(believed.reliable, TRUE) THEN ranked.rank_high END AS rank_high,
    CASE
        WHEN coalesce(believed.reliable, TRUE) AND ranked.rank_low IS NOT NULL THEN boards.models
    END AS ranked_of,
    CASE WHEN coalesce(believed.reliable, TRUE) THEN ranked.holds END AS holds,
    CASE
        WHEN ranked.reason IS NULL AND NOT coalesce(believed.reliable, TRUE) THEN 'labels_unreliable'
        ELSE coalesce(empty.reason, ranked.reason)
    END AS rank_reason,
    hidden.withheld_reason,
    coalesce(shown.labeler, plans.labeler) AS labeler,
    shown.labeler_version, believed.reliable,
    coalesce(
        believed.unreliable, CASE WHEN believed.reliable IS NULL THEN believed.unverified END
    ) AS reliability
FROM ranked
INNER JOIN boards
    ON
        ranked.week = boards.week
        AND ranked.track = boards.track
        AND ranked.simulated = boards.simulated
        AND ranked.suite = boards.suite
        AND ranked.suite_major = boards.suite_major
        AND ranked.condition = boards.condition
        AND ranked.turn = boards.turn
        AND ranked.attribute IS NOT DISTINCT FROM boards.attribute
        AND ranked.yardstick = boards.yardstick
        AND boards.selection IS NULL
LEFT JOIN plans
    ON ranked.week = plans.week AND ranked.model = plans.model
LEFT JOIN hidden
    ON ranked.week = hidden.week AND ranked.model = hidden.model
LEFT JOIN shown
    ON
        ranked.week = shown.week
        AND ranked.model = shown.model
        AND ranked.suite = shown.suite
        AND ranked.suite_major = shown.suite_major
        AND ranked.condition = shown.condition
        AND ranked.turn = shown.turn
        AND ranked.attribute IS NOT DISTINCT FROM shown.attribute
        AND ranked.yardstick = shown.yardstick
LEFT JOIN beside
    ON
        shown.figure = 'stereotypes'
        AND shown.week = beside.week
        AND shown.model = beside.model
        AND shown.suite = beside.suite
        AND shown.suite_major = beside.suite_major
        AND shown.condition = beside.condition
        AND shown.turn = beside.turn
        AND shown.yardstick = beside.yardstick
LEFT JOIN empty_figures AS empty
    ON
        shown.estimate IS NULL
        AND hidden.model IS NULL
        AND ranked.week = empty.week
        AND ranked.model = empty.model
        AND ranked.suite = empty.suite
        AND ranked.suite_major = empty.suite_major
        AND ranked.condition = empty.condition
        AND ranked.turn = empty.turn
        AND ranked.attribute IS NOT DISTINCT FROM empty.attribute
        AND empty.figure = CASE WHEN ranked.attribute IS NULL THEN 'stereotypes' ELSE 'gap' END
LEFT JOIN believed
    ON
        ranked.week = believed.week
        AND ranked.suite = believed.suite
        AND ranked.suite_major = believed.suite_major
        AND ranked.attribute IS NOT DISTINCT FROM believed.board_attribute
        AND ranked.yardstick = believed.yardstick
        AND shown.labeler = believed.labeler
        AND shown.labeler_version = believed.labeler_version
