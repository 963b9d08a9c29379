-- id: T3
-- namn: Utan uppföljning på över två år
-- definition: Andel pågående insatser som ingen har följt upp på lång tid (730 dagar om länet inte har bestämt annat),
--   oavsett kanal och oavsett hur många beslut som har avlöst varandra under tiden.
-- namnare: Insatser som pågår på mätdagen och då har pågått i minst så många dagar. En insats är en persons beslut i
--   samma insatsgrupp som överlappar eller följer på varandra med högst ett kort uppehåll.
-- taljare: De av insatserna där inget av besluten och ingen av deras planer har en klarmarkerad uppföljning, av någon
--   part eller i någon kanal, mätdagen eller så många dagar dessförinnan.
-- exkluderingar: utan_uppfoljningskrav, ej_observerbar, ej_moget
-- typ: tillstand
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: lagre_ar_battre
-- enhet: insatsepisod; dess id är det första beslutets
-- kalla: Granskade underlag, som beskriver uppföljning som dröjt över två år; gränsen är ingen lagregel
-- version: 2026-11-22
-- tolkning: Ett nytt beslut nollställer inte tiden, så andelen kan inte sjunka av att beslut förnyas utan uppföljning.
-- malgrupp: Förvaltningsledningen, och den som leder handläggarna.
-- vilseleder: Uppföljning som aldrig skrivits ned räknas inte. Efter ett systembyte kan insatserna bedömas först när
--   hela tiden går att se, så andelen gäller till en början få insatser.
-- atgard: Börja med de insatser som saknat uppföljning längst, och fråga varför ingen uppföljning planerades.
-- parametrar: lang_tid_dagar, episod_lucka_dagar
-- indata: uppfoljningslage
SELECT
    'T3' AS indikator,
    l.enhet_id AS enhet_id,
    l.fran AS fran,
    l.till AS till,
    l.exkluderad IS NULL AS i_namnare,
    l.exkluderad IS NULL AND NOT l.uppfoljd AS i_taljare,
    l.exkluderad AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    l.kon AS kon,
    l.aldersgrupp AS aldersgrupp,
    l.insatsgrupp AS insatsgrupp,
    l.lagrum AS lagrum,
    l.regiform AS regiform
FROM uppfoljningslage AS l
WHERE l.matt = 'episoden'
