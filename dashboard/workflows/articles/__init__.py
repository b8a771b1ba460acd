"""From an article to proposals, and from proposals to drafts that a person decides about."""
