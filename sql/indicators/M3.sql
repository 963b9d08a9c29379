-- id: M3
-- namn: Måltäckning vid uppföljning
-- definition: Andel mål som bedömdes när det beslut eller den plan som de står i följdes upp.
-- namnare: Alla mål i beslut och planer som har följts upp i perioden; periodens senaste uppföljningsdag räknas.
-- taljare: De av målen som den dagen fick utfallet helt, delvis eller inte.
-- exkluderingar: utan_behovsprovning, ej_observerbar
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: mål
-- kalla: IBIC, måluppfyllelse
-- version: 2026-07-01
-- tolkning: Ett mål som tillkom efter uppföljningen räknas också, eftersom målets eget datum inte finns i leveransen.
-- malgrupp: Chefer för myndighet och utförare, handläggare, systemförvaltare; den som läser M1 och M2.
-- vilseleder: Att utfallet är ifyllt säger inte att någon talade med den enskilde om målet. En uppföljning som gäller
--   något annat än målen, till exempel en ändrad tid, räknas som om alla mål borde ha bedömts.
-- atgard: Se om målen visas i steget där uppföljningen skrivs. Gör de inte det: fråga systemförvaltaren. Gör de det:
--   kom överens om att varje mål får ett utfall, även när svaret är inte.
-- indata: maldagar
SELECT
    'M3' AS indikator,
    m.mal_id AS enhet_id,
    m.dag AS fran,
    m.nasta_dag AS till,
    m.exkluderad IS NULL AS i_namnare,
    m.exkluderad IS NULL AND m.bedomt AS i_taljare,
    m.exkluderad AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    m.kon AS kon,
    m.aldersgrupp AS aldersgrupp,
    m.insatsgrupp AS insatsgrupp,
    m.lagrum AS lagrum,
    m.regiform AS regiform
FROM maldagar AS m
