"use strict";

/** Builds the page. */
(() => {
  const { element } = dom;
  const { clean } = names;
  const tables = new Map(report.tables.map(table => [table.id, table]));
  const sections = [];
  const isOfHeap = report.kind.startsWith("heap");

  /** A section of the page with a heading; the navigation links to it under its name. */
  function section(id, link, title, note, ...content) {
    const children = content.flat().filter(Boolean);
    if (children.length === 0) return;
    sections.push({ id, link });
    document.getElementById("page").append(element("section", { id, "aria-labelledby": `${id}-title` },
      element("h2", { id: `${id}-title` }, title), note && element("p", { class: "quiet note" }, note), children));
  }

  const sentence = parts => parts.filter(Boolean).join(" · ");

  /** Names and texts, those that are known. */
  const factList = rows => element("dl", { class: "facts" },
    rows.filter(([, text]) => text).map(([label, text]) => element("div", {}, element("dt", {}, label), element("dd", { class: "long" }, clean(text)))));

  const dateAndTime = time => time && `${time.slice(0, 19).replace("T", " ")} UTC`;

  const processFacts = process => [
    ["Process", sentence([process.id > 0 ? `${process.name ?? "unknown"} (${process.id})` : process.name])],
    ["Command", process.commandLine],
    ["Runtime", sentence([
      process.runtimeVersion && `.NET ${process.runtimeVersion}`, [process.operatingSystem, process.architecture].filter(Boolean).join(" "),
      process.processorCount > 0 && `${process.processorCount} processor${process.processorCount === 1 ? "" : "s"}`,
      { true: "Server GC", false: "Workstation GC" }[process.serverGc], { true: "concurrent", false: "non-concurrent" }[process.concurrentGc]])],
  ];

  const facts = ({ process, recording, ended, leak }) => factList([
    ...processFacts(process),
    ["Recording", sentence([
      recording.file, dateAndTime(recording.startedAt),
      format.seconds(recording.durationSeconds) + (recording.windowStartSeconds > 0 ? ` starting at ${format.seconds(recording.windowStartSeconds)}` : "")])],
    ["Ended", sentence([ended, recording.endDetail])],
    ["Samples", {
      none: "no allocation events", tick: `${format.count(recording.allocationSamples)} allocation ticks`,
      randomized: `${format.count(recording.allocationSamples)} allocation samples, randomized (unbiased)`,
    }[recording.allocationSampling]],
    ["Only", report.filter && sentence([report.filter.types && `types that match ${report.filter.types}`, report.filter.names && `types or methods that match ${report.filter.names}`])],
    ["Leak", leak],
  ]);

  const heapFacts = ({ process, snapshot, generations }) => factList([
    ...processFacts(process),
    ["Snapshot", sentence([snapshot.file, dateAndTime(snapshot.takenAt), snapshot.stopSeconds !== null && `process paused for ${format.seconds(snapshot.stopSeconds)}`])],
    ["Heap", sentence(Object.entries(generations ?? {}).map(([name, size]) => `${name}: ${format.bytes(size)}`))],
  ]);

  const notes = list => list.length > 0 && element("ul", { class: "caveats" }, list);

  /** The limitations of a recording, with what would avoid them. */
  const caveats = subject => notes(subject.caveats.map(({ text, next }) => element("li", {}, clean(text), next && nextSteps([next], subject))));

  const heapCaveats = list => notes(list.map(text => element("li", {}, clean(text))));

  const tile = (label, value, note) => value !== null && value !== undefined && element("div", { class: "tile" },
    element("span", { class: "quiet" }, label), element("b", {}, value), element("span", { class: "quiet" }, note));

  function tiles({ memory, allocated, live, recording, pausePercent }) {
    const measure = (label, value) => value && tile(label, format.bytes(value.currentBytes), `peak ${format.bytes(value.peakBytes)} at ${format.seconds(value.peakAtSeconds)}`);
    const { rss, gcHeap, gcCommitted, container, headroom } = memory;
    return element("div", { class: "tiles" },
      measure("RSS", rss),
      container?.limitBytes && tile("Container limit", format.bytes(container.limitBytes), `${format.percent(container.usedBytes / container.limitBytes)} used`),
      headroom && tile("Headroom", format.bytes(headroom.bytes),
        headroom.reachedAfterSeconds === null ? `of the ${headroom.of}` : `of the ${headroom.of}, ${format.seconds(headroom.reachedAfterSeconds)} at this growth`),
      measure("GC heap", gcHeap),
      measure("GC committed", gcCommitted),
      live && tile("Tracked live", format.bytes(live.bytes), live.errorBytes === null ? "at the end" : `${format.errorOf(live.bytes, live.errorBytes, live.samples)} at the end`),
      recording.allocationSampling !== "none" && tile("Allocated", `${format.bytes(allocated.bytesPerSecond)}/s`,
        `${format.bytes(allocated.bytes)} ${format.errorOf(allocated.bytes, allocated.errorBytes, allocated.samples)}`),
      tile("GC paused", format.percent(pausePercent / 100), "of the time"));
  }

  /** Where to find the answer to what a finding leaves open: in a section of the page of a profile, or with a command of the program that wrote it. */
  const answers = { listLiveObjects: ["sites", "Call sites"], listGrowth: ["growth", "Growth"], listLifetimes: ["lifetimes", "Lifetimes"], listBreakdown: ["breakdown", "Breakdown"] };
  const nextStep = (step, { commands, waiting }) => step in answers
    ? element("a", { href: `#${answers[step][0]}` }, answers[step][1])
    : step in commands && element("span", {}, waiting.includes(step) && "Once the process runs again: ", element("code", {}, clean(commands[step])));

  const nextSteps = (steps, subject) => steps.map(step => nextStep(step, subject)).filter(Boolean).flatMap(step => [" ", step]);

  function finding({ id, severity, title, detail, advice, next, evidence }) {
    return element("li", { class: `finding ${severity}`, "data-finding": id },
      element("h3", {}, element("span", { class: "severity" }, severity), clean(title)),
      element("p", {}, clean(detail)),
      element("dl", { class: "evidence" }, evidence.map(({ label, kind, value, error }) => element("div", {},
        element("dt", {}, label), element("dd", {}, format.figure(kind, value), error !== null && element("span", { class: "quiet" }, ` ±${format.figure(kind, error)}`))))),
      element("p", { class: "advice" }, clean(advice), nextSteps(next, report)));
  }

  /** Whether there is no data for findings. */
  const isEmpty = ({ memory, timeline, allocated }) => !memory.rss && timeline.collections.startSeconds.length === 0 && allocated.samples === 0;

  /** Tables of one kind, of which one is shown at a time. */
  function tableChoice(kind, values, caption, options = {}) {
    const known = values.filter(([value]) => tables.has(`${kind}.${value}`));
    if (known.length === 0) return null;
    const place = element("div", {});
    const made = new Map();
    const show = value => {
      if (!made.has(value)) made.set(value, new DataTable(tables.get(`${kind}.${value}`), { caption: `${caption}, ${value}`, ...options }));
      place.replaceChildren(made.get(value).element);
    };
    // The page opens on a table with rows, if there is one.
    const filled = known.filter(([value]) => tables.get(`${kind}.${value}`).rows > 0);
    const opened = openedOn((filled.length > 0 ? filled : known).map(([value]) => value));
    show(opened);
    return [known.length > 1 && dom.choice(caption, known, opened, show), place];
  }

  const table = (id, options) => tables.has(id) && new DataTable(tables.get(id), options);

  function buildProfile() {
    const { timeline } = report;
    head(report.process.name ?? report.recording.file, facts(report));
    section("findings", "Findings", "Findings", null,
      report.findings.length > 0 ? element("ol", { class: "findings" }, report.findings.map(finding)) : !isEmpty(report) && element("p", {}, "Nothing stands out."),
      caveats(report));
    section("memory", "Memory", "Memory", null, tiles(report));

    const collections = table("collections", { caption: "Collections", empty: "No collection ended in the recording.", pageSize: 12, sortedBy: "startSeconds", descending: false });
    const chart = new Timeline(curvesOf(timeline, ""), {
      limit: timeline.limitBytes, collections: timeline.collections,
      onwindow: ({ start, end }) => {
        const at = timeline.collections.startSeconds;
        collections.restrict(start === chart.whole.start && end === chart.whole.end ? null : row => at[row] >= start && at[row] <= end);
        windowNote.hidden = start === chart.whole.start && end === chart.whole.end;
      },
    });
    const windowNote = element("p", { class: "quiet note", hidden: true }, "Only collections that started in the window selected on the timeline.");
    section("timeline", "Timeline", "Timeline",
      "Drag to select a window: it zooms the timeline and filters the list of collections. The flame graph and the tables always cover all of what this page was written from.",
      timeline.seconds.length > 0 && chart.element);
    section("breakdown", "Breakdown", "Breakdown", "Resident memory by category.", report.breakdown.length > 0 && new Breakdown(report.breakdown, timeline).element);
    section("flame", "Flame graph", "Flame graph", null, report.flames.length > 0 && new FlameSection(report.flames).element);
    const values = Object.entries(valueTitles);
    section("growth", "Growth", "Growth", "Live objects that grow, by type and call site: the least-squares slope over the recording.", table("growth", { caption: "Growth", empty: "No live objects grow.", sortedBy: "bytesPerSecond" })?.element);
    section("types", "Types", "Types", null, tableChoice("types", values, "Types", { sortedBy: "bytes" }));
    section("sites", "Call sites", "Call sites", "The first frame of user code on the stack, or the frame that allocates.", tableChoice("sites", values, "Call sites", { sortedBy: "bytes" }));
    section("lifetimes", "Lifetimes", "Lifetimes", "The generations in which objects die, by type and call site.", table("lifetimes", { caption: "Lifetimes", sortedBy: "bytesPerSecond" })?.element);
    section("live", "Live heap", "Live heap", "Sampled objects that survived a collection.", table("snapshots", { caption: "Live heap" })?.element);
    section("collections", "Collections", "Collections", null, table("generations", { caption: "Collections by generation" }).element, windowNote, collections.element);
  }

  function buildComparison() {
    const { before, after } = report;
    head(`${before.process.name ?? before.recording.file} → ${after.process.name ?? after.recording.file}`,
      element("div", { class: "sides" }, [["Before", before], ["After", after]].map(([title, side]) =>
        element("div", {}, element("h2", {}, title), facts(side), caveats(side)))));
    section("memory", "Memory", "Memory", {
      seconds: "Amounts and counts are per second or minute of the recording; live bytes are not scaled.",
      bytes: "Allocations are shares of all allocated bytes.",
      none: "Amounts are those of the whole recordings.",
    }[report.normalization], table("memory", { caption: "Memory before and after" })?.element);
    section("where", "Breakdown", "Breakdown", "Resident memory by category, in the last snapshot of each recording.", table("where", { caption: "Resident set before and after", pageSize: 40, canSort: false })?.element);
    section("timeline", "Timeline", "Timeline", "Both recordings start at 0.", before.timeline.seconds.length + after.timeline.seconds.length > 0
      && new Timeline([...curvesOf(before.timeline, "before").slice(0, 2), ...curvesOf(after.timeline, "after").slice(0, 2)], { limit: after.timeline.limitBytes }).element);
    const values = Object.entries(valueTitles);
    section("flame", "Flame graph", "Flame graph", null, report.flames.length > 0 && new ChangeSection(report.flames).element);
    section("gone", "Gone", "Gone", "Stacks that no longer allocate, by the frame where they begin. The flame graph cannot show them.", tableChoice("gone", values, "Gone stacks"));
    section("types", "Types", "Types", "Significant changes first; ± is half the width of the change's 95% interval.", tableChoice("types", values, "Types"));
    section("sites", "Call sites", "Call sites", null, tableChoice("sites", values, "Call sites"));
  }

  function suspect({ title, advice, type, path }, sites) {
    return element("li", { class: "finding", "data-suspect": type },
      element("h3", {}, clean(title)),
      element("p", { class: "quiet long" }, clean([...path, type].join(" → "))),
      sites,
      element("p", { class: "advice" }, clean(advice)));
  }

  function heapTiles({ snapshot }) {
    const garbage = snapshot.bytesBefore === null ? null : Math.max(0, snapshot.bytesBefore - snapshot.bytes);
    return element("div", { class: "tiles" },
      tile("Objects", format.count(snapshot.objects), "on the heap"),
      tile("Bytes", format.bytes(snapshot.bytes), "of objects"),
      garbage !== null && tile("Garbage", format.bytes(garbage), "before the collection"),
      snapshot.unheldObjects > 0 && tile("Held by no root", format.bytes(snapshot.unheldBytes), `${format.count(snapshot.unheldObjects)} objects`),
      snapshot.committedBytes !== null && tile("GC committed", format.bytes(snapshot.committedBytes), "used or not"),
      snapshot.rssBytes !== null && tile("RSS", format.bytes(snapshot.rssBytes), "before the snapshot"));
  }

  function buildHeap() {
    const { suspects, retainers, snapshot } = report;
    const sites = { suspects: new HeldSites(report.suspectSites), retainers: new HeldSites(report.retainerSites), types: new HeldSites(report.typeSites) };
    head(report.process.name ?? snapshot.file ?? "heap", heapFacts(report));
    section("suspects", "Suspects", "Suspects", "Where memory accumulates.",
      suspects.length > 0 ? element("ol", { class: "findings" }, suspects.map((item, i) => suspect(item, sites.suspects.lines(i)))) : snapshot.complete && element("p", {}, "Nothing stands out."),
      heapCaveats(report.caveats));
    section("memory", "Memory", "Memory", null, heapTiles(report));
    section("retainers", "Retainers", "Retainers", "What holds what, from the roots down. The size of each part is what would be freed without it; select one to see its path. Small branches are left out, which leaves gaps.",
      retainers.parent.length > 0 && new RetainerSection({ tree: new RetainerTree(retainers, snapshot), isChange: false, sites: sites.retainers, paths: new HeapPaths(report.paths) }).element);
    section("types", "Types", "Types", null, table("types", { caption: "Types", sortedBy: "bytes", below: row => sites.types.lines(row) })?.element);
    section("roots", "Roots", "Roots", "What keeps objects alive from outside the heap.", table("roots", { caption: "Roots", sortedBy: "retainedBytes" })?.element);
    section("sizes", "Sizes", "Sizes", null, table("sizes", { caption: "Objects by size", pageSize: 40, canSort: false })?.element,
      subtable("arrays", "Arrays by length", "Of elements whose size is known."),
      subtable("alike", "Objects of one type and size", "If their contents are equal, one of them would be enough."),
      subtable("unusedSlots", "Unused slots of arrays", "Usually capacity that a collection does not use."));
  }

  const subtable = (id, title, note) => tables.get(id)?.rows > 0
    && [element("h3", {}, title), element("p", { class: "quiet" }, note), table(id, { caption: title, pageSize: 10 }).element];

  function buildHeapComparison() {
    const { before, after, retainers } = report;
    head(`${before.process.name ?? before.snapshot.file} → ${after.process.name ?? after.snapshot.file}`,
      element("div", { class: "sides" }, [["Before", before], ["After", after]].map(([title, side]) =>
        element("div", {}, element("h2", {}, title), heapFacts(side), heapTiles(side), heapCaveats(side.caveats)))));
    section("retainers", "Retainers", "Retainers", "What holds what, from the roots down.",
      retainers.parent.length > 0 && new RetainerSection({ tree: new RetainerChangeTree(retainers, before.snapshot, after.snapshot), isChange: true, sites: new HeldSites(), paths: new HeapPaths([]) }).element,
      table("retainers", { caption: "Changed branches", empty: "No branch has changed." })?.element);
    section("types", "Types", "Types", null, table("types", { caption: "Changed types", empty: "No type has changed." })?.element);
    section("roots", "Roots", "Roots", null, table("roots", { caption: "Changed roots", empty: "No root has changed." })?.element);
  }

  const curvesOf = (timeline, side) => [
    { title: `RSS ${side}`.trim(), style: `rss ${side}`, timeline, key: "rss", step: false },
    { title: `GC heap ${side}`.trim(), style: `heap ${side}`, timeline, key: "gcHeap", step: true },
    { title: `GC committed ${side}`.trim(), style: `committed ${side}`, timeline, key: "gcCommitted", step: true },
  ];

  function head(title, content) {
    const theme = dom.button("", () => setTheme(isDark() ? "light" : "dark"), { "data-action": "theme" });
    document.getElementById("top").append(
      element("div", { class: "title" }, element("h1", {}, clean(title)), element("nav", { "aria-label": "Sections of the report" }), theme),
      content);
    const name = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
    document.addEventListener("themechange", name);
    name();
  }

  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (systemDark.matches ? "dark" : "light")) === "dark";

  function setTheme(theme) {
    if (theme === undefined) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    flameColors.read();
    document.dispatchEvent(new Event("themechange"));
  }

  /** Prints in the light theme. */
  function printInLight() {
    let chosen;
    addEventListener("beforeprint", () => {
      chosen = document.documentElement.dataset.theme;
      setTheme("light");
    });
    addEventListener("afterprint", () => setTheme(chosen));
  }

  flameColors.read();
  systemDark.addEventListener("change", () => setTheme(document.documentElement.dataset.theme));
  printInLight();
  ({ profile: buildProfile, comparison: buildComparison, heap: buildHeap, heapComparison: buildHeapComparison })[report.kind]();
  document.querySelector("#top nav").append(...sections.map(({ id, link }) => element("a", { href: `#${id}` }, link)));
  document.getElementById("foot").append(
    "Created by dotnet-memtrace. ", isOfHeap ? "" : "± is half the width of a 95% interval; ~ marks too few samples for an error. ", "This file makes no network requests.");
  document.addEventListener("keydown", event => {
    const search = document.querySelector("[data-action=search]");
    if (event.key !== "/" || !search || event.target.matches("input")) return;
    event.preventDefault();
    search.focus();
  });
})();
