-- Answers: which models' labels are wrong in another way than those of the other models? Their raw figures
--   and ranks are to be read with care: the corrected ones stand beside them.
-- Grain: model, suite, suite_major, attribute.
-- Columns:
--   error_rate: share of labels that are wrong
--   p_value: of equal sensitivities, adjusted for all models and values
--   problem: the same in words
-- Depends on: label_error.
-- Severity: warning
-- Stages: publish
-- Rule: The labels of no model are wrong in another way than those of the other models, as far as gold
--   tells.
SELECT
    week, model, suite, suite_major, attribute, error_rate, value_name, sensitivity, others_sensitivity,
    p_value,
    concat(
        attribute, ' in ', suite, ': ', printf('%.0f', 100 * error_rate), ' % of labels are wrong; ',
        value_name, ' is read in ', printf('%.0f', 100 * sensitivity),
        ' % of the pictures in which people see it, in those of the other models in ',
        printf('%.0f', 100 * others_sensitivity), ' %'
    ) AS problem
FROM label_error
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND differs
