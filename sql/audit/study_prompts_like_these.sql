-- Answers: what would other prompts like those of a study show? The interval over prompts of every figure
--   that is a mean over ten prompts or more, from the labels alone, to be held against `study_scores`.
-- Grain: study, attribute, labeler, labeler_version, condition, model, reference, metric, value_name; only
--   what has this interval.
-- Columns: keys of study_scores (equal shares are parity of two values, uniform of more); prompts, mean,
--   spread, student_t, frozen_low, frozen_high, prompts_low, prompts_high: as in prompts_like_these.
-- Depends on: study_slots, study_labels, study_attribute_values
-- Uses: read_from_study_labels
WITH RECURSIVE
-- n of all values
sized AS (
    SELECT
        *,
        sum(x) OVER (
            PARTITION BY study, attribute, labeler, labeler_version, condition, model, prompt
        ) AS n
    FROM counted
),

-- mean share over the prompts with a picture, and its variance over pictures: the larger of the unbiased one
-- and that with two pseudo-counts
shares AS (
    SELECT
        study, attribute, labeler, labeler_version, condition, model, value,
        1.959963984540054e0 AS z,
        count(*) AS prompts,
        sum(n + 1) AS freedom,
        avg(x / n) AS mean,
        stddev_samp(x / n) AS spread,
        greatest(
            sum(
                CASE
                    WHEN n > 1 THEN x / n * (1 - x / n) / (n - 1)
                    ELSE (x + 1) / (n + 2) * (1 - (x + 1) / (n + 2)) / n
                END
            ),
            sum((x + 1) / (n + 2) * (1 - (x + 1) / (n + 2)) / n)
        ) AS variance
    FROM sized
    WHERE n > 0
    GROUP BY ALL
    HAVING count(*) >= 10
),

-- Student's quantile with so many degrees of freedom (Abramowitz & Stegun 26.7.5)
frozen_shares AS (
    SELECT
        *,
        sqrt(variance) / prompts * (
            z + (pow(z, 3) + z) / 4 / freedom
            + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / 96 / pow(freedom, 2)
            + (3 * pow(z, 7) + 19 * pow(z, 5) + 17 * pow(z, 3) - 15 * z) / 384 / pow(freedom, 3)
            + (79 * pow(z, 9) + 776 * pow(z, 7) + 1482 * pow(z, 5) - 1920 * pow(z, 3) - 945 * z)
            / 92160 / pow(freedom, 4)
        ) AS half
    FROM shares
),

-- p: the share with two pseudo-counts
pseudo AS (
    SELECT
        *,
        (x + 2 / k) / (n + 2) AS p
    FROM sized
    WHERE n >= 2
),

cells AS (
    SELECT
        study, attribute, labeler, labeler_version, condition, model, prompt, n, k,
        sum(x * (x - 1)) AS pairs,
        sum(x * (x - 1) * (x - 1)) AS lines,
        sum(p * p) AS pp,
        sum(p * p * p) AS ppp
    FROM pseudo
    GROUP BY ALL
),

-- d: distance2 to equal shares, half of what the share of pairs that agree exceeds 1 / k by
figures AS (
    SELECT
        *,
        (pairs / (n * (n - 1)) - 1 / k) / 2 AS d,
        CASE
            WHEN n >= 4
                THEN
                    (
                        pow(pairs / (n * (n - 1)), 2)
                        - (pairs * pairs - 4 * lines + 2 * pairs) / (n * (n - 1) * (n - 2) * (n - 3))
                    ) / 4
        END AS unbiased,
        (pp - pp * pp) / (2 * n * (n - 1)) AS at_zero,
        (n - 2) / (n * (n - 1)) * greatest(ppp - pp * pp, 0) AS growing,
        (pp - 1 / k) / 2 AS plain,
        2 * (n - 2) / (n * (n - 1)) * (1 - pp) / greatest(k - 1, 1) AS slope
    FROM cells
),

distances AS (
    SELECT
        study, attribute, labeler, labeler_version, condition, model, k,
        1.959963984540054e0 AS z,
        max(n) >= 5 AS told,
        count(*) AS prompts,
        avg(d) AS mean,
        stddev_samp(d) AS spread,
        greatest(sum(coalesce(unbiased, growing + at_zero)), sum(growing + at_zero), 0) AS variance,
        sum(at_zero) AS at_zero,
        sum(plain) AS plain,
        sum(slope) AS slope
    FROM figures
    GROUP BY ALL
    HAVING count(*) >= 10
),

-- the variance is a t + b at the distance t, b at the reference itself
lined AS (
    SELECT
        *,
        at_zero / prompts / prompts AS b,
        greatest(CASE WHEN plain > 0.5e-9 THEN (variance - at_zero) / plain ELSE slope / prompts END, 0)
        / prompts AS a
    FROM distances
),

scored AS (
    SELECT
        *,
        mean + z * z * a / 2 AS middle,
        sqrt(greatest(pow(2 * mean + z * z * a, 2) - 4 * (mean * mean - z * z * b), 0)) / 2 AS half
    FROM lined
),

-- the hull of Wald and score intervals
frozen_distances AS (
    SELECT
        * EXCLUDE (z, variance, at_zero, plain, slope, a, b, middle, half),
        least(middle - half, mean - z * sqrt(variance) / prompts) AS frozen_low,
        least(greatest(middle + half, 0, mean + z * sqrt(variance) / prompts), (1 - 1 / k) / 2) AS frozen_high
    FROM scored
),

-- with the ends of what is possible; homogeneity is distance2 to equal shares over half of 1 - 1 / k
means AS (
    SELECT
        * EXCLUDE (value, z, freedom, variance, half),
        unnest(
            CASE
                WHEN attribute = 'clothing_era' AND value = 'historical' THEN ['share', 'anachronism_rate']
                ELSE ['share']
            END
        ) AS metric,
        value AS value_name,
        greatest(mean - half, 0) AS frozen_low,
        least(mean + half, 1) AS frozen_high,
        0 AS least_possible
    FROM frozen_shares
    UNION ALL BY NAME
    SELECT
        * EXCLUDE (k, told),
        unnest(CASE WHEN told THEN ['distance2', 'distance'] ELSE ['distance2'] END) AS metric,
        CASE WHEN k = 2 THEN 'parity' ELSE 'uniform' END AS reference,
        -0.5 AS least_possible
    FROM frozen_distances
    UNION ALL BY NAME
    SELECT
        * EXCLUDE (k, told) REPLACE (
            2 * mean / (1 - 1 / k) AS mean,
            2 * spread / (1 - 1 / k) AS spread,
            2 * frozen_low / (1 - 1 / k) AS frozen_low,
            2 * frozen_high / (1 - 1 / k) AS frozen_high
        ),
        'homogeneity' AS metric,
        -1 AS least_possible
    FROM frozen_distances
    WHERE k > 1 AND told
),

-- t = √f tan θ with f = prompts - 1 degrees of freedom; P(|T| <= t) is sin θ times a finite sum of powers of
-- cos θ, of odd f with 2 θ / π besides (Abramowitz & Stegun 26.7.3 and 26.7.4; (2 j - 1)!! and the like as
-- gamma functions). A step towards larger θ is taken unless it passes 95 %; each is half of the last.
bisection AS (
    SELECT DISTINCT
        prompts - 1 AS f,
        (prompts - 1) % 2 AS odd,
        cast(0 AS DOUBLE) AS theta,
        pi() / 4 AS step
    FROM means
    UNION ALL
    SELECT
        f, odd,
        theta + CASE
            WHEN
                odd * 2 * (theta + step) / pi()
                + sin(theta + step) / sqrt(pi()) * list_sum(
                    list_transform(
                        range(0, f // 2),
                        LAMBDA j: exp(lgamma(j + 0.5 + odd / 2) - lgamma(j + 1 + odd / 2))
                        * pow(cos(theta + step), 2 * j + odd)
                    )
                ) <= 0.95
                THEN step
            ELSE 0
        END AS theta,
        step / 2 AS step
    FROM bisection
    WHERE step > 1e-16
),

ends AS (
    SELECT
        means.*,
        sqrt(bisection.f) * tan(bisection.theta) AS student_t,
        sqrt(bisection.f) * tan(bisection.theta) * means.spread / sqrt(means.prompts) AS half
    FROM means
    INNER JOIN bisection ON means.prompts = bisection.f + 1 AND bisection.step <= 1e-16
),

clipped AS (
    SELECT
        *,
        greatest(least(mean - half, frozen_low), least_possible) AS below,
        least(greatest(mean + half, frozen_high), 1) AS above
    FROM ends
)

SELECT
    study, attribute, labeler, labeler_version, condition, model, reference, metric,
    CASE WHEN metric != 'anachronism_rate' THEN value_name END AS value_name,
    prompts, mean, spread, student_t, frozen_low, frozen_high,
    CASE
        WHEN metric = 'distance' THEN sqrt(CASE WHEN below > 1e-14 THEN below ELSE 0 END)
        ELSE below
    END AS prompts_low,
    CASE
        WHEN metric = 'distance' THEN sqrt(CASE WHEN above > 1e-14 THEN above ELSE 0 END)
        ELSE above
    END AS prompts_high
FROM clipped
ORDER BY study, attribute, labeler, labeler_version, condition, model, reference, metric, value_name
