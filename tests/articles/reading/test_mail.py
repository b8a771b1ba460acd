from datetime import date
from email.message import EmailMessage

STORY = "The minister opened the plant on Monday, and the first vehicles left it the same day. " * 4


def mail(plain="", page="", **headers):
    message = EmailMessage()
    message["Subject"] = "Plant opens"
    message["From"] = "Example Herald <news@herald.example>"
    message["Date"] = headers.pop("date", "Wed, 24 Sep 2025 23:30:00 -0500")
    if plain or not page:
        message.set_content(plain, **headers)
        if page:
            message.add_alternative(page, subtype="html")
    else:
        message.set_content(page, subtype="html")
    return message


def test_a_mail_gives_its_text_sender_subject_and_day(read):
    reading = read(mail(STORY).as_bytes(), "eml")
    assert reading.article.text.split() == STORY.split()
    assert (reading.article.title, reading.article.publisher) == ("Plant opens", "Example Herald")
    assert (reading.published, reading.article.published) == ("2025-09-24", date(2025, 9, 24))
    assert (reading.kind, reading.warnings) == ("eml", ())


def test_a_page_in_a_mail_is_read_when_its_text_only_points_to_it(read, page):
    markup = page(STORY)
    for raw in (mail("View this in your browser.", markup), mail("", markup)):
        text = read(raw.as_bytes(), "eml").article.text
        assert STORY.strip() in text
        assert "Weather" not in text
    assert "Weather" in read(mail(STORY + "Weather", markup).as_bytes(), "eml").article.text


def test_attachments_are_named_as_labels_and_not_read(read):
    message = mail(STORY)
    message.add_attachment(
        b"%PDF-1.4", maintype="application", subtype="pdf", filename="../../\u202eplant.pdf"
    )
    reading = read(message.as_bytes(), "eml")
    assert reading.attachments == ("../../ plant.pdf",)
    assert any("plant.pdf" in warning for warning in reading.warnings)


def test_other_encodings_are_read(read):
    raw = mail("Une usine à Bourges. " * 5, charset="iso-8859-1", cte="quoted-printable").as_bytes()
    assert "à Bourges" in read(raw, "eml").article.text
    assert b"=E0" in raw


def test_a_mail_without_a_day_or_with_a_wrong_one_is_undated(read):
    for day in ("yesterday", "Wed, 99 Sep 2025 23:30:00 -0500"):
        raw = mail(STORY).as_bytes().replace(b"Wed, 24 Sep 2025 23:30:00 -0500", day.encode())
        reading = read(raw, "eml")
        assert reading.published == ""
        assert any("does not say when" in warning for warning in reading.warnings)


def test_a_mail_without_text_or_of_thousands_of_parts_is_refused(refusal):
    assert "no text" in refusal(mail("").as_bytes(), "eml")
    assert "not text" in refusal(b"\0\1\2\3", "eml")
    parts = b"".join(b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" for _ in range(5_000))
    head = b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    assert "more than 200 parts" in refusal(head + parts, "eml")


def test_mails_in_mails_without_end_are_refused(refusal):
    nested = b"Content-Type: message/rfc822\r\n\r\n" * 3_000
    assert refusal(nested, "eml")
