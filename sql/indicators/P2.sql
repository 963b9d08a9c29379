-- id: P2
-- namn: Delaktighet beskriven i genomförandeplanen
-- definition: Andel klarmarkerade genomförandeplaner där den enskildes delaktighet eller önskemål är beskrivna.
-- namnare: Genomförandeplaner (inte rutinbeskrivningar) som klarmarkerades i perioden.
-- taljare: De av planerna som har en text om delaktighet eller där önskemål är ifyllda.
-- exkluderingar: ej_observerbar
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: planversion
-- matt: andel
-- kalla: SOSFS 2014:5; IBIC, den enskildes delaktighet
-- version: 2026-11-22
-- tolkning: Måttet visar om något står i fälten, inte vad. En beskrivning av varför den enskilde inte kunde delta
--   räknas också.
-- malgrupp: Enhetschefer hos utförarna, planansvariga och kvalitetsansvariga.
-- vilseleder: En standardfras räknas lika mycket som en egen beskrivning. Står delaktigheten i ett annat fält eller i
--   journalen syns den inte här.
-- atgard: Läs några planer utan och några med text, och kom överens om vad som ska stå. Saknas fältet i systemet eller
--   i uttaget: ta upp det med systemförvaltaren.
-- indata: planfakta, aldersgrans, parametrar
WITH enhet AS (
    SELECT
        g.plan_id AS plan_id,
        g.klarmarkerad AS fran,
        CASE WHEN g.klarmarkerad < p.genomforandeplan_fran THEN 'ej_observerbar' END AS exkluderad,
        g.delaktighet_text_langd > 0 OR g.onskemal AS beskriven,
        g.kon AS kon,
        g.fodelsear AS fodelsear,
        g.insatsgrupp AS insatsgrupp,
        g.lagrum AS lagrum,
        g.regiform AS regiform
    FROM planfakta AS g
    CROSS JOIN parametrar AS p
    WHERE g.typ = 'plan' AND g.klarmarkerad IS NOT NULL
)

SELECT
    'P2' AS indikator,
    e.plan_id AS enhet_id,
    e.fran AS fran,
    CAST(NULL AS DATE) AS till,
    e.exkluderad IS NULL AS i_namnare,
    e.exkluderad IS NULL AND e.beskriven AS i_taljare,
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
