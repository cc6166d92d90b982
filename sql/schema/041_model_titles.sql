-- What it makes: what people call each model.
-- Grain: stated at the table. It is loaded with the plan.

CREATE TABLE model_titles (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    title VARCHAR NOT NULL
);

COMMENT ON TABLE model_titles IS
'One row for each partition: what people call the model, as its entry said when the week was planned.
Grain: week, model.';
COMMENT ON COLUMN model_titles.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN model_titles.model IS 'identity: name of the model entry';
COMMENT ON COLUMN model_titles.title IS 'identity: its title; the name where the entry had none';
