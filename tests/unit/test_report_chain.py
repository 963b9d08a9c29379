"""What is said of the process chain in words: the largest loss, losses that are as large, hidden ones, none at all."""

from __future__ import annotations

from itertools import pairwise

from ibic_pipeline.report.figures import Visning
from ibic_pipeline.report.process import NO_CHAIN, WORDS, Chain, Step, finding
from ibic_pipeline.report.templating import environment

NBSP = "\N{NO-BREAK SPACE}"


def chain(left: list[int | None], lost: list[int | None] | None = None, visning: Visning = "visas") -> Chain:
    """A chain from those left after each step; the losses are what lies between them, unless they are given."""
    between = [None if None in each else each[0] - each[1] for each in pairwise(left)]
    all_of_them = [0, *(between if lost is None else lost)]
    first = left[0] or 1
    steps = [
        Step(name, text, visning, kvar, gone, *(None if each is None else each / first for each in (kvar, gone)))
        for (name, text), kvar, gone in zip(WORDS.values(), left, all_of_them, strict=True)
    ]
    return Chain("2026-06", visning, tuple(steps))


def said(found: Chain) -> str:
    return finding(found, "Habo").replace(NBSP, " ")


def test_the_largest_loss_is_told_in_number_and_per_cent_of_all():
    assert said(chain([200, 190, 190, 180, 100, 50])) == (
        "Av 200 beslut i Habo har 50 (25,0 %) alla steg. Störst bortfall: plan, 80 beslut (40,0 % av alla)."
    )


def test_two_losses_that_are_as_large_are_both_told():
    assert said(chain([200, 160, 160, 150, 110, 100])).endswith(
        "Störst bortfall: utredning och plan, 40 beslut i vart och ett (20,0 % av alla)."
    )


def test_a_loss_is_the_largest_for_certain_only_when_all_that_is_hidden_is_less():
    certain = chain([200, None, None, 185, 105, 100], [None, 0, None, 80, 5])
    assert said(certain).endswith(
        "Störst bortfall: plan, 80 beslut (40,0 % av alla). Bortfallet i utredning och uppdrag är undertryckt."
    )
    uncertain = chain([200, None, None, 120, 100, 100], [None, 0, None, 20, 0])
    assert "Störst av de bortfall som visas: plan, 20 beslut" in said(uncertain)


def test_losses_that_are_all_hidden_are_only_said_to_be():
    assert said(chain([30, None, None, None, None, 20], [None, 0, None, None, None])).endswith(
        "alla steg. Bortfallet i utredning, uppdrag, plan och uppföljning är undertryckt."
    )


def test_a_chain_that_loses_nobody_says_so():
    assert said(chain([60] * 6)) == "Av 60 beslut i Habo har 60 (100,0 %) alla steg. Inget beslut faller bort."


def test_hidden_nobody_not_counted_and_not_published_are_four_sentences():
    hidden = said(chain([None] * 6, visning="undertryckt"))
    nobody = said(chain([0] * 6, visning="ej_tillampligt"))
    late = said(chain([None] * 6, visning="ej_utvarderad"))
    missing = said(NO_CHAIN)
    assert len({hidden, nobody, late, missing}) == 4
    assert "undertryckt" in hidden
    assert "inte noll" in nobody
    assert "tidigare version" in late
    assert "ingen processkedja" in missing


def test_the_table_tells_hidden_nobody_and_not_counted_apart():
    table = environment().get_template("bilder.html.j2").module.kedjetabell
    words = {"undertryckt": "undertryckt", "ej_tillampligt": "ej tillämpligt", "ej_utvarderad": "finns inte"}
    for visning, word in words.items():
        cells = str(table(chain([None] * 6, visning=visning)))
        assert f'class="visning-{visning}"' in cells
        assert word in cells
        assert not [each for each in words.values() if each != word and each in cells]
