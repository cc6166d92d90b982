-- Answers: of which combinations and claims is an attribute a part?
-- Grain: attribute, whole.
-- Columns: those; whole: all:<id>.
-- Depends on: joint_values
SELECT DISTINCT
    attribute,
    'all:' || joint AS whole
FROM joint_values
ORDER BY ALL
