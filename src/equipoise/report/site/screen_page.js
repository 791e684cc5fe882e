/* The page of the safety screen: asks, and shows what EquipoiseScreen finds. A classic script: nothing
 * is sent, kept or put into the address. Texts come from the data and go in as text, never as markup.
 */
(function () {
  "use strict";

  var data = JSON.parse(byId("screen-data").textContent);
  var words = data.wording.page, fill = EquipoiseScreen.fill, put = EquipoiseResult.put;
  var allLines = document.querySelector("a.crisis").getAttribute("href");
  var form = byId("screen-form"), box = byId("medicine-name"), result = byId("result");
  var entries = []; // {typed, meant}: a medicine as it was typed, and the name that was chosen for it

  function byId(id) {
    return document.getElementById(id);
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

  function country() {
    return byId("country").value || null;
  }

  function isCrisis() {
    return data.rules.some(function (rule) { return rule.crisis && rule.questions.some(isMet); });
  }

  // An alert is read out anew whenever it is filled: only where what it says has changed.
  function showCrisis() {
    var now = byId("crisis-now"), made = document.createElement("div");
    if (isCrisis()) { EquipoiseResult.tellCrisis(made, data, country(), allLines); }
    if (now.textContent !== made.textContent) { now.replaceChildren.apply(now, made.childNodes); }
  }

  // ---- medicines

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
    if (entry.meant || found.known.length) {
      put(item, "span", EquipoiseResult.readAs(data, given(), entry.typed), "read");
    }
    if (entry.meant) {
      button(item, words.undo, function () {
        entry.meant = null;
        refreshMedicines(k);
      });
      return;
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

  function show() {
    if (box.value.trim()) { addTyped(); } // a name that was typed and not added counts
    var input = given();
    byId("drug-error").textContent = input.substances.length ? "" : words.no_drug;
    if (!input.substances.length) { return form.querySelector('input[name="drug"]').focus(); }
    empty(result);
    var found = EquipoiseResult.tell(result, data, input, country(), allLines);
    button(put(result, "p", "", "actions"), words.print_result, function () { window.print(); });
    printed("result");
    result.hidden = false;
    say(fill(words.ready, { summary: found.summary }));
    result.focus();
  }

  function outdate() {
    if (!result.hidden) { say(words.changed); }
    printed("page");
    result.hidden = true;
    empty(result);
  }

  // ---- the page

  // What the style sheet leaves on paper: the result once it is there, else the whole page.
  function printed(what) {
    document.body.setAttribute("data-print", what);
  }

  function printBlank() {
    var before = document.body.getAttribute("data-print");
    printed("blank");
    window.print();
    printed(before || "page");
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

  form.addEventListener("change", refresh);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  box.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      addTyped();
    }
  });
  byId("medicine-add").addEventListener("click", addTyped);
  byId("show").addEventListener("click", show);
  byId("print-blank").addEventListener("click", printBlank);
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
