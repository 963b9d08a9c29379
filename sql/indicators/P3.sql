-- id: P3
-- namn: Kvalitetsuppföljning genomförd
-- definition: Andel gjorda uppföljningar där den enskilde har fått svara på minst en fråga om kvaliteten i insatsen.
-- namnare: Klarmarkerade uppföljningar, av myndigheten eller utföraren, gjorda i perioden.
-- taljare: De av uppföljningarna som har minst ett svar, även svaret vet inte.
-- exkluderingar: ej_observerbar
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: uppföljning
-- varde: Andel av svaren som är mycket bra eller ganska bra, från 0 till 1; svaret vet inte räknas inte med.
-- matt: andel
-- kalla: IBIC, kvalitetsuppföljning, frågorna e598A och e598B
-- version: 2026-11-22
-- tolkning: Andelen säger om frågorna ställdes, inte hur nöjda de som svarade är. Nöjdheten står i värdet, och bara för
--   de uppföljningar där någon hade en åsikt.
-- malgrupp: Kvalitetsansvariga, enhetschefer och biståndshandläggare.
-- vilseleder: De som får frågan är kanske inte lika dem som inte får den. Svar som ges till den som utför insatsen kan
--   bli mer positiva. Frågor i en separat enkät syns inte här.
-- atgard: Lägg in frågorna i mallen för uppföljning. Är andelen låg i ett enda steg eller hos en part: fråga där vad
--   som hindrar.
-- indata: uppfoljningsfakta, parametrar
WITH enhet AS (
    SELECT
        u.*,
        CASE WHEN u.datum < p.folja_upp_fran THEN 'ej_observerbar' END AS skal
    FROM uppfoljningsfakta AS u
    CROSS JOIN parametrar AS p
    WHERE u.gjord
)

SELECT
    'P3' AS indikator,
    e.uppfoljning_id AS enhet_id,
    e.datum AS fran,
    CAST(NULL AS DATE) AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.antal_svar > 0 AS i_taljare,
    e.skal AS exkluderad,
    CAST(e.antal_positiva_svar AS DOUBLE) / NULLIF(e.antal_svar_med_asikt, 0) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
