-- The accepted rows of all municipalities at once, from the views utredning_fil, beslut_fil, … of the standard layout.
-- Every id carries the municipality's code in front (k), so that what follows need not know of municipalities.

CREATE MACRO dag(v) AS CAST(strptime(nullif(v, '99991231'), '%Y%m%d') AS DATE);
CREATE MACRO ja(v) AS CASE v WHEN 'J' THEN TRUE WHEN 'N' THEN FALSE END;
CREATE MACRO lag_av(v) AS CASE v
    WHEN 'SOL01' THEN 'sol_2001' WHEN 'SOL01U' THEN 'sol_2001_utan_behovsprovning'
    WHEN 'SOL25' THEN 'sol_2025' WHEN 'SOL25U' THEN 'sol_2025_utan_behovsprovning' WHEN 'LSS93' THEN 'lss' END;
CREATE MACRO inriktning_av(v) AS CASE v WHEN 'UTV' THEN 'utveckla' WHEN 'BIB' THEN 'bibehalla' END;
CREATE MACRO langd(v) AS CAST(coalesce(length(trim(v)), 0) AS INTEGER);
CREATE MACRO finns(v) AS coalesce(length(trim(v)), 0) > 0;
CREATE MACRO bara_skala(v) AS regexp_matches(lower(coalesce(trim(v), '')), '{scale_words_only}');
-- Twelve digits say the century. Of ten it is the latest in which the person is born by the day of extraction; a plus is
-- written from the year in which the person becomes a hundred.
CREATE MACRO fodelsear_av(pnr) AS CAST(CASE
    WHEN length(pnr) >= 12 THEN CAST(left(pnr, 4) AS INTEGER)
    WHEN pnr[7] = '+' THEN CAST(left(pnr, 2) AS INTEGER) + CASE WHEN left(pnr, 2) <= left('{today}', 2)
        THEN 1900 ELSE 1800 END
    ELSE CAST(left(pnr, 2) AS INTEGER)
        + CASE WHEN left(pnr, 4) || lpad(CAST(CAST(pnr[5:6] AS INTEGER) % 60 AS VARCHAR), 2, '0') <= '{today}'
            THEN 2000 ELSE 1900 END
    END AS INTEGER);

CREATE TABLE individ AS
SELECT
    k || PNR AS individ_id,
    fodelsear_av(PNR) AS fodelsear,
    CASE min(KON) WHEN '2' THEN 'kvinna' WHEN '1' THEN 'man' WHEN '0' THEN 'okant' END AS kon,
    CASE max(CASE SEKRETESS WHEN 'INGEN' THEN 1 WHEN 'SEKR' THEN 2 WHEN 'SKFB' THEN 3 WHEN 'FING' THEN 4 END)
        WHEN 1 THEN 'ingen' WHEN 2 THEN 'sekretessmarkering' WHEN 3 THEN 'skyddad_folkbokforing'
        WHEN 4 THEN 'fingerade' END AS skydd
FROM (SELECT k, PNR, KON, SEKRETESS FROM utredning_fil UNION ALL SELECT k, PNR, KON, SEKRETESS FROM beslut_fil)
GROUP BY k, PNR;

CREATE TABLE utredning AS
SELECT
    k || UTREDNING AS utredning_id,
    k || PNR AS individ_id,
    lag_av(LAG) AS lagrum,
    'combine' AS kallsystem,
    dag(DATUM_AKTUALISERING) AS aktualiserad,
    CAST(NULL AS DATE) AS ansokan_datum,
    langd(ANSOKAN_TEXT) AS ansokan_text_langd,
    dag(DATUM_START) AS inledd,
    dag(DATUM_SLUT) AS avslutad,
    CASE UTFALL WHEN 'BESLUT' THEN 'beslut' WHEN 'AVSKR' THEN 'avskriven' WHEN 'ATERK' THEN 'aterkallad' END AS utfall,
    CASE KALLA WHEN 'IND' THEN 'individen' WHEN 'IND+' THEN 'individen_och_andra' WHEN 'FTR' THEN 'foretradare'
        WHEN 'ANH' THEN 'anhorig' WHEN 'PROF' THEN 'professionell' END AS uppgifter_fran,
    finns(UPPFATTNING) AS individens_uppfattning,
    ja(SAMTYCKE) AS samtycke,
    CAST(NULL AS BOOLEAN) AS informerat_samtal,
    finns(BEDOMNING_TEXT) AS samlad_bedomning,
    ja(KOMMUNICERAD) AS kommunicerad
FROM (
    SELECT DISTINCT k, UTREDNING, PNR, LAG, DATUM_AKTUALISERING, ANSOKAN_TEXT, DATUM_START, DATUM_SLUT, UTFALL, KALLA,
        UPPFATTNING, SAMTYCKE, BEDOMNING_TEXT, KOMMUNICERAD
    FROM utredning_fil
);

CREATE TABLE bedomning AS
SELECT
    b.k || b.UTREDNING AS utredning_id,
    b.ICF AS icf_kod,
    c.livsomrade AS livsomrade,
    CAST(b.BEDOMT_GRAD AS INTEGER) AS bedomt,
    langd(b.BEDOMT_TEXT) AS bedomt_text_langd,
    CAST(b.AVSETT_GRAD AS INTEGER) AS avsett,
    langd(b.AVSETT_TEXT) AS avsett_text_langd,
    finns(b.RESURS_TEXT) AS resurser,
    CAST(NULL AS BOOLEAN) AS relaterade_faktorer
FROM utredning_fil AS b
LEFT JOIN icf AS c ON b.ICF = c.kod
WHERE b.ICF IS NOT NULL;

CREATE TABLE beslut AS
SELECT
    k || BESLUT AS beslut_id,
    k || UTREDNING AS utredning_id,
    k || PNR AS individ_id,
    lag_av(LAG) AS lagrum,
    INSATSKOD AS insats,
    CASE UTFALL WHEN 'B' THEN 'bifall' WHEN 'DB' THEN 'delvis_bifall' WHEN 'A' THEN 'avslag' WHEN 'AV' THEN 'avvisat'
        WHEN 'AS' THEN 'avskrivet' END AS utfall,
    dag(DATUM_BESLUT) AS beslutsdatum,
    dag(DATUM_FRAN) AS galler_fran,
    dag(DATUM_TILL) AS galler_tom,
    CAST(OMFATTNING AS DOUBLE) AS omfattning,
    CASE OMF_ENHET WHEN 'H/MAN' THEN 'timmar_per_manad' WHEN 'H/V' THEN 'timmar_per_vecka'
        WHEN 'DGR/V' THEN 'dagar_per_vecka' WHEN 'DYGN/MAN' THEN 'dygn_per_manad'
        WHEN 'GGR/MAN' THEN 'tillfallen_per_manad' END AS omfattning_enhet,
    dag(DATUM_VERKSTALLT) AS verkstallt,
    CASE EJ_VERKSTALLT WHEN 'RB' THEN 'resursbrist' WHEN 'VV' THEN 'vill_vanta' WHEN 'TN' THEN 'tackat_nej'
        WHEN 'OV' THEN 'ovrigt' END AS ej_verkstallt_skal,
    dag(DATUM_UPPHOR) AS upphort,
    CASE UPPHOR_ORSAK WHEN 'UPPHORT' THEN 'behov_upphort' WHEN 'NY' THEN 'ny_insats' WHEN 'FLYTT' THEN 'flytt'
        WHEN 'AVL' THEN 'avliden' WHEN 'TID' THEN 'lopt_ut' WHEN 'EGEN' THEN 'egen_begaran' END AS upphort_orsak,
    dag(DATUM_UPPF_PLAN) AS planerad_uppfoljning,
    ja(UTAN_PROVNING) AS utan_behovsprovning
FROM (
    SELECT DISTINCT k, BESLUT, UTREDNING, PNR, LAG, INSATSKOD, UTFALL, DATUM_BESLUT, DATUM_FRAN, DATUM_TILL, OMFATTNING,
        OMF_ENHET, DATUM_VERKSTALLT, EJ_VERKSTALLT, DATUM_UPPHOR, UPPHOR_ORSAK, DATUM_UPPF_PLAN, UTAN_PROVNING
    FROM beslut_fil
);

CREATE TABLE uppdrag AS
SELECT
    k || UPPDRAG AS uppdrag_id,
    k || BESLUT AS beslut_id,
    UTFORARE AS utforare_id,
    CASE REGIFORM WHEN 'K' THEN 'kommunal' WHEN 'LOU' THEN 'privat_entreprenad' WHEN 'LOV' THEN 'privat_lov' END
        AS regiform,
    dag(DATUM_SKICKAT) AS skickat,
    dag(DATUM_MOTTAGET) AS mottaget,
    dag(DATUM_PABORJAT) AS paborjat,
    dag(nullif(DATUM_AVSLUTAT, '19000101')) AS avslutat,
    CAST(NULL AS INTEGER) AS antal_mal
FROM uppdrag_fil;

CREATE TABLE genomforandeplan AS
SELECT
    k || PLAN AS plan_id,
    k || UPPDRAG AS uppdrag_id,
    CASE PLANTYP WHEN 'GP' THEN 'plan' WHEN 'RUTIN' THEN 'rutinbeskrivning' WHEN 'INDPLAN' THEN 'individuell_plan' END
        AS typ,
    CASE PLANSTATUS WHEN 'ARB' THEN 'arbetsanteckning' WHEN 'KLAR' THEN 'klarmarkerad' WHEN 'DELG' THEN 'delgiven'
        WHEN 'MAK' THEN 'makulerad' END AS status,
    dag(DATUM_UPPRATTAD) AS upprattad,
    dag(DATUM_KLAR) AS klarmarkerad,
    dag(DATUM_DELGIVEN) AS delgiven,
    dag(DATUM_NASTA) AS nasta_uppfoljning,
    langd(DELAKTIGHET) AS delaktighet_text_langd,
    finns(ONSKEMAL) AS onskemal
FROM (
    SELECT DISTINCT k, PLAN, UPPDRAG, PLANTYP, PLANSTATUS, DATUM_UPPRATTAD, DATUM_KLAR, DATUM_DELGIVEN, DATUM_NASTA,
        DELAKTIGHET, ONSKEMAL
    FROM genomforandeplan_fil
);

CREATE TABLE mal AS
SELECT
    k || MAL AS mal_id,
    k || BESLUT AS beslut_id,
    k || PLAN AS plan_id,
    MAL_ICF AS icf_kod,
    CAST(MAL_GRAD AS INTEGER) AS avsett,
    langd(MAL_TEXT) AS text_langd,
    bara_skala(MAL_TEXT) AS endast_skala,
    inriktning_av(MAL_TYP) AS inriktning
FROM (
    SELECT k, MAL, BESLUT, NULL AS PLAN, MAL_ICF, MAL_GRAD, MAL_TEXT, MAL_TYP FROM beslut_fil
    UNION ALL
    SELECT k, MAL, NULL AS BESLUT, PLAN, MAL_ICF, MAL_GRAD, MAL_TEXT, MAL_TYP FROM genomforandeplan_fil
)
WHERE MAL IS NOT NULL;

CREATE TABLE uppfoljning AS
SELECT
    k || UPPFOLJNING AS uppfoljning_id,
    k || BESLUT AS beslut_id,
    k || PLAN AS plan_id,
    CASE PART WHEN 'MYN' THEN 'myndighet' WHEN 'UTF' THEN 'utforare' END AS part,
    CASE STEG WHEN 'FOLJAUPP' THEN 'folja_upp' WHEN 'JOURNAL' THEN 'journal' END AS kanal,
    CASE UPPF_TYP WHEN 'PLAN' THEN 'planerad' WHEN 'BEHOV' THEN 'vid_behov' END AS typ,
    dag(DATUM_PLANERAD) AS planerad,
    dag(DATUM_UPPFOLJD) AS datum,
    CASE UPPF_STATUS WHEN 'PLAN' THEN 'planerad' WHEN 'PAG' THEN 'pagaende' WHEN 'KLAR' THEN 'klarmarkerad'
        WHEN 'MAK' THEN 'makulerad' END AS status,
    ja(DELTOG) AS individen_deltog,
    ja(ANDRAT_BEHOV) AS andrat_behov
FROM (
    SELECT DISTINCT k, UPPFOLJNING, BESLUT, PLAN, PART, STEG, UPPF_TYP, DATUM_PLANERAD, DATUM_UPPFOLJD, UPPF_STATUS,
        DELTOG, ANDRAT_BEHOV
    FROM uppfoljning_fil
);

CREATE TABLE maluppfyllelse AS
SELECT
    k || UPPFOLJNING AS uppfoljning_id,
    k || MAL AS mal_id,
    CASE MALUPPFYLLELSE WHEN 'HELT' THEN 'helt' WHEN 'DELVIS' THEN 'delvis' WHEN 'INTE' THEN 'inte'
        WHEN 'EJBED' THEN 'ej_bedomt' END AS utfall,
    CAST(GRAD_UPPF AS INTEGER) AS skala_vid_uppfoljning
FROM uppfoljning_fil
WHERE MAL IS NOT NULL;

CREATE TABLE kvalitetssvar AS
SELECT DISTINCT
    k || UPPFOLJNING AS uppfoljning_id,
    f.fraga AS fraga,
    CASE f.svar WHEN '1' THEN 'mycket_bra' WHEN '2' THEN 'ganska_bra' WHEN '3' THEN 'varken_eller'
        WHEN '4' THEN 'ganska_daligt' WHEN '5' THEN 'mycket_daligt' WHEN '9' THEN 'vet_inte' END AS svar
FROM uppfoljning_fil
CROSS JOIN LATERAL (VALUES ('e598A', KVALITET), ('e598B', DELAKTIG)) AS f(fraga, svar)
WHERE f.svar IS NOT NULL;
