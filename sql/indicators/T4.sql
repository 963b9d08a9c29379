-- id: T4
-- namn: Dagar sedan senaste uppföljning
-- definition: Hur många dagar som har gått sedan myndigheten senast följde upp de beslut som gäller, och andelen där
--   det är högst uppföljningsfristen (365 dagar om länet eller kommunen inte har bestämt annat).
-- namnare: Beviljade beslut som gäller på mätdagen, hur nya de än är.
-- taljare: De av besluten där antalet dagar är högst uppföljningsfristen.
-- exkluderingar: ej_beviljat, utan_uppfoljningskrav, ej_observerbar
-- typ: tillstand
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: beslut
-- varde: Dagar sedan den senaste klarmarkerade uppföljningen av beslutet, oavsett kanal, eller sedan beslutets första
--   dag om det inte har följts upp efter den.
-- varde_typ: vaxande
-- matt: median
-- kalla: Kommunal målsättning om uppföljning minst en gång per år; IBIC, processteget Följa upp
-- version: 2026-11-22
-- tolkning: Medianen säger hur länge ett vanligt beslut har väntat. Läs den tillsammans med den nittionde percentilen:
--   den visar dem som väntat längst.
-- malgrupp: Den som leder handläggarna.
-- vilseleder: Nya beslut räknas från sin första dag, så en kommun med korta beslut får få dagar utan att följa upp;
--   jämför med T3. Dagarna växer även när ingenting händer, så jämför samma mätdag.
-- atgard: Sortera besluten efter dagar och planera in dem som väntat längst.
-- parametrar: uppfoljning_dagar
-- indata: uppfoljningslage
SELECT
    'T4' AS indikator,
    l.enhet_id AS enhet_id,
    l.fran AS fran,
    l.till AS till,
    l.exkluderad IS NULL AS i_namnare,
    l.exkluderad IS NULL AND l.uppfoljd AS i_taljare,
    l.exkluderad AS exkluderad,
    CASE WHEN l.exkluderad IS NULL THEN CAST(DATE_DIFF('day', l.raknat_fran, l.fran) AS DOUBLE) END AS varde,
    l.kon AS kon,
    l.aldersgrupp AS aldersgrupp,
    l.insatsgrupp AS insatsgrupp,
    l.lagrum AS lagrum,
    l.regiform AS regiform
FROM uppfoljningslage AS l
WHERE l.matt = 'dagar_sedan'
