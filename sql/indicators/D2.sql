-- id: D2
-- namn: Mål med endast skala
-- definition: Andel mål som har ett avsett tillstånd på skalan 0 till 4 men ingen text, eller en text som bara upprepar
--   skalans ord.
-- namnare: Mål i beslut som har fattats i perioden, och i planer som har upprättats i perioden (klarmarkerats, när det
--   inte står när planen upprättades).
-- taljare: De av målen som har en siffra mellan 0 och 4 för avsett tillstånd och inget mer. 8 (ej specificerat) och 9
--   (ej tillämpbart) är inga siffror.
-- exkluderingar: utan_behovsprovning
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: lagre_ar_battre
-- enhet: mål
-- kalla: IBIC, mål och avsett funktionstillstånd; granskade underlag visar mål där bara skalan är ifylld
-- version: 2026-11-22
-- tolkning: D1 och D2 summerar inte till hundra: ett mål med kort text, eller utan skala, är varken mätbart eller
--   endast skala.
-- malgrupp: Biståndshandläggare och deras chefer, systemförvaltare, verksamhetsutvecklare.
-- vilseleder: Mål utan skala räknas inte hit, hur tunna de än är. En hög andel kan bero på hur systemet är uppsatt: är
--   skalan obligatorisk men inte texten, fylls bara skalan i.
-- atgard: Se om systemet frågar efter målets text. Be om en mening om vad personen själv vill uppnå; skalan ensam ger
--   varken personen eller utföraren något att arbeta mot.
-- indata: malfakta
SELECT
    'D2' AS indikator,
    m.mal_id AS enhet_id,
    m.dag AS fran,
    CAST(NULL AS DATE) AS till,
    m.exkluderad IS NULL AS i_namnare,
    m.exkluderad IS NULL
    AND m.avsett_tal IS NOT NULL
    AND (m.text_langd = 0 OR m.endast_skala) AS i_taljare,
    m.exkluderad AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    m.kon AS kon,
    m.aldersgrupp AS aldersgrupp,
    m.insatsgrupp AS insatsgrupp,
    m.lagrum AS lagrum,
    m.regiform AS regiform
FROM malfakta AS m
WHERE m.dag IS NOT NULL
