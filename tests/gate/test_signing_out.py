"""What ends a sign-in, and when that is in force: at the next step, in every tab, for copies of a cookie."""

import re
import time

import pytest

from dashboard.domain.access import Mode, Role
from dashboard.store.trail.operations import Operation


def change(what: str, person) -> Operation:
    return Operation.new("test", what, person.id)


def in_again(atlas, user: str) -> None:
    """Sign in until it counts, and until everybody's does: a moment is at most two seconds early."""
    begun = time.monotonic()
    while atlas.reader().sign_in(user).status_code != 200 or time.monotonic() < begun + 2:
        assert time.monotonic() < begun + 120
        time.sleep(0.1)


@pytest.fixture
def copied(atlas):
    """A reader, and a stranger with a copy of the reader's cookies."""
    reader = atlas.signed_in("ana")
    thief = atlas.reader()
    thief.session.cookies.update(reader.session.cookies)
    return reader, thief


def test_a_role_that_changes_is_in_force_at_the_next_rerun(atlas, people):
    tab = atlas.signed_in("ana").open_tab()
    ana = people("ana")
    assert "Role: reader" in tab.words
    people.store.people.set_role(ana.id, Role.REVIEWER, change("set role", ana))
    try:
        assert "Role: reviewer" in tab.rerun()
    finally:
        people.store.people.set_role(ana.id, Role.READER, change("set role", ana))
    assert "Role: reader" in tab.rerun()


def test_the_admin_of_the_settings_is_one_from_the_start(atlas):
    assert "Role: admin" in atlas.signed_in("boss").open_tab().words


def test_signing_out_here_ends_other_tabs_and_copies_of_the_cookie(atlas, copied):
    reader, thief = copied
    tab, second = reader.open_tab(), reader.open_tab()
    stolen = thief.open_tab()
    page = reader.get("/sign-out")
    assert "Ana Reader" in page.text
    assert "<script" not in page.text
    gone = reader.post("/sign-out", {"where": "here"})
    assert 'content="0;url=/auth/logout"' in gone.text
    left = reader.get("/auth/logout")
    assert "why=out" in left.url
    assert "You are signed out" in left.text
    for each in (tab, second, stolen):
        assert "You signed out in this browser" in each.rerun()
        assert "Role:" not in each.words
    assert thief.get("/").status_code == 401
    assert thief.get("/api/records/x").status_code == 401
    assert thief.is_refused()
    assert reader.get("/").status_code == 401


def test_a_file_is_given_to_nobody_who_signed_out(start_site, provider, oidc_settings):
    with start_site(target="small_asgi:app", **oidc_settings(provider)) as site:
        reader = site.signed_in("ana")
        tab = reader.open_tab()
        file = re.search(rb"/media/[0-9a-f]{8,}\.\w+", tab.raw)[0].decode()
        assert reader.get(file).text == "for Ana Reader"
        thief = site.reader()
        thief.session.cookies.update(reader.session.cookies)
        reader.post("/sign-out", {"where": "here"})
        # The tab is open still, and Streamlit holds the file for it.
        assert {one.get(file).status_code for one in (reader, thief, site.reader())} == {401}


@pytest.mark.soak
def test_another_cookie_secret_signs_everybody_out_politely(
    start_site, provider, oidc_settings, tmp_path, unused_port
):
    own = {"target": "small_asgi:app", "port": unused_port, **oidc_settings(provider)}
    with start_site(tmp_path, **own) as site:
        reader = site.signed_in("ana")
        assert reader.open_tab().session_id
    another = {"cookie_secret": "another one, and long enough for the check"}
    with start_site(tmp_path, **own, **another):
        assert reader.is_refused()  # the tab that was open, as it connects again
        answer = reader.get("/")
        assert answer.status_code == 401
        assert "Sign in" in answer.text
        assert reader.sign_in("ana").status_code == 200
        assert "Ana Reader" in reader.open_tab().words


def test_signing_out_here_leaves_other_browsers_alone(atlas):
    first = atlas.signed_in("ana")
    second = atlas.signed_in("ana")
    first.post("/sign-out", {"where": "here"})
    assert first.get("/").status_code == 401
    assert second.get("/").status_code == 200


def test_signing_out_everywhere_is_in_force_in_all_browsers_and_lasts(atlas, people):
    first, second = atlas.signed_in("ana-two"), atlas.signed_in("ana-two")
    tabs = first.open_tab(), second.open_tab()
    bystander = atlas.signed_in("ana").open_tab()
    first.post("/sign-out", {"where": "everywhere"})
    for tab in tabs:
        assert "Please sign in again" in tab.rerun()
    assert second.get("/").status_code == 401
    assert "Role: reader" in bystander.rerun()
    assert people("ana-two").sessions_valid_after > 0
    in_again(atlas, "ana-two")


def test_an_admin_signs_everybody_out(atlas, people):
    readers = [atlas.signed_in("ana"), atlas.signed_in("rev")]
    tabs = [reader.open_tab() for reader in readers]
    people.store.people.sign_out(None, time.time(), Operation.new("test", "sign out", "everybody"))
    assert all("Please sign in again" in tab.rerun() for tab in tabs)
    refused = readers[0].get("/")
    assert refused.status_code == 401
    assert "signed out everywhere" in refused.text
    in_again(atlas, "ana")


def test_somebody_locked_out_is_out_at_the_next_rerun(atlas, people):
    reader = atlas.signed_in("mallory")
    tab, mallory = reader.open_tab(), people("mallory")
    people.store.people.disable(mallory.id, disabled=True, operation=change("disable", mallory))
    try:
        assert "an admin has locked your account" in tab.rerun()
        answer = reader.get("/")
        assert answer.status_code == 403
        assert "an admin has locked your account" in answer.text.lower()
        assert reader.is_refused()
        assert reader.get("/api/records/x").status_code == 403
    finally:
        people.store.people.disable(mallory.id, disabled=False, operation=change("enable", mallory))


def test_under_maintenance_only_admins_are_let_in(atlas, people):
    in_again(atlas, "boss")  # everybody was signed out a moment ago
    reader, boss = atlas.signed_in("ana"), atlas.signed_in("boss")
    tab, admins = reader.open_tab(), boss.open_tab()
    people.store.control.set_mode(Mode.MAINTENANCE, Operation.new("test", "mode", "atlas"))
    try:
        until = time.monotonic() + 30
        while (answer := reader.get("/")).status_code != 503 and time.monotonic() < until:
            time.sleep(0.1)
        assert answer.status_code == 503
        assert "Under maintenance" in answer.text
        assert answer.headers["retry-after"]
        assert "closed for maintenance" in tab.rerun()
        assert reader.is_refused()
        assert "Role: admin" in admins.rerun()
        assert boss.get("/").status_code == 200
    finally:
        people.store.control.set_mode(Mode.NORMAL, Operation.new("test", "mode", "atlas"))
    until = time.monotonic() + 30
    while reader.get("/").status_code != 200 and time.monotonic() < until:
        time.sleep(0.1)


def test_another_site_cannot_sign_its_visitors_out(atlas):
    reader = atlas.signed_in("ana")
    assert (
        reader.post("/sign-out", {"where": "here"}, headers={"Origin": "https://evil.example"}).status_code
        == 403
    )
    assert reader.get("/auth/logout", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert reader.get("/").status_code == 200


def test_the_provider_may_be_down_while_people_work(atlas):
    reader = atlas.signed_in("ana")
    tab = reader.open_tab()
    atlas.provider.stop()
    try:
        stranger = atlas.reader().get("/sign-in/start")
        assert stranger.status_code == 503
        assert "The identity provider does not answer" in stranger.text
        assert stranger.headers["retry-after"]
        assert "Role: reader" in tab.rerun()
        assert reader.get("/").status_code == 200
        assert reader.post("/sign-out", {"where": "here"}).status_code == 200
        assert reader.get("/auth/logout").status_code == 401
    finally:
        atlas.provider.start()
    assert atlas.signed_in("ana").get("/").status_code == 200


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_provider_whose_clock_is_off_by_an_hour_does_not_lengthen_a_sign_in(atlas, hours):
    atlas.provider.skew = hours * 3_600
    try:
        answer = atlas.reader().sign_in("ana")
    finally:
        atlas.provider.skew = 0
    # A token from the past has expired; one from the future is refused as well. Either way in words.
    assert answer.status_code == 200
    assert "why=failed" in answer.url
