-- Answers: By how much did each series move whose change was reported? From labels alone, to be held
--   against `changes`, which says what is compared: the series, the date, and what was reported before.
-- Grain: that of changes.
-- Columns: those of changes that name the row; before_k of before_n pictures before the date show it,
--   after_k of after_n since then; size: difference of mean weekly shares, prompts less their own mean;
--   se, dispersion, df.
-- Depends on: changes, plans, slots, prompts, prompt_attributes, attribute_values, attempts, outcomes,
--   labels, joint_values, withheld, study_slots, study_labels, study_attribute_values
-- Uses: readings
WITH
-- Uses: begun

-- Uses: change_weeks

-- half a picture more of either kind, so that no variance is 0; of a level, and of all weeks
variances AS (
    SELECT
        board, model,
        max(weeks) AS weeks,
        sum(rate * late_share * (1 - late_share)) AS of_late,
        sum(rate * early_share * (1 - early_share)) AS of_early,
        sum(rate * share * (1 - share)) AS of_all
    FROM (
        SELECT
            board, model,
            max(max(nth)) OVER (PARTITION BY board, model) AS weeks,
            sum(w ^ 2 / n) AS rate,
            (coalesce(sum(k) FILTER (WHERE late), 0) + 0.5)
            / (coalesce(sum(n) FILTER (WHERE late), 0) + 1) AS late_share,
            (coalesce(sum(k) FILTER (WHERE early), 0) + 0.5)
            / (coalesce(sum(n) FILTER (WHERE early), 0) + 1) AS early_share,
            (sum(k) + 0.5) / (sum(n) + 1) AS share
        FROM leveled
        GROUP BY board, model, prompt
    ) AS of_prompts
    GROUP BY board, model
),

weeks_found AS (
    SELECT
        board, model, nth, late, early,
        sum(w * off) AS y,
        sum(k) AS k,
        sum(n) AS n
    FROM leveled
    WHERE late OR early
    GROUP BY board, model, nth, late, early
),

steps AS (
    SELECT
        *,
        y - avg(y) OVER (PARTITION BY board, model, late) AS off
    FROM weeks_found
),

levels AS (
    SELECT
        board, model,
        count(*) FILTER (WHERE late) AS a,
        count(*) FILTER (WHERE early) AS b,
        avg(y) FILTER (WHERE late) - avg(y) FILTER (WHERE early) AS size,
        sum(off * off) AS squares,
        sum(off * before) AS neighbors,
        cast(sum(k) FILTER (WHERE early) AS INTEGER) AS before_k,
        cast(sum(n) FILTER (WHERE early) AS INTEGER) AS before_n,
        cast(sum(k) FILTER (WHERE late) AS INTEGER) AS after_k,
        cast(sum(n) FILTER (WHERE late) AS INTEGER) AS after_n
    FROM (
        SELECT
            *,
            lag(off) OVER (PARTITION BY board, model, late ORDER BY nth DESC) AS before
        FROM steps
    ) AS with_neighbors
    GROUP BY board, model
),

measured AS (
    SELECT
        levels.*,
        greatest(variances.of_late, variances.of_all) / variances.weeks AS variance_late,
        greatest(variances.of_early, variances.of_all) / variances.weeks AS variance_early,
        (levels.a - 1) * variance_late + (levels.b - 1) * variance_early AS expected
    FROM levels
    INNER JOIN variances USING (board, model)
    WHERE levels.b >= 4
),

-- dispersion is of all models that have such weeks
scattered AS ( -- noqa: ST03
    SELECT
        board,
        model AS unit,
        a + b - 2 AS df,
        squares / expected AS own,
        neighbors / expected AS lagged
    FROM measured
),

-- Uses: dispersion

found AS (
    SELECT
        unnest(measured.board), -- noqa: AL03
        measured.before_k, measured.before_n, measured.after_k, measured.after_n, measured.size,
        dispersed.dispersion,
        sqrt(
            dispersed.dispersion
            * (measured.variance_late / measured.a + measured.variance_early / measured.b)
        ) AS se,
        dispersed.free AS df
    FROM measured
    INNER JOIN dispersed ON measured.board = dispersed.board AND measured.model = dispersed.unit
    WHERE measured.model = measured.board.model
)

SELECT *
FROM found
ORDER BY ALL
