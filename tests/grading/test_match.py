"""Whose submission is it: the right row for each, no row twice, and what is unclear is said."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.match import CANVAS, MOODLE, Matching, columns, match
from grading.roster import parse_roster


@dataclass
class Handed:
    name: str
    number: str = ""


def canvas(*people: str) -> list[dict[str, str]]:
    lines = ["Student,ID,SIS User ID,SIS Login ID,Section", *people]
    return parse_roster("\n".join(lines).encode())[0]


def moodle(*people: str) -> list[dict[str, str]]:
    lines = ["First name,Last name,ID number,Email address", *people]
    return parse_roster("\n".join(lines).encode())[0]


def matched(roster: list[dict[str, str]], *handed: Handed) -> Matching:
    return match({f"{h.name}-{h.number}".strip("-"): h for h in handed}, roster)


class TestNumber:
    def test_two_of_one_name_are_told_apart_by_canvas_number(self) -> None:
        roster = canvas('"Kim, Min",11,s11', '"Kim, Min",12,s12')
        found = matched(roster, Handed("kimmin", "12"), Handed("kimmin", "11"))
        assert {key: row["SIS User ID"] for key, row in found.rows.items()} == {
            "kimmin-11": "s11",
            "kimmin-12": "s12",
        }
        assert not found.unclear
        assert not found.absent

    def test_two_of_one_name_are_told_apart_by_moodles_worksheet(self) -> None:
        text = (
            "Identifier,Full name,ID number,Email address,Status,Grade\n"
            "Participant 31001,Maria Garcia,m001,mg1@example.org,Submitted,\n"
            "Participant 31009,Maria Garcia,m009,mg9@example.org,Submitted,\n"
        )
        found = matched(
            parse_roster(text.encode())[0],
            Handed("Maria Garcia", "31009"),
            Handed("Maria Garcia", "31001"),
        )
        assert found.rows["Maria Garcia-31001"]["ID number"] == "m001"
        assert found.rows["Maria Garcia-31009"]["ID number"] == "m009"

    def test_without_their_numbers_two_of_one_name_get_no_row(self) -> None:
        roster = moodle("Maria,Garcia,m001,a@x", "Maria,Garcia,m009,b@x")
        found = matched(roster, Handed("Maria Garcia", "31001"), Handed("Maria Garcia", "31009"))
        assert not found.rows
        assert [line.partition(":")[0] for line in found.unclear] == [
            "Maria Garcia-31001",
            "Maria Garcia-31009",
        ]
        assert all("m001" in line and "m009" in line for line in found.unclear)

    def test_another_number_is_another_person(self) -> None:
        found = matched(canvas('"Kim, Min",11,s11'), Handed("kimmin", "13"))
        assert not found.rows
        assert "13" in found.unclear[0]
        assert found.absent == ["Kim, Min, 11"]

    def test_a_number_beats_a_name_earlier_on_the_roster(self) -> None:
        roster = canvas('"Doe, Jane",1,s1', '"Married, Jane",2,s2')
        found = matched(roster, Handed("doejane", "2"))
        assert found.rows["doejane-2"]["SIS User ID"] == "s2"

    def test_one_number_given_twice_is_reported(self) -> None:
        handed = {"a": Handed("ann", "7"), "b": Handed("bob", "7")}
        found = match(handed, canvas('"Ann, A",7,s7'))
        assert not found.rows
        assert "but b fits there too" in found.unclear[0]


class TestLoginAndName:
    def test_nobody_is_matched_to_somebody_elses_address(self) -> None:
        roster = moodle("Anton,Bellamy,7,annabell@example.org")
        assert not matched(roster, Handed("Anna Bell")).rows
        roster += moodle("Anna,Bell,8,ab@example.org")
        assert matched(roster, Handed("Anna Bell")).rows["Anna Bell"]["ID number"] == "8"
        # The file annabell.ipynb may be either's.
        assert "fits 2 rows" in matched(roster, Handed("annabell")).unclear[0]

    def test_words_of_a_name_are_kept_apart(self) -> None:
        assert not matched(moodle("Anna,Bell,8,ab@example.org"), Handed("Ann Abell")).rows

    @pytest.mark.parametrize("name", ["jdoe", "J.Doe@example.org", "u7", "JDOE"])
    def test_address_login_and_universitys_number(self, name: str) -> None:
        text = b"First name,Surname,ID number,Email address,Username\nA,B,u7,j.doe@example.org,jdoe"
        assert matched(parse_roster(text)[0], Handed(name)).rows

    def test_a_login_goes_before_a_name(self) -> None:
        roster = canvas('"Doe, Jane",1,s1,jd1', '"Other, Olga",2,s2,janedoe')
        assert matched(roster, Handed("janedoe")).rows["janedoe"]["ID"] == "2"
        # With a number, the platform gives a name: it is Jane's.
        roster = [{**row, "ID": ""} for row in roster]
        assert matched(roster, Handed("janedoe", "9")).rows["janedoe-9"]["SIS User ID"] == "s1"

    @pytest.mark.parametrize("name", ["Jane Doe", "doejane", "JaneDoe", "Doe, Jane", "doe_jane"])
    def test_ways_to_write_a_name(self, name: str) -> None:
        assert matched(canvas('"Doe, Jane",1,s1'), Handed(name)).rows
        assert matched(moodle("Jane,Doe,7,j@x"), Handed(name)).rows

    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    def test_marks_in_either_form(self, form: str) -> None:
        roster = moodle("Zoe,Groß,1,a@x", "ZOË,GROSS,2,b@x")
        name = unicodedata.normalize(form, "Zoë Groß")  # type: ignore[arg-type]
        assert matched(roster, Handed(name)).rows[name]["ID number"] == "2"

    def test_a_name_that_fits_a_taken_row_is_reported(self) -> None:
        found = matched(canvas('"Kim, Min",11,s11'), Handed("kimmin", "11"), Handed("Min Kim"))
        assert set(found.rows) == {"kimmin-11"}
        assert (
            "Min Kim: the name fits Kim, Min, 11, but kimmin-11 fits there too" in found.unclear[0]
        )

    def test_who_is_missing_is_listed(self) -> None:
        found = matched(moodle("Jane,Doe,7,j@x", "Jim,Roe,8,r@x"), Handed("Jane Doe"))
        assert found.absent == ["Jim Roe, 8"]

    def test_an_empty_name_fits_nobody(self) -> None:
        assert not matched([{"Email address": "a@x"}, {"Student": "-"}], Handed("--")).rows


people = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "Student": st.sampled_from(["Kim, Min", "Min Kim", "Ann", ""]),
            "ID": st.sampled_from(["1", "2", ""]),
            "Email address": st.sampled_from(["ann@x", "kim@x", ""]),
        },
    ),
    max_size=5,
)
handed_in = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=1),
    st.builds(
        Handed, st.sampled_from(["kimmin", "Kim Min", "ann", "ann@x"]), st.sampled_from("12 ")
    ),
)


@given(handed_in, people, st.randoms())
def test_properties(handed: dict[str, Handed], roster: list[dict[str, str]], rng: object) -> None:
    handed = {key: Handed(h.name, h.number.strip()) for key, h in handed.items()}
    found = match(handed, roster)
    # No row twice, and nobody is lost.
    assert len({id(row) for row in found.rows.values()}) == len(found.rows)
    assert sorted([*found.rows, *(line.partition(":")[0] for line in found.unclear)]) == sorted(
        handed
    )
    # The order of submissions and rows decides nothing.
    keys, rows = list(handed), list(roster)
    rng.shuffle(keys)  # type: ignore[attr-defined]
    rng.shuffle(rows)  # type: ignore[attr-defined]
    again = match({key: handed[key] for key in keys}, rows)
    assert again.rows == found.rows
    assert sorted(again.absent) == sorted(found.absent)


def test_columns() -> None:
    (person,) = moodle("Jane,Doe,7,j@x")
    known = columns(Handed("Jane Doe", "99"), person)
    assert [known[column] for column in MOODLE] == ["Jane", "Doe", "7", "j@x"]
    known = columns(Handed("jane", "99"), None)
    assert [known[column] for column in CANVAS] == ["jane", "99", "", "", ""]
    known = columns(Handed("doejane", "99"), {"SIS User ID": "s1", "ID": "", "Full name": "J. Doe"})
    assert [known[column] for column in CANVAS] == ["doejane", "99", "s1", "", ""]
    assert [known[column] for column in MOODLE] == ["", "J. Doe", "", ""]
