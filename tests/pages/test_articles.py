"""The Articles page: a text pasted, its proposals beside it, each decided; nothing of it is HTML."""

from pathlib import Path

import pytest

from dashboard.domain.access import Role
from dashboard.runtime import runtime
from dashboard.store.drafts.drafts import DraftState
from dashboard.workflows.articles import ingest, match_records
from dashboard.workflows.articles.match_records import Match

TEXT = (Path(__file__).parents[1] / "articles" / "texts" / "founding.txt").read_text(encoding="utf-8")
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def shop(own_store, gazetteer_file, monkeypatch):
    monkeypatch.setenv("ARSENAL_ATLAS_GAZETTEER", str(gazetteer_file))


def bring(page, text=TEXT, publisher="The Example Daily"):
    page.fill("text_area", "Text of the article", text)
    page.fill("text_input", "Publisher", publisher)
    page.press("Find what it tells")


def html_of(page):
    return "\n".join(str(e.proto.body) for e in page.at.get("html"))


def looked_at(page):
    """The draft of the proposal whose card is drawn."""
    article = runtime().store.articles.list()[0]
    links = {link.draft.id: link.draft for link in runtime().store.articles.drafts(article.id)}
    return links[page.at.session_state["article_item"]] if "article_item" in page.at.session_state else None


def states():
    article = runtime().store.articles.list()[0]
    return [link.draft.state for link in runtime().store.articles.drafts(article.id)]


def test_a_pasted_article_says_what_it_can_of_itself(shop, opened):
    page = opened("articles")
    assert "None yet" in page.words
    page.fill("text_area", "Text of the article", TEXT)
    assert page.field("text_input", "Title").value.startswith("Morocco and Israel put")
    assert page.field("text_input", "Published").value == "2026-01-05"
    assert "does not say who published it" in page.words


def test_what_a_person_typed_is_not_written_over(shop, opened):
    page = opened("articles")
    page.fill("text_input", "Title", "My own title")
    page.fill("text_area", "Text of the article", TEXT)
    assert page.field("text_input", "Title").value == "My own title"


def test_its_proposals_stand_beside_its_text_and_on_a_map(shop, opened):
    page = opened("articles")
    bring(page)
    assert "proposals wait" in page.words
    assert "The Example Daily · published 5 January 2026" in page.words
    drawn = html_of(page)
    assert 'class="ar-place' in drawn
    assert 'ar-on ar-quoted"' in drawn
    assert 'class="ar-junk"' in drawn
    assert any(getattr(e, "key", "") == "spots_map" for e in page.at.main)
    assert page.button("Not the same") is not None  # the first is a record already
    page.press("Next")
    for label in ("Accept", "Reject", "Edit", "Split", "Next", "Previous"):
        assert page.button(label) is not None


def test_a_reason_for_being_the_same_is_said_once_however_often_it_is_told(shop, opened, monkeypatch):
    once = ingest._keyed
    # An extractor that finds the same fact in two places of a text, as a model may.
    monkeypatch.setattr(ingest, "_keyed", lambda found: [*once(found), *once(found)])
    page = opened("articles")
    bring(page, "Rabat\n\nMorocco and Israel signed an agreement on defence in Rabat on 24 November 2021.")
    assert page.words.count("agreement of 2021-11-24") == 1
    # Drafts of older versions keep the reason as it was written then.
    twice = Match("adds a source to", "ev-2021-defence-mou", "", "the same day; the same day")
    monkeypatch.setattr(match_records, "_told_again", lambda *_: twice)
    page = opened("articles")
    bring(page, "Fez\n\nMorocco and Israel signed an agreement on defence in Rabat on 24 November 2021.")
    assert page.words.count("the same day") == 1


def test_an_accepted_proposal_is_published_and_the_next_is_shown(shop, opened):
    page = opened("articles")
    bring(page)
    before = runtime().version
    page.press("Accept")
    assert "accepted and on the map" in page.words
    assert states().count(DraftState.ACCEPTED) == 1
    assert runtime().version != before
    assert looked_at(page).state is DraftState.SUBMITTED


def test_a_rejection_keeps_who_and_why(shop, opened):
    page = opened("articles")
    bring(page)
    page.press("Reject")
    article = runtime().store.articles.list()[0]
    (draft,) = [
        link.draft
        for link in runtime().store.articles.drafts(article.id)
        if link.draft.state is DraftState.REJECTED
    ]
    assert (draft.decided_by, draft.decided_why) == ("local", "The article does not say so")


@pytest.mark.parametrize(("label", "state"), [("Reject", "rejected"), ("Accept", "accepted")])
def test_a_reason_typed_at_the_moment_of_the_click_is_kept(shop, opened, label, state):
    page = opened("articles")
    bring(page)
    page.field("selectbox", "Why").select("It is told twice")
    page.press(label)
    article = runtime().store.articles.list()[0]
    drafts = [link.draft for link in runtime().store.articles.drafts(article.id)]
    assert [draft.decided_why for draft in drafts if draft.state == state] == ["It is told twice"]


def test_what_is_chosen_at_the_moment_of_the_click_is_merged(shop, opened):
    page = opened("articles")
    bring(page)
    box = page.field("selectbox", "Merge with")
    assert "Meeting: Rabat" in box.options[1:]
    box.select("Meeting: Rabat")
    page.press("Merge")
    assert "Merged with Meeting: Rabat" in page.words


def test_all_decided_is_said_to_be_done(shop, opened):
    page = opened("articles")
    bring(page)
    while page.button("Reject") is not None:
        page.press("Reject")
    assert "this article is done" in page.words
    page.press("All articles")
    assert list(page.at.dataframe[0].value["State"]) == ["done"]


def test_the_list_opens_an_article(shop, opened):
    page = opened("articles")
    bring(page)
    page.press("All articles")
    assert page.button("Accept") is None
    article = runtime().store.articles.list()[0]
    page.go("articles", article=article.id)
    assert page.button("Accept") is not None


def test_the_same_article_is_not_brought_twice(shop, opened):
    page = opened("articles")
    bring(page)
    count = len(states())
    page.press("All articles")
    bring(page)
    assert "brought before" in page.words
    assert len(states()) == count


def test_two_proposals_are_merged(shop, opened):
    page = opened("articles")
    bring(page)
    waiting = states().count(DraftState.SUBMITTED)
    page.press("Merge")
    assert "Merged with" in page.words
    assert states().count(DraftState.SUBMITTED) == waiting - 1


def test_text_of_an_article_is_never_html(shop, opened):
    page = opened("articles")
    bring(page, TEXT + f"\nOn 7 January 2026 Morocco and {HOSTILE} signed an agreement in Agadir.\n", HOSTILE)
    drawn = html_of(page)
    assert HOSTILE not in drawn
    assert "&lt;img src=x onerror=alert(1)&gt;" in drawn
    assert "\\<img src\\=x" in "\n".join(str(e.value) for e in page.at.get("caption"))


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("clip.txt", TEXT.encode()),
        (
            "clip.html",
            "<html lang=en><head><title>Morocco and Israel put it on paper</title>"
            "<meta property='article:published_time' content='2026-01-05'></head><body><article>"
            f"{''.join(f'<p>{line}</p>' for line in TEXT.splitlines())}</article></body></html>".encode(),
        ),
    ],
)
def test_a_file_is_brought_as_a_pasted_text_is(shop, opened, name, raw):
    page = opened("articles")
    page.fill("file_uploader", "Or a file", (name, raw, "application/octet-stream"))
    assert page.field("text_input", "Title").value.startswith("Morocco and Israel put")
    assert page.field("text_input", "Published").value == "2026-01-05"
    page.fill("text_input", "Publisher", "The Example Daily")
    page.press("Find what it tells")
    assert "proposals wait" in page.words
    (article,) = runtime().store.articles.list()
    kept = runtime().store.articles.get(article.id)
    assert kept.publisher == "The Example Daily"
    assert "Ben Slimane" in kept.text
    assert "<p>" not in kept.text


def test_a_file_that_cannot_be_read_is_said_to_be_so(shop, opened):
    page = opened("articles")
    page.fill("file_uploader", "Or a file", ("clip.pdf", b"%PDF-1.7 no more", "application/pdf"))
    assert "clip.pdf" in page.words
    page.press("Find what it tells")
    assert runtime().store.articles.list() == ()


def test_nothing_pasted_is_said(shop, opened):
    page = opened("articles")
    page.press("Find what it tells")
    assert "paste the article" in page.words


def test_a_contributor_takes_back_and_a_reviewer_accepts(gazetteer_file, monkeypatch, visitors, opened):
    monkeypatch.setenv("ARSENAL_ATLAS_GAZETTEER", str(gazetteer_file))
    visitors.enter("Ann", Role.CONTRIBUTOR)
    page = opened("articles")
    bring(page)
    assert page.button("Accept") is None
    assert "another reviewer accepts it" in page.words
    page.press("Take back")
    assert states().count(DraftState.WITHDRAWN) == 1
    visitors.enter("Rev", Role.REVIEWER)
    article = runtime().store.articles.list()[0]
    page = opened("articles", article=article.id)
    page.press("Accept")
    assert states().count(DraftState.ACCEPTED) == 1
    page = opened("review")
    assert "Found in an article by rules" in page.words


@pytest.mark.parametrize("role", [Role.READER])
def test_a_reader_is_told_why_not(visitors, opened, role):
    visitors.enter("Kim", role)
    page = opened("articles")
    assert "You may not write and submit drafts" in page.words
    assert page.button("Find what it tells") is None
