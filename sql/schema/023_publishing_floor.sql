-- What it says of the floor: it is no longer that of the plan.
COMMENT ON COLUMN plans.completeness_floor IS
'identity: least completeness (a share, 0 to 1) at which the week is published, as of its last check';
