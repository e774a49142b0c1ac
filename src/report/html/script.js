// What the page can do beyond being read: filters, long lists, and, for a
// running service, loading itself again. Everything that others wrote is set as
// text, never as HTML.
"use strict";
(() => {
  const STEP = 200;
  const data = JSON.parse(document.getElementById("data").textContent);
  const { texts, locations, accounts, findings } = data;
  const lower = texts.map((text) => text.toLowerCase());
  const WORDS = { bad: ["✕", "error"], warn: ["!", "warning"], note: ["i", "note"] };
  const CELLS = {
    x: ["bad", "✕", "wrong"], "?": ["unknown", "?", "not read"], "!": ["warn", "!", "warned of"],
    "~": ["due", "~", "to change"], "=": ["good", "✓", "in order"], ".": ["none", "·", "not in the fleet"],
  };
  const byId = (id) => document.getElementById(id);
  const form = byId("filters");
  const mapForm = byId("map-filters");

  // An element with a class, attributes and children; a text is a text.
  const element = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children.filter((child) => child !== null));
    return made;
  };

  const mark = (tone, sign, word) =>
    element("span", { class: `mark ${tone}` }, element("span", { "aria-hidden": "true" }, sign), ` ${word}`);

  // ---- Findings ----

  const address = (template, finding) => {
    const parts = texts[finding[4]].split("/");
    const named = texts[template].replace(/\{(\d+)\}/g, (place, index) => parts[index] ?? place);
    return named.replaceAll("{r}", texts[finding[3]]).replaceAll("{a}", accounts[finding[0]][0]);
  };

  const findingRow = (finding) => {
    const [account, tone, check, location, subject, message, url, age, evidence] = finding;
    const kind = texts[tone];
    const name = texts[subject];
    const head = element("p", { class: "finding-head" }, mark(kind, ...WORDS[kind]), " ", element("code", {}, texts[check]));
    if (age !== null) {
      head.append(" ", element("span", { class: texts[age] === "new" ? "age is-new" : "age" }, texts[age]));
    }
    const link = url === null ? name : element("a", { href: address(url, finding), rel: "noreferrer" }, name);
    const row = element("li", { class: `finding ${kind}` }, head,
      element("p", { class: "finding-subject" }, link),
      element("p", { class: "finding-place" }, element("b", {}, accounts[account][1]), " ",
        element("span", { class: "id" }, accounts[account][0]), ` ${texts[location]}`),
      element("p", { class: "finding-message" }, texts[message]));
    if (texts[evidence] !== "") {
      row.append(element("details", {}, element("summary", {}, "Evidence"), element("pre", {}, texts[evidence])));
    }
    return row;
  };

  const FIELDS = ["check", "location", "account", "label", "text"];

  const wanted = () => {
    const chosen = new FormData(form);
    const filter = { severity: chosen.getAll("severity"), new: chosen.has("new") };
    for (const field of FIELDS) filter[field] = String(chosen.get(field) ?? "").trim();
    return filter;
  };

  const matching = (filter) => {
    const text = filter.text.toLowerCase();
    const holds = text === "" ? null : lower.map((one) => one.includes(text));
    const owner = filter.account.toLowerCase();
    const label = filter.label === "" ? -1 : texts.indexOf(filter.label);
    const fits = accounts.map(([id, name, labels]) =>
      (owner === "" || id.includes(owner) || name.toLowerCase().includes(owner)) &&
      (filter.label === "" || labels.includes(label)));
    const named = text === "" ? null : accounts.map(([id, name]) => id.includes(text) || name.toLowerCase().includes(text));
    const tones = new Set(filter.severity);
    return findings.filter(([account, tone, check, location, subject, message, , age, evidence]) =>
      fits[account] &&
      (tones.size === 0 || tones.has(texts[tone])) &&
      (filter.check === "" || texts[check] === filter.check) &&
      (filter.location === "" || texts[location] === filter.location) &&
      (!filter.new || (age !== null && texts[age] === "new")) &&
      (holds === null || named[account] || holds[check] || holds[subject] || holds[message] || holds[location] || holds[evidence]));
  };

  const list = (rows, button, rest, noun, make) => {
    let items = [];
    let shown = 0;
    const tell = () => {
      if (rest === null) return;
      const left = items.length - shown;
      rest.hidden = left === 0;
      rest.firstElementChild.textContent = `${left.toLocaleString("en")} more ${noun} follow.`;
    };
    const more = () => {
      const next = items.slice(shown, shown + STEP);
      rows.append(...next.map(make));
      shown += next.length;
      tell();
    };
    if (button !== null) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const last = rows.lastElementChild;
        more();
        // The keyboard goes on where the new rows begin.
        const first = last === null ? null : last.nextElementSibling;
        if (first !== null) {
          first.tabIndex = -1;
          first.focus({ preventScroll: true });
        }
      });
    }
    return {
      // What the server rendered stands already.
      adopt(all) {
        items = all;
        shown = rows.children.length;
        tell();
      },
      show(all) {
        items = all;
        shown = 0;
        rows.replaceChildren();
        more();
      },
    };
  };

  const findingsList = form === null ? null :
    list(byId("findings-rows"), byId("findings-more"), byId("findings-rest"), "findings", findingRow);

  const count = (some) => {
    const all = findings.length + data.hidden_findings;
    const hidden = data.hidden_findings === 0 ? "" :
      `; ${data.hidden_findings.toLocaleString("en")} more are only in the JSON report`;
    const text = some === findings.length ? `${all.toLocaleString("en")} findings, the worst first` :
      `${some.toLocaleString("en")} of ${all.toLocaleString("en")} findings`;
    byId("findings-count").textContent = text + hidden;
  };

  // The filters stand in the address, so that a link, and loading again, keep
  // them.
  const toAddress = (filter) => {
    const parts = new URLSearchParams();
    for (const one of filter.severity) parts.append("severity", one);
    for (const field of FIELDS) if (filter[field] !== "") parts.set(field, filter[field]);
    if (filter.new) parts.set("new", "yes");
    const text = parts.toString();
    history.replaceState(null, "", text === "" ? "#findings" : `#findings?${text}`);
  };

  const fromAddress = () => {
    const [place, text] = location.hash.split("?");
    if (place !== "#findings" || text === undefined) return false;
    const parts = new URLSearchParams(text);
    form.reset();
    const tones = parts.getAll("severity");
    for (const box of form.querySelectorAll("[name=severity]")) box.checked = tones.includes(box.value);
    for (const field of FIELDS) {
      const control = form.elements.namedItem(field);
      if (control !== null) control.value = parts.get(field) ?? "";
    }
    const news = form.elements.namedItem("new");
    if (news !== null) news.checked = parts.has("new");
    return true;
  };

  const filterFindings = () => {
    const some = matching(wanted());
    findingsList.show(some);
    count(some.length);
  };

  if (form !== null) {
    form.hidden = false;
    findingsList.adopt(findings);
    count(findings.length);
    const changed = () => {
      filterFindings();
      toAddress(wanted());
    };
    form.addEventListener("input", changed);
    form.addEventListener("reset", () => setTimeout(changed));
    form.addEventListener("submit", (event) => event.preventDefault());
    const follow = () => {
      if (fromAddress()) {
        filterFindings();
        byId("findings").scrollIntoView();
      }
    };
    addEventListener("hashchange", follow);
    follow();
  }

  // ---- The map ----

  const cell = (text, account, index) => {
    const [tone, sign, word] = CELLS[text[0]];
    const number = text.slice(1);
    const parts = [element("span", { "aria-hidden": "true" }, sign), number === "" ? null : ` ${number}`,
      element("span", { class: "hidden" }, ` ${word}`)];
    if (form === null || (tone !== "bad" && tone !== "warn")) return element("td", { class: tone }, ...parts);
    const button = element("button", { type: "button" }, ...parts,
      element("span", { class: "hidden" }, `: findings of ${account[1]} in ${locations[index]}`));
    button.addEventListener("click", () => {
      const parts = new URLSearchParams({ account: account[0], location: locations[index] });
      location.hash = `findings?${parts}`;
    });
    return element("td", { class: tone }, button);
  };

  const mapRow = (account) => {
    const [id, name, labels, cells] = account;
    const head = element("th", { scope: "row" }, element("span", { class: "name" }, name), " ",
      element("span", { class: "id" }, id));
    for (const label of labels) head.append(" ", element("span", { class: "label" }, texts[label]));
    return element("tr", {}, head, ...texts[cells].split(",").map((text, index) => cell(text, account, index)));
  };

  const mapRows = byId("map-rows");
  const mapList = list(mapRows, byId("map-more"), byId("map-rest"), "accounts", mapRow);
  const filterMap = () => {
    const chosen = new FormData(mapForm);
    const text = String(chosen.get("text")).trim().toLowerCase();
    const some = accounts.filter(([id, name, labels, cells]) =>
      (!chosen.has("attention") || /[x?!~]/.test(texts[cells])) &&
      (text === "" || id.includes(text) || name.toLowerCase().includes(text) || labels.some((label) => lower[label].includes(text))));
    mapList.show(some);
    const hidden = data.hidden_accounts === 0 ? "" : `; ${data.hidden_accounts.toLocaleString("en")} more are only in the JSON report`;
    byId("map-count").textContent = `${some.length.toLocaleString("en")} accounts${hidden}`;
  };
  mapForm.hidden = false;
  mapForm.addEventListener("input", filterMap);
  mapForm.addEventListener("submit", (event) => event.preventDefault());
  // The same rows again, now with buttons that lead to the findings.
  mapList.adopt(accounts);
  mapRows.replaceChildren(...accounts.slice(0, mapRows.children.length).map(mapRow));

  // ---- A running service's page loads itself again ----

  const refresh = Number(document.body.dataset.refresh ?? 0);
  if (refresh > 0) {
    setInterval(() => {
      const busy = document.activeElement !== null && document.activeElement.matches("input, select");
      if (!busy && document.visibilityState === "visible") location.reload();
    }, refresh * 1000);
  }
})();
