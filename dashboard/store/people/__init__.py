"""Who has signed in, with which tokens, and which sign-ins have ended."""
