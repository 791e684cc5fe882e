/* The safety screen in the browser. A classic script: no modules, no fetch, no storage, no network.
 *
 *   EquipoiseScreen.screen(data, {answers, medicines, confirmed, substances})
 *   EquipoiseScreen.crisisBlock(data, country)
 *
 * `data` is what `to_browser_json()` writes. The results are those of the Python screen, value for
 * value: shared test vectors hold the two together. Change both or neither.
 */
(function (root) {
  "use strict";

  var APOSTROPHES = /['’‘`´ʼ]/g;
  var NUMBER = /^[0-9]+(?:mgs?|g|mcg|ug|μg|ml|iu|mmol|hr?|x)?$/;
  var JOINTS = /[+/,;&|]|\s(?:and|with|plus|und|et|y)\s/i;

  function has(object, key) {
    return Object.prototype.hasOwnProperty.call(object, key);
  }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, key) {
      return has(values, key) ? String(values[key]) : whole;
    });
  }

  function wordsOf(text) {
    var folded = text.normalize("NFKC").toLowerCase().replace(/ß/g, "ss").replace(/ς/g, "σ");
    var parted = folded.replace(APOSTROPHES, "").normalize("NFD").replace(/\p{Mn}/gu, "");
    return parted.replace(/[^\p{L}\p{N}]/gu, " ").split(" ").filter(Boolean);
  }

  function leftOut(data, word) {
    return data.left_out.indexOf(word) >= 0 || NUMBER.test(word);
  }

  function normalise(data, text) {
    var words = wordsOf(text);
    var kept = words.filter(function (word) { return !leftOut(data, word); });
    return (kept.length ? kept : words).join(" ");
  }

  function nameOf(data, key) {
    var row = data.names[data.keys[key]];
    return { name: row[0], readAs: row[1], tags: row[2], possible: row[3] };
  }

  function exact(data, text) {
    var key = normalise(data, text);
    return has(data.keys, key) ? nameOf(data, key) : null;
  }

  function distance(first, second, most) {
    var a = Array.from(first), b = Array.from(second);
    if (Math.abs(a.length - b.length) > most) { return most + 1; }
    var before = [], last = b.map(function (_, j) { return j; });
    last.push(b.length);
    for (var i = 1; i <= a.length; i += 1) {
      var row = [i];
      for (var j = 1; j <= b.length; j += 1) {
        var cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
          cost = Math.min(cost, before[j - 2] + 1);
        }
        row.push(cost);
      }
      if (Math.min.apply(null, row) > most && Math.min.apply(null, last) > most) { return most + 1; }
      before = last;
      last = row;
    }
    return Math.min(last[b.length], most + 1);
  }

  function near(data, text) {
    var key = normalise(data, text), length = Array.from(key).length;
    var most = length < 3 ? 0 : length < 6 ? 1 : 2, best = {};
    Object.keys(data.keys).forEach(function (other) {
      var inside = (" " + key + " ").indexOf(" " + other + " ") >= 0;
      var edits = inside ? 0 : distance(key, other, most);
      if (edits > most) { return; }
      var name = nameOf(data, other).name, old = best[name];
      if (!old || edits < old[0] || (edits === old[0] && other < old[1])) { best[name] = [edits, other]; }
    });
    var found = Object.keys(best).map(function (name) { return best[name]; });
    found.sort(function (x, y) { return x[0] - y[0] || (x[1] < y[1] ? -1 : x[1] > y[1] ? 1 : 0); });
    return found.map(function (row) { return nameOf(data, row[1]); });
  }

  function lookUp(data, text) {
    var entry = { entered: text, known: [], unknown: [], offered: [] };
    var whole = exact(data, text);
    if (whole) {
      entry.known = [whole];
      return entry;
    }
    var seen = {}, parts = text.split(JOINTS).map(function (part) { return part.trim(); });
    parts = parts.filter(function (part) {
      return part && !wordsOf(part).every(function (word) { return leftOut(data, word); });
    });
    if (parts.length > 1) {
      parts.forEach(function (part) {
        if (has(seen, part)) { return; }
        seen[part] = exact(data, part);
        if (seen[part]) { entry.known.push(seen[part]); } else { entry.unknown.push(part); }
      });
    }
    if (!entry.known.length) { entry.unknown = [text]; }
    entry.offered = entry.unknown.map(function (part) { return near(data, part); });
    return entry;
  }

  function isMet(given, question) {
    return given.answers[question] === "yes" || given.answers[question] === "not sure";
  }

  function check(data, given) {
    Object.keys(given.answers).forEach(function (key) {
      var known = data.questions.some(function (question) { return question.id === key; });
      if (!known) { throw new Error("There is no question " + key + "."); }
      if (["yes", "no", "not sure"].indexOf(given.answers[key]) < 0) {
        throw new Error("The answer to " + key + " must be one of: yes, no, not sure.");
      }
    });
    Object.keys(given.confirmed).forEach(function (typed) {
      if (!exact(data, given.confirmed[typed])) {
        throw new Error(given.confirmed[typed] + " is not in our list of names.");
      }
    });
  }

  function substancesOf(data, ids) {
    return ids.map(function (id) {
      var found = data.substances.filter(function (substance) { return substance.id === id; })[0];
      if (!found) { throw new Error("We have no rules for " + id + "."); }
      return found;
    });
  }

  function concerned(rule, about) {
    return about.filter(function (substance) {
      var reach = [substance.id].concat(substance.includes);
      return rule.substances.some(function (s) { return reach.indexOf(s) >= 0; });
    }).map(function (substance) { return substance.id; });
  }

  function questionText(data, id) {
    return data.questions.filter(function (question) { return question.id === id; })[0].text;
  }

  function whyByQuestion(data, rule, given) {
    var words = data.wording, why = [];
    rule.questions.forEach(function (key) {
      if (!isMet(given, key)) { return; }
      var values = { question: questionText(data, key), answer: given.answers[key] };
      why.push({ text: fill(words.asked_question, values), to: "question " + key, possible: false });
    });
    rule.any_of.forEach(function (part) {
      var then = given.answers[part.more];
      if (!isMet(given, part.question) || part.answers.indexOf(then || "not sure") < 0) { return; }
      var values = {
        question: questionText(data, part.question),
        answer: given.answers[part.question],
        more: questionText(data, part.more),
        then: then || words.unanswered
      };
      why.push({ text: fill(words.asked_follow_up, values), to: "question " + part.question, possible: false });
    });
    return why;
  }

  function overlap(wanted, tags) {
    return tags.some(function (tag) { return wanted.indexOf(tag) >= 0; });
  }

  function whyByMedicine(data, rule, entry) {
    var words = data.wording, why = [];
    var wanted = rule.medicines.map(function (tag) { return data.tags.indexOf(tag); });
    entry.known.forEach(function (name) {
      var values = { entered: entry.entered, read: name.readAs };
      if (overlap(wanted, name.tags)) {
        why.push({ text: fill(words.asked_medicine, values), to: entry.entered, possible: false });
      } else if (overlap(wanted, name.possible)) {
        why.push({ text: fill(words.asked_class, values), to: entry.entered, possible: true });
      }
    });
    entry.unknown.forEach(function (part, k) {
      entry.offered[k].forEach(function (name) {
        if (!overlap(wanted, name.tags.concat(name.possible))) { return; }
        var text = fill(words.asked_possible, { entered: part, read: name.name });
        why.push({ text: text, to: null, possible: true });
      });
    });
    return why;
  }

  function indirect(data, rule, about) {
    var direct = about.some(function (s) { return rule.substances.indexOf(s.id) >= 0; });
    if (direct) { return null; }
    var first = concerned(rule, about)[0];
    var asked = about.filter(function (s) { return s.id === first; })[0];
    var known = rule.substances.filter(function (s) { return asked.includes.indexOf(s) >= 0; })[0];
    return fill(data.wording.indirect, { known: known, asked: asked.id });
  }

  function hit(data, rule, why, about) {
    var words = data.wording, texts = [], substance = concerned(rule, about).join(" or ");
    why.forEach(function (one) {
      if (texts.indexOf(one.text) < 0) { texts.push(one.text); }
    });
    return {
      rule: rule.id,
      level: rule.level,
      level_text: fill(words.levels[rule.level], { substance: substance }),
      crisis: rule.crisis,
      possible: why.every(function (one) { return one.possible; }),
      verified: rule.verified,
      asked: texts,
      reason: rule.reason || words.unverified,
      evidence: rule.evidence,
      strength: rule.strength,
      source: rule.source ? data.sources[rule.source] : null,
      checked: rule.checked_by ? fill(words.checked_by, { who: rule.checked_by }) : words.not_checked_by,
      indirect: indirect(data, rule, about)
    };
  }

  function inOrder(data) {
    return function (x, y) {
      return (y.crisis - x.crisis) ||
        (data.levels.indexOf(x.level) - data.levels.indexOf(y.level)) ||
        (x.possible - y.possible) || (x.rule < y.rule ? -1 : x.rule > y.rule ? 1 : 0);
    };
  }

  function unknownOf(data, given, entries) {
    var words = data.wording, found = [];
    entries.forEach(function (entry) {
      entry.unknown.forEach(function (part, k) {
        var names = entry.offered[k].map(function (name) { return name.name; });
        var text = fill(entry.known.length ? words.unknown_part : words.unknown_medicine,
          { part: part, entered: entry.entered });
        if (names.length) { text += " " + fill(words.hint, { names: names.join(", ") }); }
        found.push({ entered: entry.entered, text: text, offered: names });
      });
    });
    if (isMet(given, "medicine") && !given.medicines.length) {
      found.push({ entered: "", text: words.unnamed_medicines, offered: [] });
    }
    return found;
  }

  function unanswered(data, given, entries, about) {
    var words = data.wording.not_checked, needed = {}, found = [];
    data.rules.forEach(function (rule) {
      if (!concerned(rule, about).length) { return; }
      rule.questions.forEach(function (key) { needed[key] = true; });
      rule.any_of.forEach(function (part) { needed[part.question] = needed[part.more] = true; });
    });
    data.questions.forEach(function (question) {
      var asked = question.after === null || isMet(given, question.after);
      if (has(needed, question.id) && asked && !has(given.answers, question.id)) {
        found.push(fill(words.question, { question: question.text }));
      }
    });
    if (!entries.length && !isMet(given, "medicine")) { found.push(words.no_medicines); }
    return found;
  }

  function withoutRule(data, given, entries, about, done) {
    var words = data.wording.not_checked, found = [];
    function without(to) {
      return about.map(function (s) { return s.id; }).filter(function (id) {
        return !done.some(function (pair) { return pair[0] === to && pair[1] === id; });
      });
    }
    entries.forEach(function (entry) {
      var left = without(entry.entered);
      if (!entry.known.length || !left.length) { return; }
      found.push(fill(words.no_rule_for, { entered: entry.entered, substance: left.join(" or ") }));
    });
    data.questions.forEach(function (question) {
      var left = without("question " + question.id);
      if (!isMet(given, question.id) || question.after !== null) { return; }
      if (question.id === "medicine" || !left.length) { return; }
      var values = { answer: given.answers[question.id], question: question.text };
      values.substance = left.join(" or ");
      found.push(fill(words.no_rule_for_answer, values));
    });
    return found;
  }

  function limits(data, hits) {
    var words = data.wording.not_checked;
    var unverified = hits.filter(function (one) { return !one.verified; }).length;
    var told = unverified ? [fill(words.unverified_rules, { n: unverified })] : [];
    return told.concat(words.always);
  }

  function summary(data, hits) {
    var key = hits.length === 0 ? "no_rule" : hits.length === 1 ? "one_rule" : "some_rules";
    return fill(data.wording[key], { n: hits.length });
  }

  function unknownCount(data, entries) {
    var n = entries.filter(function (entry) { return entry.unknown.length > 0; }).length;
    return n ? fill(data.wording.unknown_count, { n: n, all: entries.length }) : null;
  }

  function strictest(data, hits, unknown) {
    var levels = hits.map(function (one) { return one.level; });
    if (unknown.length) { levels.push("talk first"); }
    return data.levels.filter(function (level) { return levels.indexOf(level) >= 0; })[0] || null;
  }

  function entryOf(data, given, text) {
    if (!has(given.confirmed, text)) { return lookUp(data, text); }
    return { entered: text, known: [exact(data, given.confirmed[text])], unknown: [], offered: [] };
  }

  function screen(data, input) {
    var given = {
      answers: input.answers || {},
      medicines: input.medicines || [],
      confirmed: input.confirmed || {}
    };
    check(data, given);
    var about = substancesOf(data, input.substances), hits = [], done = [];
    var entries = given.medicines.map(function (text) { return entryOf(data, given, text); });
    data.rules.forEach(function (rule) {
      var ids = concerned(rule, about);
      if (!ids.length) { return; }
      var why = whyByQuestion(data, rule, given);
      entries.forEach(function (entry) { why = why.concat(whyByMedicine(data, rule, entry)); });
      if (!why.length) { return; }
      hits.push(hit(data, rule, why, about));
      why.forEach(function (one) {
        ids.forEach(function (id) { done.push([one.to, id]); });
      });
    });
    hits.sort(inOrder(data));
    var unknown = unknownOf(data, given, entries);
    return {
      crisis: hits.some(function (one) { return one.crisis; }),
      level: strictest(data, hits, unknown),
      substances: input.substances,
      summary: summary(data, hits),
      hits: hits,
      unknown: unknown,
      unknown_count: unknownCount(data, entries),
      not_checked: unanswered(data, given, entries, about)
        .concat(withoutRule(data, given, entries, about, done), limits(data, hits)),
      notes: [data.wording.stop_note, data.wording.not_advice]
    };
  }

  function checked(data, line) {
    var words = data.wording.crisis;
    if (line.verified_on) { return fill(words.last_checked, { date: line.verified_on }); }
    var page = line.page_date ? fill(words.page, { date: line.page_date }) : words.undated;
    return words.never_checked + "; " + page + ", " + line.source;
  }

  function crisisBlock(data, country) {
    var words = data.wording.crisis;
    var block = { first: words.first, emergency: words.local, lines: [words.directory] };
    if (country === null || country === undefined) { return block; }
    var code = country.trim().toUpperCase();
    if (!has(data.crisis_lines, code)) {
      block.lines = [fill(words.unknown_country, { country: country })];
      return block;
    }
    var here = data.crisis_lines[code];
    if (here.emergency) {
      block.emergency = fill(words.emergency, { number: here.emergency.number }) +
        " (" + checked(data, here.emergency) + ")";
    }
    block.lines = here.lines.map(function (line) {
      var hours = line.hours ? ", " + line.hours : "";
      return line.number + " (" + line.kind + hours + "; " + checked(data, line) + ")";
    });
    return block;
  }

  root.EquipoiseScreen = {
    screen: screen,
    crisisBlock: crisisBlock,
    lookUp: lookUp,
    normalise: normalise,
    distance: distance,
    fill: fill
  };
})(typeof window === "undefined" ? globalThis : window);
