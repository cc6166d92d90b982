-- Answers: What share of each model's pictures of four weeks shows what was reported in 2023, and is it so
--   still? From labels, to be held against `claim_shares`, which gives worth and threshold alone.
-- Grain: that of claim_shares.
-- Columns: those of claim_shares that name the row; k of n pictures, control_k of control_n, beside_k;
--   unseen answers; share, low, high, bound_low, bound_high; verdict by that interval alone.
-- Depends on: claim_shares, plans, prompts, slots, prompt_attributes, attribute_values, attempts,
--   outcomes, labels, joint_values, withheld, changes, study_slots, study_labels, study_attribute_values
-- Uses: readings
WITH
-- Uses: begun

-- Uses: spanned

-- Uses: registered

-- of four weeks; of a conversation what came after its first turn
shown_of AS (
    SELECT
        wanted.week,
        wanted.model,
        wanted.claim,
        wanted.part,
        seen.shown,
        registered.counted,
        registered.beside,
        list_contains(registered.controls, split_part(seen.prompt, '/', 2)) AS is_control,
        seen.attribute = '' AS refused,
        seen.unseen OR seen.attribute = '' AS unseen
    FROM claim_shares AS wanted
    INNER JOIN registered USING (claim, part)
    INNER JOIN spans ON cast(wanted.week AS VARCHAR) = spans.span AND wanted.model = spans.model
    INNER JOIN seen
        ON
            spans.occasion = seen.occasion
            AND spans.model = seen.model
            AND registered.suite = seen.suite
            AND list_contains(registered.majors, seen.suite_major)
            AND list_contains(
                list_concat(registered.prompts, registered.controls), split_part(seen.prompt, '/', 2)
            )
            AND (
                seen.attribute = '' AND seen.shown = 'refused'
                OR (
                    registered.attribute = seen.attribute
                    AND spans.labeler = seen.labeler
                    AND spans.labeler_version = seen.labeler_version
                )
            )
    SEMI JOIN prompts
        ON
            seen.occasion = cast(prompts.week AS VARCHAR)
            AND seen.model = prompts.model
            AND seen.suite = prompts.suite
            AND seen.suite_major = prompts.suite_major
            AND seen.prompt = prompts.prompt
            AND (prompts.turns = 1 OR seen.turn > 1)
    ANTI JOIN begun
        ON
            wanted.model = begun.model
            AND registered.attribute = begun.attribute
            AND spans.span >= begun.reported
            AND spans.occasion < begun.first
    WHERE NOT spans.is_study AND spans.back < 4
),

counted AS (
    SELECT
        week, model, claim, part,
        count(*) FILTER (WHERE NOT is_control AND NOT refused AND list_contains(counted, shown)) AS shows,
        count(*) FILTER (WHERE NOT is_control AND NOT refused AND shown IS NOT NULL) AS decided,
        count(*) FILTER (WHERE NOT is_control AND unseen) AS unseen,
        count(*) FILTER (WHERE is_control AND NOT refused AND list_contains(counted, shown)) AS control_k,
        count(*) FILTER (WHERE is_control AND NOT refused AND shown IS NOT NULL) AS control_n,
        count(*) FILTER (WHERE NOT is_control AND NOT refused AND list_contains(beside, shown)) AS beside_k
    FROM shown_of
    GROUP BY week, model, claim, part
),

judged AS ( -- noqa: ST03
    SELECT
        wanted.week, wanted.model, wanted.claim, wanted.part, wanted.threshold,
        coalesce(counted.shows, 0) AS shows,
        coalesce(counted.decided, 0) AS decided,
        coalesce(counted.unseen, 0) AS unseen,
        CASE WHEN len(registered.controls) > 0 THEN coalesce(counted.control_k, 0) END AS control_k,
        CASE WHEN len(registered.controls) > 0 THEN coalesce(counted.control_n, 0) END AS control_n,
        CASE WHEN len(registered.beside) > 0 THEN coalesce(counted.beside_k, 0) END AS beside_k,
        1.959964 AS z,
        CASE WHEN decided >= 5 THEN shows / wanted.worth END AS k,
        CASE WHEN decided >= 5 THEN decided / wanted.worth END AS n
    FROM claim_shares AS wanted
    LEFT JOIN registered USING (claim, part)
    LEFT JOIN counted USING (week, model, claim, part)
),

-- Uses: wilson

found AS (
    SELECT
        week, model, claim, part, threshold, unseen, control_k, control_n, beside_k, low, high,
        shows AS k,
        decided AS n,
        CASE WHEN decided >= 5 THEN shows / decided END AS share,
        decided >= 5 AND unseen > 0.05 * (decided + unseen) AS many_unseen,
        CASE WHEN many_unseen THEN greatest(shows / (decided + unseen) - (share - low), 0) END AS bound_low,
        CASE WHEN many_unseen THEN least((shows + unseen) / (decided + unseen) + high - share, 1) END
            AS bound_high,
        CASE
            WHEN threshold IS NULL THEN ''
            WHEN decided = 0 THEN 'not_asked'
            WHEN low >= threshold THEN 'yes'
            WHEN high < threshold THEN 'no'
            ELSE 'cannot_tell'
        END AS verdict
    FROM bounded
)

SELECT * EXCLUDE (many_unseen)
FROM found
ORDER BY ALL
