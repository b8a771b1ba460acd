"""Use cases: what a person asks for, made of the floors below."""
