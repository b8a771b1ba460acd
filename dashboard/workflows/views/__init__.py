"""Which records a view shows, in which order, and what is known of each."""
