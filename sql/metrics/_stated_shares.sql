-- Answers: What does each reference expect of each prompt? First steps of declared.
-- Grain: week, model, suite, suite_major, prompt, attribute, reference, value.
-- Columns: those and expected_share.
-- Depends on: prompts, reference_values
WITH stated AS (
    SELECT
        prompts.week, prompts.model, prompts.suite, prompts.suite_major, prompts.prompt,
        reference_values.attribute, reference_values.reference, reference_values.value,
        reference_values.expected_share
    FROM prompts
    INNER JOIN reference_values
        ON
            prompts.week = reference_values.week
            AND prompts.model = reference_values.model
            AND prompts.suite = reference_values.suite
            AND prompts.suite_major = reference_values.suite_major
            AND prompts.prompt = coalesce(reference_values.prompt, prompts.prompt)
    -- a row for the prompt wins over one for every prompt
    QUALIFY
        reference_values.prompt IS NOT NULL
        OR NOT bool_or(reference_values.prompt IS NOT NULL) OVER (
            PARTITION BY
                prompts.week, prompts.model, prompts.suite, prompts.suite_major, prompts.prompt,
                reference_values.attribute, reference_values.reference
        )
)

SELECT *
FROM stated
