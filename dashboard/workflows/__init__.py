"""Use cases: what a person asks for, made of the floors below; a room for each kind of asking."""
