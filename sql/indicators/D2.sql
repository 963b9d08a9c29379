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
-- indata: malfakta, aldersgrans
WITH enhet AS (
    SELECT
        m.mal_id AS mal_id,
        m.dag AS fran,
        CASE WHEN m.utan_behovsprovning THEN 'utan_behovsprovning' END AS exkluderad,
        m.avsett_tal IS NOT NULL AND (m.text_langd = 0 OR m.endast_skala) AS endast_skala,
        m.kon AS kon,
        m.fodelsear AS fodelsear,
        m.insatsgrupp AS insatsgrupp,
        m.lagrum AS lagrum,
        m.regiform AS regiform
    FROM malfakta AS m
    WHERE m.dag IS NOT NULL
)

SELECT
    'D2' AS indikator,
    e.mal_id AS enhet_id,
    e.fran AS fran,
    CAST(NULL AS DATE) AS till,
    e.exkluderad IS NULL AS i_namnare,
    e.exkluderad IS NULL AND e.endast_skala AS i_taljare,
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
