/* The page of the safety screen: asks, and shows what EquipoiseScreen finds. A classic script: nothing
 * is sent, kept or put into the address. Texts come from the data and go in as text, never as markup.
 */
(function () {
  "use strict";

  var data = JSON.parse(byId("screen-data").textContent);
  var words = data.wording.page, fill = EquipoiseScreen.fill;
  var form = byId("screen-form"), box = byId("medicine-name"), result = byId("result");
  var entries = []; // {typed, meant}: a medicine as it was typed, and the name that was chosen for it

  function byId(id) {
    return document.getElementById(id);
  }

  function make(tag, text, name) {
    var node = document.createElement(tag);
    if (text) { node.textContent = text; }
    if (name) { node.className = name; }
    return node;
  }

  function put(parent, tag, text, name) {
    return parent.appendChild(make(tag, text, name));
  }

  function list(parent, texts, tag) {
    var made = put(parent, tag || "ul");
    texts.forEach(function (text) { put(made, "li", text); });
    return made;
  }

  function button(parent, text, act) {
    var made = put(parent, "button", text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  function empty(node) {
    node.textContent = "";
  }

  function say(text) {
    byId("screen-status").textContent = text;
  }

  // ---- what was answered

  function answerTo(id) {
    var chosen = form.querySelector('input[name="' + id + '"]:checked');
    return chosen ? chosen.value : null;
  }

  function isMet(id) {
    return ["yes", "not sure"].indexOf(answerTo(id)) >= 0;
  }

  function isAsked(question) {
    return question.after === null || isMet(question.after);
  }

  function given() {
    var input = { answers: {}, medicines: [], confirmed: {}, substances: [] };
    data.questions.filter(isAsked).forEach(function (question) {
      var answer = answerTo(question.id);
      if (answer) { input.answers[question.id] = answer; }
    });
    entries.forEach(function (entry) {
      input.medicines.push(entry.typed);
      if (entry.meant) { input.confirmed[entry.typed] = entry.meant; }
    });
    form.querySelectorAll('input[name="drug"]:checked').forEach(function (one) {
      input.substances.push(one.value);
    });
    return input;
  }

  // ---- crisis: as soon as it is answered, and above every result

  function crisisInto(parent) {
    var block = EquipoiseScreen.crisisBlock(data, byId("country").value || null);
    var made = put(parent, "div", "", "urgent");
    put(put(made, "p"), "strong", block.first);
    put(made, "p", block.emergency);
    list(made, block.lines);
    var more = put(put(made, "p"), "a", words.all_lines);
    more.href = document.querySelector("a.crisis").getAttribute("href");
  }

  function isCrisis() {
    return data.rules.some(function (rule) { return rule.crisis && rule.questions.some(isMet); });
  }

  // An alert is read out anew whenever it is filled: only where what it says has changed.
  function showCrisis() {
    var now = byId("crisis-now"), made = make("div");
    if (isCrisis()) { crisisInto(made); }
    if (now.textContent !== made.textContent) { now.replaceChildren.apply(now, made.childNodes); }
  }

  // ---- medicines

  function readAs(names) {
    return names.map(function (name) { return name.readAs; }).join(", ");
  }

  // The chosen name stands for all that was typed only where it is nearly all of it: of "lithium and
  // another" nothing may get lost.
  function stands(typed, name) {
    var first = EquipoiseScreen.normalise(data, typed), second = EquipoiseScreen.normalise(data, name);
    return EquipoiseScreen.distance(first, second, 2) <= 2;
  }

  function offer(item, entry, k, name) {
    if (stands(entry.typed, name)) {
      button(item, fill(words.meant, { name: name }), function () {
        entry.meant = name;
        refreshMedicines(k);
      });
    } else {
      button(item, fill(words.as_well, { name: name }), function () { add(name); });
    }
  }

  function tellEntry(item, entry, k) {
    var found = EquipoiseScreen.lookUp(data, entry.typed);
    if (entry.meant) {
      put(item, "span", fill(words.chosen, { name: entry.meant }), "read");
      button(item, words.undo, function () {
        entry.meant = null;
        refreshMedicines(k);
      });
      return;
    }
    if (found.known.length) {
      var told = found.unknown.length ? words.some_of : words.read_as;
      put(item, "span", fill(told, { read: readAs(found.known) }), "read");
    }
    found.unknown.forEach(function (part, j) {
      var values = { part: part, entered: entry.typed };
      var told = found.known.length ? data.wording.unknown_part : data.wording.unknown_medicine;
      put(item, "strong", fill(told, values), "unknown");
      found.offered[j].forEach(function (name) { offer(item, entry, k, name.name); });
    });
  }

  function refreshMedicines(focused) {
    var all = byId("medicines");
    empty(all);
    entries.forEach(function (entry, k) {
      var item = put(all, "li");
      put(item, "span", entry.typed, "typed");
      tellEntry(item, entry, k);
      button(item, fill(words.remove, { entered: entry.typed }), function () {
        entries.splice(k, 1);
        refreshMedicines();
        say(fill(words.removed, { entered: entry.typed }));
        box.focus();
      });
      if (k === focused) { item.querySelector("button").focus(); }
    });
    outdate();
  }

  function add(typed) {
    if (entries.some(function (entry) { return entry.typed === typed; })) {
      return say(fill(words.twice, { entered: typed }));
    }
    entries.push({ typed: typed, meant: null });
    refreshMedicines();
    say(fill(words.added, { entered: typed }) + " " + byId("medicines").lastChild.children[1].textContent);
    box.focus();
  }

  function addTyped() {
    var typed = box.value.trim();
    box.value = "";
    if (typed) { add(typed); } else { say(words.empty); }
  }

  // ---- the result

  function groups(hits) {
    var found = [];
    hits.forEach(function (hit) {
      var same = found.filter(function (group) {
        return group.text === hit.level_text && group.crisis === hit.crisis;
      })[0];
      if (!same) {
        same = { text: hit.level_text, level: hit.level, crisis: hit.crisis, hits: [] };
        found.push(same);
      }
      same.hits.push(hit);
    });
    return found;
  }

  function tellSource(parent, hit) {
    if (!hit.source) { return; }
    var doi = hit.source.doi ? ", doi " + hit.source.doi : "";
    put(parent, "p", fill(words.how_sure, hit), "note");
    put(parent, "p", fill(words.source, {
      source: hit.source.citation + doi,
      where: hit.source.read_at.join(", "),
      date: hit.source.read_on
    }), "note");
  }

  function tellHit(parent, hit) {
    var item = put(parent, "li");
    if (hit.possible) { put(item, "strong", words.perhaps); }
    hit.asked.forEach(function (text) { put(item, "p", text, "asked"); });
    put(item, "p", hit.reason);
    if (hit.indirect) { put(item, "p", hit.indirect); }
    tellSource(item, hit);
    put(item, "p", hit.checked, "note");
  }

  function tellGroup(group) {
    var made = put(result, "div", "", "group level-" + group.level.replace(" ", "-"));
    if (group.crisis) { put(made, "p", words.urgent, "note"); }
    put(made, "h3", group.text);
    var hits = put(made, "ul");
    group.hits.forEach(function (hit) { tellHit(hits, hit); });
  }

  function tellList(title, texts, name) {
    if (!texts.length) { return; }
    var made = put(result, "div", "", name);
    put(made, "h3", title);
    list(made, texts);
  }

  // ---- a list to take along

  function entered(entry) {
    var found = EquipoiseScreen.lookUp(data, entry.typed);
    var read = entry.meant ? fill(words.chosen, { name: entry.meant })
      : found.known.length ? fill(found.unknown.length ? words.some_of : words.read_as, { read: readAs(found.known) })
      : fill(data.wording.unknown_medicine, { entered: entry.typed });
    return entry.typed + ". " + read;
  }

  function answered(wanted) {
    return data.questions.filter(isAsked).filter(function (question) {
      return answerTo(question.id) === wanted;
    }).map(function (question) { return question.text; });
  }

  function ruleLine(hit) {
    var rule = data.rules.filter(function (one) { return one.id === hit.rule; })[0];
    var level = hit.level.charAt(0).toUpperCase() + hit.level.slice(1);
    return level + ": " + (hit.possible ? words.perhaps + " " : "") + rule.criterion + ".";
  }

  function tellClinician(found) {
    var made = put(result, "div", "", "clinician");
    put(made, "h3", words.clinician);
    put(made, "p", found.hits.length ? words.list_rules : words.list_none);
    if (found.hits.length) { list(made, found.hits.map(ruleLine)); }
    var terms = put(made, "dl");
    [
      [words.drugs, found.substances],
      [words.medicines, entries.length ? entries.map(entered) : [words.none_entered]],
      [words.yes_answers, answered("yes")],
      [words.unsure_answers, answered("not sure")],
      [words.open_answers, answered(null)],
      [words.no_answers, answered("no")]
    ].forEach(function (row) {
      if (!row[1].length) { return; }
      put(terms, "dt", row[0]);
      row[1].forEach(function (text) { put(terms, "dd", text); });
    });
  }

  function show() {
    if (box.value.trim()) { addTyped(); } // a name that was typed and not added counts
    var input = given();
    var error = byId("drug-error");
    error.textContent = input.substances.length ? "" : words.no_drug;
    if (!input.substances.length) { return form.querySelector('input[name="drug"]').focus(); }
    var found = EquipoiseScreen.screen(data, input);
    empty(result);
    if (found.crisis) { crisisInto(result); }
    put(result, "h2", fill(words.result, { substances: found.substances.join(", ") }));
    put(result, "p", found.summary, "summary");
    if (found.unknown_count) { put(result, "p", found.unknown_count, "summary unknown"); }
    groups(found.hits).forEach(tellGroup);
    tellList(words.unknown, found.unknown.map(function (one) { return one.text; }), "unknowns");
    tellList(words.not_checked, found.not_checked, "unchecked");
    found.notes.forEach(function (text) { put(result, "p", text); });
    tellClinician(found);
    button(put(result, "p", "", "actions"), words.print_result, function () { print("result"); });
    result.hidden = false;
    say(fill(words.ready, { summary: found.summary }));
    result.focus();
  }

  function outdate() {
    if (!result.hidden) { say(words.changed); }
    result.hidden = true;
    empty(result);
  }

  // ---- the page

  function print(what) {
    document.body.setAttribute("data-print", what);
    window.print();
    document.body.removeAttribute("data-print");
  }

  function refresh() {
    form.querySelectorAll("[data-after]").forEach(function (part) {
      part.hidden = !isMet(part.getAttribute("data-after"));
    });
    showCrisis();
    outdate();
  }

  function clear() {
    form.reset();
    entries = [];
    byId("drug-error").textContent = "";
    refreshMedicines();
    refresh();
  }

  form.addEventListener("change", function (event) {
    if (event.target !== box) { refresh(); }
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  box.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      addTyped();
    }
  });
  byId("medicine-add").addEventListener("click", addTyped);
  byId("show").addEventListener("click", show);
  byId("print-blank").addEventListener("click", function () { print("blank"); });
  byId("clear").addEventListener("click", function () {
    clear();
    say(words.cleared);
    form.querySelector("input").focus();
  });
  window.addEventListener("pageshow", clear); // also when the reader comes back to the page
  document.querySelectorAll(".with-script").forEach(function (part) { part.hidden = false; });
  byId("without-script").hidden = true;
  byId("blank-lines").classList.add("print-only");
  clear();
})();
