"""D3, D4, P1 and P4: what a finished investigation documents, also of the person's own view and resources."""

from __future__ import annotations

import pytest

from tests.support.small_tables import assert_rows, derived, inputs

EACH = ("D3", "D4", "P1", "P4")


def test_an_investigation_is_whole_when_all_six_parts_are_documented():
    given = inputs(
        {
            "utredning": """
            utredning_id | avslutad   | uppgifter_fran | samtycke | informerat_samtal | individens_uppfattning \
| samlad_bedomning | kommunicerad
            A1           | 2024-05-01 | anhorig        | ja       | ja                | ja                     \
| ja               | ja
            A2           | 2024-05-02 |                | ja       | ja                | ja                     \
| ja               | ja
            A3           | 2024-05-03 | individen      | ja       | ja                | ja                     \
| ja               | nej
            A4           | 2024-05-04 | individen      | nej      |                   | nej                    \
|                  |
            A5           | 2024-05-05 |                |          |                   |                        \
|                  |
            """,
        }
    )
    assert_rows(
        derived("D3", given),
        """
        enhet_id | fran       | till | i_namnare | i_taljare | exkluderad | varde
        A1       | 2024-05-01 |      | ja        | ja        |            | 6
        A2       | 2024-05-02 |      | ja        | nej       |            | 5
        A3       | 2024-05-03 |      | ja        | nej       |            | 5
        A4       | 2024-05-04 |      | ja        | nej       |            | 1
        A5       | 2024-05-05 |      | ja        | nej       |            | 0
        """,
    )


def test_areas_of_life_are_counted_once_and_one_eight_or_nine_is_enough():
    given = inputs(
        {
            "utredning": "utredning_id | avslutad\n"
            "A1 | 2024-05-01\nA2 | 2024-05-01\nA3 | 2024-05-01\nA4 | 2024-05-01\nA5 | 2024-05-01",
            "bedomning": """
            utredning_id | icf_kod | livsomrade | bedomt | avsett
            A1           | d510    | d5         | 2      |
            A1           | d520    | d5         | 3      |
            A1           | d450    | d4         | 0      |
            A2           | d510    | d5         | 2      |
            A2           | d450    | d4         | 8      |
            A3           | d510    | d5         | 9      |
            A4           | d510    |            | 4      | 8
            """,
        }
    )
    assert_rows(
        derived("D4", given),
        """
        enhet_id | i_namnare | i_taljare | exkluderad | varde
        A1       | ja        | nej       |            | 2
        A2       | ja        | ja        |            | 2
        A3       | ja        | ja        |            | 1
        A4       | ja        | nej       |            | 0
        A5       | ja        | nej       |            | 0
        """,
    )


def test_a_view_counts_when_it_is_documented_and_comes_from_the_person_alone_or_with_others():
    given = inputs(
        {
            "utredning": """
            utredning_id | avslutad   | uppgifter_fran      | individens_uppfattning
            A1           | 2024-05-01 | individen           | ja
            A2           | 2024-05-01 | individen_och_andra | ja
            A3           | 2024-05-01 | foretradare         | ja
            A4           | 2024-05-01 | anhorig             | ja
            A5           | 2024-05-01 | professionell       | ja
            A6           | 2024-05-01 |                     | ja
            A7           | 2024-05-01 | individen           | nej
            A8           | 2024-05-01 | individen           |
            """
        }
    )
    assert_rows(
        derived("P1", given),
        """
        enhet_id | fran       | i_namnare | i_taljare | exkluderad | varde
        A1       | 2024-05-01 | ja        | ja        |            |
        A2       | 2024-05-01 | ja        | ja        |            |
        A3       | 2024-05-01 | ja        | nej       |            |
        A4       | 2024-05-01 | ja        | nej       |            |
        A5       | 2024-05-01 | ja        | nej       |            |
        A6       | 2024-05-01 | ja        | nej       |            |
        A7       | 2024-05-01 | ja        | nej       |            |
        A8       | 2024-05-01 | ja        | nej       |            |
        """,
    )


def test_resources_in_one_assessment_are_enough_and_without_assessments_there_is_nothing_to_count():
    given = inputs(
        {
            "utredning": """
            utredning_id | avslutad   | utfall
            A1           | 2024-05-01 | beslut
            A2           | 2024-05-01 | beslut
            A3           | 2024-05-01 | beslut
            A4           | 2024-05-01 | avskriven
            A5           | 2024-05-01 |
            """,
            "bedomning": """
            utredning_id | icf_kod | bedomt | resurser
            A1           | d510    | 2      | nej
            A1           | d520    | 2      | ja
            A2           | d510    | 2      | nej
            A5           | d510    | 9      |
            """,
        }
    )
    assert_rows(
        derived("P4", given),
        """
        enhet_id | fran       | i_namnare | i_taljare | exkluderad     | varde
        A1       | 2024-05-01 | ja        | ja        |                |
        A2       | 2024-05-01 | ja        | nej       |                |
        A3       | 2024-05-01 | nej       | nej       | utan_bedomning |
        A4       | 2024-05-01 | nej       | nej       | avskriven      |
        A5       | 2024-05-01 | ja        | nej       |                |
        """,
    )


@pytest.mark.parametrize("indicator", EACH)
def test_only_a_finished_investigation_is_a_unit_and_one_that_was_dropped_is_excluded_but_not_a_withdrawn_one(
    indicator: str,
):
    given = inputs(
        {
            "utredning": """
            utredning_id | inledd     | avslutad   | utfall    | uppgifter_fran | individens_uppfattning
            A1           | 2024-01-01 | 2024-05-01 | beslut    | individen      | ja
            A2           | 2024-01-01 | 2024-05-01 | avskriven | individen      | ja
            A3           | 2024-01-01 | 2024-05-01 | aterkallad | individen     | ja
            A4           | 2024-01-01 | 2024-05-01 |           | individen      | ja
            A5           | 2024-01-01 |            | beslut    | individen      | ja
            """,
            "bedomning": "\n".join(
                ["utredning_id | icf_kod | livsomrade | bedomt | resurser"]
                + [f"A{number} | d510 | d5 | 9 | ja" for number in range(1, 6)]
            ),
        }
    )
    counted = "nej" if indicator == "D3" else "ja"
    assert_rows(
        derived(indicator, given),
        f"""
        enhet_id | fran       | i_namnare | i_taljare  | exkluderad
        A1       | 2024-05-01 | ja        | {counted}  |
        A2       | 2024-05-01 | nej       | nej        | avskriven
        A3       | 2024-05-01 | ja        | {counted}  |
        A4       | 2024-05-01 | ja        | {counted}  |
        """,
    )


def test_an_excluded_investigation_still_says_what_it_documents():
    given = inputs(
        {
            "utredning": "utredning_id | avslutad | utfall | samtycke\nA1 | 2024-05-01 | avskriven | ja",
            "bedomning": "utredning_id | icf_kod | livsomrade\nA1 | d510 | d5\nA1 | d450 | d4",
        }
    )
    assert_rows(derived("D3", given), "enhet_id | exkluderad | varde\nA1 | avskriven | 1")
    assert_rows(derived("D4", given), "enhet_id | exkluderad | varde\nA1 | avskriven | 2")


@pytest.mark.parametrize("indicator", EACH)
def test_investigations_from_before_the_migration_are_counted(indicator: str):
    """What the earlier system could not hold is follow-ups, plans and outcomes of goals; not investigations."""
    given = inputs(
        {
            "utredning": "utredning_id | avslutad\nA1 | 2024-05-01",
            "bedomning": "utredning_id | icf_kod\nA1 | d510",
        }
    )
    late = dict.fromkeys(
        ("folja_upp_fran", "journal_fran", "genomforandeplan_fran", "maluppfyllelse_fran"), "2025-01-01"
    )
    assert_rows(derived(indicator, given, late), "enhet_id | i_namnare | exkluderad\nA1 | ja |")


@pytest.mark.parametrize("indicator", EACH)
def test_an_investigation_has_the_groups_of_its_first_decision_and_the_age_of_the_year_it_ended(indicator: str):
    given = inputs(
        {
            "individ": """
            individ_id | fodelsear | kon    | skydd
            P1         | 1960      | man    | ingen
            P2         | 1960      | kvinna | skyddad_folkbokforing
            P3         |           | kvinna |
            """,
            "utredning": """
            utredning_id | individ_id | lagrum   | avslutad
            A1           | P1         | sol_2001 | 2024-12-31
            A2           | P1         | sol_2001 | 2025-01-01
            A3           | P2         | sol_2001 | 2024-12-31
            A4           | P3         | lss      | 2024-12-31
            """,
            "bedomning": "utredning_id | icf_kod\nA1 | d510\nA2 | d510\nA3 | d510\nA4 | d510",
            "beslut": """
            beslut_id | utredning_id | individ_id | insats        | beslutsdatum
            B1        | A1           | P1         | hemtjanst     | 2024-12-31
            B2        | A1           | P1         | korttidsplats | 2025-01-02
            B3        | A3           | P2         | hemtjanst     | 2024-12-31
            """,
            "uppdrag": "uppdrag_id | beslut_id\nU1 | B1\nU3 | B3",
        }
    )
    assert_rows(
        derived(indicator, given),
        """
        enhet_id | i_namnare | kon          | aldersgrupp  | insatsgrupp  | lagrum       | regiform
        A1       | ja        | man          | 18-64        | hemtjanst    | SoL          | kommunal
        A2       | ja        | man          | 65-79        | ej_redovisad | SoL          | ej_redovisad
        A3       | ja        | ej_redovisad | ej_redovisad | ej_redovisad | ej_redovisad | ej_redovisad
        A4       | ja        | kvinna       | ej_redovisad | ej_redovisad | LSS          | ej_redovisad
        """,
    )
