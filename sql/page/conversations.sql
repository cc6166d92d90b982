-- Answers: how did a few conversations of each model go, turn by turn, in its latest published week with any,
--   of some weeks?
-- Grain: one row a turn; at most $conversations for each model, those in which all turns are settled first.
-- Columns: `said` is what the model wrote beside or instead of a picture; `readings` is a list of
--   {attribute, value} as the edition's labeler saw them.
-- Weeks: own
-- Depends on: slot_outcomes, withheld, attempts, outcomes, labels, cell_counts, removals
WITH turns AS (
    SELECT o.*
    FROM slot_outcomes AS o
    ANTI JOIN withheld USING (week, model)
    WHERE o.conversation IS NOT NULL
),

begun AS (
    -- A conversation has something to show once its first turn was answered by the model itself.
    SELECT
        week, model, conversation,
        count(*) FILTER (
            WHERE is_picture OR is_refused OR outcome = 'not_needed'
        ) AS settled
    FROM turns
    GROUP BY week, model, conversation
    HAVING bool_or(turn = 1 AND (is_picture OR is_refused))
),

chosen AS (
    SELECT *
    FROM begun
    QUALIFY
        week = max(week) OVER (PARTITION BY model)
        AND row_number() OVER (PARTITION BY week, model ORDER BY settled DESC, md5(conversation))
        <= $conversations
),

answers AS (
    SELECT
        a.week, a.model, a.slot_key,
        coalesce(
            arg_min(a.attempt, a.attempt) FILTER (WHERE g.final), arg_max(a.attempt, a.attempt)
        ) AS attempt
    FROM attempts AS a
    INNER JOIN chosen USING (week, model, conversation)
    LEFT JOIN outcomes AS g USING (outcome)
    GROUP BY a.week, a.model, a.slot_key
),

labelers AS (
    SELECT DISTINCT
        week, model, suite, attribute, labeler, labeler_version
    FROM cell_counts
),

readings AS (
    SELECT
        b.week, b.model, b.slot_key,
        list({ 'attribute': b.attribute, 'value': b.value } ORDER BY b.attribute) AS readings
    FROM labels AS b
    INNER JOIN turns AS t USING (week, model, slot_key)
    INNER JOIN labelers AS l
        ON
            b.week = l.week AND b.model = l.model AND t.suite = l.suite AND b.attribute = l.attribute
            AND b.labeler = l.labeler AND b.labeler_version = l.labeler_version
    GROUP BY b.week, b.model, b.slot_key
)

SELECT
    t.week, t.model, t.simulated, t.prompt, t.conversation, t.turn, t.outcome, t.outcome_group,
    a.prompt_sent, a.revised_prompt,
    coalesce(a.answer_text, a.refusal_text) AS said,
    CASE WHEN gone.slot_key IS NULL THEN t.image_sha256 END AS image_sha256,
    r.readings
FROM turns AS t
INNER JOIN chosen USING (week, model, conversation)
LEFT JOIN answers AS n USING (week, model, slot_key)
LEFT JOIN attempts AS a
    ON n.week = a.week AND n.model = a.model AND n.slot_key = a.slot_key AND n.attempt = a.attempt
LEFT JOIN removals AS gone USING (week, model, slot_key)
LEFT JOIN readings AS r USING (week, model, slot_key)
ORDER BY t.simulated, t.model, t.prompt, t.conversation, t.turn
