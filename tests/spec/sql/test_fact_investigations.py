"""What an investigation documents, and to which groups it belongs."""

from __future__ import annotations

from tests.support.small_tables import assert_rows, derived, inputs


def test_the_six_parts_of_the_documentation_are_counted_when_they_are_there():
    found = derived(
        "utredningsfakta",
        inputs(
            {
                "utredning": """
                utredning_id | uppgifter_fran | samtycke | informerat_samtal | individens_uppfattning \
| samlad_bedomning | kommunicerad
                A1           | individen      | ja       | ja                | ja                     | ja | ja
                A2           | foretradare    | nej      |                   | ja                     | nej | ja
                A3           |                |          |                   |                        |     |
                """
            }
        ),
    )
    assert_rows(
        found,
        """
        utredning_id | del_inhamtat | del_samtycke | del_informerat_samtal | del_individens_uppfattning \
| del_samlad_bedomning | del_kommunicerad | antal_delar
        A1           | 1            | 1            | 1                     | 1 | 1 | 1 | 6
        A2           | 1            | 0            | 0                     | 1 | 0 | 1 | 3
        A3           | 0            | 0            | 0                     | 0 | 0 | 0 | 0
        """,
    )


def test_assessments_are_summed_up_and_life_areas_counted_once():
    found = derived(
        "utredningsfakta",
        inputs(
            {
                "utredning": "utredning_id\nA1\nA2\nA3",
                "bedomning": """
                utredning_id | icf_kod | livsomrade | bedomt | resurser
                A1           | d450    | d4         | 3      | nej
                A1           | d460    | d4         | 9      |
                A1           | d510    | d5         |        | ja
                A1           | e310    |            | 0      | nej
                A2           | d450    | d4         | 0      | nej
                """,
            }
        ),
    )
    assert_rows(
        found,
        """
        utredning_id | antal_bedomningar | livsomraden | har_8_9 | resurser
        A1           | 4                 | 2           | ja      | ja
        A2           | 1                 | 1           | nej     | nej
        A3           | 0                 | 0           | nej     | nej
        """,
    )


def test_an_investigation_has_the_groups_of_its_first_decision_and_otherwise_only_its_own_law():
    found = derived(
        "utredningsfakta",
        inputs(
            {
                "individ": "individ_id | skydd | kon | fodelsear\nP1 | | man | 1950\nP2 | fingerade | man | 1950",
                "utredning": """
                utredning_id | individ_id | lagrum
                A1           | P1         | sol_2001
                A2           | P1         | lss
                A3           | P1         |
                A4           | P2         | lss
                A5           | P2         | sol_2001_utan_behovsprovning
                """,
                "beslut": """
                beslut_id | utredning_id | individ_id | beslutsdatum | insats        | lagrum   | utfall
                B1        | A1           | P1         | 2024-02-01   | korttidsplats | sol_2001 | bifall
                B3        | A1           | P1         | 2024-01-01   | hemtjanst     | sol_2001 | bifall
                B2        | A1           | P1         | 2024-01-01   | lss_boende    | lss      | avslag
                B4        | A4           | P2         | 2024-01-01   | lss_boende    | lss      | bifall
                """,
                "uppdrag": "uppdrag_id | beslut_id\nU1 | B2\nU2 | B4",
            }
        ),
    )
    assert_rows(
        found,
        """
        utredning_id | forsta_beslut_id | kon          | fodelsear | insatsgrupp  | lagrum       | regiform     \
| utan_behovsprovning
        A1           | B2               | man          | 1950      | lss_boende   | LSS          | kommunal     | nej
        A2           |                  | man          | 1950      | ej_redovisad | LSS          | ej_redovisad | nej
        A3           |                  | man          | 1950      | ej_redovisad | ej_redovisad | ej_redovisad | nej
        A4           | B4               | ej_redovisad |           | ej_redovisad | ej_redovisad | ej_redovisad | nej
        A5           |                  | ej_redovisad |           | ej_redovisad | ej_redovisad | ej_redovisad | ja
        """,
    )


def test_an_investigation_is_without_needs_assessment_when_its_first_decision_is():
    found = derived(
        "utredningsfakta",
        inputs(
            {
                "utredning": "utredning_id | lagrum\nA1 | sol_2001\nA2 | sol_2001_utan_behovsprovning",
                "beslut": """
                beslut_id | utredning_id | beslutsdatum | utan_behovsprovning
                B1        | A1           | 2024-01-01   | ja
                B2        | A1           | 2024-02-01   | nej
                B3        | A2           | 2024-01-01   | nej
                """,
            }
        ),
    )
    assert_rows(found, "utredning_id | utan_behovsprovning\nA1 | ja\nA2 | nej")
