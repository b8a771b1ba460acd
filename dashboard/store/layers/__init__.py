"""Tables of others, kept in whole columns and undone as one."""
