import pytest

from dashboard.domain.dates import UncertainDate
from dashboard.importers.mapping.days import DateFault, Reading, read_day


@pytest.mark.parametrize(
    ("written", "edtf"),
    [
        ("", ""),
        ("2021", "2021"),
        ("in 2019", "2019"),
        ("1980-01-xx", "1980-01"),
        ("1980-xx-xx", "1980"),
        ("20070704", "2007-07-04"),
        ("2009-02-20T00:00:00", "2009-02-20"),
        ("2015-05-24T04:51:37+03:00", "2015-05-24"),
        ("2001-04-16..2001-04-20", "2001-04-16/2001-04-20"),
        ("2001-11-13:2001-11-14", "2001-11-13/2001-11-14"),
        ("2001-11-~15", "2001-11-15~"),
        ("2001-10-7..2001-12?", "2001-10-07/2001-12?"),
        ("25-5-2001", "2001-05-25"),
        ("5/5/2001", "2001-05-05"),
        ("11/2021", "2021-11"),
        ("Q3 2020", "2020-07/2020-09"),
        ("1990s", "199X"),
        ("about 1999", "1999~"),
        ("2021/..", "2021/.."),
        ("2001 March 8", "2001-03-08"),
        ("21st March 1999", "1999-03-21"),
        ("24 novembre 2021", "2021-11-24"),
        ("3 de marzo de 2020", "2020-03-03"),
        ("9. Dezember 2018", "2018-12-09"),
        ("15 يونيو 2019", "2019-06-15"),
        ("12 تشرين الثاني 2020", "2020-11-12"),
        ("ב-15 בנובמבר 2021", "2021-11-15"),
        ("Nov 2021", "2021-11"),
        ("Twelfth of October of two thousand and three", "2003-10-12"),
    ],
)
def test_a_date_keeps_the_precision_it_was_written_with(written: str, edtf: str) -> None:
    assert read_day(written, Reading()) == edtf


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("3/4/2021", "two ways"),
        ("1/14/80", "two digits"),
        ("44123", "day number"),
        ("2024-02-30", "no day 2024-02-30"),
        ("9999-12-31", "default"),
        ("31/31/2020", "may be read two ways|no day|no month|no date"),
        ("summer", "no date"),
        ("3 mars", "no date"),
        ("March April 2020", "no date"),
        ("x" * 100_000, "too long"),
    ],
)
def test_what_is_no_date_or_could_be_two_is_refused_with_the_reason(written: str, reason: str) -> None:
    with pytest.raises(DateFault, match=reason):
        read_day(written, Reading())


def test_choices_of_the_mapping_are_what_makes_the_rest_readable() -> None:
    assert read_day("3/4/2021", Reading(order="day month")) == "2021-04-03"
    assert read_day("3/4/2021", Reading(order="month day")) == "2021-03-04"
    assert read_day("1/14/80", Reading(order="month day", pivot=49)) == "1980-01-14"
    assert read_day("1/14/08", Reading(order="month day", pivot=49)) == "2008-01-14"
    assert read_day("44123", Reading(serials=1900)) == "2020-10-19"
    with pytest.raises(DateFault, match="contradicts"):
        read_day("14/1/2020", Reading(order="month day"))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("early 2022", "2022-01/2022-04"),
        ("Mid-2022", "2022-05/2022-08"),
        ("late 2022", "2022-09/2022-12"),
        ("first half of 2022", "2022-01/2022-06"),
        ("Summer 2020", "2020-22"),
        ("in the spring of 2020", "2020-21"),
        ("early March 2021", "2021-03-01/2021-03-10"),
        ("end of February 2021", "2021-02-21/2021-02-28"),
        ("début 2022", "2022-01/2022-04"),
        ("Mitte 2022", "2022-05/2022-08"),
        ("a finales de 2022", "2022-09/2022-12"),
        ("أوائل 2022", "2022-01/2022-04"),
        ("סוף 2022", "2022-09/2022-12"),
        ("قيل 2022", ""),
        ("summer March 2020", ""),
    ],
)
def test_parts_of_a_year_or_a_month_are_read_and_no_more(text, read):
    if read:
        assert read_day(text, Reading()) == read
        UncertainDate.parse(read)
    else:
        with pytest.raises(DateFault):
            read_day(text, Reading())
