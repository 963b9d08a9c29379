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
-- indata: planfakta, parametrar
WITH enhet AS (
    SELECT
        g.*,
        CASE WHEN g.klarmarkerad < p.genomforandeplan_fran THEN 'ej_observerbar' END AS skal
    FROM planfakta AS g
    CROSS JOIN parametrar AS p
    WHERE g.typ = 'plan' AND g.klarmarkerad IS NOT NULL
)

SELECT
    'P2' AS indikator,
    e.plan_id AS enhet_id,
    e.klarmarkerad AS fran,
    CAST(NULL AS DATE) AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND (e.delaktighet_text_langd > 0 OR e.onskemal) AS i_taljare,
    e.skal AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
