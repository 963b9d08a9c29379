-- id: F4
-- namn: Planer kvar som arbetsanteckning
-- definition: Andel genomförandeplaner som inte har klarmarkerats fast planfristen efter att de upprättades har gått ut
--   (14 dagar om länet eller kommunen inte har bestämt annat).
-- namnare: Genomförandeplaner i pågående uppdrag som på mätdagen upprättades för minst så många dagar sedan som fristen
--   anger.
-- taljare: De av planerna som inte är klarmarkerade på mätdagen.
-- exkluderingar: rutinbeskrivning, makulerad, ej_observerbar
-- typ: tillstand
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: lagre_ar_battre
-- enhet: planversion
-- matt: andel
-- kalla: SOSFS 2014:5; fristen är kommunens egen, ingen nationell frist finns
-- version: 2026-11-22
-- tolkning: En plan som bara är en arbetsanteckning kan följas i vardagen men syns varken för myndigheten eller i T10
--   och T11. Varje planversion räknas för sig.
-- malgrupp: Enhetschefer hos utförarna, planansvariga och systemförvaltare.
-- vilseleder: Ett utkast som har ersatts av en klarmarkerad version men inte makulerats räknas som kvar. Planer som
--   aldrig har påbörjats i systemet finns inte med alls.
-- atgard: Lista arbetsanteckningarna per enhet. Klarmarkera de planer som redan gäller, makulera de utkast som har
--   ersatts, och kontrollera att personalen har behörighet att klarmarkera.
-- parametrar: gp_frist_dagar
-- indata: handelselage
SELECT
    'F4' AS indikator,
    l.enhet_id AS enhet_id,
    l.fran AS fran,
    l.till AS till,
    l.exkluderad IS NULL AS i_namnare,
    l.exkluderad IS NULL AND NOT l.har_hant AS i_taljare,
    l.exkluderad AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    l.kon AS kon,
    l.aldersgrupp AS aldersgrupp,
    l.insatsgrupp AS insatsgrupp,
    l.lagrum AS lagrum,
    l.regiform AS regiform
FROM handelselage AS l
WHERE l.matt = 'klarmarkerad_plan'
