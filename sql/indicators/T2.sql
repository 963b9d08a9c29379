-- id: T2
-- namn: Uppföljda inom 12 månader, oavsett kanal
-- definition: Andel gällande beslut som myndigheten har följt upp, i steget Följa upp eller i journalen, inom
--   uppföljningsfristen (365 dagar om länet eller kommunen inte har bestämt annat).
-- namnare: Beviljade beslut som gäller på mätdagen och då har gällt i minst så många dagar som fristen anger.
-- taljare: De av besluten som har minst en klarmarkerad uppföljning av myndigheten, oavsett kanal, gjord mätdagen eller
--   så många dagar dessförinnan som ryms i fristen.
-- exkluderingar: ej_beviljat, utan_uppfoljningskrav, ej_observerbar, ej_moget
-- typ: tillstand
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: beslut
-- kalla: Kommunal målsättning om uppföljning minst en gång per år; IBIC, processteget Följa upp
-- version: 2026-07-01
-- tolkning: Skillnaden mellan T2 och T1 är uppföljning som görs men inte syns i steget; T2 ensam säger inget om hur väl
--   processen används.
-- malgrupp: Den som leder handläggarna, och länets samordnare av uppföljningen.
-- vilseleder: Journalen kan läsas olika: vad som räknas som en uppföljning där beror på hur kommunens utdrag är gjort.
-- atgard: När T2 är klart högre än T1 behöver handläggarna stöd i att använda steget Följa upp; när båda är låga
--   behöver uppföljningarna planeras in.
-- parametrar: uppfoljning_dagar
-- indata: uppfoljningslage
SELECT
    'T2' AS indikator,
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
WHERE l.matt = 'oavsett_kanal'
