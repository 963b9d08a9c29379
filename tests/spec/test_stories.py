"""What the source documents tell, one person's history at a time, and which indicators see it. Today is 2026-06-30."""

from __future__ import annotations

from tests.support.stories import COUNTED, NOT_COUNTED, Story

YEAR_2025 = ("2025-01-01", "2025-12-31")
TODAY = "2026-06-30"


def test_anna_is_followed_up_only_in_the_journal():
    """Her case worker visits her every year and writes a note in the journal; the step Följa upp stays empty."""
    anna = Story(
        *("T1", "T2", "T3", "T4", "F2", "M3"),
        tables={
            "beslut": """
                beslut_id | galler_fran
                B1        | 2023-02-01""",
            "mal": """
                mal_id | beslut_id
                M1     | B1""",
            "uppfoljning": """
                uppfoljning_id | beslut_id | datum      | kanal
                F1             | B1        | 2024-03-05 | journal
                F2             | B1        | 2025-09-10 | journal""",
        },
    )

    # T2 - T1 is the follow-up that is made but not seen in the step.
    assert anna.on(TODAY, "T1") == {"B1": NOT_COUNTED}
    assert anna.on(TODAY, "T2") == {"B1": COUNTED}
    assert anna.during(*YEAR_2025, "F2") == {"F2": NOT_COUNTED}
    # She is not forgotten: neither two years without a follow-up, nor more than a year.
    assert anna.on(TODAY, "T3") == {"B1": NOT_COUNTED}
    assert anna.on(TODAY, "T4") == {"B1": COUNTED}
    # But the note says nothing of her goal.
    assert anna.during(*YEAR_2025, "M3") == {"M1": NOT_COUNTED}


BERTIL = {
    "utredning": """
        utredning_id | inledd     | avslutad
        A1           | 2024-05-10 | 2024-06-10
        A2           | 2025-05-20 | 2025-06-15""",
    "beslut": """
        beslut_id | utredning_id | beslutsdatum | galler_fran | galler_tom | omfattning | omfattning_enhet
        B1        | A1           | 2024-06-11   | 2024-07-01  | 2025-06-30 | 10         | timmar_per_vecka
        B2        | A2           | 2025-06-16   | 2025-07-01  |            | 10         | timmar_per_vecka""",
}


def test_bertil_is_investigated_anew_instead_of_followed_up():
    """His decision cannot be prolonged, so all is done again and he gets exactly what he had."""
    bertil = Story(*("T5", "T6", "T7", "F3"), tables=BERTIL)

    assert bertil.during(*YEAR_2025, "T5") == {"B1": NOT_COUNTED}
    assert bertil.during(*YEAR_2025, "T6") == {"B1": COUNTED}
    assert bertil.during(*YEAR_2025, "F3") == {"A2": COUNTED}
    # The new decision begins the day after the old one ends.
    assert bertil.during(*YEAR_2025, "T7") == {"B1": NOT_COUNTED}


def test_bertils_new_investigation_is_in_order_after_a_follow_up():
    """The same, but in May his case worker follows up in the step, and that leads to the investigation."""
    follow_up = "uppfoljning_id | beslut_id | datum | kanal\nF1 | B1 | 2025-05-12 | folja_upp"
    bertil = Story(*("T5", "T6", "F3"), tables={**BERTIL, "uppfoljning": follow_up})

    assert bertil.during(*YEAR_2025, "T5") == {"B1": COUNTED}
    assert bertil.during(*YEAR_2025, "T6") == {"B1": NOT_COUNTED}
    assert bertil.during(*YEAR_2025, "F3") == {"F1": NOT_COUNTED, "A2": NOT_COUNTED}


def test_a_journal_note_does_not_save_bertil_from_the_forced_investigation():
    """Seen as followed up before the end, whatever the channel; still not in the step that should have led on."""
    note = "uppfoljning_id | beslut_id | datum | kanal\nF1 | B1 | 2025-05-12 | journal"
    bertil = Story(*("T5", "T6", "F3"), tables={**BERTIL, "uppfoljning": note})

    assert bertil.during(*YEAR_2025, "T5") == {"B1": COUNTED}
    assert bertil.during(*YEAR_2025, "T6") == {"B1": COUNTED}
    assert bertil.during(*YEAR_2025, "F3") == {"F1": NOT_COUNTED, "A2": COUNTED}


def test_bertil_needs_more_so_the_new_investigation_is_right():
    more = BERTIL["beslut"].replace("|            | 10 ", "|            | 15 ")
    bertil = Story(*("T6", "F3"), tables={**BERTIL, "beslut": more})

    assert bertil.during(*YEAR_2025, "T6") == {"B1": NOT_COUNTED}
    assert bertil.during(*YEAR_2025, "F3") == {"A2": "andrad_omfattning"}


def test_cecilias_decision_expires_before_the_next_one():
    """Her decision ran out on 31 March; the new one is from 20 April. For 19 days no decision was in force."""
    cecilia = Story(
        *("T1", "T3", "T6", "T7"),
        tables={
            "beslut": """
                beslut_id | beslutsdatum | galler_fran | galler_tom
                B1        | 2023-12-20   | 2024-01-01  | 2025-03-31
                B2        | 2025-04-18   | 2025-04-20  |""",
        },
    )

    assert cecilia.during(*YEAR_2025, "T7") == {"B1": COUNTED}
    assert cecilia.value("T7", "B1") == 19
    assert cecilia.during(*YEAR_2025, "T6") == {"B1": NOT_COUNTED}, "followed by a decision, but by no investigation"
    # Between the decisions there is nothing to follow up; the intervention goes on as one episode.
    assert cecilia.on("2025-03-31", "T1") == {"B1": NOT_COUNTED}
    assert cecilia.on("2025-04-10", "T1") == {}
    assert cecilia.on("2025-04-10", "T3") == {"B1": "ej_moget"}
    assert cecilia.on(TODAY, "T3") == {"B1": COUNTED}, "since 2024-01-01, not since the new decision"


def test_davids_decision_expires_and_nothing_follows():
    """No one knows from the delivery why: he is left out of what compares a decision with the next, not out of T5."""
    david = Story(
        *("T5", "T6", "T7"),
        tables={"beslut": "beslut_id | galler_fran | galler_tom\nB1 | 2024-01-01 | 2025-03-31"},
    )

    assert david.during(*YEAR_2025, "T5") == {"B1": NOT_COUNTED}
    assert david.during(*YEAR_2025, "T6") == {"B1": "utan_efterfoljare"}
    assert david.during(*YEAR_2025, "T7") == {"B1": "utan_efterfoljare"}


EVA = {
    "beslut": """
        beslut_id | galler_fran | galler_tom
        B1        | 2023-07-01  | 2024-06-30
        B2        | 2024-07-01  | 2025-07-15
        B3        | 2025-07-16  |""",
}


def test_eva_is_not_followed_up_for_three_years_behind_short_decisions():
    """Each of her decisions is too young to be due, so T1 never sees her; the episode is three years old."""
    eva = Story(*("T1", "T3"), tables=EVA)

    assert eva.on(TODAY, "T1") == {"B3": "ej_moget"}
    assert eva.on(TODAY, "T3") == {"B1": COUNTED}
    assert eva.on("2025-06-29", "T3") == {"B1": "ej_moget"}
    assert eva.on("2025-06-30", "T3") == {"B1": COUNTED}, "730 days after 2023-07-01"


def test_a_new_decision_is_no_follow_up_of_eva_but_a_note_of_her_provider_is():
    """T3 asks whether anyone looked, in whatever way: her provider followed up the plan in 2025."""
    eva = Story(
        *("T2", "T3"),
        tables={
            **EVA,
            "uppdrag": "uppdrag_id | beslut_id | paborjat\nU2 | B2 | 2024-07-01",
            "genomforandeplan": "plan_id | uppdrag_id | klarmarkerad\nG2 | U2 | 2024-07-10",
            "uppfoljning": """
                uppfoljning_id | plan_id | datum      | part     | kanal
                F1             | G2      | 2025-02-01 | utforare | journal""",
        },
    )

    assert eva.on(TODAY, "T3") == {"B1": NOT_COUNTED}
    assert eva.on("2025-07-10", "T2") == {"B2": NOT_COUNTED}, "the authority itself has not followed up"


FATIMA = {
    "beslut": "beslut_id | galler_fran\nB1 | 2025-01-10",
    "uppdrag": "uppdrag_id | beslut_id | skickat | paborjat\nU1 | B1 | 2025-01-08 | 2025-01-10",
}


def test_fatimas_plan_is_left_as_a_working_note():
    """It is used every day, but no one marked it as done: the authority cannot see it, and neither can the figures."""
    plan = "plan_id | uppdrag_id | status | upprattad | klarmarkerad\nG1 | U1 | arbetsanteckning | 2025-01-15 |"
    fatima = Story(*("F4", "T10", "T11", "P2", "F1"), tables={**FATIMA, "genomforandeplan": plan})

    assert fatima.on("2025-01-28", "F4") == {}, "the deadline has not passed"
    assert fatima.on("2025-01-29", "F4") == {"G1": COUNTED}
    assert fatima.on(TODAY, "F4") == {"G1": COUNTED}
    assert fatima.during(*YEAR_2025, "T10") == {"U1": NOT_COUNTED}
    assert fatima.on(TODAY, "T11") == {"U1": NOT_COUNTED}
    assert fatima.during(*YEAR_2025, "P2") == {}, "there is no plan to look into"
    assert fatima.on(TODAY, "F1") == {"B1": NOT_COUNTED}


def test_fatimas_plan_is_marked_as_done_in_april():
    """Too late for T10 for ever; from that day on a plan like any other."""
    plan = "plan_id | uppdrag_id | status | upprattad | klarmarkerad\nG1 | U1 | klarmarkerad | 2025-01-15 | 2025-04-02"
    fatima = Story(*("F4", "T10", "T11", "P2"), tables={**FATIMA, "genomforandeplan": plan})

    assert fatima.on("2025-03-31", "F4") == {"G1": COUNTED}
    assert fatima.on("2025-04-30", "F4") == {"G1": NOT_COUNTED}
    assert fatima.during(*YEAR_2025, "T10") == {"U1": NOT_COUNTED}
    assert fatima.value("T10", "U1") == 82
    assert fatima.on("2025-04-30", "T11") == {"U1": COUNTED}
    assert fatima.during(*YEAR_2025, "P2") == {"G1": NOT_COUNTED}, "and it says nothing of how she took part"


def test_a_description_of_routines_stands_where_fatimas_plan_should():
    plan = "plan_id | uppdrag_id | typ | upprattad | klarmarkerad\nG1 | U1 | rutinbeskrivning | 2025-01-15 | 2025-01-16"
    fatima = Story(*("F4", "T10", "T11", "P2"), tables={**FATIMA, "genomforandeplan": plan})

    assert fatima.on(TODAY, "F4") == {"G1": "rutinbeskrivning"}
    assert fatima.during(*YEAR_2025, "T10") == {"U1": NOT_COUNTED}
    assert fatima.on(TODAY, "T11") == {"U1": NOT_COUNTED}
    assert fatima.during(*YEAR_2025, "P2") == {}


def test_gustavs_goals_are_a_step_on_the_scale_and_nothing_more():
    """Three goals: one ticked on the scale, one with words as well, one in words from the time before the scale."""
    gustav = Story(
        *("D1", "D2"),
        tables={
            "beslut": "beslut_id | beslutsdatum | galler_fran\nB1 | 2025-03-03 | 2025-03-10",
            "mal": """
                mal_id | beslut_id | avsett | text_langd | endast_skala
                KRYSS  | B1        | 1      | 6          | ja
                BADA   | B1        | 1      | 64         | nej
                ORD    | B1        |        | 64         | nej
                KORT   | B1        | 1      | 12         | nej
                OKAND  | B1        | 9      | 0          | nej""",
        },
    )

    only_text_and_scale = dict.fromkeys(("KRYSS", "ORD", "KORT", "OKAND"), NOT_COUNTED) | {"BADA": COUNTED}
    assert gustav.during(*YEAR_2025, "D1") == only_text_and_scale
    # 9 is "not applicable", no number on the scale.
    only_scale = dict.fromkeys(("BADA", "ORD", "KORT", "OKAND"), NOT_COUNTED) | {"KRYSS": COUNTED}
    assert gustav.during(*YEAR_2025, "D2") == only_scale


def test_hanna_and_ivar_have_the_same_decision_and_different_providers():
    """Hers is the municipality, his a company. Her plan is renewed each year, his was written once."""
    both = Story(
        *("T11", "F6"),
        tables={
            "individ": "individ_id\nHANNA\nIVAR\nJOHN",
            "beslut": """
                beslut_id | individ_id | galler_fran
                B1        | HANNA      | 2024-01-01
                B2        | IVAR       | 2024-01-01
                B3        | JOHN       | 2024-01-01""",
            "uppdrag": """
                uppdrag_id | beslut_id | paborjat   | regiform
                U1         | B1        | 2024-01-01 | kommunal
                U2         | B2        | 2024-01-01 | privat_lov
                U3         | B3        | 2024-01-01 |""",
            "genomforandeplan": """
                plan_id | uppdrag_id | klarmarkerad
                G1      | U1         | 2024-01-10
                G2      | U1         | 2025-12-10
                G3      | U2         | 2024-01-10""",
        },
    )

    assert both.on(TODAY, "T11") == {"U1": COUNTED, "U2": NOT_COUNTED, "U3": NOT_COUNTED}
    assert both.on("2024-12-31", "T11") == {"U1": COUNTED, "U2": COUNTED, "U3": NOT_COUNTED}
    # The difference is that of the two forms; whose form is unknown is in neither.
    assert both.on(TODAY, "F6") == {"U1": COUNTED, "U2": NOT_COUNTED, "U3": "ej_redovisad_regiform"}
    forms = {row["enhet_id"]: row["regiform"] for row in both.units["F6"].to_pylist()}
    assert forms == {"U1": "kommunal", "U2": "privat", "U3": "ej_redovisad"}


KARIN = {
    "beslut": "beslut_id | galler_fran\nB1 | 2022-01-01",
    "uppdrag": "uppdrag_id | beslut_id | paborjat\nU1 | B1 | 2022-01-01",
    "uppfoljning": """
        uppfoljning_id | beslut_id | datum      | kanal
        F1             | B1        | 2024-01-20 | journal
        F2             | B1        | 2025-02-10 | folja_upp""",
}
MIGRATED = "2024-03-01"


def test_karins_years_in_the_old_system_are_not_observable_rather_than_missing():
    """On 2024-03-01 came a new system. The step and the plans of the old one are out of reach; journals came along."""
    karin = Story(
        *("T1", "T2", "T10", "T11", "F2", "F4"),
        tables={
            **KARIN,
            "genomforandeplan": """
                plan_id | uppdrag_id | status           | upprattad  | klarmarkerad
                G1      | U1         | arbetsanteckning | 2023-02-01 |
                G2      | U1         | arbetsanteckning | 2024-04-01 |""",
        },
        folja_upp_fran=MIGRATED,
        genomforandeplan_fran=MIGRATED,
    )

    # Right after: no one can say whether she was followed up in the step, but in the journal she was.
    assert karin.on("2024-06-30", "T1") == {"B1": "ej_observerbar"}
    assert karin.on("2024-06-30", "T2") == {"B1": COUNTED}
    # A whole year after: the window lies within the new system, and she is judged as everyone is.
    assert karin.on("2025-02-28", "T1") == {"B1": "ej_observerbar"}
    assert karin.on("2025-03-01", "T1") == {"B1": COUNTED}
    assert karin.on("2026-02-28", "T1") == {"B1": NOT_COUNTED}
    # A follow-up counts for F2 by the day it was made, a plan by the day it was drawn up.
    assert karin.during("2024-01-01", "2024-12-31", "F2") == {"F1": "ej_observerbar"}
    assert karin.during(*YEAR_2025, "F2") == {"F2": COUNTED}
    assert karin.during("2022-01-01", "2022-12-31", "T10") == {"U1": "ej_observerbar"}
    assert karin.on("2024-12-31", "F4") == {"G1": "ej_observerbar", "G2": COUNTED}
    assert karin.on("2025-02-28", "T11") == {"U1": "ej_observerbar"}
    assert karin.on("2025-03-01", "T11") == {"U1": NOT_COUNTED}


def test_karins_journal_is_lost_as_well():
    """Then nothing is known of two whole years, and no one says that she went without a follow-up."""
    karin = Story(*("T2", "T3", "T4"), tables=KARIN, folja_upp_fran=MIGRATED, journal_fran=MIGRATED)

    assert karin.on("2025-01-31", "T2") == {"B1": "ej_observerbar"}
    assert karin.on("2026-02-28", "T3") == {"B1": "ej_observerbar"}, "730 days from 2024-03-01 end on 2026-03-01"
    assert karin.on("2026-03-01", "T3") == {"B1": NOT_COUNTED}
    assert karin.on("2025-03-01", "T4") == {"B1": COUNTED}


def test_lars_is_served_as_the_process_says():
    """From application to follow-up in the step: counted as done by everyone, and by no one as a fault."""
    parts = "uppgifter_fran | individens_uppfattning | samtycke | informerat_samtal | samlad_bedomning | kommunicerad"
    lars = Story(
        *("T1", "T2", "T3", "T4", "T8", "T9", "T10", "T11", "F1", "F2", "F3", "F4", "F5"),
        *("M1", "M2", "M3", "M4", "M5", "M7", "D1", "D2", "D3", "D4", "P1", "P2", "P3", "P4"),
        tables={
            "utredning": f"""
                utredning_id | ansokan_datum | inledd     | avslutad   | {parts}
                A1           | 2025-01-02    | 2025-01-03 | 2025-01-20 | individen | ja | ja | ja | ja | ja""",
            "bedomning": """
                utredning_id | icf_kod | livsomrade | bedomt | resurser
                A1           | d550    | d5         | 3      | ja""",
            "beslut": """
                beslut_id | utredning_id | beslutsdatum | galler_fran | verkstallt
                B1        | A1           | 2025-01-21   | 2025-01-25  | 2025-01-27""",
            "uppdrag": """
                uppdrag_id | beslut_id | skickat    | mottaget   | paborjat   | antal_mal
                U1         | B1        | 2025-01-21 | 2025-01-22 | 2025-01-27 | 1""",
            "genomforandeplan": """
                plan_id | uppdrag_id | upprattad  | klarmarkerad | delaktighet_text_langd
                G1      | U1         | 2025-01-30 | 2025-02-03   | 120
                G2      | U1         | 2025-12-01 | 2025-12-03   | 140""",
            "mal": """
                mal_id | beslut_id | icf_kod | avsett | text_langd
                M1     | B1        | d550    | 1      | 80""",
            "uppfoljning": """
                uppfoljning_id | beslut_id | datum
                F1             | B1        | 2025-12-10""",
            "maluppfyllelse": """
                uppfoljning_id | mal_id | utfall | skala_vid_uppfoljning
                F1             | M1     | helt   | 1""",
            "kvalitetssvar": """
                uppfoljning_id | fraga | svar
                F1             | e598A | mycket_bra""",
        },
    )

    for indicator, unit in {"T1": "B1", "T2": "B1", "T4": "B1", "T11": "U1", "F1": "B1"}.items():
        assert lars.on(TODAY, indicator) == {unit: COUNTED}, indicator
    done = {"T8": "B1", "T10": "U1", "F2": "F1", "F5": "U1", "D1": "M1", "D3": "A1", "P1": "A1", "P3": "F1", "P4": "A1"}
    for indicator, unit in {**done, **dict.fromkeys(("M1", "M2", "M3", "M4", "M5", "M7"), "M1")}.items():
        assert lars.during(*YEAR_2025, indicator) == {unit: COUNTED}, indicator
    assert lars.during(*YEAR_2025, "P2") == {"G1": COUNTED, "G2": COUNTED}
    # In the denominators of what should be low, and in none of their numerators.
    assert lars.on(TODAY, "T3") == {"B1": "ej_moget"}
    assert lars.on(TODAY, "F4") == {"G1": NOT_COUNTED, "G2": NOT_COUNTED}
    for indicator, unit in {"T9": "B1", "F3": "F1", "D2": "M1", "D4": "A1"}.items():
        assert lars.during(*YEAR_2025, indicator) == {unit: NOT_COUNTED}, indicator
    assert (lars.value("T8", "B1"), lars.value("T9", "B1"), lars.value("M5", "M1")) == (19, 6, -2)
