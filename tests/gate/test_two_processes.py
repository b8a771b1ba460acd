"""Signing out in one browser holds in every process of a host, and after a restart."""

import time


def copy_of(reader, site):
    """A stranger with a copy of a reader's cookies, at one of the processes."""
    thief = site.reader()
    thief.session.cookies.update(reader.session.cookies)
    return thief


def refused_within(thief, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while (status := thief.get("/").status_code) == 200 and time.monotonic() < until:
        time.sleep(0.05)
    return bool(status == 401)


def test_a_copied_cookie_is_refused_by_every_process_and_after_a_restart(
    provider, start_site, oidc_settings, tmp_path
):
    settings, first_folder = oidc_settings(provider), tmp_path / "first"
    first_folder.mkdir()
    with start_site(first_folder, **settings) as first:
        second_folder = tmp_path / "second"
        second_folder.mkdir()
        with start_site(second_folder, **settings, db=first.database, public_url=first.address) as second:
            reader, other = first.reader(), first.reader()
            assert reader.sign_in("ana").status_code == other.sign_in("ana").status_code == 200
            here, there = copy_of(reader, first), copy_of(reader, second)
            tab, bystander = there.open_tab(Origin=first.address), copy_of(other, second)
            assert there.get("/").status_code == bystander.get("/").status_code == 200
            assert reader.post("/sign-out", {"where": "here"}).status_code == 200
            assert here.get("/").status_code == 401
            assert refused_within(there, 30)
            assert there.get("/api/records/x").status_code == 401
            assert there.is_refused(Origin=first.address)
            assert "You signed out in this browser" in tab.rerun()
            assert bystander.get("/").status_code == 200
        port = first.address.rpartition(":")[2]
    with start_site(first_folder, **settings, port=port) as again:
        assert copy_of(reader, again).get("/").status_code == 401
        assert copy_of(other, again).get("/").status_code == 200
