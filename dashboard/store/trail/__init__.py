"""Every write as one operation of a hash-chained trail that can be read and checked."""
