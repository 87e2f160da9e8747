/** Rooms from the top down. A file may import from its own room and from those below, never from one above. */
const ORDER = [
  "bench", // measures what commands, drills and planner do
  "commands", // what a person types
  "local", // an engine and a cluster where there are none
  "program", // this repository's own stack: the files beside this one
  "components", // what a user's program is made of, and all that belongs to each
  "drills", // the instrument: load, faults, checks, reports. It knows no component
  "policy", // the instrument: rules over any graph
  "cluster", // how a cluster is asked
  "config", // keys, profiles, refusals
  "planner", // pure maths
  "graph", // a program's graph without an engine: demand, placement, quantities
  "images", // what images are built from
];

/** Programs of their own, which share nothing with the rooms. */
const APART = ["app", "examples"];

/** What only tests use: it may import everything, and nothing else may import it. */
const TESTS = "^test/|\\.test\\.ts$|^vitest\\.config\\.mts$";

/** What a component brings for the instruments: the only files of it that know them. */
const INSTRUMENTED = "^components/[^/]+/(drills/|policies/|(drills|rules)\\.ts$)";

const pathOf = (room) => (room === "program" ? "^[^/]+\\.ts$" : `^${room}/`);
const any = (rooms) => rooms.map(pathOf).join("|");

module.exports = {
  forbidden: [
    ...ORDER.slice(1).map((room, index) => ({
      name: `${room}-imports-downwards`,
      severity: "error",
      comment: `${room} may import only from ${ORDER.slice(index + 2).join(", ") || "itself"}: move what is shared down, or hand it in.`,
      from: { path: pathOf(room) },
      to: { path: any(ORDER.slice(0, index + 1)) },
    })),
    {
      name: "room-in-order",
      severity: "error",
      comment: "Give the folder its place in ORDER, in .dependency-cruiser.cjs.",
      from: { pathNot: any([...ORDER, ...APART]) },
      to: {},
    },
    ...APART.map((room) => ({
      name: `${room}-stands-alone`,
      severity: "error",
      comment: "It is a program of its own, as a user's would be.",
      from: { path: pathOf(room) },
      to: { path: any([...ORDER, ...APART.filter((other) => other !== room)]) },
    })),
    {
      name: "nobody-imports-programs-apart",
      severity: "error",
      comment: "The shop and the examples are run, not imported.",
      from: { path: any(ORDER) },
      to: { path: any(APART) },
    },
    {
      name: "tests-stay-out",
      severity: "error",
      comment: "Move what is used outside of tests to the room it belongs to.",
      from: {},
      to: { path: TESTS },
    },
    {
      name: "components-stand-alone",
      severity: "error",
      comment: "A component's folder, copied with components/common, compiles: hand in what another one knows.",
      // App is made of the others: that is what it is for.
      from: { path: "^components/([^/]+)/", pathNot: "^components/app/" },
      to: { path: "^components/", pathNot: "^components/($1|common)/" },
    },
    {
      name: "constructors-carry-no-instrument",
      severity: "error",
      comment: "Drills and rules are loaded by commands; what a user's program loads is without them.",
      from: { path: "^components/", pathNot: INSTRUMENTED },
      to: { path: `^(drills|policy)/|${INSTRUMENTED}` },
    },
    {
      name: "planner-is-pure",
      severity: "error",
      comment: "Components carry the planner along: it needs no package, and not the simulation that it is tried with.",
      from: { path: "^planner/", pathNot: "^planner/simulation/" },
      to: { pathNot: "^planner/(?!simulation/)" },
    },
    {
      name: "no-file-cycle",
      severity: "error",
      comment: "Move what both need to a third file.",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-folder-cycle",
      severity: "error",
      scope: "folder",
      comment: "Move what both need to a third folder.",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    // Types count: who needs another file's type can't be read without it.
    tsPreCompilationDeps: true,
    exclude: { path: "(^|/)(dist|\\.holdfast)/" },
    doNotFollow: { path: `node_modules|${TESTS}` },
    skipAnalysisNotInRules: true,
  },
};
