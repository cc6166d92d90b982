-- Answers: What would other prompts like those of a study show? The interval over prompts of every figure
--   that is a mean over ten subjects or more, from the labels alone, to be held against `study_scores`.
-- Grain: study, attribute, labeler, labeler_version, condition, model, reference, metric, value_name; only
--   what has this interval.
-- Columns: keys of study_scores (equal shares are parity of two values, uniform of more); subjects, prompts,
--   mean, error, student_t, frozen_low, frozen_high, prompts_low, prompts_high: as in prompts_like_these.
-- Depends on: study_slots, study_prompts, study_labels, study_attribute_values
-- Uses: read_from_study_labels
WITH RECURSIVE
-- without a reference, and beside equal shares
beside AS ( -- noqa: ST03
    SELECT
        *,
        1 / k AS q,
        k AS named,
        1 AS effect,
        unnest([NULL, CASE WHEN k = 2 THEN 'parity' ELSE 'uniform' END]) AS reference,
        dense_rank() OVER (ORDER BY study, attribute, labeler, labeler_version, condition, model) AS scope
    FROM counted
),

-- Uses: over_prompts

named AS (
    SELECT DISTINCT
        scope, study, attribute, labeler, labeler_version, condition, model
    FROM beside
)

SELECT
    named.study, named.attribute, named.labeler, named.labeler_version, named.condition, named.model,
    over_prompts.reference,
    over_prompts.metric, over_prompts.value_name, over_prompts.subjects, over_prompts.prompts,
    over_prompts.mean,
    over_prompts.error, over_prompts.student_t, over_prompts.frozen_low, over_prompts.frozen_high,
    over_prompts.prompts_low, over_prompts.prompts_high
FROM over_prompts
INNER JOIN named USING (scope)
ORDER BY
    named.study, named.attribute, named.labeler, named.labeler_version, named.condition, named.model,
    over_prompts.reference, over_prompts.metric, over_prompts.value_name
