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
-- indata: malfakta, malbedomningar, uppfoljningsdagar, aldersgrans, parametrar
WITH bedomd_dag AS (
    SELECT
        m.mal_id AS mal_id,
        m.dag AS dag
    FROM malbedomningar AS m
    WHERE m.samma_foremal AND m.utfall IN ('helt', 'delvis', 'inte')
    GROUP BY m.mal_id, m.dag
),

enhet AS (
    SELECT
        m.mal_id AS mal_id,
        u.dag AS fran,
        u.nasta_dag AS till,
        CASE
            WHEN m.utan_behovsprovning THEN 'utan_behovsprovning'
            WHEN u.dag < p.maluppfyllelse_fran THEN 'ej_observerbar'
        END AS exkluderad,
        b.mal_id IS NOT NULL AS bedomt,
        m.kon AS kon,
        m.fodelsear AS fodelsear,
        m.insatsgrupp AS insatsgrupp,
        m.lagrum AS lagrum,
        m.regiform AS regiform
    FROM malfakta AS m
    INNER JOIN uppfoljningsdagar AS u ON m.foremal = u.foremal AND m.foremal_id = u.foremal_id
    LEFT JOIN bedomd_dag AS b ON m.mal_id = b.mal_id AND u.dag = b.dag
    CROSS JOIN parametrar AS p
)

SELECT
    'M3' AS indikator,
    e.mal_id AS enhet_id,
    e.fran AS fran,
    e.till AS till,
    e.exkluderad IS NULL AS i_namnare,
    e.exkluderad IS NULL AND e.bedomt AS i_taljare,
    e.exkluderad AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    e.kon AS kon,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
LEFT JOIN aldersgrans AS a
    ON
        YEAR(e.fran) - e.fodelsear >= a.fran_alder
        AND YEAR(e.fran) - e.fodelsear <= COALESCE(a.till_alder, YEAR(e.fran) - e.fodelsear)
