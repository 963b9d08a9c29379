-- id: T13
-- namn: Väntetid till särskilt boende och LSS-boende
-- definition: Dagar från ansökan (särskilt boende) eller beslut (bostad enligt LSS) till inflyttning, och andelen som
--   flyttade in inom länets gräns (90 dagar om länet inte har bestämt annat).
-- namnare: Beviljade beslut om särskilt boende eller bostad enligt LSS som verkställdes i perioden och inte fortsätter
--   en insats som personen redan hade.
-- taljare: De av besluten som verkställdes senast när länets gräns hade gått.
-- exkluderingar: ej_beviljat, fornyat_beslut, saknar_ansokan
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: beslut
-- varde: Dagar från ansökan eller beslut till inflyttning; negativt när inflyttningen kom först.
-- matt: median
-- kalla: Koladas mått på väntetid (U23401 och U28418, som inte räknar omprövningar) som mönster; gränsen är länets antagande, inte en lagregel
-- version: 2026-11-22
-- tolkning: Dagarna räknas till den dag då beslutet verkställdes, alltså inflyttningen, inte till den dag då en plats
--   erbjöds. Läs T9 bredvid: den som ännu väntar syns där men inte här.
-- malgrupp: Chefer för myndighet och boenden, lokalplanerare, förvaltningsledning.
-- vilseleder: De som fortfarande väntar räknas inte, så väntetiden kan se kort ut medan kön växer. Få inflyttningar gör
--   medianen ostadig. Ett nytt beslut räknas som omprövning bara när det är om samma slags insats.
-- atgard: Gå igenom de längsta väntetiderna: var det brist på plats, en tackad plats eller ett senare önskat datum?
--   Kontrollera också att dagen för verkställighet registreras när personen flyttar in.
-- parametrar: boende_vantetid_dagar
-- indata: beslutsfakta, beslut_i_episod, aldersgrupper, parametrar
WITH inflyttning AS (
    SELECT
        b.*,
        CASE WHEN b.insatsgrupp_villkor = 'lss_boende' THEN b.beslutsdatum ELSE b.ansokan_datum END AS vantar_fran
    FROM beslutsfakta AS b
    WHERE b.insatsgrupp_villkor IN ('sarskilt_boende', 'lss_boende') AND b.verkstallt IS NOT NULL
),

enhet AS (
    SELECT
        i.*,
        CASE
            WHEN NOT i.beviljat THEN 'ej_beviljat'
            WHEN e.episod_id <> i.beslut_id THEN 'fornyat_beslut'
            WHEN i.vantar_fran IS NULL THEN 'saknar_ansokan'
        END AS skal,
        DATE_DIFF('day', i.vantar_fran, i.verkstallt) AS dagar
    FROM inflyttning AS i
    LEFT JOIN beslut_i_episod AS e ON i.beslut_id = e.beslut_id
)

SELECT
    'T13' AS indikator,
    e.beslut_id AS enhet_id,
    e.verkstallt AS fran,
    CAST(NULL AS DATE) AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.dagar <= p.boende_vantetid_dagar AS i_taljare,
    e.skal AS exkluderad,
    CAST(e.dagar AS DOUBLE) AS varde,
    e.kon AS kon,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
CROSS JOIN parametrar AS p
LEFT JOIN aldersgrupper AS a ON e.fodelsear = a.fodelsear AND YEAR(e.verkstallt) = a.ar
