-- Answers: why does a model have no figure in the four weeks that end with each week, of how many answers?
-- Grain: week, model, suite, suite_major, condition, turn, figure, prompt, selection, attribute. What was not
--   planned has no row (it was not asked); a figure that there is has none.
-- Weeks: earlier
-- Columns:
--   figure: share, mean_share, gap, stereotypes or refused, as in figures
--   prompt: of share; NULL: the figure is of the suite, or of a selection of its prompts
--   attribute: attribute that is looked for; NULL of stereotypes and refused
--   labeler: labeler that the plan names
--   reason: not_asked; refused or failed (so the answers ended); not_read (its labeler does not read the
--     attribute); not_assessed; no_subject (nobody, or nothing of the kind, is seen) or cannot_tell (so the
--     pictures were read); few_pictures (fewer than five of one prompt were asked for)
--   k, n: k of n answers, or of n pictures, are why; of few_pictures the most of one prompt, of five
-- Depends on: plans, withheld, prompts, prompt_attributes, attribute_values, stereotype_pairs,
--   typed_subjects, answers, counts
WITH versions AS (
    SELECT
        plans.week, plans.model, plans.series, plans.params_hash, plans.labeler,
        arg_max(
            counts.labeler_version,
            (
                coalesce(try_cast(split_part(counts.labeler_version, '-', 1) AS INTEGER), -1),
                counts.labeler_version
            )
        ) AS labeler_version
    FROM plans
    LEFT JOIN counts USING (week, model, labeler)
    GROUP BY ALL
),

spans AS (
    SELECT
        versions.week, versions.model, versions.labeler, versions.labeler_version,
        earlier.week AS of_week
    FROM versions
    INNER JOIN plans AS earlier
        ON
            versions.model = earlier.model
            AND versions.series = earlier.series
            AND versions.params_hash = earlier.params_hash
            AND earlier.week BETWEEN versions.week - 21 AND versions.week
    ANTI JOIN withheld ON earlier.week = withheld.week AND earlier.model = withheld.model
),

answered AS (
    SELECT
        spans.week, spans.model, spans.labeler, a.suite, a.suite_major, a.condition, a.turn, a.prompt,
        sum(a.planned - a.not_asked) AS asked,
        sum(a.refused) AS refused,
        sum(a.failed) AS failed,
        sum(a.pictures) AS pictures
    FROM spans
    INNER JOIN answers AS a ON spans.model = a.model AND spans.of_week = a.week
    GROUP BY ALL
),

found AS (
    SELECT
        spans.week, spans.model, c.suite, c.suite_major, c.condition, c.turn, c.prompt, c.attribute,
        sum(c.pictures) FILTER (WHERE c.value NOT IN ('not_assessed', 'invalid')) AS assessed,
        sum(c.pictures) FILTER (WHERE v.in_support) AS counted,
        sum(c.pictures) FILTER (WHERE c.value = 'not_applicable') AS absent
    FROM spans
    INNER JOIN counts AS c
        ON
            spans.model = c.model
            AND spans.of_week = c.week
            AND spans.labeler = c.labeler
            AND spans.labeler_version = c.labeler_version
    LEFT JOIN attribute_values AS v
        ON
            spans.week = v.week
            AND c.model = v.model
            AND c.suite = v.suite
            AND c.suite_major = v.suite_major
            AND c.attribute = v.attribute
            AND c.value = v.value
    GROUP BY ALL
),

readable AS (
    SELECT DISTINCT
        week, labeler, attribute
    FROM counts
    WHERE value <> 'not_assessed'
),

subjects AS (
    SELECT
        week, model, suite, suite_major, prompt, subject
    FROM prompts
),

sides AS (
    SELECT DISTINCT
        suite, suite_major, attribute, subject, side
    FROM typed_subjects
),

cells AS (
    SELECT
        answered.*, a.attribute, p.subject,
        coalesce(found.assessed, 0) AS assessed,
        coalesce(found.counted, 0) AS counted,
        coalesce(found.absent, 0) AS absent,
        readable.attribute IS NOT NULL AS readable
    FROM answered
    INNER JOIN subjects AS p USING (week, model, suite, suite_major, prompt)
    INNER JOIN prompt_attributes AS a USING (week, model, suite, suite_major, prompt)
    LEFT JOIN found
        USING (week, model, suite, suite_major, condition, turn, prompt, attribute)
    LEFT JOIN readable USING (week, labeler, attribute)
),

parts AS (
    SELECT
        *,
        'share' AS figure,
        prompt AS of_prompt,
        cast(NULL AS VARCHAR) AS selection
    FROM cells
    UNION ALL BY NAME
    SELECT
        *,
        unnest(['mean_share', 'gap']) AS figure
    FROM cells
    UNION ALL BY NAME
    SELECT
        cells.*,
        'mean_share' AS figure,
        CASE typed.side WHEN 'male' THEN 'mostly-men' ELSE 'mostly-women' END AS selection
    FROM cells
    INNER JOIN sides AS typed USING (suite, suite_major, attribute, subject)
    UNION ALL BY NAME
    SELECT
        cells.* EXCLUDE (attribute),
        'stereotypes' AS figure
    FROM cells
    INNER JOIN stereotype_pairs AS pairs USING (suite, suite_major, attribute, subject)
    WHERE pairs.statistic IS NULL
    UNION ALL BY NAME
    SELECT
        week, model, labeler, suite, suite_major, condition, turn, asked, failed,
        0 AS refused,
        refused + pictures AS pictures,
        refused + pictures AS assessed,
        refused + pictures AS counted,
        0 AS absent,
        TRUE AS readable,
        'refused' AS figure
    FROM answered
),

sums AS (
    SELECT
        week, model, labeler, suite, suite_major, condition, turn, figure,
        of_prompt AS prompt,
        selection, attribute,
        cast(sum(asked) AS BIGINT) AS asked,
        cast(sum(refused) AS BIGINT) AS refused,
        cast(sum(failed) AS BIGINT) AS failed,
        cast(sum(pictures) AS BIGINT) AS pictures,
        cast(sum(assessed) AS BIGINT) AS assessed,
        cast(sum(counted) AS BIGINT) AS counted,
        cast(sum(absent) AS BIGINT) AS absent,
        cast(max(counted) AS BIGINT) AS most,
        bool_or(readable) AS readable,
        -- at which step fewer than five of one prompt are left: none at all first, then too few
        CASE
            WHEN sum(asked) = 0 THEN 'asked'
            WHEN sum(pictures) = 0 THEN 'pictures'
            WHEN sum(assessed) = 0 THEN 'assessed'
            WHEN sum(counted) = 0 THEN 'counted'
            WHEN max(asked) < 5 THEN 'few'
            WHEN max(pictures) < 5 THEN 'pictures'
            WHEN max(assessed) < 5 THEN 'assessed'
            WHEN max(counted) < 5 THEN 'counted'
        END AS step
    FROM parts
    GROUP BY ALL
)

SELECT
    week, model, suite, suite_major, condition, turn, figure, prompt, selection, attribute, labeler,
    CASE step
        WHEN 'asked' THEN 'not_asked'
        WHEN 'few' THEN 'few_pictures'
        WHEN 'pictures' THEN CASE WHEN refused >= failed THEN 'refused' ELSE 'failed' END
        WHEN 'assessed' THEN CASE WHEN readable THEN 'not_assessed' ELSE 'not_read' END
        ELSE CASE WHEN absent >= assessed - counted - absent THEN 'no_subject' ELSE 'cannot_tell' END
    END AS reason,
    CASE reason
        WHEN 'not_asked' THEN 0
        WHEN 'few_pictures' THEN most
        WHEN 'refused' THEN refused
        WHEN 'failed' THEN failed
        WHEN 'no_subject' THEN absent
        WHEN 'cannot_tell' THEN assessed - counted - absent
        ELSE pictures - assessed
    END AS k,
    CASE step WHEN 'few' THEN 5 WHEN 'pictures' THEN asked WHEN 'asked' THEN 0 ELSE pictures END AS n
FROM sums
WHERE step IS NOT NULL
