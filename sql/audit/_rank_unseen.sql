-- Answers: How many answers of each prompt show no value, refusals among them? Steps of the audit queries of
--   ranks, after those of read_from_labels.
-- Grain: of labelled: week, model, suite, suite_major, prompt, attribute, scale, labeler_version; of
--   assessed: those and value; of refusals: week, model, suite, suite_major, prompt.
-- Columns: of labelled: not_assessed; of refusals: refused; of assessed: pictures.
-- Depends on: slots, prompts, attempts, outcomes
WITH
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

refusals AS ( -- noqa: ST03
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
)

SELECT * FROM labelled
