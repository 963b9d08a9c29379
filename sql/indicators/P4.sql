-- id: P4
-- namn: Resurser dokumenterade
-- definition: Andel avslutade utredningar där den enskildes egna resurser är dokumenterade i minst en bedömning.
-- namnare: Utredningar som har avslutats i perioden och har minst en bedömning.
-- taljare: De av utredningarna där resurser är ifyllda på minst en bedömning.
-- exkluderingar: avskriven, utan_bedomning
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: utredning
-- kalla: IBIC, resurser vid bedömning av behov
-- version: 2026-11-22
-- tolkning: Ett ifyllt fält räcker, så en hög andel säger inte att alla livsområden är belysta.
-- malgrupp: Biståndshandläggare och deras chefer, brukarråd, verksamhetsutvecklare.
-- vilseleder: Resurser som beskrivs i löpande text på annan plats räknas inte. Innehållet läses inte: fältet kan vara
--   ifyllt med att resurser saknas.
-- atgard: Är andelen låg: se om fältet finns i mallen och var handläggarna skriver i stället. Är den hög: läs ett
--   stickprov och se om resurserna används när mål och insats väljs.
-- indata: utredningsfakta
WITH enhet AS (
    SELECT
        u.*,
        CASE
            WHEN u.exkluderad IS NOT NULL THEN u.exkluderad
            WHEN u.antal_bedomningar = 0 THEN 'utan_bedomning'
        END AS skal
    FROM utredningsfakta AS u
    WHERE u.avslutad IS NOT NULL
)

SELECT
    'P4' AS indikator,
    e.utredning_id AS enhet_id,
    e.avslutad AS fran,
    CAST(NULL AS DATE) AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.resurser AS i_taljare,
    e.skal AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
