"""How far a site is: ground broken, a plant that shall come, one that shut, stands idle or burned."""

import pytest

SENTENCES = [
    ("en", "The company makes shells at its factory in Graz.", "operating"),
    ("en", "The minister toured the ammunition factory in Graz on Monday.", "operating"),
    ("en", "A new drone factory in Graz was inaugurated on Monday.", "operating"),
    ("en", "The group has started building an ammunition factory in Graz.", "construction"),
    ("en", "Ground was broken for an ammunition factory in Graz on Monday.", "construction"),
    ("en", "An ammunition factory in Graz is under construction.", "construction"),
    ("en", "The group plans to build an ammunition factory in Graz.", "planned"),
    ("en", "An ammunition factory is to open in Graz in 2027.", "planned"),
    ("en", "The group closed its ammunition factory in Graz in 2012.", "closed"),
    ("en", "The ammunition factory in Graz was shut for good in 2012.", "closed"),
    ("en", "The ammunition depot in Graz blew up in 2012.", "destroyed"),
    ("en", "An ammunition depot in Graz was destroyed by a missile.", "destroyed"),
    ("fr", "L'usine de munitions de Lyon a fermé ses portes en 2012.", "closed"),
    ("fr", "La première pierre d'une usine de munitions a été posée à Lyon lundi.", "construction"),
    ("fr", "Une usine de munitions doit ouvrir à Lyon en 2027.", "planned"),
    ("fr", "L'entreprise fabrique des obus dans son usine de Lyon.", "operating"),
    ("es", "La fábrica de municiones de Sevilla cerró en 2012.", "closed"),
    ("es", "La empresa fabrica proyectiles en su planta de Sevilla.", "operating"),
    ("de", "In Graz wurde der Grundstein für eine Munitionsfabrik gelegt.", "construction"),
    ("de", "Die Munitionsfabrik in Graz wurde 2012 geschlossen.", "closed"),
    ("de", "In Graz soll 2027 eine Munitionsfabrik entstehen.", "planned"),
    ("de", "Das Werk in Graz fertigt Granaten.", "operating"),
    ("ar", "وُضع حجر الأساس لمصنع الذخيرة في الرباط يوم الاثنين.", "construction"),
    ("ar", "أغلق مصنع الذخيرة في الرباط عام 2012.", "closed"),
    ("he", "מפעל התחמושת בחיפה נסגר בשנת 2012.", "closed"),
    ("he", "אבן הפינה למפעל תחמושת בחיפה הונחה ביום שני.", "construction"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "status"), SENTENCES)
def test_the_words_around_a_site_say_how_far_it_is(propose, language, text, status):
    assert [site.status for site in propose(text, language=language).sites] == [status]
