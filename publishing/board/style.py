"""The style of the board's page, on a screen and on paper."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root { --ink: #1c2733; --soft: #5a6775; --line: #d5dbe1; --fill: #c9dbe8; --pale: #f3f6f8; }
* { box-sizing: border-box; }
body { color: var(--ink); font: 14px/1.4 "Helvetica Neue", Arial, sans-serif; margin: 0 auto; max-width: 72rem;
  padding: 2rem 1.5rem; }
header { border-bottom: 3px solid var(--ink); margin-bottom: 1.5rem; }
header p, section > p, footer p { color: var(--soft); margin: 0.2rem 0 0.6rem; max-width: 48rem; }
h1 { font-size: 1.8rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 0.3rem; }
h2 small { color: var(--soft); font-weight: 400; }
.sums h2 { color: var(--soft); margin: 0.8rem 0 0.2rem; }
dl { display: flex; flex-wrap: wrap; gap: 0.8rem; margin: 0; }
dl div { background: var(--pale); border-left: 4px solid var(--fill); flex: 1 1 11rem; padding: 0.5rem 0.8rem; }
dt { color: var(--soft); }
dd { font-size: 1.5rem; font-variant-numeric: tabular-nums; margin: 0; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; }
th { border-bottom: 1px solid var(--ink); font-weight: 600; vertical-align: bottom; }
.n { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
td i { background: var(--fill); display: block; height: 4px; margin: 2px 0 0 auto; }
.whole td { border-top: 1px solid var(--ink); font-weight: 600; }
.whole td i { display: none; }
.grants, .changes { font-size: 12px; }
.grants td:first-child, .grants td:last-child, .changes td:first-child, .results td:first-child { white-space: nowrap; }
footer { border-top: 1px solid var(--line); font-size: 12px; margin-top: 2rem; overflow-wrap: anywhere; }
@page { margin: 14mm 12mm; @bottom-right { content: counter(page) " of " counter(pages); font-size: 8pt; } }
@media print {
  body { font-size: 9pt; max-width: none; padding: 0; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .grants, .changes, footer { font-size: 7.5pt; }
  thead { display: table-header-group; }
  dl div { flex-basis: 0; }
  dd { font-size: 14pt; }
  tr, h2, .sums, .by-objective, .by-programme, .by-fund, .stages { break-inside: avoid; }
  h2, section > p { break-after: avoid; }
}
"""
