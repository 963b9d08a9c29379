-- id: T11
-- namn: Aktuell genomförandeplan
-- definition: Andel pågående uppdrag som har en genomförandeplan klarmarkerad under det senaste året (365 dagar om
--   länet eller kommunen inte har bestämt annat).
-- namnare: Uppdrag som pågår på mätdagen och vars frist för den första genomförandeplanen har gått ut.
-- taljare: De av uppdragen där minst en genomförandeplan (inte rutinbeskrivning) är klarmarkerad mätdagen eller så
--   många dagar dessförinnan som ryms i fönstret.
-- exkluderingar: utan_genomforandeplan, ej_beviljat, ej_paborjat, ej_observerbar
-- typ: tillstand
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: uppdrag
-- matt: andel
-- kalla: SOSFS 2014:5; jämför Koladas mått på aktuella genomförandeplaner; fönstret är länets antagande
-- version: 2026-11-22
-- tolkning: Läs T10 bredvid: T10 visar om den första planen kom i tid, T11 om planen hålls aktuell så länge uppdraget
--   pågår. En plan räknas från den dag då den klarmarkerades, även om den klarmarkerades före uppdragets start.
-- malgrupp: Enhetschefer hos utförarna, avtalsuppföljare och kvalitetsansvariga.
-- vilseleder: En plan som har omprövats utan att en ny version klarmarkerades ser inaktuell ut. Uppdrag som aldrig
--   avslutades i systemet står kvar i nämnaren. En aktuell plan säger inget om vad som står i den.
-- atgard: Lista uppdragen utan aktuell plan. Är uppdraget slut: avsluta det i systemet. Pågår det: gå igenom planen med
--   den enskilde och klarmarkera en ny version.
-- parametrar: gp_frist_dagar, gp_aktuell_dagar
-- indata: planlage
SELECT
    'T11' AS indikator,
    l.enhet_id AS enhet_id,
    l.fran AS fran,
    l.till AS till,
    l.exkluderad IS NULL AS i_namnare,
    l.exkluderad IS NULL AND l.aktuell AS i_taljare,
    l.exkluderad AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    l.kon AS kon,
    l.aldersgrupp AS aldersgrupp,
    l.insatsgrupp AS insatsgrupp,
    l.lagrum AS lagrum,
    l.regiform AS regiform
FROM planlage AS l
WHERE l.matt = 'genomforandeplan'
