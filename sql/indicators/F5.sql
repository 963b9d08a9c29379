-- id: F5
-- namn: Uppdrag som bär målen
-- definition: Andel uppdrag där minst ett mål från beslutet följde med till utföraren.
-- namnare: Uppdrag som startade i perioden, för beviljade beslut och insatser som ska ha genomförandeplan.
-- taljare: De av uppdragen som har minst ett mål; är antalet inte angivet räknas uppdraget om beslutet har ett mål.
-- exkluderingar: utan_genomforandeplan, ej_beviljat
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: uppdrag
-- matt: andel
-- kalla: IBIC, beslutets mål ska följa med i uppdraget till utföraren
-- version: 2026-11-22
-- tolkning: Utan mål i uppdraget vet utföraren vad som ska göras men inte vart det ska leda. Läs D1 bredvid, som visar
--   om målen går att mäta.
-- malgrupp: Biståndshandläggare och deras chefer, enhetschefer hos utförarna.
-- vilseleder: Ett mål i uppdraget säger inget om hur bra målet är. Där systemet inte anger hur många mål som skickades
--   antas beslutets mål ha följt med, och det behöver inte vara sant.
-- atgard: Kontrollera om målen saknas redan i beslutet eller tappas när uppdraget skickas. Det första är en fråga om
--   arbetssätt, det andra ofta om inställningar i systemet.
-- indata: uppdragsfakta, malfakta
WITH beslut_med_mal AS (
    SELECT m.beslut_id AS beslut_id
    FROM malfakta AS m
    WHERE m.foremal = 'beslut'
    GROUP BY m.beslut_id
),

enhet AS (
    SELECT
        u.*,
        CASE
            WHEN u.utan_genomforandeplan THEN 'utan_genomforandeplan'
            WHEN NOT u.beviljat THEN 'ej_beviljat'
        END AS skal,
        COALESCE(u.antal_mal > 0, b.beslut_id IS NOT NULL) AS har_mal
    FROM uppdragsfakta AS u
    LEFT JOIN beslut_med_mal AS b ON u.beslut_id = b.beslut_id
)

SELECT
    'F5' AS indikator,
    e.uppdrag_id AS enhet_id,
    e.startdag AS fran,
    CAST(NULL AS DATE) AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.har_mal AS i_taljare,
    e.skal AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
