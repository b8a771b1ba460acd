"""Articles into the queue on both databases: quoted, matched, once; decided by somebody else."""

import shutil
import uuid
from pathlib import Path

import pytest

from dashboard.articles.extractors.protocol import RulesExtractor
from dashboard.domain.access import LOCAL, Role
from dashboard.errors import (
    ArticleError,
    DraftError,
    OwnDraftError,
    PermissionDeniedError,
    RecordNotFoundError,
)
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.settings import Settings, starter_path
from dashboard.store.drafts.articles import ArticleState, NewArticle
from dashboard.store.drafts.drafts import DraftState
from dashboard.store.store import open_store
from dashboard.workflows.articles.changes import can_split, merge, split
from dashboard.workflows.articles.facts import Facts, guess_facts, read_pasted, with_facts
from dashboard.workflows.articles.ingest import Finder, ingest
from dashboard.workflows.articles.ingest_files import ingest_all, spread_over
from dashboard.workflows.articles.items import articles_of, open_article
from dashboard.workflows.articles.queued import COLUMNS, csv_cell, queue_rows
from dashboard.workflows.articles.read_articles import ReadSource, RefusedSource
from dashboard.workflows.articles.records import NO_PUBLISHER
from dashboard.workflows.articles.review import Wish, accept, edit, reject
from dashboard.workflows.editing.dossier_check import dossier_problems
from dashboard.workflows.editing.dossier_form import DossierForm
from dashboard.workflows.editing.drafting import resume, save_draft, submit

TEXT = (Path(__file__).parents[2] / "articles" / "texts" / "founding.txt").read_text(encoding="utf-8")
PLAIN = """An armaments works opens in Kassel

The company Hessenwerk opened a factory for drones in Kassel on 3 March 2024. The minister said so in Berlin.

On 5 March 2024 Austria and Germany signed an agreement on drones in Linz.
"""
DENIAL = """Rabat denies it

Morocco denied that it had signed an agreement with Israel in Rabat on 24 November 2021.
"""
KNOWN = "ev-2021-defence-mou"


def same(dossier):
    return dossier


@pytest.fixture(scope="module")
def gazetteer(gazetteer_file):
    with Gazetteer.open(gazetteer_file) as opened:
        yield opened


@pytest.fixture
def store(starter_url):
    opened = open_store(starter_url)
    yield opened
    opened.close()


@pytest.fixture
def finder(store, gazetteer, library_of):
    return Finder(
        library_of(store), gazetteer, HandDecidedPlaces.from_csv(starter_path("data") / "places.csv")
    )


def pasted(text=TEXT, **facts):
    return read_pasted(text, Facts(**({"publisher": "The Example Daily", "published": "2026-01-05"} | facts)))


def wish(store, person, why=""):
    return Wish(store, person, why, uuid.uuid4().hex)


def opened(store, found, person=LOCAL):
    return open_article(store, person, found.article.id, same)


def item_of(store, found, key, person=LOCAL):
    return next(one for one in opened(store, found, person).items if one.link.key.startswith(key))


def test_every_fact_waits_with_its_words_and_holds_together(store, finder):
    found = ingest(store, LOCAL, pasted(), finder)
    items = opened(store, found).items
    assert len(items) == found.made >= 9
    for item in items:
        assert item.draft.state is DraftState.SUBMITTED
        assert item.draft.dossier is not None
        assert not dossier_problems(item.draft.dossier, finder.library)
        for span in item.spans:
            assert TEXT[span["start"] : span["end"]] == span["text"]
        for row in item.draft.dossier.citations:
            if row.source_id.endswith(found.article.sha256[:8]):
                assert row.quote in TEXT
        assert all(span["end"] <= TEXT.index("Share this article") for span in item.spans)
    assert {item.relation for item in items} == {"new", "adds a source to"}
    assert found.article.state is ArticleState.READ


def test_what_the_text_does_not_give_stays_empty(store, finder):
    found = ingest(store, LOCAL, pasted(), finder)
    new = item_of(store, found, "event-000329-agreement").draft.dossier
    assert new.record.date.text == "2026-01-02"
    assert (new.record.summary, new.record.related, new.record.sites) == ("", (), ())
    (place,) = new.locations
    assert (place.place_as_written, place.country, place.precision) == ("Tel Aviv", "IL", "locality")
    assert "named with the fact" in place.reason
    (source,) = new.sources
    assert (source.publisher, source.published.text) == ("The Example Daily", "2026-01-05")


def test_the_same_article_adds_nothing(store, finder):
    first = ingest(store, LOCAL, pasted(), finder)
    again = ingest(store, LOCAL, pasted(), finder)
    assert (again.article.id, again.made, again.known) == (first.article.id, 0, True)
    assert len(opened(store, first).items) == first.made


def test_a_fact_that_waits_already_is_said_to_wait(store, finder):
    first = ingest(store, LOCAL, pasted(PLAIN), finder)
    second = ingest(store, LOCAL, pasted(PLAIN.replace("said so", "told it")), finder)
    later = ingest(store, LOCAL, pasted(PLAIN.replace("5 March", "25 March"), publisher="B"), finder)
    assert not any(item.origin["reason"] for item in opened(store, first).items)
    waiting = {item.draft.record_id for item in opened(store, first).items}
    told = [item.origin["reason"] for item in opened(store, second).items]
    assert {one.partition(" ")[0] for one in told} == waiting
    assert all("of another article waits already" in one for one in told)
    # The agreement of another day is another one; the works are the same.
    apart = {
        item.draft.dossier.record.kind: bool(item.origin["reason"]) for item in opened(store, later).items
    }
    assert apart == {"agreement": False, "opening": True, "factory": True}


def test_what_was_decided_does_not_wait(store, finder):
    first = ingest(store, LOCAL, pasted(PLAIN), finder)
    for item in opened(store, first).items:
        reject(wish(store, LOCAL, "a test"), item)
    second = ingest(store, LOCAL, pasted(PLAIN.replace("said so", "told it")), finder)
    assert second.made
    assert not any(item.origin["reason"] for item in opened(store, second).items)


def test_a_record_of_the_atlas_gets_a_source_and_no_twin(store, finder, library_of):
    found = ingest(store, LOCAL, pasted(), finder)
    before = store.repository.dossier(KNOWN)[0]
    accept(wish(store, LOCAL), item_of(store, found, f"record-{KNOWN}"), library_of(store), same)
    after = store.repository.dossier(KNOWN)[0]
    assert after.record == before.record
    assert after.locations == before.locations
    (added,) = set(after.citations) - set(before.citations)
    assert added.quote in TEXT
    assert added.stance == "supports"


def test_an_added_source_follows_its_record(store, finder, library_of):
    first = ingest(store, LOCAL, pasted(), finder)
    other = TEXT.replace("Weather", "The weather")
    second = ingest(store, LOCAL, pasted(other), finder)
    accept(wish(store, LOCAL), item_of(store, first, f"record-{KNOWN}"), library_of(store), same)
    stale = item_of(store, second, f"record-{KNOWN}")
    assert stale.revision > stale.draft.base_revision
    accept(wish(store, LOCAL), stale, library_of(store), same)
    sources = {row.source_id for row in store.repository.dossier(KNOWN)[0].citations}
    assert {f"so-the-example-daily-{one.article.sha256[:8]}" for one in (first, second)} <= sources


def test_a_denial_contradicts_the_record_it_speaks_of(store, finder, library_of):
    found = ingest(store, LOCAL, pasted(DENIAL, published="2022-01-01"), finder)
    (item,) = opened(store, found).items
    assert (item.relation, item.draft.record_id) == ("contradicts", KNOWN)
    accept(wish(store, LOCAL), item, library_of(store), same)
    dossier = store.repository.dossier(KNOWN)[0]
    (row,) = [row for row in dossier.citations if row.source_id.endswith(found.article.sha256[:8])]
    assert (row.stance, row.field, row.value_as_stated) == ("contradicts", "status", "denied")
    assert row.quote in DENIAL
    assert dossier.record.status == "happened"


def test_nobody_accepts_their_own_on_a_shared_host(store, finder, member, library_of):
    ann, rev = member("Ann"), member("Rev", Role.REVIEWER)
    found = ingest(store, ann, pasted(), finder)
    item = item_of(store, found, "event-000329-agreement", ann)
    with pytest.raises(PermissionDeniedError):
        accept(wish(store, ann), item, library_of(store), same)
    done = accept(wish(store, rev, "checked"), item, library_of(store), same)
    assert (done.state, done.decided_by, done.decided_why) == (DraftState.ACCEPTED, "Rev", "checked")
    own = ingest(store, rev, pasted(PLAIN), finder)
    with pytest.raises(OwnDraftError):
        accept(wish(store, rev), opened(store, own, rev).items[0], library_of(store), same)


def test_a_contributor_sees_only_articles_of_their_own(store, finder, member):
    ann, bob = member("Ann"), member("Bob")
    found = ingest(store, ann, pasted(), finder)
    assert [line.id for line in articles_of(store, ann)] == [found.article.id]
    assert articles_of(store, bob) == ()
    with pytest.raises(PermissionDeniedError):
        open_article(store, bob, found.article.id, same)
    assert len(articles_of(store, member("Rev", Role.REVIEWER))) == 1
    with pytest.raises(PermissionDeniedError):
        ingest(store, member("Kim", Role.READER), pasted(PLAIN), finder)


def test_what_a_reviewer_edits_is_put_in_place_of_it_and_waits_for_another(store, finder, member, library_of):
    ann, rev, max_ = member("Ann"), member("Rev", Role.REVIEWER), member("Max", Role.REVIEWER)
    found = ingest(store, ann, pasted(), finder)
    draft_id = edit(wish(store, rev), item_of(store, found, "event-000329-agreement", rev))
    work = resume(store, rev, draft_id)
    work.form.record["title"] = "Action plan signed"
    handed_in = submit(store, rev, work, library_of(store), why="clearer", operation_id=uuid.uuid4().hex)
    shown = [one for one in opened(store, found, rev).items if one.link.key.startswith("event-000329")]
    assert [one.draft.id for one in shown] == [handed_in.id]
    assert shown[0].is_edited
    assert shown[0].made is not None
    assert shown[0].made.name != "Action plan signed"
    with pytest.raises(OwnDraftError):
        accept(wish(store, rev), shown[0], library_of(store), same)
    assert accept(wish(store, max_), shown[0], library_of(store), same).state is DraftState.ACCEPTED


def test_another_reading_leaves_alone_what_a_person_touched(store, finder, library_of):
    found = ingest(store, LOCAL, pasted(), finder)
    reject(wish(store, LOCAL, "no fact"), item_of(store, found, "event-000696"))
    work = resume(store, LOCAL, edit(wish(store, LOCAL), item_of(store, found, "event-000329")))
    work.form.record["title"] = "Mine"
    save_draft(store, LOCAL, work)

    class Later(RulesExtractor):
        version = "later"

        def extract(self, article, places, actors=None):
            extraction = super().extract(article, places, actors)
            for one in extraction.events:
                object.__setattr__(one, "title", f"Later {one.title}")
            return extraction

    later = Finder(finder.library, finder.gazetteer, finder.hand_decided, extractor=Later())
    again = ingest(store, LOCAL, pasted(), later)
    assert (again.made, again.known) == (0, True)
    titles = {one.link.key: one.draft.dossier.name for one in opened(store, found).items if one.draft.dossier}
    states = {one.link.key: one.draft.state for one in opened(store, found).items}
    (gone,) = (key for key in states if key.startswith("event-000696"))
    assert states[gone] is DraftState.REJECTED
    assert not titles[gone].startswith("Later")
    assert titles["event-000329-agreement"] == "Mine"
    assert titles["event-001221-meeting"].startswith("Later")
    assert again.article.extractor == "rules later"


def test_a_text_that_changed_at_its_address_marks_the_old_one(store, finder):
    address = "https://example.org/plan"
    old = ingest(store, LOCAL, pasted(url=address), finder)
    new = ingest(store, LOCAL, pasted(TEXT.replace("Friday", "Thursday"), url=address), finder)
    assert new.article.id != old.article.id
    assert new.article.replaces == old.article.id
    assert opened(store, old).newer == new.article.id
    assert opened(store, new).newer == ""


def test_two_proposals_become_one_with_all_quotes(store, finder, library_of):
    found = ingest(store, LOCAL, pasted(), finder)
    one, two = item_of(store, found, "event-000696"), item_of(store, found, "event-001221")
    both = merge(wish(store, LOCAL), one, two, same)
    quotes = {row.quote for row in both.dossier.citations}
    assert quotes == {row.quote for item in (one, two) for row in item.draft.dossier.citations}
    assert not dossier_problems(both.dossier, library_of(store))
    keys = [item.link.key for item in opened(store, found).items]
    assert one.link.key not in keys
    assert two.link.key not in keys
    site = item_of(store, found, "record-st-")
    with pytest.raises(DraftError, match="same kind"):
        merge(wish(store, LOCAL), item_of(store, found, "event-000329"), site, same)


def test_merged_into_a_record_a_fact_becomes_one_more_source(store, finder, library_of):
    found = ingest(store, LOCAL, pasted(), finder)
    fact, known = item_of(store, found, "event-001617"), item_of(store, found, "record-ev-2022-barak-mx")
    both = merge(wish(store, LOCAL), fact, known, same)
    assert both.record_id == "ev-2022-barak-mx"
    item = next(one for one in opened(store, found).items if one.draft.id == both.id)
    accept(wish(store, LOCAL), item, library_of(store), same)
    quotes = {row.quote for row in store.repository.dossier("ev-2022-barak-mx")[0].citations}
    assert fact.draft.dossier.citations[0].quote in quotes


def test_what_was_taken_for_a_record_can_be_one_of_its_own(store, finder, library_of):
    found = ingest(store, LOCAL, pasted(), finder)
    item = item_of(store, found, f"record-{KNOWN}")
    assert can_split(item)
    (alone,) = split(wish(store, LOCAL), item, library_of(store))
    assert alone.record_id != KNOWN
    assert not dossier_problems(alone.dossier, library_of(store))


def test_one_proposal_becomes_two(store, finder, library_of):
    found = ingest(store, LOCAL, pasted(), finder)
    item = item_of(store, found, "event-001617")
    first, second = split(wish(store, LOCAL), item, library_of(store))
    assert first.record_id == item.draft.record_id != second.record_id
    for draft in (first, second):
        assert draft.state is DraftState.SUBMITTED
        assert not dossier_problems(draft.dossier, library_of(store))
        assert DossierForm.from_text(draft.form).base == ""


def test_a_wish_tried_again_is_done_once(store, finder, library_of):
    found = ingest(store, LOCAL, pasted(), finder)
    again = wish(store, LOCAL)
    item = item_of(store, found, "event-000329")
    first = split(again, item, library_of(store))
    second = split(again, item, library_of(store))
    assert [one.id for one in first] == [one.id for one in second]


def test_a_rejection_needs_a_reason(store, finder):
    found = ingest(store, LOCAL, pasted(), finder)
    with pytest.raises(DraftError, match="why"):
        reject(wish(store, LOCAL, "  "), item_of(store, found, "event-000329"))


def test_all_decided_is_done(store, finder):
    found = ingest(store, LOCAL, pasted(PLAIN), finder)
    assert found.made
    assert not articles_of(store, LOCAL)[0].is_done
    for item in opened(store, found).items:
        reject(wish(store, LOCAL, "a test"), item)
    (line,) = articles_of(store, LOCAL)
    assert line.is_done
    assert line.drafts == {"rejected": found.made}


def test_a_batch_names_what_it_passes_over_and_goes_on(store, finder):
    sources = [
        RefusedSource("bad.pdf", "it has no text"),
        ReadSource("a.txt", pasted(PLAIN)),
        ReadSource("again.txt", pasted(PLAIN)),
        ReadSource("b.txt", pasted(TEXT, publisher="")),
    ]
    told = list(ingest_all(store, LOCAL, sources, finder, facts=Facts(publisher="Batch")))
    assert sorted(one.state for one in told) == ["known", "read", "read", "refused"]
    states = {line.title: line.state for line in articles_of(store, LOCAL)}
    assert states["bad.pdf"] is ArticleState.REFUSED
    assert {line.publisher for line in articles_of(store, LOCAL)} == {"", "The Example Daily", "Batch"}
    assert all(one.state != "read" for one in ingest_all(store, LOCAL, sources, finder))


def test_what_was_refused_is_tried_again(store, finder):
    reading = pasted(PLAIN)
    new = NewArticle(reading.sha256, "")
    from dashboard.workflows.articles.ingest import refuse

    first = refuse(store, LOCAL, new, "too large")
    assert (first.state, first.reason) == (ArticleState.REFUSED, "too large")
    assert ingest(store, LOCAL, reading, finder).article.id == first.id


def proposals_of(store, told):
    return {
        one.source: {link.key: link.draft.dossier for link in store.articles.drafts(one.article)}
        for one in told
    }


@pytest.mark.parametrize(  # what the processes do is the same beside either database
    "starter_url",
    ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.soak])],
    indirect=True,
)
def test_several_processes_propose_what_one_does(store, finder, gazetteer_file, starter_file, tmp_path):
    pytest.importorskip("distributed")
    sources = [ReadSource("a.txt", pasted(PLAIN)), ReadSource("b.txt", pasted())]
    run = spread_over(finder, Settings(gazetteer=gazetteer_file), workers=1)
    spread = list(ingest_all(store, LOCAL, sources, finder, run=run))
    other = open_store(f"sqlite:///{shutil.copy(starter_file, tmp_path / 'other.sqlite')}")
    found = proposals_of(other, ingest_all(other, LOCAL, sources, finder))
    other.close()
    assert [one.state for one in spread] == ["read", "read"]
    assert all(found.values())
    assert proposals_of(store, spread) == found


def test_the_queue_is_written_as_rows(store, finder):
    found = ingest(store, LOCAL, pasted(), finder)
    rows = list(queue_rows(store))
    assert len(rows) == found.made
    assert tuple(rows[0]) == COLUMNS
    reject(wish(store, LOCAL, "a test"), opened(store, found).items[0])
    assert len(list(queue_rows(store))) == found.made - 1
    assert len(list(queue_rows(store, everything=True))) == found.made


@pytest.mark.parametrize(
    ("value", "cell"), [("=1+1", "'=1+1"), ("@x", "'@x"), (-1.5, "-1.5"), (None, ""), ("plain", "plain")]
)
def test_a_cell_is_no_formula(value, cell):
    assert csv_cell(value) == cell


def test_a_pasted_page_says_its_title_day_and_language():
    facts = guess_facts(TEXT)
    assert facts.title == "Morocco and Israel put their military work for 2026 on paper"
    assert (facts.published, facts.language) == ("2026-01-05", "en")


@pytest.mark.parametrize(
    ("facts", "said"), [({"published": "soon"}, "publication"), ({"url": "ftp://x/y"}, "http")]
)
def test_a_fact_that_is_none_is_refused(facts, said):
    with pytest.raises(ArticleError, match=said):
        with_facts(pasted(), Facts(**facts))


def test_without_a_publisher_the_source_says_so(store, finder):
    found = ingest(store, LOCAL, pasted(PLAIN, publisher=""), finder)
    (source,) = opened(store, found).items[0].draft.dossier.sources
    assert source.publisher == NO_PUBLISHER


def test_hostile_text_is_kept_to_the_letter(store, finder):
    text = (
        PLAIN
        + "\nOn 7 March 2024 <img src=x onerror=alert(1)> and Austria signed an agreement in Graz | ${7*7}.\n"
    )
    found = ingest(store, LOCAL, pasted(text), finder)
    assert store.articles.get(found.article.id).text == text
    for item in opened(store, found).items:
        assert item.draft.dossier is not None
        assert not dossier_problems(item.draft.dossier, finder.library)


def test_an_unknown_article_is_said_to_be_unknown(store):
    with pytest.raises(RecordNotFoundError):
        open_article(store, LOCAL, "ar-nothing", same)
