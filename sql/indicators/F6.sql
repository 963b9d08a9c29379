-- id: F6
-- namn: Skillnad i aktuell genomförandeplan mellan privata och kommunala utförare
-- definition: Andelen pågående uppdrag med aktuell genomförandeplan hos privata utförare minus samma andel hos
--   kommunala, i procentenheter.
-- namnare: Uppdrag som pågår på mätdagen, vars frist för den första genomförandeplanen har gått ut och vars utförare är
--   känd som kommunal eller privat.
-- taljare: De av uppdragen där minst en genomförandeplan (inte rutinbeskrivning) är klarmarkerad mätdagen eller så
--   många dagar dessförinnan som ryms i fönstret.
-- exkluderingar: utan_genomforandeplan, ej_beviljat, ej_paborjat, ej_observerbar, ej_redovisad_regiform
-- typ: tillstand
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: uppdrag
-- matt: skillnad
-- kalla: SOSFS 2014:5 gäller alla utförare; uppdragen är de i T11
-- version: 2026-11-22
-- tolkning: Noll är målet: planen ska vara lika aktuell vem som än utför insatsen. Ett positivt tal betyder att de
--   privata utförarna har högre andel, ett negativt att de kommunala har det.
-- malgrupp: Avtalsuppföljare, enhetschefer i kommunal regi och förvaltningsledning.
-- vilseleder: Privata och kommunala utförare kan ha olika insatser och åldrar, så jämför inom samma insats. En privat
--   utförare som dokumenterar i ett eget system kan se sämre ut än den är.
-- atgard: Är skillnaden tydlig och intervallet utan noll: jämför arbetssätt mellan utförarna, och kontrollera först att
--   båda kan klarmarkera planen i systemet. Ta upp det i avtalsuppföljningen.
-- parametrar: gp_frist_dagar, gp_aktuell_dagar
-- indata: planlage
WITH enhet AS (
    SELECT
        l.*,
        CASE
            WHEN l.exkluderad IS NOT NULL THEN l.exkluderad
            WHEN l.regiform = 'ej_redovisad' THEN 'ej_redovisad_regiform'
        END AS skal
    FROM planlage AS l
    WHERE l.matt = 'genomforandeplan'
)

SELECT
    'F6' AS indikator,
    e.enhet_id AS enhet_id,
    e.fran AS fran,
    e.till AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.aktuell AS i_taljare,
    e.skal AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
