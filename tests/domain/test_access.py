"""Who may do what, written out once more by hand: a slip in the rules shows as a difference to this table."""

import pytest

from dashboard.domain.access import ANONYMOUS, Mode, Person, Right, Role, may

NOBODY = "nobody"
# For each right whether these may: nobody where reading is open, reader, contributor, reviewer, admin.
TABLE = {
    Right.READ: "yyyyy",
    Right.EXPORT: "yyyyy",
    Right.PROPOSE: "--yyy",
    Right.UPLOAD: "--yyy",
    Right.REVIEW: "---yy",
    Right.REMOVE: "---yy",
    Right.ADMINISTER: "----y",
}
WHO = (NOBODY, *Role)
WRITES = {Right.PROPOSE, Right.UPLOAD, Right.REVIEW, Right.REMOVE}
CASES = [(right, who, TABLE[right][number] == "y") for right in Right for number, who in enumerate(WHO)]


def person(who: str) -> Person:
    return ANONYMOUS if who == NOBODY else Person("pe-1", "Ann", Role(who))


@pytest.mark.parametrize(("right", "who", "allowed"), CASES)
def test_every_role_may_what_the_table_says(right: Right, who: str, allowed: bool) -> None:  # noqa: FBT001  # a case
    assert may(person(who), right, anonymous_reading=True) is allowed
    assert may(person(who), right) is (allowed and who != NOBODY)
    assert may(person(who), right, Mode.READ_ONLY, anonymous_reading=True) is (
        allowed and right not in WRITES
    )
    only_admins = allowed and right not in WRITES and who == Role.ADMIN
    assert may(person(who), right, Mode.MAINTENANCE, anonymous_reading=True) is only_admins
