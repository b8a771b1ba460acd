"""Whose session is whose: on the socket, for uploads and for files that Streamlit made."""

import http.client
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.domain.access import Mode, Role
from dashboard.store.store import open_store
from dashboard.store.trail.operations import Operation

XSRF = "2|00000000|00112233445566778899aabbccddeeff|1700000000"


def upload(reader, session_id: str, size: int, *, name: str = "one", **headers: str) -> requests.Response:
    cookies = f"{reader.cookies}; _streamlit_xsrf={XSRF}".lstrip("; ")
    return reader.session.put(
        f"{reader.address}/_stcore/upload_file/{session_id}/{name}",
        files={"file": (f"{name}.csv", b"x" * size)},
        headers={
            "Origin": reader.address,
            "Cookie": cookies,
            "X-Xsrftoken": XSRF,
            **reader.headers,
            **headers,
        },
        timeout=60,
    )


@pytest.fixture
def contributor(atlas, people):
    reader = atlas.signed_in("rev")
    person = people("rev")
    operation = Operation.new("test", "set role", person.id)
    people.store.people.set_role(person.id, Role.REVIEWER, operation)
    return reader


def logged(site, words: str) -> bool:
    """Whether the log comes to have some words: it may be written after the answer."""
    until = time.monotonic() + 60
    while words not in site.log.read_text("utf-8"):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture(scope="module")
def _small(start_site):
    settings = {
        "sign_in": "header",
        "anonymous_reading": True,
        "upload_mb": 5,
        "admins": "proxy|boss,proxy|chief",
    }
    with start_site(target="small_asgi:app", options=("--no-proxy-headers",), **settings) as site:
        yield site


@pytest.fixture
def small(_small):
    """The gate around a script of a few lines."""
    yield _small
    _small.close()


def person(site, name: str):
    return site.reader(**{"X-Forwarded-User": name, "X-Forwarded-Preferred-Username": name})


def test_the_owner_of_a_session_gets_it_back(atlas):
    reader = atlas.signed_in("ana")
    tab = reader.open_tab()
    tab.close()
    assert reader.comes_back(tab)


def test_another_person_with_the_id_of_a_session_gets_a_new_one(atlas):
    tab = atlas.signed_in("ana").open_tab()
    other = atlas.signed_in("ana-two").open_tab(tab.session_id)
    assert other.session_id
    assert other.session_id != tab.session_id
    tab.rerun()


def test_a_stranger_with_the_id_of_a_session_gets_nothing(atlas):
    tab = atlas.signed_in("ana").open_tab()
    assert atlas.reader().is_refused(session_id=tab.session_id)
    tab.rerun()


def test_a_forged_identity_changes_nothing(atlas, people):
    tab = atlas.signed_in("ana").open_tab()
    forged = f"{people('ana').id}@9999999999"
    stranger = atlas.reader(**{"X-Atlas-Identity": forged, "X_Atlas_Identity": forged})
    assert stranger.get("/").status_code == 401
    assert stranger.is_refused(session_id=tab.session_id)


def test_readers_who_are_not_signed_in_are_told_apart_by_their_browsers(small):
    first, second = small.reader(), small.reader()
    tab = first.open_tab()
    assert second.open_tab(tab.session_id).session_id != tab.session_id
    assert small.reader().connect(tab.session_id).session_id != tab.session_id
    tab.close()
    assert first.comes_back(tab)
    assert upload(first, tab.session_id, 10).status_code == 403


def test_readers_who_are_not_signed_in_are_counted_by_their_address(small):
    def counted(number: int, **headers: str) -> str:
        reader = small.reader(**{"X-Forwarded-For": f"192.0.2.{number}"}, **headers)
        return re.search("counted as (.*?);", reader.open_tab().words)[1]

    assert counted(1) == counted(1) == counted(1, **{"X-Atlas-Address": "192.0.2.3"}) == "192.0.2.1"
    assert counted(2) == "192.0.2.2"
    signed_in = {"X-Forwarded-User": "ana", "X-Atlas-Address": "192.0.2.3"}
    assert counted(1, **signed_in) not in {"192.0.2.1", "192.0.2.3"}


def test_people_behind_a_proxy_keep_their_sessions_and_cannot_have_others(small):
    tab = person(small, "ana").open_tab()
    assert person(small, "rev").open_tab(tab.session_id).session_id != tab.session_id
    assert (
        person(small, "ana").open_tab(tab.session_id).session_id != tab.session_id
    )  # another browser of hers
    tab.close()
    assert small.readers[0].comes_back(tab)


def test_who_uploads_where_and_how_much(atlas, contributor):
    tab = contributor.open_tab()
    assert upload(contributor, tab.session_id, 1_000).status_code == 204
    assert upload(contributor, "no-such-session", 10).status_code == 400
    other = atlas.signed_in("boss")
    assert upload(other, tab.session_id, 10).status_code == 400
    assert upload(atlas.reader(), tab.session_id, 10).status_code == 401
    assert upload(contributor, tab.session_id, 10, Origin="https://evil.example").status_code == 403
    reader = atlas.signed_in("ana")
    refused = upload(reader, reader.open_tab().session_id, 10)
    assert refused.status_code == 403
    assert "ask an admin for the role contributor" in refused.text


def test_a_file_that_is_too_large_and_many_that_are_together_are_refused(small):
    boss = person(small, "boss")
    tab = boss.open_tab()
    mega = 1_048_576
    answers = [upload(boss, tab.session_id, 2 * mega, name=f"n{number}") for number in range(4)]
    assert [answer.status_code for answer in answers] == [204, 204, 413, 413]
    assert "remove a file first" in answers[-1].text
    second = boss.open_tab()
    assert upload(boss, second.session_id, 2 * mega).status_code == 413
    gone = boss.session.delete(
        f"{boss.address}/_stcore/upload_file/{tab.session_id}/n0",
        headers={
            "Origin": boss.address,
            "X-Xsrftoken": XSRF,
            "Cookie": f"{boss.cookies}; _streamlit_xsrf={XSRF}",
            **boss.headers,
        },
        timeout=60,
    )
    assert gone.status_code == 204
    assert upload(boss, second.session_id, 2 * mega).status_code == 204


def test_nothing_is_uploaded_while_the_atlas_is_read_only(atlas, people, contributor):
    tab = contributor.open_tab()

    def answers(status: int) -> bool:
        until = time.monotonic() + 30
        while (got := upload(contributor, tab.session_id, 10).status_code) != status:
            if time.monotonic() > until:
                pytest.fail(f"uploading was answered with {got}")
            time.sleep(0.05)
        return True

    assert answers(204)
    people.store.control.set_mode(Mode.READ_ONLY, Operation.new("test", "mode", "atlas"))
    try:
        assert answers(403)
        assert "in the mode read-only now" in upload(contributor, tab.session_id, 10).text
    finally:
        people.store.control.set_mode(Mode.NORMAL, Operation.new("test", "mode", "atlas"))
    assert answers(204)


def test_an_upload_that_lies_about_its_size_is_cut_off(small):
    boss = person(small, "chief")
    tab = boss.open_tab()

    def drip():
        yield b'--b\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\n'
        for _ in range(12):
            yield b"x" * 500_000
        yield b"\r\n--b--\r\n"

    answer = boss.session.put(
        f"{boss.address}/_stcore/upload_file/{tab.session_id}/drip",
        data=drip(),
        headers={
            "Content-Type": "multipart/form-data; boundary=b",
            "Origin": boss.address,
            "X-Xsrftoken": XSRF,
            "Cookie": f"{boss.cookies}; _streamlit_xsrf={XSRF}",
            **boss.headers,
        },
        timeout=60,
    )
    assert answer.status_code == 413


def test_uploads_without_a_length_that_come_together_count_together(small):
    boss = person(small, "boss")
    tab = boss.open_tab()
    together = threading.Barrier(2, timeout=120)
    headers = {
        "Content-Type": "multipart/form-data; boundary=b",
        "Origin": boss.address,
        "X-Xsrftoken": XSRF,
        "Cookie": f"{boss.cookies}; _streamlit_xsrf={XSRF}",
        **boss.headers,
    }

    def drip():
        # Each of the two is within the budget of five megabytes, and both are not.
        yield b'--b\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\n'
        for half in range(2):
            for _ in range(4):
                yield b"x" * 500_000
            if not half:
                together.wait()
        yield b"\r\n--b--\r\n"

    def upload(name: str) -> int:
        address = f"{boss.address}/_stcore/upload_file/{tab.session_id}/{name}"
        return requests.put(address, data=drip(), headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(upload, ["one", "two"]))
    assert answers in ([204, 413], [413, 413])


def test_two_hundred_megabytes_are_refused_before_they_are_read(atlas, contributor):
    tab = contributor.open_tab()
    host, port = atlas.address.removeprefix("http://").split(":")
    link = http.client.HTTPConnection(host, int(port), timeout=60)
    link.putrequest("PUT", f"/_stcore/upload_file/{tab.session_id}/big")
    sent = {
        "Content-Length": str(201 * 1_048_576),
        "Content-Type": "multipart/form-data; boundary=b",
        "Origin": atlas.address,
        "X-Xsrftoken": XSRF,
        "Cookie": f"{contributor.cookies}; _streamlit_xsrf={XSRF}",
    }
    for name, value in sent.items():
        link.putheader(name, value)
    link.endheaders()  # and not one byte of the file
    assert link.getresponse().status == 413
    link.close()


def asked_for(tab) -> str:
    """Ask for the file that is made on the click; gives its address."""
    deferred = re.search(r'deferred_file_id: "([^"]+)"', tab.words)
    assert deferred
    message = BackMsg()
    message.backend_operation_request.request_id = "one"
    message.backend_operation_request.session_id = tab.session_id
    message.backend_operation_request.deferred_file.file_id = deferred[1]
    tab.send(message)
    while not (found := re.search(rb"/media/[0-9a-f]{8,}\.\w+", tab.socket.recv(timeout=60))):
        pass  # other messages may come first
    return found[0].decode()


@pytest.mark.parametrize("when", ["made with the page", "made on the click"])
def test_a_file_made_for_one_person_is_refused_to_another(small, when):
    ana, rev = person(small, "ana"), person(small, "rev")
    tab, other = ana.open_tab(), rev.open_tab()
    assert "ana" in tab.words, tab.words
    if when == "made on the click":
        path = asked_for(tab)
    else:
        path = re.search(rb"/media/[0-9a-f]{8,}\.\w+", tab.raw)[0].decode()
    mine = ana.get(path)
    assert mine.status_code == 200
    assert mine.text.endswith("ana")
    assert mine.headers["cache-control"] == "no-store"
    assert mine.headers["x-content-type-options"] == "nosniff"
    assert small.reader().get(path).status_code == 403
    assert rev.get(path).status_code == 403
    assert other.session_id


def test_a_file_made_under_a_greater_role_is_refused_under_a_lesser_one(small):
    reader = person(small, "demoted")
    reader.get("/")
    store = open_store(small.database)
    known = store.people.find("proxy", "demoted")
    for role in (Role.REVIEWER, Role.READER):
        store.people.set_role(known.id, role, Operation.new("test", "set role", known.id))
        if role is Role.REVIEWER:
            path = re.search(rb"/media/[0-9a-f]{8,}\.\w+", reader.open_tab().raw)[0].decode()
            assert reader.get(path).status_code == 200
    store.close()
    assert reader.get(path).status_code == 403


def test_a_script_that_fails_shows_a_reference_and_the_log_has_it(small):
    tab = person(small, "ana").open_tab()
    words = tab.rerun("fail=1")
    reference = re.search(r"Reference for the operator: ([0-9a-f]{8})", words)
    assert reference
    assert "swordfish" not in words
    assert "Traceback" not in words
    assert logged(small, reference[1])


def test_nobody_clears_the_caches_or_reads_the_figures(atlas):
    reader = atlas.signed_in("ana")
    tab = reader.open_tab()
    tab.send(BackMsg(clear_cache=True))
    tab.rerun()
    assert logged(atlas, "a message that no page sends was dropped")
    assert reader.get("/_stcore/metrics").status_code == 403


def test_a_foreign_page_cannot_connect_with_its_visitors_cookies(atlas):
    reader = atlas.signed_in("ana")
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        assert reader.is_refused(Origin=origin)
