"""Sentences of many wordings, each with the fact a reader takes from it; the share understood must hold.

The file was written before the word lists knew its words, and is only ever added to in that way.
"""

from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from dashboard.articles.language import LANGUAGES
from dashboard.domain.dates import UncertainDate

BANK = Path(__file__).parent / "texts" / "sentences.tsv"
LEAST_SHARE = 0.9
WEDNESDAY = date(2025, 6, 18)


def rows():
    found = defaultdict(list)
    for line in BANK.read_text(encoding="utf-8").splitlines():
        language, *rest = line.split("\t")
        found[language].append(tuple(rest))
    return found


def overlap(first, second):
    one, other = UncertainDate.parse(first).bounds, UncertainDate.parse(second).bounds
    return one.first <= other.last and other.first <= one.last


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_facts_are_found_with_status_and_date(propose, language):
    missed = []
    told = [row for row in rows()[language] if row[0] != "none"]
    for kind, status, edtf, text in told:
        found = propose(text, language, WEDNESDAY).events
        alike = [
            event for event in found if event.kind == kind and event.status == status and event.date.text
        ]
        if not any(overlap(event.date.text, edtf) for event in alike):
            missed.append(text)
    assert len(missed) <= (1 - LEAST_SHARE) * len(told), missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_without_a_fact_make_no_event(propose, language):
    for kind, _, _, text in rows()[language]:
        if kind == "none":
            assert propose(text, language, WEDNESDAY).events == (), text
