-- id: T7
-- namn: Glapp mellan beslut
-- definition: Andel tidsbegränsade beslut där personen stod utan beslut innan nästa beslut om samma slags insats
--   började.
-- namnare: Beviljade beslut vars sista dag ligger i perioden, som gällde tiden ut och som följdes av ett nytt beslut
--   för samma person och insatsgrupp, senast så många dagar efter slutet som länet har bestämt (90 om inget annat
--   sägs).
-- taljare: De av besluten där minst så många dagar som länet har bestämt (1 om inget annat sägs) saknade beslut.
-- exkluderingar: ej_beviljat, utan_uppfoljningskrav, avslutat_fore_slut, ej_moget, utan_efterfoljare
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: lagre_ar_battre
-- enhet: beslut
-- varde: Dagar utan beslut mellan det förra beslutets sista dag och det nyas första; 0 när de följer direkt på
--   varandra, negativt när de överlappar.
-- kalla: Granskade underlag om beslut som löper ut; hur länge nästa beslut söks är ett antagande
-- version: 2026-11-22
-- tolkning: Visar om nästa beslut hinner fattas i tid; läs medianen av dagarna bredvid andelen.
-- malgrupp: Den som leder handläggarna.
-- vilseleder: En sjukhusvistelse eller en önskad paus ser likadan ut som ett försenat beslut. Den som aldrig får ett
--   nytt beslut räknas inte alls.
-- atgard: Bevaka slutdagar så att nästa beslut är fattat innan det förra tar slut.
-- parametrar: glapp_sok_dagar, glapp_dagar
-- indata: beslutsslut, parametrar
WITH enhet AS (
    SELECT
        b.*,
        CASE
            WHEN b.exkluderad IS NOT NULL THEN b.exkluderad
            WHEN b.galler_tom + p.glapp_sok_dagar > p.uttagsdatum THEN 'ej_moget'
            WHEN b.efterfoljare_fran IS NULL THEN 'utan_efterfoljare'
        END AS skal,
        COALESCE(b.glapp_dagar_antal >= p.glapp_dagar, FALSE) AS glapp
    FROM beslutsslut AS b
    CROSS JOIN parametrar AS p
)

SELECT
    'T7' AS indikator,
    e.beslut_id AS enhet_id,
    e.galler_tom AS fran,
    CAST(NULL AS DATE) AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.glapp AS i_taljare,
    e.skal AS exkluderad,
    CAST(e.glapp_dagar_antal AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
