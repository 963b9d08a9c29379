-- id: T1
-- namn: Uppföljda inom 12 månader
-- definition: Andel gällande beslut som myndigheten har följt upp i steget Följa upp inom uppföljningsfristen
--   (365 dagar om länet eller kommunen inte har bestämt annat).
-- namnare: Beviljade beslut som gäller på mätdagen och då har gällt i minst så många dagar som fristen anger.
-- taljare: De av besluten som har minst en klarmarkerad uppföljning av myndigheten i steget Följa upp, gjord mätdagen
--   eller så många dagar dessförinnan som ryms i fristen.
-- exkluderingar: ej_beviljat, utan_uppfoljningskrav, ej_observerbar, ej_moget
-- typ: tillstand
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: beslut
-- kalla: Kommunal målsättning om uppföljning minst en gång per år; IBIC, processteget Följa upp
-- version: 2026-07-01
-- tolkning: Fönstret rullar, så jämför ett år med ett år; uppföljningar som bara står i journalen syns i T2 men inte
--   här.
-- malgrupp: Den som leder handläggarna, och länets samordnare av uppföljningen.
-- vilseleder: En kommun som följer upp men skriver i journalen får en låg andel. Beslut som är kortare än fristen
--   kommer aldrig med.
-- atgard: Läs T2 bredvid. Är den hög saknas registreringen, annars uppföljningen; lista de beslut som saknar
--   uppföljning och planera in dem.
-- parametrar: uppfoljning_dagar
-- indata: uppfoljningslage
SELECT
    'T1' AS indikator,
    l.enhet_id AS enhet_id,
    l.fran AS fran,
    l.till AS till,
    l.exkluderad IS NULL AS i_namnare,
    l.exkluderad IS NULL AND l.uppfoljd AS i_taljare,
    l.exkluderad AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    l.kon AS kon,
    l.aldersgrupp AS aldersgrupp,
    l.insatsgrupp AS insatsgrupp,
    l.lagrum AS lagrum,
    l.regiform AS regiform
FROM uppfoljningslage AS l
WHERE l.matt = 'i_steget'
