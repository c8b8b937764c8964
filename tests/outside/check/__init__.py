"""Independent checkers: they prove that what the makers call sound is sound."""
