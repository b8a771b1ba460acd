"""Which extractor the settings ask for. What is not asked for is not even imported."""

from dashboard.articles.extractors.protocol import Extractor, RulesExtractor
from dashboard.settings import Settings

__all__ = ["build_extractor"]


def build_extractor(settings: Settings) -> Extractor:
    """Make the extractor of one run; nothing is asked of anybody yet.

    Parameters
    ----------
    settings
        Which one, and what it needs.

    Returns
    -------
    Extractor
        Ready to read articles. An endpoint's budget is that of this object.

    Raises
    ------
    ExtractorError
        The settings do not say enough, or what they name is not installed.
    """
    if settings.extractor == "endpoint":
        from dashboard.articles.extractors.endpoint import EndpointExtractor

        return EndpointExtractor(settings)
    if settings.extractor == "spacy":
        from dashboard.articles.extractors.spacy_pipeline import SpacyExtractor

        return SpacyExtractor.of(settings)
    return RulesExtractor()
