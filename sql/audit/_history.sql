-- Answers: What did the pictures of each span of weeks, or study, show? First steps of the audit queries
--   that name this text under "Uses": a span is the last four weeks, with the eight before for variances.
-- Grain: history: field, model, prompt, attribute ('' of refusals), value, back; only weeks with pictures
--   (m > 0).
-- Columns: field: what models are compared in; back: weeks before the last; value: of the support, or
--   band; many: how many there are; x of m pictures show it; unseen: answers that may have.
-- Depends on: plans, slots, prompts, prompt_attributes, attribute_values, attempts, outcomes, labels,
--   joint_values, withheld, changes, study_slots, study_labels, study_attribute_values
WITH
-- Uses: readings

-- Uses: begun

-- Uses: spanned

supports AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY occasion, suite, suite_major, attribute) AS many
    FROM (
        SELECT DISTINCT
            occasion, suite, suite_major, attribute, shown
        FROM declared
        WHERE in_support
        UNION ALL
        SELECT DISTINCT
            declared.occasion, parts.suite, parts.suite_major,
            'all:' || parts.joint AS attribute,
            unnest(['shown', 'other']) AS shown
        FROM parts
        INNER JOIN declared USING (suite, suite_major)
        UNION ALL
        SELECT DISTINCT
            occasion, suite, suite_major,
            '' AS attribute,
            unnest(['refused', 'pictures']) AS shown
        FROM declared
    ) AS listed
),

weekly_totals AS (
    SELECT
        field, model, prompt, attribute, back,
        any_value(labeler) AS labeler,
        any_value(labeler_version) AS labeler_version,
        coalesce(sum(pictures) FILTER (WHERE shown IS NOT NULL), 0) AS m,
        coalesce(sum(pictures) FILTER (WHERE unseen), 0) AS unseen
    FROM spanned
    GROUP BY ALL
),

history AS (
    SELECT
        totals.* EXCLUDE (unseen), -- noqa: RF02
        supports.many,
        supports.shown AS value,
        coalesce(spanned.pictures, 0) AS x
    FROM weekly_totals AS totals
    INNER JOIN supports
        ON
            coalesce(totals.field.study, cast(totals.field.week AS VARCHAR)) = supports.occasion
            AND totals.field.suite = supports.suite
            AND totals.field.suite_major = supports.suite_major
            AND totals.attribute = supports.attribute
    LEFT JOIN spanned
        ON
            totals.field = spanned.field
            AND totals.model = spanned.model
            AND totals.prompt = spanned.prompt
            AND totals.attribute = spanned.attribute
            AND totals.back = spanned.back
            AND supports.shown = spanned.shown
    WHERE totals.m > 0
)

SELECT * FROM history
