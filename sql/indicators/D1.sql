-- id: D1
-- namn: Mätbara mål
-- definition: Andel mål som går att följa upp: de har ett avsett tillstånd på skalan 0 till 4 och en text på minst 20
--   tecken, om länet inte har bestämt annat, som säger mer än skalans ord.
-- namnare: Mål i beslut som har fattats i perioden, och i planer som har upprättats i perioden (klarmarkerats, när det
--   inte står när planen upprättades).
-- taljare: De av målen som har en siffra mellan 0 och 4 för avsett tillstånd, och en tillräckligt lång text som inte
--   bara upprepar skalan. 8 (ej specificerat) och 9 (ej tillämpbart) är inga siffror.
-- exkluderingar: utan_behovsprovning
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: mål
-- kalla: IBIC, mål och avsett funktionstillstånd
-- version: 2026-11-22
-- tolkning: Textens längd säger inget om vad som står i den; ett kort mål kan vara bra och ett långt kan vara otydligt.
-- malgrupp: Biståndshandläggare och deras chefer, utförarnas planeringsansvariga, verksamhetsutvecklare.
-- vilseleder: En mall som fyller textfältet med en standardtext ger en hög andel. Text som skrivs i ett annat fält än
--   målets räknas inte.
-- atgard: Läs några mål ur varje grupp i en granskning. Öva på att skriva vad personen ska kunna göra, hur ofta och
--   när, och se till att avsett tillstånd sätts samtidigt.
-- parametrar: minsta_textlangd
-- indata: malfakta, parametrar
SELECT
    'D1' AS indikator,
    m.mal_id AS enhet_id,
    m.dag AS fran,
    CAST(NULL AS DATE) AS till,
    m.exkluderad IS NULL AS i_namnare,
    m.exkluderad IS NULL
    AND m.avsett_tal IS NOT NULL
    AND m.text_langd >= p.minsta_textlangd
    AND NOT m.endast_skala AS i_taljare,
    m.exkluderad AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    m.kon AS kon,
    m.aldersgrupp AS aldersgrupp,
    m.insatsgrupp AS insatsgrupp,
    m.lagrum AS lagrum,
    m.regiform AS regiform
FROM malfakta AS m
CROSS JOIN parametrar AS p
WHERE m.dag IS NOT NULL
