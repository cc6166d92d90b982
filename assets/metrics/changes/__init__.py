"""Changes: which series of weeks moved, since when and by how much, as each week brings it to light."""
