-- id: F1
-- namn: Hel processkedja
-- definition: Andel beviljade beslut där hela processen står i systemet: avslutad utredning med bedömning, beslut,
--   uppdrag, klarmarkerad genomförandeplan och gjord uppföljning.
-- namnare: Beviljade beslut som på mätdagen började gälla för minst 12 men mindre än 24 månader sedan (kalendermånader;
--   om länet inte har bestämt annat).
-- taljare: De av besluten där det sista av stegen stod senast mätdagen.
-- exkluderingar: ej_beviljat, utan_genomforandeplan, utan_uppfoljningskrav, ej_observerbar
-- typ: tillstand
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: beslut
-- matt: andel
-- kalla: IBIC, processens steg; tidsfönstret är länets antagande
-- version: 2026-11-22
-- tolkning: En bruten kedja kan ha brutits var som helst. Se vilket steg som saknas innan en slutsats dras.
--   Uppföljningen får vara gjord av myndigheten eller utföraren, i steget eller i journalen.
-- malgrupp: Verksamhetsutvecklare, kvalitetsansvariga och systemförvaltare.
-- vilseleder: Ett beslut som upphörde efter kort tid räknas också, fast alla steg kanske inte hann bli aktuella. Steg
--   som gjordes men dokumenterades utanför systemet ser ut som om de saknas.
-- atgard: Räkna vilket steg som oftast saknas. Är det samma steg nästan överallt: fråga hur det dokumenteras i systemet
--   innan arbetssättet ändras.
-- parametrar: kedja_fran_manader, kedja_till_manader
-- indata: handelselage
SELECT
    'F1' AS indikator,
    l.enhet_id AS enhet_id,
    l.fran AS fran,
    l.till AS till,
    l.exkluderad IS NULL AS i_namnare,
    l.exkluderad IS NULL AND l.har_hant AS i_taljare,
    l.exkluderad AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    l.kon AS kon,
    l.aldersgrupp AS aldersgrupp,
    l.insatsgrupp AS insatsgrupp,
    l.lagrum AS lagrum,
    l.regiform AS regiform
FROM handelselage AS l
WHERE l.matt = 'hel_kedja'
