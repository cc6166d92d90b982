-- Answers: how many pictures of the span that ends with a week, and of its history, were read as what?
-- Grain: model, suite, suite_major, condition, turn, prompt, attribute, value.
-- Columns: those; value: value or band that counts; '' for what may have been one (kind unseen), or was
--   seen to be none (kind outside); kind: support, unseen or outside; late: whether the model was planned
--   to be asked the prompt in the last week; opening: whether it is the first turn of a conversation;
--   back: how many weeks before the last, and pictures: of each of them; a week may stand twice.
-- Depends on: plans, counts, withheld, prompts, attribute_values
-- Uses: span
WITH asked AS (
    SELECT
        model, suite, suite_major, prompt,
        max(turns) AS turns,
        bool_or(week = cast($week AS DATE)) AS late
    FROM prompts
    WHERE week BETWEEN cast($since AS DATE) AND cast($week AS DATE)
    GROUP BY ALL
),

declared AS (
    SELECT
        model, suite, suite_major, attribute, value, in_support,
        coalesce(band, value) AS shown
    FROM attribute_values
    WHERE week BETWEEN cast($since AS DATE) AND cast($week AS DATE)
    QUALIFY week = max(week) OVER (PARTITION BY model, suite, suite_major)
)

SELECT
    counts.model, counts.suite, counts.suite_major, counts.condition, counts.turn, counts.prompt,
    counts.attribute,
    CASE
        WHEN counts.value IN ('shown', 'other') AND starts_with(counts.attribute, 'all:') THEN 'support'
        WHEN declared.in_support THEN 'support'
        WHEN counts.value IN ('cannot_tell', 'invalid', 'not_assessed', 'open') THEN 'unseen'
        ELSE 'outside'
    END AS kind,
    CASE WHEN kind = 'support' THEN coalesce(declared.shown, counts.value) ELSE '' END AS value,
    asked.late,
    asked.turns > 1 AND counts.turn = 1 AS opening,
    list(spans.back) AS back,
    list(counts.pictures) AS pictures
FROM counts
INNER JOIN spans USING (week, model, labeler, labeler_version)
INNER JOIN asked USING (model, suite, suite_major, prompt)
LEFT JOIN declared
    ON
        counts.model = declared.model
        AND counts.suite = declared.suite
        AND counts.suite_major = declared.suite_major
        AND counts.attribute = declared.attribute
        AND counts.value = declared.value
GROUP BY ALL
ORDER BY
    counts.model, counts.suite, counts.suite_major, counts.condition, counts.turn, counts.prompt,
    counts.attribute, kind, value
