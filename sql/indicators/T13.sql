-- id: T13
-- namn: Väntetid till särskilt boende och LSS-boende
-- definition: Dagar från ansökan (särskilt boende) eller beslut (bostad enligt LSS) till inflyttning, och andelen som
--   flyttade in inom länets gräns (90 dagar om länet inte har bestämt annat).
-- namnare: Beviljade beslut om särskilt boende eller bostad enligt LSS som verkställdes i perioden.
-- taljare: De av besluten som verkställdes senast när länets gräns hade gått.
-- exkluderingar: ej_beviljat, saknar_ansokan
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: beslut
-- varde: Dagar från ansökan eller beslut till inflyttning; negativt när inflyttningen kom först.
-- matt: median
-- kalla: Koladas mått på väntetid (U23401 och U28418) som mönster; gränsen är länets antagande, inte en lagregel
-- version: 2026-11-22
-- tolkning: Dagarna räknas till den dag då beslutet verkställdes, alltså inflyttningen, inte till den dag då en plats
--   erbjöds. Läs T9 bredvid: den som ännu väntar syns där men inte här.
-- malgrupp: Chefer för myndighet och boenden, lokalplanerare, förvaltningsledning.
-- vilseleder: De som fortfarande väntar räknas inte, så väntetiden kan se kort ut medan kön växer. Ett nytt beslut för
--   den som redan bor på boendet ger en kort väntan. Få inflyttningar gör medianen ostadig.
-- atgard: Gå igenom de längsta väntetiderna: var det brist på plats, en tackad plats eller ett senare önskat datum?
--   Kontrollera också att dagen för verkställighet registreras när personen flyttar in.
-- parametrar: boende_vantetid_dagar
-- indata: beslutsfakta, aldersgrans, parametrar
WITH inflyttning AS (
    SELECT
        b.beslut_id AS beslut_id,
        b.verkstallt AS fran,
        b.beviljat AS beviljat,
        CASE
            WHEN b.insatsgrupp_villkor = 'lss_boende' THEN b.beslutsdatum
            ELSE b.ansokan_datum
        END AS vantar_fran,
        b.kon AS kon,
        b.fodelsear AS fodelsear,
        b.insatsgrupp AS insatsgrupp,
        b.lagrum AS lagrum,
        b.regiform AS regiform
    FROM beslutsfakta AS b
    WHERE b.insatsgrupp_villkor IN ('sarskilt_boende', 'lss_boende') AND b.verkstallt IS NOT NULL
),

enhet AS (
    SELECT
        i.beslut_id AS beslut_id,
        i.fran AS fran,
        CASE
            WHEN NOT i.beviljat THEN 'ej_beviljat'
            WHEN i.vantar_fran IS NULL THEN 'saknar_ansokan'
        END AS exkluderad,
        DATE_DIFF('day', i.vantar_fran, i.fran) AS dagar,
        i.kon AS kon,
        i.fodelsear AS fodelsear,
        i.insatsgrupp AS insatsgrupp,
        i.lagrum AS lagrum,
        i.regiform AS regiform
    FROM inflyttning AS i
)

SELECT
    'T13' AS indikator,
    e.beslut_id AS enhet_id,
    e.fran AS fran,
    CAST(NULL AS DATE) AS till,
    e.exkluderad IS NULL AS i_namnare,
    e.exkluderad IS NULL AND e.dagar <= p.boende_vantetid_dagar AS i_taljare,
    e.exkluderad AS exkluderad,
    CAST(e.dagar AS DOUBLE) AS varde,
    e.kon AS kon,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
CROSS JOIN parametrar AS p
LEFT JOIN aldersgrans AS a
    ON
        YEAR(e.fran) - e.fodelsear >= a.fran_alder
        AND YEAR(e.fran) - e.fodelsear <= COALESCE(a.till_alder, YEAR(e.fran) - e.fodelsear)
