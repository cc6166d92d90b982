-- Answers: What would other prompts like these show? Steps of the audit queries prompts_like_these, of weeks
--   and of studies: made from their part beside, the pictures of each value: scope (a number of what a figure
--   is of), attribute, reference (NULL: none, for shares), prompt, subject (of the prompt),
--   value, q (the share that the reference expects; equal shares without one), x (pictures), effect (how many
--   of the prompt count as one), named (how many values there are).
-- Grain: of over_prompts: scope, reference, metric, value_name; only groups of ten subjects or more.
-- Columns: of over_prompts: the figures of the two queries.
-- Depends on:
WITH RECURSIVE
-- x pictures of the value, n of all k values, as many as they are worth
sized AS (
    SELECT
        scope, attribute, reference, prompt, subject, named, value, q,
        x / effect AS x,
        count(*) OVER prompt_cell AS k,
        sum(x) OVER prompt_cell AS pictures,
        sum(x) OVER prompt_cell / effect AS n,
        sum(q * q) OVER prompt_cell AS c,
        sum(x * q) OVER prompt_cell / effect AS xq,
        sum(x * q * q) OVER prompt_cell / effect AS xqq
    FROM beside
    WINDOW prompt_cell AS (PARTITION BY scope, reference, prompt)
),

-- the cells with a picture; variances of their shares over pictures: unbiased, and with two pseudo-counts
share_cells AS (
    SELECT
        scope, attribute, reference, value, subject, n,
        x / n AS share,
        avg(x / n) OVER (PARTITION BY scope, reference, value) AS mean,
        (x + 1) / (n + 2) * (1 - (x + 1) / (n + 2)) / n AS plug_in,
        CASE
            WHEN n >= 2 THEN x / n * (1 - x / n) / (n - 1)
            ELSE (x + 1) / (n + 2) * (1 - (x + 1) / (n + 2)) / n
        END AS unbiased
    FROM sized
    WHERE reference IS NULL AND n > 0
),

-- what the cells of a subject add together: they are no independent draws
share_subjects AS (
    SELECT
        scope, attribute, reference, value, mean, subject,
        count(*) AS prompts,
        sum(n + 1) AS freedom,
        sum(share - mean) AS moved,
        sum(unbiased) AS unbiased,
        sum(plug_in) AS plug_in
    FROM share_cells
    GROUP BY ALL
),

-- mean share, its standard error over subjects, and its variance over pictures: the larger of both
shares AS (
    SELECT
        scope, attribute, reference, value, mean,
        1.959963984540054e0 AS z,
        count(*) AS subjects,
        sum(prompts) AS prompts,
        sum(freedom) AS freedom,
        sqrt(count(*) / (count(*) - 1) * sum(moved * moved)) / sum(prompts) AS error,
        greatest(sum(unbiased), sum(plug_in)) AS variance
    FROM share_subjects
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

-- p: the share with two pseudo-counts; line, square: sums of the kernel 1[i = j] - q_i - q_j + c and of its
-- square over all pictures
valued AS (
    SELECT
        *,
        (x + 2 / k) / (n + 2) AS p,
        1 - 2 * q + c AS own,
        x - n * q - xq + n * c - (1 - 2 * q + c) AS line,
        n * pow(c - q, 2) - 2 * (c - q) * xq + xqq + x * (1 + 2 * (c - 2 * q)) AS square
    FROM sized
    WHERE n >= 2
),

cell_sums AS (
    SELECT
        scope, attribute, reference, prompt, subject, named, pictures, n, k, c, xq,
        sum(x * (x - 1)) AS agreeing,
        sum(x * line) AS pairs,
        sum(x * line * line) AS lines,
        sum(x * (square - own * own)) AS same,
        sum(pow(p - q, 2)) AS theta,
        greatest(sum(p * pow(p - q, 2)) - pow(sum(p * (p - q)), 2), 0) AS first,
        sum(p * p) AS pp,
        sum(p * q) AS pq,
        sum(p * q * q) AS pqq,
        sum(p * p * q) AS ppq,
        min(q) AS least
    FROM valued
    GROUP BY ALL
),

-- d: distance2 of the cell; for fewer than four pictures no unbiased variance
figures AS (
    SELECT
        *,
        (agreeing / (n * (n - 1)) - 2 * xq / n + c) / 2 AS d,
        CASE
            WHEN n >= 4
                THEN
                    (
                        pow(pairs / (n * (n - 1)), 2)
                        - (pow(pairs, 2) - 4 * (lines - same) - 2 * same) / (n * (n - 1) * (n - 2) * (n - 3))
                    ) / 4
        END AS unbiased,
        (pp + 2 * pqq + 2 * pq * pq + c * c - 4 * ppq + 2 * c * pp - 4 * c * pq - theta * theta)
        / (2 * n * (n - 1)) AS at_zero,
        (n - 2) * first / (n * (n - 1)) AS growing,
        theta / 2 AS plain,
        2 * (n - 2) / (n * (n - 1)) * (1 - pp) / greatest(k - 1, 1) AS slope,
        (1 - 2 * least + c) / 2 AS largest
    FROM cell_sums
),

beside_mean AS (
    SELECT
        *,
        avg(d) OVER (PARTITION BY scope, reference, named) AS mean
    FROM figures
),

distance_subjects AS (
    SELECT
        scope, attribute, reference, named, mean, subject,
        max(pictures) AS most,
        count(*) AS prompts,
        sum(d - mean) AS moved,
        sum(coalesce(unbiased, growing + at_zero)) AS unbiased,
        sum(growing + at_zero) AS growing,
        sum(at_zero) AS at_zero,
        sum(plain) AS plain,
        sum(slope) AS slope,
        sum(largest) AS largest
    FROM beside_mean
    GROUP BY ALL
),

distances AS (
    SELECT
        scope, attribute, reference, named, mean,
        1.959963984540054e0 AS z,
        max(most) >= 5 AS told,
        count(*) AS subjects,
        sum(prompts) AS prompts,
        sqrt(count(*) / (count(*) - 1) * sum(moved * moved)) / sum(prompts) AS error,
        greatest(sum(unbiased), sum(growing), 0) AS variance,
        sum(at_zero) AS at_zero,
        sum(plain) AS plain,
        sum(slope) AS slope,
        sum(largest) / sum(prompts) AS largest
    FROM distance_subjects
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
        * EXCLUDE (z, variance, at_zero, plain, slope, largest, a, b, middle, half),
        least(middle - half, mean - z * sqrt(variance) / prompts) AS frozen_low,
        least(greatest(middle + half, 0, mean + z * sqrt(variance) / prompts), largest) AS frozen_high
    FROM scored
),

-- with the ends of what is possible
means AS (
    SELECT
        * EXCLUDE (value, z, freedom, variance, half),
        'share' AS metric,
        value AS value_name,
        greatest(mean - half, 0) AS frozen_low,
        least(mean + half, 1) AS frozen_high,
        0 AS least_possible
    FROM frozen_shares
    UNION ALL BY NAME
    SELECT
        * EXCLUDE (named, told),
        unnest(CASE WHEN told THEN ['distance2', 'distance'] ELSE ['distance2'] END) AS metric,
        -0.5 AS least_possible
    FROM frozen_distances
    WHERE reference IS NOT NULL
),

-- t = √f tan θ with f = subjects - 1 degrees of freedom; P(|T| <= t) is sin θ times a finite sum of powers of
-- cos θ, of odd f with 2 θ / π besides (Abramowitz & Stegun 26.7.3 and 26.7.4; (2 j - 1)!! and the like as
-- gamma functions). A step towards larger θ is taken unless it passes 95 %; each is half of the last.
bisection AS (
    SELECT DISTINCT
        subjects - 1 AS f,
        (subjects - 1) % 2 AS odd,
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
        sqrt(bisection.f) * tan(bisection.theta) * means.error AS half
    FROM means
    INNER JOIN bisection ON means.subjects = bisection.f + 1 AND bisection.step <= 1e-16
),

clipped AS (
    SELECT
        *,
        greatest(least(mean - half, frozen_low), least_possible) AS below,
        least(greatest(mean + half, frozen_high), 1) AS above
    FROM ends
),

over_prompts AS (
    SELECT
        scope, reference, metric,
        value_name, subjects, prompts, mean, error, student_t, frozen_low, frozen_high,
        CASE
            WHEN metric = 'distance' THEN sqrt(CASE WHEN below > 1e-14 THEN below ELSE 0 END)
            ELSE below
        END AS prompts_low,
        CASE
            WHEN metric = 'distance' THEN sqrt(CASE WHEN above > 1e-14 THEN above ELSE 0 END)
            ELSE above
        END AS prompts_high
    FROM clipped
)

SELECT * FROM over_prompts
