"""Who sees what, and how exactly."""
