-- Answers: may the labels of each attribute be believed, in each week, as far as anybody knows?
-- Grain: week, labeler, labeler_version, attribute: what is counted in the week.
-- Weeks: earlier
-- Columns:
--   judged_by: who judges the labeler, the first of these that has an alpha on 30 pictures or more: gold
--     (people, gold pictures of eight weeks), people of an imported study, a second labeler in the week; NULL
--     if nobody does
--   alpha, alpha_low, alpha_high: Krippendorff's alpha of that comparison, with its 95 % interval
--   n: number of pictures that both sides of it assessed
--   both_assessed_share: n / pictures that both sides labelled
--   drifted: number of anchor pictures whose labels moved and were not accepted by a person; 0 if none did;
--     NULL where the labeler labelled no anchors twice
--   anchors: number of anchor pictures that were compared; NULL where drifted is
--   reliable: false if alpha is below 0.67 or anchors drifted: published, and no part of any ranking; true if
--     somebody judged it and neither is so; NULL if it is not verified
--   reliability: the same in words; NULL where reliable is true
-- Depends on: counts, plans, agreement, labeler_drift.
WITH scored AS (
    SELECT DISTINCT
        week, labeler, counts.labeler_version, counts.attribute
    FROM counts
    INNER JOIN plans USING (week, model, labeler)
    WHERE counts.labeler_version <> '' AND NOT starts_with(counts.attribute, 'all:')
),

-- Each comparison from the side of each of its labelers.
sided AS (
    SELECT
        scope, week, study, attribute, labeler_a AS labeler, labeler_a_version AS labeler_version,
        labeler_b AS other, alpha, alpha_low, alpha_high, n, both_assessed_share
    FROM agreement
    WHERE model IS NULL AND skin_tone_band IS NULL AND alpha IS NOT NULL AND n >= 30
    UNION ALL
    SELECT
        scope, week, study, attribute, labeler_b AS labeler, labeler_b_version AS labeler_version,
        labeler_a AS other, alpha, alpha_low, alpha_high, n, both_assessed_share
    FROM agreement
    WHERE model IS NULL AND skin_tone_band IS NULL AND alpha IS NOT NULL AND n >= 30
),

judged AS (
    SELECT
        scored.week, scored.labeler, scored.labeler_version, scored.attribute, sided.alpha, sided.alpha_low,
        sided.alpha_high, sided.n, sided.both_assessed_share,
        CASE
            WHEN sided.scope = 'gold' THEN 'gold'
            WHEN sided.scope = 'study' THEN 'study ' || sided.study
            ELSE 'labeler ' || sided.other
        END AS judged_by,
        -- Two labelers are named in one order, so that each says the same of the other.
        CASE
            WHEN sided.scope = 'week'
                THEN concat(
                    least(sided.labeler, sided.other), ' and ', greatest(sided.labeler, sided.other)
                )
            ELSE sided.labeler || ' and people'
        END AS both_sides
    FROM scored
    INNER JOIN sided
        ON
            scored.attribute = sided.attribute
            AND scored.labeler = sided.labeler
            AND scored.labeler_version = sided.labeler_version
            AND (scored.week = sided.week OR sided.week IS NULL)
    -- A labeler that reads a study as well is no judge of another week's labels: of studies people alone are.
    WHERE sided.scope = 'week' OR sided.other = 'people'
    QUALIFY row_number() OVER (
        PARTITION BY scored.week, scored.labeler, scored.labeler_version, scored.attribute
        ORDER BY
            CASE sided.scope WHEN 'gold' THEN 1 WHEN 'study' THEN 2 ELSE 3 END ASC,
            sided.n DESC, sided.study ASC, sided.other ASC, sided.alpha ASC
    ) = 1
),

-- The latest comparison of each anchor set up to the week: what moved stays open until it is accepted.
compared AS (
    SELECT
        scored.week, scored.labeler, scored.labeler_version, scored.attribute, labeler_drift.pictures,
        labeler_drift.week AS moved_in,
        CASE WHEN labeler_drift.accepted_reason IS NULL THEN labeler_drift.moved ELSE 0 END AS drifted
    FROM scored
    INNER JOIN labeler_drift
        ON
            scored.labeler = labeler_drift.labeler
            AND scored.labeler_version = labeler_drift.labeler_version
            AND scored.attribute = labeler_drift.attribute
            AND scored.week >= labeler_drift.week
    QUALIFY row_number() OVER (
        PARTITION BY
            scored.week, scored.labeler, scored.labeler_version, scored.attribute, labeler_drift.anchor_set
        ORDER BY labeler_drift.week DESC
    ) = 1
),

drifts AS (
    SELECT
        week, labeler, labeler_version, attribute,
        cast(sum(drifted) AS INTEGER) AS drifted,
        cast(sum(pictures) AS INTEGER) AS anchors,
        max(moved_in) FILTER (WHERE drifted > 0) AS moved_in
    FROM compared
    GROUP BY week, labeler, labeler_version, attribute
)

SELECT
    scored.week, scored.labeler, scored.labeler_version, scored.attribute, judged.judged_by, judged.alpha,
    judged.alpha_low, judged.alpha_high, judged.n, judged.both_assessed_share, drifts.drifted,
    drifts.anchors,
    CASE
        WHEN drifts.drifted > 0 THEN FALSE
        WHEN judged.alpha < 0.67 THEN FALSE
        WHEN judged.alpha IS NOT NULL THEN TRUE
    END AS reliable,
    CASE
        WHEN drifts.drifted > 0
            THEN concat(
                'not reliable: labels of ', drifts.drifted, ' of ', drifts.anchors, ' anchor pictures by ',
                scored.labeler, ' moved (labeler drift, week ', drifts.moved_in, ')'
            )
        WHEN judged.alpha < 0.67
            THEN concat(
                'not reliable: ', judged.both_sides, ' agree at alpha ',
                printf('%.2f', floor(100 * judged.alpha) / 100), ' (n = ', judged.n, '), below 0.67'
            )
        WHEN judged.alpha IS NULL
            THEN concat('not verified: nobody else read enough of what ', scored.labeler, ' read')
    END AS reliability
FROM scored
LEFT JOIN judged USING (week, labeler, labeler_version, attribute)
LEFT JOIN drifts USING (week, labeler, labeler_version, attribute)
