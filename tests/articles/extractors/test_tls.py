"""The clock of a request cuts encrypted lines too, and certificates are checked."""

import json

import pytest

from dashboard.articles.extractors.transport import post
from dashboard.errors import ExtractorError


def send(model, seconds):
    url = f"https://127.0.0.1:{model.port}/v1"
    body = json.dumps({}).encode()
    return post(url, body, {"Authorization": "Bearer x"}, networks=("127.0.0.1/32",), seconds=seconds)


@pytest.fixture
def trusting(monkeypatch, certificate):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))


def test_an_encrypted_answer_is_read(encrypted_model, trusting):
    encrypted_model.breaks(body=b"{}")
    assert send(encrypted_model, 20).body == b"{}"


def test_one_that_drips_is_left(encrypted_model, trusting):
    encrypted_model.breaks(body=b" " * 200, drip=True)
    with pytest.raises(ExtractorError) as caught:
        send(encrypted_model, 0.5)
    assert caught.value.reason == "time"
    assert encrypted_model.dripped < 200  # not read to its end


def test_a_certificate_that_nobody_vouches_for_is_refused(encrypted_model):
    with pytest.raises(ExtractorError) as caught:
        send(encrypted_model, 20)
    assert (caught.value.reason, encrypted_model.asked) == ("connection", [])
