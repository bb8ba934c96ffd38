// Officers' console: what pages cannot do without a script. Every form works without it. ≤ 6 kB gz (tested).
"use strict";
(function () {
  // A one-time code stands behind the “#” of its address, where no server and no log sees it.
  var code = document.querySelector("[data-from-fragment]");
  function takeCode() {
    if (!code || location.hash.length < 2) return;
    code.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
  }
  takeCode();
  window.addEventListener("hashchange", takeCode);
  // What is wrong is where the eye and the screen reader are.
  function focus(where) {
    var wrong = where.querySelector("[role=alert][autofocus], .wrong[autofocus]");
    if (wrong) wrong.focus();
  }
  focus(document);
  document.addEventListener("htmx:afterSwap", function (event) { focus(event.target); });
  // A page that is open is told when it is out of date, asks for its part anew, and says so when nobody answers.
  var live = document.querySelector("[data-live]");
  function renew() { if (window.htmx) htmx.trigger(document.body, "now"); }
  function listen() {
    var source = new EventSource("/song");
    source.addEventListener("now", renew);
    source.onopen = function () {
      if (document.body.classList.contains("stale")) renew();
      document.body.classList.remove("stale");
      document.getElementById("lost").hidden = true;
    };
    source.onerror = function () {
      var lost = document.getElementById("lost");
      if (lost && lost.hidden) {
        lost.hidden = false;
        lost.textContent = lost.dataset.words.replace("{at}", new Date().toTimeString().slice(0, 8));
        document.body.classList.add("stale");
      }
      if (source.readyState === 2) setTimeout(function () { renew(); listen(); }, 30000);
    };
    window.addEventListener("pagehide", function () { source.close(); });
  }
  if (live && window.EventSource) listen();
  // What is open and where the eye is stays so when a part is exchanged.
  var open = [];
  document.addEventListener("htmx:beforeSwap", function (event) {
    open = Array.from(event.target.querySelectorAll("details[open][id]"), function (one) { return one.id; });
  });
  document.addEventListener("htmx:afterSwap", function () {
    open.forEach(function (id) { var one = document.getElementById(id); if (one) one.open = true; });
    tick();
  });
  // How far a bulletin is, counted on by the page; its clock may be another than the machine's.
  function tick() {
    document.querySelectorAll("progress[data-ends]").forEach(function (bar) {
      var data = bar.dataset, now = Date.now() / 1000;
      data.ahead = data.ahead || data.now - now;
      bar.value = Math.min(1, Math.max(0, (now + +data.ahead - data.began) / (data.ends - data.began)));
    });
  }
  setInterval(tick, 1000);
  // A form is sent once: a second press while the first is on its way does nothing.
  document.addEventListener("submit", function (event) {
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    if (!event.target.hasAttribute("hx-post")) event.target.dataset.sent = "1";
  });
  document.addEventListener("click", function (event) { if ("print" in event.target.dataset) window.print(); });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
})();
