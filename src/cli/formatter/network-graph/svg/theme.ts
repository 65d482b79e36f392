/** Colours of the drawing, for light and for dark surroundings, and how its parts use them. */
export const styleSheet = `
:root { --paper: #ffffff; --ink: #18181b; --faint: #60606b; --line: #8b8b96; --external: #b45309;
  --container: #ecfdf3; --container-edge: #2f9e62; --network: #eff5ff; --network-edge: #4178d4;
  --world: #fff7e0; --world-edge: #c98a12; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181d; --ink: #ececf1; --faint: #a0a3ad; --line: #777b87; --external: #f5a742;
    --container: #12261b; --container-edge: #3fb57a; --network: #14213a; --network-edge: #6b9cf0;
    --world: #2b2312; --world-edge: #d9a436; }
}
.paper { fill: var(--paper); }
text { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: var(--ink); }
.title { font-size: 13px; font-weight: 600; }
.line { font-size: 12px; }
.faint { fill: var(--faint); }
text.external { fill: var(--external); }
.card { stroke-width: 1.5; }
.card.container { fill: var(--container); stroke: var(--container-edge); }
.card.network { fill: var(--network); stroke: var(--network-edge); }
.card.world { fill: var(--world); stroke: var(--world-edge); }
.card.muted { stroke-dasharray: 5 4; }
.container.muted { stroke: var(--line); fill: var(--paper); }
.edge { fill: none; stroke: var(--line); stroke-width: 1.5; }
.edge.external { stroke: var(--external); }
.edge.outbound { stroke-dasharray: 4 4; }
.tip { fill: var(--line); }
.tip.external { fill: var(--external); }
.pin { fill: var(--line); }
`.trim();
