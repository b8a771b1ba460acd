"""From articles to proposed records, each with its verbatim quote; none yet."""
