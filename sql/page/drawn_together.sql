-- Answers: of which models do pictures of a window that were drawn together count as clearly fewer?
-- Grain: model × suite × condition × attribute.
-- Columns: n assessed pictures; worth: the independent ones that they count as.
-- Depends on: design_effects
SELECT
    model, suite, suite_major, condition, attribute, n,
    cast(round(n / design_effect) AS INTEGER) AS worth
FROM design_effects
WHERE week = cast($week AS DATE) AND prompt IS NULL AND design_effect > 1.3
ORDER BY model, suite, suite_major, condition, attribute
