-- id: T5
-- namn: Tidsbegränsade beslut uppföljda före slut
-- definition: Andel tidsbegränsade beslut som myndigheten har följt upp innan de tog slut (inom de sista 90 dagarna om
--   länet inte har bestämt annat).
-- namnare: Beviljade beslut vars sista dag ligger i perioden och som gällde tiden ut.
-- taljare: De av besluten som har minst en klarmarkerad uppföljning av myndigheten, oavsett kanal, den sista dagen
--   eller så många dagar dessförinnan.
-- exkluderingar: ej_beviljat, utan_uppfoljningskrav, avslutat_fore_slut, ej_observerbar
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: beslut
-- kalla: IBIC, processteget Följa upp; granskade underlag om beslut som löper ut; antalet dagar är ett antagande
-- version: 2026-11-22
-- tolkning: Visar om det som händer efter ett tidsbegränsat beslut kan bygga på en uppföljning.
-- malgrupp: Den som leder handläggarna, och handläggarna själva.
-- vilseleder: En uppföljning tidigare under beslutet räknas inte, hur bra den än var. Ett beslut kortare än fönstret
--   hinner följas upp när som helst.
-- atgard: Bevaka slutdagar, och boka uppföljningen när beslutet fattas.
-- parametrar: fore_slut_dagar
-- indata: beslutsslut, parametrar
WITH enhet AS (
    SELECT
        b.*,
        CASE
            WHEN b.exkluderad IS NOT NULL THEN b.exkluderad
            WHEN b.fonster_fran < p.journal_fran THEN 'ej_observerbar'
        END AS skal
    FROM beslutsslut AS b
    CROSS JOIN parametrar AS p
)

SELECT
    'T5' AS indikator,
    e.beslut_id AS enhet_id,
    e.galler_tom AS fran,
    CAST(NULL AS DATE) AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.uppfoljt_fore_slut AS i_taljare,
    e.skal AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
