-- id: T9
-- namn: Inte verkställda inom tre månader
-- definition: Andel beviljade beslut som inte var verkställda den dag då tre kalendermånader hade gått sedan beslutet.
-- namnare: Beviljade beslut vars tremånadersdag ligger i perioden, utom de där personen själv ville vänta och de som
--   upphörde dessförinnan.
-- taljare: De av besluten som inte är verkställda, eller verkställdes först efter den dagen.
-- exkluderingar: ej_beviljat, upphort_fore_frist, vill_vanta, ej_moget
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: lagre_ar_battre
-- enhet: beslut
-- varde: Dagar från beslut till verkställighet.
-- kalla: Socialtjänstlagen och LSS: gynnande beslut som inte verkställts inom tre månader rapporteras till IVO
-- version: 2026-11-22
-- tolkning: Dagen räknas i kalendermånader: ett beslut den 30 november har sin den sista februari.
-- malgrupp: Den som rapporterar till IVO, och förvaltningsledningen.
-- vilseleder: Saknad verkställighetsdag ser likadan ut som ett beslut som inte är verkställt. Avbrott i en insats som
--   redan har börjat mäts inte.
-- atgard: Stäm av mot rapporteringen till IVO, och skilj brist på plats från brist på registrering.
-- parametrar: verkstallighet_manader
-- indata: beslutsfakta, aldersgrupper, parametrar
WITH enhet AS (
    SELECT
        b.*,
        CASE
            WHEN NOT b.beviljat THEN 'ej_beviljat'
            WHEN b.slut < b.verkstallighetsfrist AND b.verkstallt IS NULL THEN 'upphort_fore_frist'
            WHEN b.ej_verkstallt_skal = 'vill_vanta' THEN 'vill_vanta'
            WHEN b.verkstallighetsfrist > p.uttagsdatum THEN 'ej_moget'
        END AS skal,
        COALESCE(b.verkstallt > b.verkstallighetsfrist, TRUE) AS forsenat
    FROM beslutsfakta AS b
    CROSS JOIN parametrar AS p
    WHERE b.verkstallighetsfrist IS NOT NULL
)

SELECT
    'T9' AS indikator,
    e.beslut_id AS enhet_id,
    e.verkstallighetsfrist AS fran,
    CAST(NULL AS DATE) AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.forsenat AS i_taljare,
    e.skal AS exkluderad,
    CAST(DATE_DIFF('day', e.beslutsdatum, e.verkstallt) AS DOUBLE) AS varde,
    e.kon AS kon,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
LEFT JOIN aldersgrupper AS a ON e.fodelsear = a.fodelsear AND YEAR(e.verkstallighetsfrist) = a.ar
