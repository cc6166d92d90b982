-- Answers: where do the expected shares of a reference come from?
-- Grain: one row for each suite × reference × attribute × source.
-- Columns: source as the suite states it.
-- Depends on: reference_values
SELECT DISTINCT
    suite, reference, attribute, source
FROM reference_values
WHERE week <= cast($week AS DATE) AND source IS NOT NULL
ORDER BY suite, reference, attribute, source
