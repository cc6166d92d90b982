-- Answers: Which pictures are of each span, four weeks with the eight before, or a study? Steps of the
--   audit queries that compute figures; they need readings and begun.
-- Grain: spanned: field, model, prompt, attribute ('' of refusals), back, shown, unseen.
-- Columns: field: what models are compared in; back: weeks before the last; shown: value of the support,
--   or band, or NULL; unseen: whether it may have been one.
-- Depends on: plans, withheld
WITH
-- a span reaches back over weeks of the same series that were published
spans AS (
    SELECT
        planned.model, planned.track, planned.simulated, planned_labelers.labeler,
        planned_labelers.labeler_version,
        cast(planned.week AS VARCHAR) AS span,
        FALSE AS is_study,
        cast(before.week AS VARCHAR) AS occasion,
        date_diff('day', before.week, planned.week) // 7 AS back
    FROM plans AS planned
    INNER JOIN planned_labelers USING (week, model, labeler)
    INNER JOIN plans AS before USING (model, series, params_hash)
    WHERE
        before.week BETWEEN planned.week - 77 AND planned.week
        AND (before.week, before.model) NOT IN (SELECT (hidden.week, hidden.model) FROM withheld AS hidden)
    UNION ALL
    SELECT DISTINCT
        model,
        'study' AS track,
        FALSE AS simulated,
        labeler, labeler_version,
        occasion AS span,
        TRUE AS is_study,
        occasion,
        0 AS back
    FROM readings
    WHERE is_study
),

-- only prompts of the last week's plan
spanned AS (
    SELECT
        struct_pack(
            week := try_cast(spans.span AS DATE),
            study := CASE WHEN spans.is_study THEN spans.span END,
            track := spans.track,
            simulated := spans.simulated,
            suite := seen.suite,
            suite_major := seen.suite_major,
            condition := seen.condition,
            turn := seen.turn,
            reader := CASE WHEN spans.is_study THEN spans.labeler || ' ' || spans.labeler_version END
        ) AS field,
        seen.model, seen.labeler, seen.labeler_version, seen.prompt, seen.attribute, spans.back, seen.shown,
        seen.unseen,
        count(*) AS pictures
    FROM spans
    INNER JOIN seen
        ON
            spans.occasion = seen.occasion
            AND spans.model = seen.model
            AND coalesce(seen.labeler, spans.labeler) = spans.labeler
            AND coalesce(seen.labeler_version, spans.labeler_version) = spans.labeler_version
    SEMI JOIN asked
        ON
            spans.span = asked.occasion
            AND seen.model = asked.model
            AND seen.suite = asked.suite
            AND seen.suite_major = asked.suite_major
            AND seen.prompt = asked.prompt
    ANTI JOIN begun
        ON
            NOT spans.is_study
            AND seen.model = begun.model
            AND seen.attribute = begun.attribute
            AND spans.span >= begun.reported
            AND spans.occasion < begun.first
    WHERE
        (spans.span, spans.model) NOT IN (
            SELECT (cast(hidden.week AS VARCHAR), hidden.model) FROM withheld AS hidden
        )
    GROUP BY ALL
)

SELECT * FROM spanned
