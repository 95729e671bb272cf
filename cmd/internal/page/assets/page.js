(function () {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const make = (tag, text, cls) => {
    const e = document.createElement(tag);
    if (text !== undefined) e.textContent = text;
    if (cls) e.className = cls;
    return e;
  };
  const words = (s) => s.replace(/_/g, " ");

  // What is compressed is unpacked when it is first needed.
  const unpack = (id) => {
    let result;
    return () => result ||= (async () => {
      const letters = atob($(id).textContent.trim().replace(/-/g, "+").replace(/_/g, "/"));
      const bytes = Uint8Array.from(letters, (c) => c.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      return new Response(stream).json();
    })();
  };
  const readMap = unpack("map-data"), readDetails = unpack("detail-data");

  // Theme.
  const dark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const restyled = [];
  $("theme").addEventListener("click", () => {
    const next = dark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    try { localStorage.setItem("rootly-report-theme", next); } catch (refused) { /* kept for this visit */ }
    restyled.forEach((f) => f());
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => restyled.forEach((f) => f()));

  // Tables are sorted by a click on a head.
  document.querySelectorAll("table.sortable").forEach((table) => {
    table.querySelectorAll("thead th").forEach((th, column) => {
      const button = make("button", th.textContent, "sort");
      button.type = "button";
      th.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = th.getAttribute("aria-sort") !== "ascending";
        table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
        th.setAttribute("aria-sort", up ? "ascending" : "descending");
        const body = table.tBodies[0], order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
        const rows = [...body.rows].map((row) => [row.cells[column].textContent.trim(), row]);
        rows.sort((a, b) => (up ? 1 : -1) * order.compare(a[0], b[0]));
        body.append(...rows.map((r) => r[1]));
      });
    });
  });

  // Search hides rows that do not match, and opens groups with some that do.
  let index;
  function filter() {
    const wanted = $("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    index ||= [...document.querySelectorAll("table.sortable tbody tr, table.heat tbody tr")].map((row) => {
      const group = row.closest("details.group");
      const type = group ? " " + group.querySelector("summary").textContent : "";
      return { row, group, text: (row.textContent + type).toLowerCase() };
    });
    const groups = new Map();
    let count = 0;
    for (const { row, group, text } of index) {
      const match = wanted.every((w) => text.includes(w));
      row.hidden = !match;
      if (match) count++;
      if (group) groups.set(group, (groups.get(group) || 0) + match);
    }
    let opened = 0;
    for (const [group, matches] of groups) {
      group.hidden = matches === 0;
      group.open = wanted.length > 0 && matches > 0 && (opened += matches) <= 300;
    }
    $("found").textContent = wanted.length ? `${count} rows match “${wanted.join(" ")}”` : "";
  }
  let waiting;
  $("search").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      e.preventDefault();
      $("search").focus();
    }
  });

  // An address such as #service/ID shows an object.
  const dialog = $("object");
  async function showObject() {
    let key;
    try { key = decodeURIComponent(location.hash.slice(1)); } catch (malformed) { return; }
    if (!key.includes("/")) return;
    const [map, details] = await Promise.all([readMap(), readDetails()]);
    const node = map.nodes.find((n) => n.k === key), detail = details[key];
    if (!node || !detail) return;
    $("object-title").textContent = `${node.n || key} (${words(node.t)})`;
    const body = $("object-body");
    body.replaceChildren();
    const facts = [["Terraform", detail.address || detail.status], ["Not representable", detail.why], ["Team", (map.teams[key] || []).join(", ")], ["ID", key.split("/")[1]]];
    for (const [label, text] of facts) if (text) body.append(make("p", `${label}: ${text}`));
    const pair = make("div", undefined, "pair");
    for (const [label, text] of [["Code", detail.code], ["Settings", detail.settings]]) {
      if (!text) continue;
      const side = make("div");
      side.append(make("h3", label), make("pre", text));
      pair.append(side);
    }
    body.append(pair);
    if (detail.history) {
      body.append(make("h3", "History"));
      const list = make("ul");
      for (const [at, who, did, what] of detail.history) list.append(make("li", `${at} ${who} ${did}${what ? ": " + what : ""}`));
      body.append(list);
    }
    if (!dialog.open) dialog.showModal();
  }
  $("object-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => history.replaceState(null, "", "#objects"));
  addEventListener("hashchange", showObject);
  showObject();

  // Charts of who changed how much of what.
  if ($("timeline")) {
    const svg = (tag, attributes, text) => {
      const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
      if (text !== undefined) e.textContent = text;
      return e;
    };
    const rows = [...document.querySelectorAll("table.events tbody tr")];
    const chart = (title, column) => {
      const counts = new Map();
      rows.forEach((r) => { const k = r.cells[column].textContent.slice(0, column ? 40 : 10) || "nobody known"; counts.set(k, (counts.get(k) || 0) + 1); });
      let top = [...counts].sort((a, b) => column ? b[1] - a[1] : b[0].localeCompare(a[0])).slice(0, 10);
      const most = Math.max(...top.map((t) => t[1]));
      const picture = svg("svg", { viewBox: `0 0 300 ${top.length * 22 + 4}`, role: "img", "aria-label": title });
      top.forEach(([name, n], i) => {
        picture.append(svg("text", { x: 0, y: i * 22 + 15 }, name.length > 22 ? name.slice(0, 21) + "…" : name),
          svg("rect", { x: 150, y: i * 22 + 4, width: Math.max(2, 110 * n / most), height: 14, rx: 3 }),
          svg("text", { x: 154 + Math.max(2, 110 * n / most), y: i * 22 + 15 }, n));
      });
      const box = make("div");
      box.append(make("h4", title), picture);
      $("timeline").append(box);
    };
    chart("By day", 0);
    chart("By person", 1);
    chart("By type", 3);
  }

  if (!$("graph")) return;

  // The graph: who follows whom.
  let world;
  async function load() {
    if (world) return world;
    const map = await readMap(), out = map.nodes.map(() => []), into = map.nodes.map(() => []), byKey = new Map();
    map.nodes.forEach((n, i) => byKey.set(n.k, i));
    for (const [a, b] of map.edges) { out[a].push(b); into[b].push(a); }
    return world = { map, out, into, byKey, drawn: map.nodes.flatMap((n, i) => n.l ? [i] : []) };
  }
  const of = (list, type) => list.filter((i) => world.map.nodes[i].t === type);
  const label = (i) => world.map.nodes[i].n || world.map.nodes[i].k;

  function policiesOf(service) {
    const own = of(world.out[service], "escalation_policy");
    if (own.length) return own;
    return [...new Set(of(world.out[service], "team").flatMap((t) => of(world.into[t], "escalation_policy")))];
  }
  function byPosition(levels) {
    const at = (i) => world.map.levels[world.map.nodes[i].k]?.position || 0;
    return levels.sort((a, b) => at(a) - at(b));
  }
  const levelsOf = (path) => byPosition(of(world.out[path], "escalation_level"));
  // pathsOf are the paths of a policy, the default one first, which has the levels that name no path.
  function pathsOf(policy) {
    const main = (i) => world.map.paths[world.map.nodes[i].k]?.main ? 1 : 0;
    const paths = of(world.out[policy], "escalation_path").sort((a, b) => main(b) - main(a));
    const taken = new Set(paths.flatMap(levelsOf));
    const rest = levelsOf(policy).filter((l) => !taken.has(l)), toFirst = paths.length && main(paths[0]);
    const list = paths.map((p, n) => ({ name: label(p), levels: byPosition([...levelsOf(p), ...(n === 0 && toFirst ? rest : [])]), node: p, ...world.map.paths[world.map.nodes[p].k] }));
    if (rest.length && !toFirst) list.push({ name: "without a path", levels: rest, main: !paths.length });
    return list;
  }
  // targetText is whom a target of a level pages at a time, and whether that is anybody; null for a channel.
  function targetText({ kind, key, name, people }, at) {
    if (kind === "schedule") {
      const shifts = world.map.shifts[key];
      if (!shifts) return [`schedule ${name}`, true];
      const on = [...new Set(shifts.filter((s) => s.from <= at && at < s.to).map((s) => s.who))];
      return on.length ? [`${on.join(", ")} (schedule ${name})`, true] : [`nobody is on call for schedule ${name}`, false];
    }
    if (people) return people.length ? [`${people.join(", ")} (team ${name})`, true] : [`nobody is in team ${name}`, false];
    if (kind === "user") return [name, true];
    return [`${words(kind)} ${name}`, kind === "service" ? true : null]; // a channel wakes nobody
  }
  // pages are whom a level pages at a time: each with whether it is anybody.
  function pages(level, at) {
    if (level.now && Math.abs(at - world.map.made) < 60) {
      if (!level.now.length && level.targets.every((t) => ["user", "schedule", "team"].includes(t.kind))) return [["nobody (Rootly's own answer)", false]];
      const channels = level.targets.filter((t) => !["user", "schedule", "team"].includes(t.kind)).map((t) => targetText(t, at));
      return level.now.length ? [[`${level.now.join(", ")} (Rootly's own answer)`, true], ...channels] : channels;
    }
    return level.targets.length ? level.targets.map((t) => targetText(t, at)) : [["nobody", false]];
  }

  // steps are the levels of a path, each with the minutes after which it pages.
  function steps(path, at) {
    let minutes = 0;
    return path.levels.map((l) => {
      const level = world.map.levels[world.map.nodes[l].k], step = { minutes, pages: pages(level, at) };
      minutes += level.after;
      return step;
    });
  }
  const isOpen = (path, at) => !path.open || path.open.some(([from, to]) => from <= at && at < to);
  const plural = (n) => n === 1 ? "1 minute" : `${n} minutes`;

  function pathPart(policy, path, at) {
    const part = make("div", undefined, "path"), list = make("ol"), all = steps(path, at);
    part.append(make("h3", `${label(policy)}: ${path.name}${path.main ? " (default)" : ""}${path.quiet ? ", quiet" : ""}`));
    if (path.when) part.append(make("p", `Taken for: ${path.when}.${isOpen(path, at) ? "" : " Not at the chosen time."}`, isOpen(path, at) ? "hint" : "nobody"));
    for (const step of all) {
      const item = make("li");
      item.append(make("span", step.minutes ? `after ${plural(step.minutes)}: ` : "at once: "));
      step.pages.forEach(([text, answered], n) => item.append(make("span", (n ? "; " : "") + text, answered === false ? "nobody" : "")));
      list.append(item);
    }
    if (!all.length) list.append(make("li", "no levels: nobody is paged", "nobody"));
    part.append(list);
    return part;
  }

  // Services of one name differ in their ids.
  const byName = new Map();
  function nameServices() {
    const all = of(world.drawn, "service"), count = new Map();
    all.forEach((i) => count.set(label(i), (count.get(label(i)) || 0) + 1));
    all.forEach((i) => byName.set(count.get(label(i)) > 1 ? `${label(i)} (${world.map.nodes[i].k.split("/")[1].slice(0, 8)})` : label(i), i));
  }
  function answer() {
    const service = byName.get($("service").value);
    const box = $("answer");
    box.replaceChildren();
    if (service === undefined) {
      const like = [...byName.keys()].filter((name) => name.toLowerCase().includes($("service").value.trim().toLowerCase()));
      box.append(make("p", like.length && like.length < 20 ? `Choose one of: ${like.join(", ")}.` : "Choose a service from the list.", "hint"));
      return;
    }
    const when = $("when").value ? new Date($("when").value) : new Date(world.map.made * 1000), at = when / 1000;
    const said = when.toLocaleString(undefined, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
    const verdict = make("p", undefined, "verdict");
    box.append(verdict);
    const policies = policiesOf(service), paths = policies.flatMap((policy) => pathsOf(policy).map((path) => ({ policy, path })));
    const main = paths.find(({ path }) => path.main && isOpen(path, at));
    const first = main && steps(main.path, at).find((s) => s.pages.some((p) => p[1]));
    if (!policies.length) verdict.append(make("strong", "No escalation policy: nobody is paged."));
    else if (!main) verdict.append(make("strong", "Nobody is paged by default"), make("span", `: no default path is taken on ${said}. Other paths are below.`));
    else if (!first) verdict.append(make("strong", "Nobody is paged"), make("span", ` on ${said}: no level of ${main.path.name} reaches anybody.`));
    else verdict.append(make("span", `On ${said}, ${label(service)} pages `), make("strong", first.pages.filter((p) => p[1]).map((p) => p[0]).join("; ")), make("span", first.minutes ? `, after ${plural(first.minutes)} in which nobody answers.` : " at once."));
    if (!first) verdict.classList.add("nobody");
    if (main) box.append(pathPart(main.policy, main.path, at));
    const others = paths.filter((p) => p !== main);
    if (others.length) {
      const more = make("details");
      more.append(make("summary", `Other paths, for alerts that fit them (${others.length})`), ...others.map(({ policy, path }) => pathPart(policy, path, at)));
      more.open = !main;
      box.append(more);
    }
    const routes = of(world.into[service], "alert_route"), sources = [...new Set(routes.flatMap((r) => of(world.into[r], "alerts_source")))];
    box.append(make("p", routes.length ? `Alerts come from ${sources.map(label).join(", ") || "no source"} by ${routes.map(label).join(", ")}.` : "No alert route leads to this service directly.", "hint"));
  }
  const local = (d) => new Date(d - d.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  load().then(() => {
    const services = of(world.drawn, "service");
    nameServices();
    byName.forEach((i, name) => { const o = make("option"); o.value = name; $("services").append(o); });
    const start = new Date(world.map.made * 1000);
    $("when").value = local(start);
    $("zone").textContent = `(${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
    const best = services.find((i) => of(world.out[i], "escalation_policy").length) ?? services[0];
    byName.forEach((i, name) => { if (i === best) $("service").value = name; });
    $("now").addEventListener("click", () => { $("when").value = local(start); answer(); });
    $("sunday").addEventListener("click", () => {
      const d = new Date(start);
      d.setDate(d.getDate() + (7 - d.getDay()) % 7);
      d.setHours(3, 0, 0, 0);
      if (d < start) d.setDate(d.getDate() + 7);
      $("when").value = local(d);
      answer();
    });
    $("service").addEventListener("input", answer);
    $("when").addEventListener("change", answer);
    $("answers-form").addEventListener("submit", (e) => e.preventDefault());
    $("show-path").addEventListener("click", async () => {
      const service = byName.get($("service").value);
      if (service === undefined) return;
      await draw();
      follow(service);
      $("graph").scrollIntoView();
    });
    answer();
  });

  // follow shows what happens when an alert for an object fires.
  function follow(start) {
    const seen = new Set([start]);
    const walk = (list, next) => list.forEach((i) => { if (!seen.has(i)) { seen.add(i); walk(next(i), next); } });
    walk(of(world.out[start], "team"), () => []);
    walk(world.map.nodes[start].t === "service" ? policiesOf(start) : world.out[start], (i) => world.out[i].filter((j) => !["team", "service"].includes(world.map.nodes[j].t)));
    const raising = new Set(["alert_route", "alert_routing_rule", "alerts_source", "heartbeat", "live_call_router"]), before = (i) => world.into[i].filter((j) => raising.has(world.map.nodes[j].t));
    walk(before(start), before);
    show([...seen], start, "What happens when an alert for " + label(start) + " fires.");
  }

  let cy, checked, extra = new Set();
  const most = 1200;
  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const probe = make("span");
    document.body.append(probe);
    const read = (name) => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
    const c = { text: read("--text"), card: read("--card"), edge: read("--faint"), link: read("--link"), error: read("--error") };
    probe.remove();
    return style && c;
  };
  const hues = [210, 28, 265, 150, 330, 45, 190, 0, 95, 300];
  function look() {
    const c = colours(), night = dark();
    return [
      { selector: "node", style: { shape: "round-rectangle", width: 140, height: 44, label: "data(label)", color: c.text, "font-size": 13, "text-valign": "center", "text-halign": "center", "text-wrap": "wrap", "text-max-width": 130,
        "background-color": (n) => `hsl(${hues[n.data("layer") % hues.length]}, ${night ? "35%, 24%" : "70%, 92%"})`, "border-width": 1, "border-color": (n) => `hsl(${hues[n.data("layer") % hues.length]}, ${night ? "40%, 48%" : "45%, 50%"})` } },
      { selector: "node.head", style: { "background-opacity": 0, "border-width": 0, "font-weight": "bold", "font-size": 13, events: "no" } },
      { selector: "node:selected, node.chosen", style: { "border-width": 3, "border-color": c.link } },
      { selector: "edge", style: { width: 1, "curve-style": "bezier", "line-color": c.edge, "target-arrow-color": c.edge, "target-arrow-shape": "triangle", "arrow-scale": .7, opacity: .55 } },
      { selector: "edge.same", style: { opacity: .12 } },
      { selector: "edge.near", style: { "line-color": c.link, "target-arrow-color": c.link, width: 2, opacity: 1 } },
    ];
  }

  // caption says of levels and schedules who is on call, too.
  function caption(i) {
    const node = world.map.nodes[i], level = world.map.levels[node.k], shifts = world.map.shifts[node.k];
    if (level) return `${label(i)}: ${level.targets.map((t) => t.kind === "schedule" || t.kind === "team" ? t.name : targetText(t, world.map.made)[0]).join(", ") || "nobody"}`;
    return shifts ? `${label(i)}: ${targetText({ kind: "schedule", key: node.k, name: "" }, world.map.made)[0].replace(/ \(schedule \)$| for schedule $/, "")}` : label(i);
  }

  const short = (text) => text.length > 38 ? text.slice(0, 37) + "…" : text;

  // place puts objects into columns by layer. Within one, they stand near to what they follow.
  function place(list) {
    const layers = new Map();
    list.forEach((i) => { const l = world.map.nodes[i].l; if (!layers.has(l)) layers.set(l, []); layers.get(l).push(i); });
    const rank = new Map(), at = new Map(), heads = [];
    const largest = Math.max(1, ...[...layers.values()].map((nodes) => nodes.length)), rows = Math.min(largest, Math.max(12, Math.ceil(Math.sqrt(largest * 4))));
    let x = 0;
    for (const l of [...layers.keys()].sort((a, b) => a - b)) {
      const nodes = layers.get(l), mean = new Map();
      nodes.forEach((i) => { const r = world.into[i].map((j) => rank.get(j)).filter((v) => v !== undefined); mean.set(i, r.length ? r.reduce((a, b) => a + b, 0) / r.length : Infinity); });
      nodes.sort((a, b) => (mean.get(a) === mean.get(b) ? 0 : mean.get(a) - mean.get(b)) || label(a).localeCompare(label(b)));
      nodes.forEach((i, n) => { rank.set(i, n / nodes.length); at.set(i, { x: x + Math.floor(n / rows) * 152, y: 56 * (n % rows) + (nodes.length < rows ? (rows - nodes.length) * 28 : 0) }); });
      heads.push({ x, label: [...new Set(nodes.map((i) => words(world.map.nodes[i].t)))].slice(0, 2).join(", ") });
      x += Math.ceil(nodes.length / rows) * 152 + 40;
    }
    return { at, heads };
  }

  function show(list, chosen, note) {
    const whole = list.length;
    list = list.slice(0, most);
    const kept = new Set(list), { at, heads } = place(list);
    const elements = list.map((i) => ({ data: { id: "n" + i, label: short(caption(i)), layer: world.map.nodes[i].l }, position: at.get(i) }));
    heads.forEach((h, n) => elements.push({ data: { id: "h" + n, label: h.label, layer: 0 }, classes: "head", selectable: false, grabbable: false, position: { x: h.x, y: -48 } }));
    const pairs = new Set();
    list.forEach((i) => world.out[i].forEach((j) => { if (kept.has(j)) pairs.add(`${i} ${j}`); }));
    for (const p of pairs) { const [a, b] = p.split(" "); elements.push({ data: { id: `e${a}-${b}`, source: "n" + a, target: "n" + b }, classes: list.length > 250 || world.map.nodes[a].l === world.map.nodes[b].l ? "same" : "" }); }
    cy.batch(() => { cy.elements().remove(); cy.add(elements); });
    cy.fit(undefined, 24);
    if (cy.zoom() > 1) { cy.zoom(1); cy.center(); }
    const small = cy.zoom() < .5; // nobody could read the names
    if (small) { cy.zoom(.7); cy.pan({ x: 90, y: 70 }); }
    $("graph-note").textContent = (note || "") + (whole > most ? ` ${most} of ${whole} objects are drawn.` : ` ${whole} objects.`) + (small ? " Drag to see more, choose a team, or search." : "");
    if (chosen !== undefined) choose(chosen);
  }
  function refresh(chosen) {
    const team = $("graph-team").value;
    show(world.drawn.filter((i) => extra.has(i) || checked.has(world.map.nodes[i].t) && (!team || (world.map.teams[world.map.nodes[i].k] || []).includes(team) || world.map.nodes[i].t === "team" && label(i) === team)), chosen);
  }
  function choose(i) {
    cy.elements().removeClass("chosen near");
    cy.$id("n" + i).addClass("chosen").connectedEdges().addClass("near");
    const side = $("graph-side"), node = world.map.nodes[i];
    side.replaceChildren(make("h3", label(i)), make("p", words(node.t)));
    const action = (text, f) => { const p = make("p"), b = make("button", text); b.type = "button"; b.addEventListener("click", f); p.append(b); side.append(p); };
    action("Show its connections", () => { [i, ...world.out[i], ...world.into[i]].filter((j) => world.map.nodes[j].l).forEach((j) => extra.add(j)); refresh(i); });
    action("What happens when its alert fires", () => follow(i));
    action("Settings and code", () => { location.hash = "#" + encodeURIComponent(node.k).replace("%2F", "/"); });
    const level = world.map.levels[node.k];
    const shifts = world.map.shifts[node.k];
    if (shifts) side.append(make("p", targetText({ kind: "schedule", key: node.k, name: label(i) }, world.map.made)[0]));
    if (level) { const list = make("ul"); level.targets.forEach((t) => list.append(make("li", targetText(t, world.map.made)[0]))); side.append(make("h3", "Pages"), list); }
    for (const [title, near] of [["Before it", world.into[i]], ["After it", world.out[i]]]) {
      if (!near.length) continue;
      const list = make("ul");
      [...new Set(near)].slice(0, 100).forEach((j) => { const item = make("li"), b = make("button", label(j)); b.type = "button"; b.addEventListener("click", () => { extra.add(j); if (cy.$id("n" + j).empty()) refresh(j); else choose(j); }); item.append(b, make("small", words(world.map.nodes[j].t))); list.append(item); });
      side.append(make("h3", title), list);
    }
  }

  let drawing;
  function draw() { return drawing ||= start(); }
  async function start() {
    await load();
    const types = [...new Set(world.drawn.map((i) => world.map.nodes[i].t))].sort((a, b) => world.map.nodes.find((n) => n.t === a).l - world.map.nodes.find((n) => n.t === b).l);
    checked = new Set(["team", "service"].filter((t) => types.includes(t)));
    if (!checked.size) checked = new Set(types);
    const first = new Set(checked);
    const boxes = new Map();
    types.forEach((t) => {
      const l = make("label"), b = make("input");
      b.type = "checkbox";
      b.checked = checked.has(t);
      boxes.set(t, b);
      b.addEventListener("change", () => { if (b.checked) checked.add(t); else checked.delete(t); refresh(); });
      l.append(b, " " + words(t));
      $("graph-types").append(l);
    });
    [...new Set(world.drawn.flatMap((i) => world.map.teams[world.map.nodes[i].k] || []))].sort().forEach((t) => { const o = make("option", t); o.value = t; $("graph-team").append(o); });
    cy = window.reportGraph = cytoscape({ container: $("graph-canvas"), style: look(), layout: { name: "preset" }, minZoom: .05, maxZoom: 2.5, textureOnViewport: true, userZoomingEnabled: false });
    $("graph-canvas").addEventListener("wheel", (e) => { // without the key, the page is scrolled
      if (!e.ctrlKey) return;
      e.preventDefault();
      const box = $("graph-canvas").getBoundingClientRect();
      cy.zoom({ level: cy.zoom() * (e.deltaY < 0 ? 1.15 : 1 / 1.15), renderedPosition: { x: e.clientX - box.left, y: e.clientY - box.top } });
    }, { passive: false });
    restyled.push(() => cy.style(look()));
    cy.on("tap", "node", (e) => choose(+e.target.id().slice(1)));
    cy.on("dbltap", "node", (e) => { const i = +e.target.id().slice(1); [...world.out[i], ...world.into[i]].forEach((j) => world.map.nodes[j].l && extra.add(j)); refresh(i); });
    $("graph-team").addEventListener("change", () => refresh());
    $("graph-form").addEventListener("submit", (e) => e.preventDefault());
    $("graph-in").addEventListener("click", () => cy.zoom({ level: cy.zoom() * 1.3, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } }));
    $("graph-out").addEventListener("click", () => cy.zoom({ level: cy.zoom() / 1.3, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } }));
    $("graph-fit").addEventListener("click", () => cy.fit(undefined, 24));
    $("graph-reset").addEventListener("click", () => { extra = new Set(); checked = new Set(first); boxes.forEach((b, t) => { b.checked = first.has(t); }); $("graph-team").value = ""; $("graph-search").value = ""; refresh(); $("graph-side").replaceChildren(make("p", "Nothing chosen.")); });
    $("graph-search").addEventListener("input", () => {
      const text = $("graph-search").value.toLowerCase();
      const found = text ? world.drawn.filter((i) => label(i).toLowerCase().includes(text)).slice(0, 50) : [];
      $("graph-names").replaceChildren(...found.map((i) => { const o = make("option"); o.value = label(i); return o; }));
      const exact = found.find((i) => label(i).toLowerCase() === text);
      if (exact !== undefined) { extra.add(exact); refresh(exact); }
    });
    refresh();
  }
  new IntersectionObserver((seen) => { if (seen.some((s) => s.isIntersecting)) draw(); }, { rootMargin: "200px" }).observe($("graph"));
})();
