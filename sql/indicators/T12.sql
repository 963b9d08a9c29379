-- id: T12
-- namn: Individuell plan enligt LSS omprövad inom 12 månader
-- definition: Andel personer med en individuell plan enligt LSS vars plan har upprättats eller omprövats under det
--   senaste året (365 dagar om länet inte har bestämt annat).
-- namnare: Personer som har fått en individuell plan klarmarkerad, från den dagen till och med sista dagen i något av
--   personens beviljade LSS-beslut.
-- taljare: De av personerna som har en individuell plan klarmarkerad mätdagen eller så många dagar dessförinnan som
--   ryms i fönstret.
-- exkluderingar: ej_observerbar
-- typ: tillstand
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: person med insats enligt LSS
-- matt: andel
-- kalla: LSS, 10 §: planen ska omprövas fortlöpande och minst en gång om året
-- version: 2026-11-22
-- tolkning: Måttet gäller bara dem som har en plan. Hur många som har erbjudits en och tackat nej framgår inte av
--   leveransen, så andelen säger inget om hur många som borde ha haft en.
-- malgrupp: LSS-handläggare och deras chefer.
-- vilseleder: Planer som förvaras utanför verksamhetssystemet syns inte. En person vars insatser upphörde och senare
--   började igen räknas även under uppehållet. Få personer har en plan, så en enda kan flytta andelen mycket.
-- atgard: Gå igenom personerna vars plan är äldre än ett år och erbjud en omprövning. Klarmarkera den omprövade planen
--   som en ny version, även när inget ändrades.
-- parametrar: individuell_plan_dagar
-- indata: planlage
SELECT
    'T12' AS indikator,
    l.enhet_id AS enhet_id,
    l.fran AS fran,
    l.till AS till,
    l.exkluderad IS NULL AS i_namnare,
    l.exkluderad IS NULL AND l.aktuell AS i_taljare,
    l.exkluderad AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    l.kon AS kon,
    l.aldersgrupp AS aldersgrupp,
    l.insatsgrupp AS insatsgrupp,
    l.lagrum AS lagrum,
    l.regiform AS regiform
FROM planlage AS l
WHERE l.matt = 'individuell_plan'
