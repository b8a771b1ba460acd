"""The parts of the Review page, and what a reviewer finds on a record's card."""
