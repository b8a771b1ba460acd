"""What is decided by weights learned from annotated articles rather than by rules: small linear models."""
