-- Answers: what was read in the pictures of some weeks?
-- Grain: label; those of labelers in $others (metrics/labelers, `who`) are left out.
-- Columns: hashes that stand for the slot (metrics/ends) and for attribute and value (metrics/vocabulary).
-- Depends on: labels
SELECT
    hash(week, model, slot_key) AS slot,
    hash(attribute, value) AS reading
FROM labels
WHERE
    week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
    AND NOT list_contains(cast($others AS UBIGINT[]), hash(week, model, labeler, labeler_version))
