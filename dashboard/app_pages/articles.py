"""Articles: a text in, cited proposals out, each decided by a person."""

import streamlit as st

from dashboard.domain.access import Right
from dashboard.ui.articles.bring import show_bringing
from dashboard.ui.articles.listing import chosen_article, show_articles
from dashboard.ui.articles.review import show_article
from dashboard.ui.page import open_page, person_who_may

atlas = open_page("articles", "Articles")
person = person_who_may(Right.PROPOSE)
if person is None:
    st.stop()
article_id = chosen_article()
if article_id:
    show_article(atlas, person, article_id)
else:
    left, right = st.columns([3, 2], gap="large")
    with left:
        show_bringing(atlas, person)
    with right:
        show_articles(person)
