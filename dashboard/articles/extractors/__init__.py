"""What finds proposals in articles: the rules of this package, or something else held to the same checks."""
