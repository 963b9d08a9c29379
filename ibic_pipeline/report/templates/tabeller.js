// Lets a reader sort and filter tables; every page is whole without it.
"use strict";
(() => {
const SIGNALS = ["röd", "gul", "grön", "ej utvärderad"], FEW = 20
const swedish = new Intl.Collator("sv", {numeric: true})
const fixed = row => row.matches(".lan, .tema")
const rowsOf = table => [...table.tBodies].flatMap(body => [...body.rows])

// The cell of a row that stands in a column; one that says why nothing is shown may span several.
const cellOf = (row, column) => {
  for (const cell of row.cells) if ((column -= cell.colSpan) < 0) return cell
}
// A number, or else a word; null where nothing is shown.
const valueOf = cell => {
  if (!cell || cell.querySelector(".dolt")) return null
  const copy = cell.cloneNode(true)
  copy.querySelectorAll("svg, .trend, .ki, .period, .inaktuell, .marke").forEach(each => each.remove())
  const text = copy.textContent.trim(), signal = SIGNALS.indexOf(text)
  if (!text || text === "–") return null
  if (signal >= 0) return signal
  const number = text.replace(/\s/g, "").replace("\u2212", "-").replace(",", ".").match(/^[+-]?\d+(\.\d+)?(?![\d.-])/)
  return number ? Number(number[0]) : text
}
const compare = (a, b) => {
  if (typeof a === "number" && typeof b === "number") return a - b
  return typeof a === typeof b ? swedish.compare(a, b) : typeof a === "number" ? -1 : 1
}
const sort = (table, column, way) => {
  for (const body of table.tBodies) {
    const rows = [...body.rows].filter(row => !fixed(row)).sort((a, b) => a.order - b.order)
    if (way) {
      const values = new Map(rows.map(row => [row, valueOf(cellOf(row, column))]))
      rows.sort((a, b) => {
        const [x, y] = [values.get(a), values.get(b)]
        return x === null || y === null ? (x === null) - (y === null) : way * compare(x, y)
      })
    }
    body.append(...[...body.rows].filter(fixed), ...rows)
  }
}
const sortable = table => {
  const headings = [...table.tHead.rows[0].cells]
  headings.forEach((heading, column) => {
    if (heading.querySelector(".osynlig")) return
    const button = document.createElement("button")
    button.type = "button"
    button.append(...heading.childNodes)
    heading.append(button)
    button.addEventListener("click", () => {
      const now = heading.getAttribute("aria-sort"), next = {ascending: "descending", descending: null}
      const chosen = now in next ? next[now] : "ascending"
      headings.forEach(each => each.removeAttribute("aria-sort"))
      if (chosen) heading.setAttribute("aria-sort", chosen)
      sort(table, column, {ascending: 1, descending: -1}[chosen])
    })
  })
}
const filterable = table => {
  const rows = rowsOf(table).filter(row => !fixed(row)), frame = table.closest(".rulla")
  if (rows.length < FEW) return
  const tools = document.createElement("p"), label = document.createElement("label")
  const field = document.createElement("input"), told = document.createElement("span")
  const named = document.getElementById(frame.getAttribute("aria-labelledby"))
  const what = document.createElement("span")
  what.className = "osynlig"
  what.textContent = `: ${named ? named.textContent : frame.getAttribute("aria-label")}`
  field.type = "search"
  field.autocomplete = "off"
  told.setAttribute("role", "status")
  label.append("Filtrera rader", what, " ", field)
  tools.className = "verktyg"
  tools.append(label, " ", told)
  const both = document.createElement("div")
  frame.replaceWith(both)
  both.append(tools, frame)
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLocaleLowerCase("sv")
    rows.forEach(row => { row.hidden = !row.textContent.toLocaleLowerCase("sv").includes(wanted) })
    for (const body of table.tBodies) {
      const own = [...body.rows].filter(row => !fixed(row))
      body.querySelectorAll(".tema").forEach(row => { row.hidden = own.every(each => each.hidden) })
    }
    told.textContent = wanted ? `${rows.filter(row => !row.hidden).length} av ${rows.length} rader` : ""
  })
}
document.querySelectorAll("table[data-sortera], table[data-filtrera]").forEach(table => {
  rowsOf(table).forEach((row, place) => { row.order = place })
  if ("sortera" in table.dataset) sortable(table)
  filterable(table)
})
})()
