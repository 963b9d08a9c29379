-- id: D4
-- namn: Livsområden per utredning, och andel med 8 eller 9
-- definition: Andel avslutade utredningar där minst en bedömning är 8 (ej specificerat) eller 9 (ej tillämpbart).
--   Värdet är antalet livsområden som utredningen bedömer.
-- namnare: Utredningar som har avslutats i perioden.
-- taljare: De av utredningarna där minst ett bedömt tillstånd är 8 eller 9.
-- exkluderingar: avskriven
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: lagre_ar_battre
-- enhet: utredning
-- varde: Antal olika livsområden som utredningen bedömer; 0 när den inte har någon bedömning.
-- kalla: ICF, den generiska skalan; IBIC, livsområden
-- version: 2026-11-22
-- tolkning: Många livsområden är inte bättre än få: en utredning ska vara så bred som behovet är, inte bredare.
-- malgrupp: Biståndshandläggare och deras chefer, verksamhetsutvecklare, systemförvaltare.
-- vilseleder: En mall som kräver svar på alla livsområden ger både fler livsområden och fler 8 och 9. Vid ett
--   systembyte ändras ofta mallen, så jämför inte före och efter bytet utan att veta det.
-- atgard: Se om 8 och 9 samlas på vissa livsområden. Då kan mallen fråga efter mer än som behövs, och den kan ändras.
--   Annars: ta upp i handläggargruppen när 8 respektive 9 ska användas.
-- indata: utredningsfakta
SELECT
    'D4' AS indikator,
    u.utredning_id AS enhet_id,
    u.avslutad AS fran,
    CAST(NULL AS DATE) AS till,
    u.exkluderad IS NULL AS i_namnare,
    u.exkluderad IS NULL AND u.har_8_9 AS i_taljare,
    u.exkluderad AS exkluderad,
    CAST(u.livsomraden AS DOUBLE) AS varde,
    u.kon AS kon,
    u.aldersgrupp AS aldersgrupp,
    u.insatsgrupp AS insatsgrupp,
    u.lagrum AS lagrum,
    u.regiform AS regiform
FROM utredningsfakta AS u
WHERE u.avslutad IS NOT NULL
