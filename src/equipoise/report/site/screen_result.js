/* What the safety screen shows: results of EquipoiseScreen as parts of a page. A classic script.
 * Texts come from the data and go in as text, never as markup.
 */
(function (root) {
  "use strict";

  var fill = EquipoiseScreen.fill;

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

  function tellSource(parent, words, hit) {
    if (!hit.source) { return; }
    var doi = hit.source.doi ? ", doi " + hit.source.doi : "";
    put(parent, "p", fill(words.how_sure, hit), "note");
    put(parent, "p", fill(words.source, {
      source: hit.source.citation + doi,
      where: hit.source.read_at.join(", "),
      date: hit.source.read_on
    }), "note");
  }

  function tellHit(parent, words, hit) {
    var item = put(parent, "li");
    if (hit.possible) { put(item, "strong", words.perhaps); }
    hit.asked.forEach(function (text) { put(item, "p", text, "asked"); });
    put(item, "p", hit.reason);
    if (hit.indirect) { put(item, "p", hit.indirect); }
    tellSource(item, words, hit);
    put(item, "p", hit.checked, "note");
  }

  function tellGroup(parent, words, group) {
    var made = put(parent, "div", "", "found level-" + group.level.replace(" ", "-"));
    if (group.crisis) { put(made, "p", words.urgent, "note"); }
    put(made, "h3", group.text);
    var hits = put(made, "ul");
    group.hits.forEach(function (hit) { tellHit(hits, words, hit); });
  }

  function tellList(parent, heading, texts, name) {
    if (!texts.length) { return; }
    var made = put(parent, "div", "", name);
    put(made, "h3", heading);
    list(made, texts);
  }

  function ruleLine(data, hit) {
    var rule = data.rules.filter(function (one) { return one.id === hit.rule; })[0];
    var level = hit.level.charAt(0).toUpperCase() + hit.level.slice(1);
    return level + ": " + (hit.possible ? data.wording.page.perhaps + " " : "") + rule.criterion + ".";
  }

  function isFirst(text, k, all) {
    return all.indexOf(text) === k;
  }

  // A medicine as it was typed, and what it was taken for.
  function readAs(data, input, typed) {
    var words = data.wording.page, found = EquipoiseScreen.lookUp(data, typed);
    var read = found.known.map(function (name) { return name.readAs; }).join(", ");
    if (input.confirmed[typed]) { return fill(words.chosen, { name: input.confirmed[typed] }); }
    if (!found.known.length) { return fill(data.wording.unknown_medicine, { entered: typed }); }
    return fill(found.unknown.length ? words.some_of : words.read_as, { read: read });
  }

  function answered(data, input, wanted) {
    return data.questions.filter(function (question) {
      return input.answers[question.id] === wanted;
    }).map(function (question) { return question.text; });
  }

  function taken(data, input) {
    if (!input.medicines.length) { return [data.wording.page.none_entered]; }
    return input.medicines.map(function (typed) {
      return typed + ". " + readAs(data, input, typed);
    });
  }

  function tellClinician(parent, data, input, found) {
    var words = data.wording.page, made = put(parent, "div", "", "clinician");
    put(made, "h3", words.clinician);
    put(made, "p", found.hits.length ? words.list_rules : words.list_none);
    if (found.hits.length) {
      list(made, found.hits.map(function (hit) { return ruleLine(data, hit); }).filter(isFirst));
    }
    var terms = put(made, "dl");
    [
      [words.drugs, input.substances],
      [words.medicines, taken(data, input)],
      [words.yes_answers, answered(data, input, "yes")],
      [words.unsure_answers, answered(data, input, "not sure")],
      [words.no_answers, answered(data, input, "no")]
    ].forEach(function (row) {
      if (!row[1].length) { return; }
      put(terms, "dt", row[0]);
      row[1].forEach(function (text) { put(terms, "dd", text); });
    });
  }

  // The crisis block, with a link to the page of all lines.
  function tellCrisis(parent, data, country, link) {
    var block = EquipoiseScreen.crisisBlock(data, country);
    var made = put(parent, "div", "", "urgent");
    put(put(made, "p"), "strong", block.first);
    put(made, "p", block.emergency);
    list(made, block.lines);
    put(put(made, "p"), "a", data.wording.page.all_lines).href = link;
  }

  // Crisis first, then stop, talk first, record; then what is not known and what was not checked.
  function tell(parent, data, input, country, link) {
    var words = data.wording.page, found = EquipoiseScreen.screen(data, input);
    if (found.crisis) { tellCrisis(parent, data, country, link); }
    put(parent, "h2", fill(words.result, { substances: input.substances.join(", ") }));
    put(parent, "p", found.summary, "count");
    if (found.unknown_count) { put(parent, "p", found.unknown_count, "count unknown"); }
    groups(found.hits).forEach(function (group) { tellGroup(parent, words, group); });
    tellList(parent, words.unknown, found.unknown.map(function (one) { return one.text; }), "unknowns");
    tellList(parent, words.not_checked, found.not_checked, "not-checked");
    found.notes.forEach(function (text) { put(parent, "p", text); });
    tellClinician(parent, data, input, found);
    return found;
  }

  root.EquipoiseResult = { tell: tell, tellCrisis: tellCrisis, readAs: readAs, put: put };
})(window);
