"""Past states of the atlas, what changed between them, and why."""
