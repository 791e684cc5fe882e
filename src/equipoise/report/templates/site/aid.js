// Carries what was ticked into the summary that can be printed. Keeps nothing, sends nothing, adds
// nothing up. Without it the page reads the same, and the summary prints blank.
(function () {
  "use strict";
  var form = document.getElementById("values");
  var summary = document.getElementById("summary");
  var buttons = document.getElementById("aid-buttons");
  if (!form || !summary || !buttons) return;
  var places = summary.querySelectorAll(".chosen");
  var blank = Array.prototype.map.call(places, function (one) { return one.textContent; });

  function show() {
    Array.prototype.forEach.call(places, function (one, k) {
      var ticked = form.querySelector('input[name="' + one.getAttribute("data-value") + '"]:checked');
      one.textContent = ticked ? ticked.value : blank[k];
    });
  }

  function button(words, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.addEventListener("click", act);
    buttons.appendChild(made);
  }

  form.addEventListener("change", show);
  button("Print my summary", function () {
    document.documentElement.classList.add("only-summary");
    window.print();
    document.documentElement.classList.remove("only-summary");
  });
  button("Clear what I ticked", function () {
    form.reset();
    show();
    form.querySelector("input").focus();
  });
})();
