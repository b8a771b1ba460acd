import pytest

from dashboard.articles.engine import extract
from dashboard.articles.finding.names import ActorTable, KnownActor
from dashboard.articles.reading import Article

KNOWN = ActorTable(
    [
        KnownActor("ac-iai", ("Israel Aerospace Industries", "IAI"), "company"),
        KnownActor("ac-odd", ("&", "", "...", "*"), "company"),
    ]
)


def actors(text, language="en"):
    (event, *_) = extract(Article(text, language), [], KNOWN).events
    return {(actor.value, actor.kind, actor.record) for actor in event.actors}


def test_an_actor_of_the_atlas_is_linked_to_its_record():
    assert ("IAI", "company", "ac-iai") in actors("An explosion hit a plant of IAI in 2021.")
    found = actors("An explosion hit a plant of Israel Aerospace Industries in 2021.")
    assert ("Israel Aerospace Industries", "company", "ac-iai") in found


@pytest.mark.parametrize(
    ("language", "text", "actor"),
    [
        ("en", "Defence Minister Rajnath Singh opened the plant in 2021.", ("Rajnath Singh", "person", "")),
        ("en", "The Royal Moroccan Army received tanks in 2021.", ("Royal Moroccan Army", "armed_force", "")),
        (
            "en",
            "Talks at the Ministry of Defence ended in 2021.",
            ("Ministry of Defence", "government_body", ""),
        ),
        ("en", "A plant of Nordic Munitions exploded in 2021.", ("Nordic Munitions", "company", "")),
        (
            "fr",
            "Le ministre Sébastien Martin a inauguré l'usine en 2021.",
            ("Sébastien Martin", "person", ""),
        ),
        ("es", "La Fuerza Aérea recibió aviones en 2021.", ("Fuerza Aérea", "armed_force", "")),
        ("de", "Verteidigungsminister Hans Schmidt eröffnete das Werk 2021.", ("Hans Schmidt", "person", "")),
    ],
)
def test_actors_are_told_by_the_words_beside_them(language, text, actor):
    assert actor in actors(text, language)


def test_products_are_designations_and_names_beside_product_words():
    (event,) = extract(
        Article("The army received K2 tanks and Mi-28 helicopters in May 2018.", "en"), []
    ).events
    assert {product.value for product in event.products} == {"K2", "Mi-28"}
