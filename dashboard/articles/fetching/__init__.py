"""Articles and feeds from the network, through one guard that never asks an inside address."""

from dashboard.articles.fetching.fetcher import Fetched, Fetcher
from dashboard.articles.fetching.policy import FetchPolicy

__all__ = ["FetchPolicy", "Fetched", "Fetcher"]
