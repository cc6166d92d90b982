-- Answers: what share of the pictures of a claim showed it, every four weeks back from each model's last?
-- Grain: part, model, week.
-- Columns: first_week: of the four weeks; estimate, low, high, k, n: the claim's share.
-- Depends on: claim_shares, plans
WITH lasts AS (
    SELECT
        model,
        min(week) AS first_week,
        max(week) AS last_week
    FROM plans
    WHERE week <= cast($week AS DATE)
    GROUP BY model
),

of_claim AS (
    SELECT *
    FROM claim_shares
    WHERE claim = $claim
)

SELECT
    c.part, c.model, c.week,
    greatest(c.week - 21, lasts.first_week) AS first_week,
    c.share AS estimate,
    c.low, c.high, c.k, c.n
FROM of_claim AS c
INNER JOIN lasts USING (model)
WHERE
    c.week BETWEEN cast($week AS DATE) - 357 AND cast($week AS DATE)
    AND date_diff('day', c.week, lasts.last_week) % 28 = 0
ORDER BY c.part, c.model, c.week
