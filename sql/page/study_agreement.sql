-- Answers: how far do the people of a study agree with each other?
-- Grain: study, attribute (in this project's words, where the study says that it means the same).
-- Columns: alpha; kappa: of two people; n: pictures of which two gave a value that counts.
-- Depends on: agreement
SELECT study, attribute, alpha, kappa, n
FROM agreement
WHERE
    study IS NOT NULL AND labeler_a = 'people' AND labeler_b = 'people' AND model IS NULL
    AND skin_tone_band IS NULL
ORDER BY study, attribute
