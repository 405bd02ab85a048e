// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/html_style.hpp"

namespace aion::report {

const std::string_view style_sheet = R"css(
:root { color-scheme: light dark; --ground: #fcfcfa; --ink: #1a1d22; --soft: #565d68;
  --line: #dfe0da; --faint: #f3f3ee; --link: #1f4e79;
  --good: #14613a; --good-ground: #e6f2ea; --bad: #9d1c18; --bad-ground: #fae9e7;
  --open: #6b4a00; --open-ground: #f8eed6;
  --banner-good: #14532f; --banner-bad: #8d1a17; --banner-odd: #674700; --banner-ink: #ffffff;
  --band: #e4eaf1; --band-next: #cfdae6; --mark: #1f4e79; --grid: #d6d9dc; }
@media screen and (prefers-color-scheme: dark) {
:root { --ground: #14171b; --ink: #e5e7ea; --soft: #a2a9b4; --line: #2c323a; --faint: #1c2026;
  --link: #9cc3e8; --good: #84d3a5; --good-ground: #17291f; --bad: #ff9f97; --bad-ground: #331b1b;
  --open: #e6c27a; --open-ground: #2d2617;
  --banner-good: #164a2d; --banner-bad: #6f1b19; --banner-odd: #553b02; --banner-ink: #ffffff;
  --band: #222c37; --band-next: #2e3c4b; --mark: #9cc3e8; --grid: #333a43; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 -apple-system, "Segoe UI", Roboto, Inter, "Noto Sans", system-ui, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
header, main, footer, nav { max-width: 78rem; margin: 0 auto;
  padding: 0 clamp(1rem, 4vw, 3rem); }
h1, h2, h3, p, ul, dl, dd, figure { margin: 0; }
a { color: var(--link); text-underline-offset: .18em; text-decoration-thickness: from-font; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible {
  outline: 3px solid var(--link); outline-offset: 3px; border-radius: 3px; }
code { font: .86em/1.45 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas,
  "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.soft, .cut { color: var(--soft); }
.banner { color: var(--banner-ink); background: var(--banner-good); }
.banner.bad { background: var(--banner-bad); }
.banner.odd { background: var(--banner-odd); }
.banner header { padding-top: clamp(1.5rem, 4vw, 2.75rem); padding-bottom: clamp(1.5rem, 4vw, 2.75rem); }
.banner h1 { font-size: 1rem; font-weight: 600; line-height: 1.4; }
.banner .word { display: flex; align-items: center; gap: .22em; margin: .1em 0 .12em;
  font-size: clamp(2.75rem, 9vw, 5rem); font-weight: 700; line-height: 1.15; letter-spacing: -.01em; }
.banner .word svg { flex: none; width: .78em; height: .78em; }
.banner .reason { max-width: 46rem; font-size: 1.125rem; line-height: 1.5; }
.banner .caution { max-width: 46rem; margin-top: .75rem; padding-left: .9rem;
  border-left: 3px solid var(--banner-ink); }
.glance { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.75rem, 1fr));
  gap: 1rem 2rem; margin-top: 1.75rem; padding-top: 1.25rem; border-top: 1px solid #ffffff59; }
.glance dt { font-size: .8125rem; }
.glance dd { font-weight: 600; }
nav { padding-top: 1.1rem; padding-bottom: 1.1rem; font-size: .875rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .35rem 1.4rem; padding: 0; list-style: none; }
nav a { color: var(--soft); text-decoration: none; }
nav a:hover { color: var(--ink); text-decoration: underline; }
section { display: grid; grid-template-columns: 11rem minmax(0, 1fr); column-gap: 2.5rem;
  padding: 2.25rem 0 3.25rem; border-top: 1px solid var(--line); }
section > h2 { font-size: 1.1875rem; font-weight: 650; line-height: 1.35; text-wrap: balance; }
section > div > * + * { margin-top: 1.1rem; }
section > div > p { max-width: 46rem; }
h2, [id^=key-] { scroll-margin-top: 2rem; }
h3 { font-size: 1rem; font-weight: 650; }
section > div > * + h3 { margin-top: 2rem; }
.facts { display: grid; grid-template-columns: minmax(8rem, 11rem) minmax(0, 1fr); gap: .6rem 1.5rem; }
.facts dt { color: var(--soft); }
.facts dd > .soft { display: block; font-size: .875rem; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; line-height: 1.45;
  overflow-wrap: break-word; }
caption { padding: 0 0 .8rem; color: var(--soft); text-align: left; max-width: 46rem; }
th, td { padding: .6rem 1.25rem .6rem 0; border-bottom: 1px solid var(--line);
  text-align: left; vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
thead th { padding-top: 0; color: var(--soft); font-size: .8125rem; font-weight: 500;
  vertical-align: bottom; }
tbody th { font-weight: 600; }
.number { text-align: right; white-space: nowrap; }
.narrow { white-space: nowrap; overflow-wrap: normal; }
.digest { min-width: 9rem; overflow-wrap: anywhere; }
.wide { width: 40%; min-width: 14rem; overflow-wrap: anywhere; }
.right { min-width: 11.5rem; }
.time { min-width: 8rem; }
th small, td small { display: block; font-weight: 400; color: var(--soft); font-size: .8125rem; }
.sign { display: inline-block; min-width: 1.15em; font-weight: 700; }
.good { color: var(--good); } .bad { color: var(--bad); } .open { color: var(--open); }
.banner.good, .banner.bad { color: var(--banner-ink); }
.statements { padding: 0; list-style: none; }
.statements li { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: 0 1rem;
  padding: .6rem 0; border-bottom: 1px solid var(--line); }
.statements li:first-child { padding-top: 0; }
.statements li:last-child { border-bottom: 0; padding-bottom: 0; }
.statements .basis { grid-column: 2; color: var(--soft); font-size: .8125rem; }
.statements .remark { grid-column: 1 / -1; max-width: 46rem; color: var(--soft); }
.state { font-weight: 600; }
.note { padding: .8rem 1rem; border-left: 3px solid var(--open); background: var(--open-ground); }
.note.bad { border-color: var(--bad); background: var(--bad-ground); color: var(--ink); }
.plain { padding-left: 1.1rem; max-width: 46rem; }
.plain li + li { margin-top: .4rem; }
.message { overflow: clip; }
.narrow code { overflow-wrap: normal; }
.key { display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; padding: 0; list-style: none;
  color: var(--soft); font-size: .8125rem; }
.key li { display: flex; align-items: center; gap: .45rem; }
.key svg { flex: none; width: 1rem; height: 1rem; }
.scroll { overflow-x: auto; }
.scroll svg { display: block; width: 100%; min-width: 44rem; height: auto; }
svg text { fill: var(--ink); font: 12px -apple-system, "Segoe UI", Roboto, Inter, "Noto Sans",
  system-ui, sans-serif; font-variant-numeric: tabular-nums; }
svg .quiet { fill: var(--soft); font-size: 11px; }
svg .author { font-size: 13px; font-weight: 600; }
svg .band { fill: var(--band); } svg .band.next { fill: var(--band-next); }
svg .grid { stroke: var(--grid); stroke-width: 1; }
svg .proven { fill: var(--mark); stroke: var(--mark); stroke-width: 1.6; }
svg .held { fill: var(--ground); stroke: var(--mark); stroke-width: 1.6; }
svg .unjudged { fill: var(--ground); stroke: var(--soft); stroke-width: 1.6; stroke-dasharray: 2.2 1.8; }
svg .refused { fill: none; stroke: var(--bad); stroke-width: 2.4; stroke-linecap: round; }
svg .bar { stroke: none; fill: var(--mark); }
svg .bar.held { fill: var(--ground); stroke: var(--mark); stroke-width: 1; }
svg .bar.unjudged { fill: var(--ground); stroke: var(--soft); stroke-width: 1; }
svg .bar.refused { fill: var(--bad); }
svg .rotation { stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 3 3; }
svg .revocation { stroke: var(--bad); stroke-width: 1.8; }
svg .revoked { fill: var(--bad); font-size: 11px; font-weight: 600; }
svg .turned { font-size: 11px; }
svg .hatch { stroke: var(--bad); stroke-width: 1; stroke-opacity: .28; }
svg .unproven { fill: var(--bad); font-size: 12px; font-weight: 600; }
summary { cursor: pointer; color: var(--link); }
details[open] > summary { margin-bottom: 1rem; }
details table code { font-size: .75rem; }
footer { padding-top: 2rem; padding-bottom: 4rem; color: var(--soft); font-size: .875rem; }
footer > div { padding-top: 1.5rem; border-top: 1px solid var(--line); }
footer p { max-width: 46rem; } footer p + p { margin-top: .6rem; }
@media screen and (max-width: 62rem) {
section { grid-template-columns: minmax(0, 1fr); row-gap: 1.25rem; padding: 1.9rem 0 2.5rem; } }
@media screen and (max-width: 44rem) {
.facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
.facts dd { margin-bottom: .8rem; }
.statements li { grid-template-columns: minmax(0, 1fr); }
.statements .basis { grid-column: 1; }
table, caption, tbody, tr, tbody th, td { display: block; width: 100%; }
thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
tr { padding: .8rem 0; border-bottom: 1px solid var(--line); }
tbody th, td { position: relative; min-width: 0; padding: .15rem 0 .15rem 6.75rem;
  border: 0; min-height: 1.6em; }
tbody .number, tbody .narrow, tbody .wide { width: 100%; min-width: 0; text-align: left;
  white-space: normal; overflow-wrap: anywhere; }
tbody th::before, td::before { content: attr(data-label); position: absolute; left: 0; top: .15rem;
  width: 6.25rem; color: var(--soft); font-size: .8125rem; font-weight: 400; line-height: 1.65; } }
@page { size: A4; margin: 16mm 15mm 18mm; }
@media print {
:root { color-scheme: light; --ground: #fff; --ink: #000; --soft: #333; --line: #999; --link: #000;
  --good: #000; --bad: #000; --open: #000; --good-ground: #fff; --bad-ground: #fff;
  --open-ground: #fff; --band: #eee; --band-next: #ddd; --mark: #000; --grid: #bbb; }
html { font-size: 9.5pt; }
body { line-height: 1.4; }
header, main, footer { max-width: none; padding: 0; }
.banner, .banner.good, .banner.odd, .banner.bad { color: #000; background: #fff; }
.banner header { padding: 0 0 6mm; }
.banner .word { font-size: 34pt; padding: 2mm 4mm; margin: 2mm 0 3mm; border: 1.2mm solid #000; }
.banner .caution { border-color: #000; }
.glance { grid-template-columns: repeat(4, 1fr); border-color: #999; margin-top: 4mm; padding-top: 3mm; }
nav { display: none; }
a { color: #000; text-decoration: none; }
section { display: block; padding: 5mm 0 6mm; }
section > h2 { margin-bottom: 3mm; font-size: 13pt; }
h2, h3, caption, summary { break-after: avoid; }
tr, .statements li, .facts dt, .facts dd, figure, .note { break-inside: avoid; }
thead { display: table-header-group; }
table { font-size: 8.5pt; }
thead { break-after: avoid; } tbody tr:first-child { break-before: avoid; }
section[aria-labelledby=gates] table { break-inside: avoid; }
th, td { padding: 1.2mm 4mm 1.2mm 0; }
.scroll { overflow: visible; } .scroll svg { min-width: 0; }
svg text { font-size: 12px; }
details::details-content { content-visibility: visible; display: block; height: auto; }
summary { list-style: none; font-weight: 600; }
details table code { font-size: 6.5pt; }
footer { padding-bottom: 0; } }
)css";

}  // namespace aion::report
