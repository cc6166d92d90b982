-- Answers: which changes of which series were opened by a week, so that its windows begin anew there?
-- Grain: model × series × suite × condition × attribute × change; of a change of the share of refusals
--   attribute is NULL; of what is declared of several attributes together a row for each change of one of
--   them.
-- Columns: those; combination: NULL but for the last; changed_back: how many weeks before it changed.
-- Depends on: drift_events, combinations
WITH changes AS (
    SELECT
        model, series, params_hash, suite, suite_major, condition, turn, attribute, labeler_version,
        cast(date_diff('day', changed_week, cast($week AS DATE)) // 7 AS INTEGER) AS changed_back
    FROM drift_events
    WHERE metric IN ('share', 'refused_rate') AND week <= cast($week AS DATE)
)

SELECT
    model, series, params_hash, suite, suite_major, condition, turn, attribute, labeler_version,
    cast(NULL AS VARCHAR) AS combination,
    changed_back
FROM changes
UNION ALL
SELECT
    changes.model, changes.series, changes.params_hash, changes.suite, changes.suite_major, changes.condition,
    changes.turn,
    cast(NULL AS VARCHAR) AS attribute,
    changes.labeler_version, combinations.combination, changes.changed_back
FROM changes
INNER JOIN combinations USING (suite, suite_major, attribute)
ORDER BY ALL
