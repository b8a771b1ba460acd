import io
import stat
import tracemalloc
import zipfile

import pytest

from dashboard.confinement import ArchiveLimits, check_archive, read_member
from dashboard.errors import ArchiveError


def packed(*members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def link():
    entry = zipfile.ZipInfo("a")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def locked():
    raw = bytearray(packed(("a.txt", b"abc")))
    for head, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(head) + offset] |= 1
    return bytes(raw)


def test_an_honest_archive_is_read():
    archive = check_archive(packed(("word/a.xml", b"abc" * 1000), ("b", b"")))
    assert read_member(archive, "word/a.xml", 3000) == b"abc" * 1000


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "broken"),
        (b"PK\x03\x04 and no more", "broken"),
        (packed(("a", b"abc" * 100))[:-30], "broken"),
        (packed(("../../etc/passwd", b"x")), "outside"),
        (packed(("a/..\\..\\b", b"x")), "outside"),
        (packed(("/etc/passwd", b"x")), "outside"),
        (packed(("C:/windows/a", b"x")), "outside"),
        (packed((link(), b"/etc/passwd")), "link"),
        (locked(), "password"),
        (packed(("a", bytes(30_000_000))), "times its size"),
        (packed(*((str(number), b"") for number in range(2_001))), "more than 2,000 files"),
        (packed(*((str(n), bytes(30_000_000)) for n in range(4))), "more than 100 MB"),
    ],
)
def test_a_dishonest_archive_is_refused(raw, says):
    with pytest.raises(ArchiveError, match=says):
        check_archive(raw)


def test_many_entries_are_refused_before_their_table_is_read(monkeypatch):
    raw = bytearray(packed(("a", b"")))
    raw[-12:-10] = (60_000).to_bytes(2, "little")
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("the table was read"))
    with pytest.raises(ArchiveError, match="more than 2,000 files"):
        check_archive(bytes(raw))


def test_a_size_that_is_a_lie_is_found_while_inflating():
    raw = bytearray(packed(("a", bytes(2_000_000))))
    told = (2_000_000).to_bytes(4, "little")
    at = raw.index(told, raw.index(b"PK\x01\x02"))
    raw[at : at + 4] = (2_000).to_bytes(4, "little")
    archive = check_archive(bytes(raw))
    with pytest.raises(ArchiveError):
        read_member(archive, "a", 10_000)


def test_a_member_is_counted_and_a_missing_one_named():
    archive = check_archive(packed(("a", bytes(500_000))))
    with pytest.raises(ArchiveError, match="unpacks to more"):
        read_member(archive, "a", 100_000)
    with pytest.raises(ArchiveError, match="has no b"):
        read_member(archive, "b", 100_000)


def test_no_more_is_inflated_than_is_wanted():
    archive = check_archive(packed(("a", bytes(40_000_000))), ArchiveLimits(ratio=10_000))
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError, match="unpacks to more"):
            read_member(archive, "a", 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_wrong_checksum_is_refused():
    raw = bytearray(packed(("a", b"abcdef" * 100), method=zipfile.ZIP_STORED))
    raw[raw.index(b"abcdef") + 2] ^= 1
    with pytest.raises(ArchiveError, match="broken"):
        read_member(check_archive(bytes(raw)), "a", 10_000)


def test_limits_may_be_others():
    with pytest.raises(ArchiveError, match="more than 1 files"):
        check_archive(packed(("a", b""), ("b", b"")), ArchiveLimits(entries=1))
