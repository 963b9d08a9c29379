-- id: T6
-- namn: Ombeslut utan uppföljning
-- definition: Andel tidsbegränsade beslut som avlöstes av ett nytt beslut om detsamma efter en ny utredning, utan att
--   det förra beslutet hade följts upp i steget Följa upp.
-- namnare: Beviljade beslut vars sista dag ligger i perioden, som gällde tiden ut och som följdes av ett nytt beslut
--   för samma person och insatsgrupp, senast så många dagar efter slutet som länet har bestämt (30 om inget annat
--   sägs).
-- taljare: De av besluten där det nya beslutet har en egen utredning och oförändrad omfattning, och där myndigheten
--   inte har någon klarmarkerad uppföljning i steget efter det förra beslutets första dag till och med det nyas första
--   dag.
-- exkluderingar: ej_beviljat, utan_uppfoljningskrav, avslutat_fore_slut, ej_observerbar, ej_moget, utan_efterfoljare
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: lagre_ar_battre
-- enhet: beslut
-- kalla: Granskade underlag om ny utredning i stället för uppföljning; antalet dagar och vad som är oförändrat är
--   antaganden
-- version: 2026-11-22
-- tolkning: Visar arbete som görs om för att ett beslut tog slut, inte för att behovet hade ändrats.
-- malgrupp: Förvaltningsledningen, och den som leder handläggarna.
-- vilseleder: Omfattningen säger inte allt om behovet. Saknas omfattning, eller skiljer sig enheten, räknas beslutet
--   inte som oförändrat, så dåligt ifylld omfattning ger en låg andel.
-- atgard: Pröva om besluten behöver vara så korta, och följ upp före slutdagen så att ett ombeslut kan bygga på det.
-- parametrar: ombeslut_dagar, oforandrad_procent
-- indata: beslutsslut, parametrar
WITH enhet AS (
    SELECT
        b.*,
        CASE
            WHEN b.exkluderad IS NOT NULL THEN b.exkluderad
            WHEN b.galler_fran < p.folja_upp_fran THEN 'ej_observerbar'
            WHEN b.galler_tom + p.ombeslut_dagar > p.uttagsdatum THEN 'ej_moget'
            WHEN COALESCE(b.efterfoljare_fran > b.galler_tom + p.ombeslut_dagar, TRUE) THEN 'utan_efterfoljare'
        END AS skal
    FROM beslutsslut AS b
    CROSS JOIN parametrar AS p
)

SELECT
    'T6' AS indikator,
    e.beslut_id AS enhet_id,
    e.galler_tom AS fran,
    CAST(NULL AS DATE) AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.ombeslut AND NOT e.uppfoljt_i_steget AS i_taljare,
    e.skal AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
