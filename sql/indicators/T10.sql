-- id: T10
-- namn: Genomförandeplan i tid
-- definition: Andel uppdrag där utföraren har klarmarkerat en genomförandeplan inom planfristen efter start (14 dagar
--   om länet eller kommunen inte har bestämt annat).
-- namnare: Uppdrag som utföraren har tagit emot eller påbörjat och vars frist har gått ut senast på uttagsdagen.
-- taljare: De av uppdragen där en genomförandeplan (inte rutinbeskrivning) är klarmarkerad senast den dag fristen går
--   ut.
-- exkluderingar: utan_genomforandeplan, ej_beviljat, utan_uppdrag, ej_paborjat, ej_observerbar, ej_moget,
--   avslutat_fore_frist
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: uppdrag; ett beslut utan uppdrag är en enhet för sig
-- varde: Dagar från uppdragets start till den första klarmarkerade planen; kan vara negativt.
-- kalla: SOSFS 2014:5; fristen är kommunens egen, ingen nationell frist finns
-- version: 2026-07-01
-- tolkning: Fristerna skiljer sig mellan kommuner, och en plan i tid säger inget om vad som står i den.
-- malgrupp: Utförarens enhetschefer, och den som beställer och följer upp uppdragen.
-- vilseleder: Saknas mottagningsdagen räknas uppdraget inte alls, så dåligt ifyllda uppdrag kan ge en hög andel. En
--   plan som bara är en arbetsanteckning räknas inte; se F4.
-- atgard: Gå igenom uppdragen utan plan enhet för enhet, och klarmarkera de planer som redan används.
-- parametrar: gp_frist_dagar
-- indata: uppdragsfakta, beslutsfakta, parametrar
WITH enhet AS (
    SELECT
        u.uppdrag_id AS enhet_id,
        u.startdag AS fran,
        u.forsta_klarmarkerad AS forsta_klarmarkerad,
        CASE
            WHEN u.utan_genomforandeplan THEN 'utan_genomforandeplan'
            WHEN NOT u.beviljat THEN 'ej_beviljat'
            WHEN NOT u.paborjat THEN 'ej_paborjat'
            WHEN u.startdag < p.genomforandeplan_fran THEN 'ej_observerbar'
            WHEN u.startdag + p.gp_frist_dagar > p.uttagsdatum THEN 'ej_moget'
            WHEN
                u.avslutat < u.startdag + p.gp_frist_dagar
                AND (u.forsta_klarmarkerad IS NULL OR u.forsta_klarmarkerad > u.startdag + p.gp_frist_dagar)
                THEN 'avslutat_fore_frist'
        END AS skal,
        COALESCE(u.forsta_klarmarkerad <= u.startdag + p.gp_frist_dagar, FALSE) AS plan_i_tid,
        u.kon AS kon,
        u.aldersgrupp AS aldersgrupp,
        u.insatsgrupp AS insatsgrupp,
        u.lagrum AS lagrum,
        u.regiform AS regiform
    FROM uppdragsfakta AS u
    CROSS JOIN parametrar AS p
    UNION ALL
    SELECT
        b.beslut_id AS enhet_id,
        b.beslutsdatum AS fran,
        CAST(NULL AS DATE) AS forsta_klarmarkerad,
        CASE
            WHEN b.utan_genomforandeplan THEN 'utan_genomforandeplan'
            WHEN NOT b.beviljat THEN 'ej_beviljat'
            ELSE 'utan_uppdrag'
        END AS skal,
        FALSE AS plan_i_tid,
        b.kon AS kon,
        b.aldersgrupp AS aldersgrupp,
        b.insatsgrupp AS insatsgrupp,
        b.lagrum AS lagrum,
        b.regiform AS regiform
    FROM beslutsfakta AS b
    WHERE NOT b.har_uppdrag
)

SELECT
    'T10' AS indikator,
    e.enhet_id AS enhet_id,
    e.fran AS fran,
    CAST(NULL AS DATE) AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.plan_i_tid AS i_taljare,
    e.skal AS exkluderad,
    CAST(DATE_DIFF('day', e.fran, e.forsta_klarmarkerad) AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
