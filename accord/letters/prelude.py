"""The beginning of every letter's source: what a template may use, and how a letter looks where it says nothing else.

A template is Typst. What it shows comes to it as data: `fact("grant")` is a merge field, `say("opening")` a sentence of
the edition in the letter's language, with the fields in it filled in. Neither is ever read as source.
"""

from __future__ import annotations

from typing import Final

PRELUDE: Final = """\
#let letter = json(bytes(sys.inputs.letter))
#let has(name) = letter.fields.at(name, default: none) not in (none, "", ())
#let fact(name) = {
  if name not in letter.fields { panic("field: " + name + " is no field of this edition") }
  let value = letter.fields.at(name)
  if value == none { panic("field: " + name + " has no value in this letter; ask has(\\"" + name + "\\") first") }
  value
}
#let knows(key) = key in letter.words
#let say(key) = {
  if key not in letter.words { panic("words: " + key + " is missing in " + letter.language) }
  letter.words.at(key)
}
#let quoted(words) = text(lang: letter.quoted, words)
#let present(part, name) = part.at(name, default: none) not in (none, "", ())
#set document(title: letter.title, author: letter.house.name, description: letter.reference)
#set text(lang: letter.language, font: letter.fonts, size: 10.5pt, hyphenate: false)
#set page(paper: "a4", margin: (x: 25mm, top: 22mm, bottom: 24mm), footer: context {
  set text(8.5pt, fill: luma(90))
  grid(columns: (1fr, auto), letter.reference, [#counter(page).display() / #counter(page).final().first()])
})
#set par(leading: 0.72em, spacing: 1.15em)
#set table(stroke: (x, y) => (bottom: 0.5pt + luma(if y == 0 { 90 } else { 190 })), inset: (x: 4pt, y: 5pt))
#show heading.where(level: 1): it => block(above: 1.6em, below: 1em, text(15pt, it.body))
#show heading.where(level: 2): it => block(above: 1.4em, below: 0.7em, text(11.5pt, it.body))
#let letterhead() = block(width: 100%, below: 14mm, {
  text(13pt, weight: "bold", letter.house.name)
  set text(9pt, fill: luma(70))
  for line in letter.house.lines [\\ #line]
})
#let addressee() = block(below: 10mm, {
  letter.to.name
  if letter.to.person != none [\\ #letter.to.person]
  for line in letter.to.lines [\\ #line]
  if letter.to.country != none [\\ #letter.to.country]
})
#let dated() = block(below: 6mm, letter.on)
#let subject() = heading(level: 1, letter.title)
#let rows(names, list, ..cells) = if list.len() > 0 {
  table(
    columns: names.len(),
    table.header(..names.map(name => strong(say(name)))),
    ..list.map(part => cells.pos().map(cell => cell(part))).flatten(),
  )
}
#let mark() = block(breakable: false, above: 12mm, grid(
  columns: (24mm, 1fr), column-gutter: 5mm, align: horizon,
  image(bytes(letter.qr), format: "svg", width: 24mm, alt: letter.code),
  text(9pt)[#say("check")\\ #text(font: "DejaVu Sans Mono", letter.code)],
))
"""

LINES: Final = PRELUDE.count("\n")
"""The lines before a template's first one."""
