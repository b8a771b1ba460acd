"""From a file or a pasted page to an article: clean text with offsets into what was read."""

from dashboard.articles.reading.article import Article, Block, Role
from dashboard.articles.reading.reading import Origin, Reading

__all__ = ["Article", "Block", "Origin", "Reading", "Role"]
