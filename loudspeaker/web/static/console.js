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
  // What is wrong is where the eye and the screen reader are; but what a page tries or renews by itself, without a press,
  // leaves the focus with whoever is typing.
  function focus(wrong) { if (wrong) wrong.focus(); }
  focus(document.querySelector("[role=alert][autofocus], .wrong[autofocus]"));
  document.addEventListener("htmx:afterSwap", function (event) {
    var cause = event.detail.requestConfig.triggeringEvent;
    if (cause && /^(submit|click)$/.test(cause.type)) focus(event.target.querySelector(".wrong[tabindex]"));
  });
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
  // Another tab may have logged in again meanwhile: forms of this page go with that session, and nothing typed is lost.
  document.addEventListener("visibilitychange", function () {
    var old = document.querySelector("[name=form_token]");
    if (document.hidden || !old) return;
    fetch("/phien").then(function (answer) { return answer.json(); }).then(function (told) {
      if (!told.form_token) return;
      document.querySelectorAll("[name=form_token]").forEach(function (one) { one.value = told.form_token; });
      document.body.setAttribute("hx-headers", JSON.stringify({ "X-Form-Token": told.form_token }));
    }, function () {});
  });
  // What is pressed with mouse or key stays until it is let go, or the press would be lost: what a page renews by itself
  // waits for that, but not for ever. A part that looks every few seconds comes again anyway.
  var pressed = 0, late = false;
  function letGo() {
    clearTimeout(pressed);
    if (late) setTimeout(renew);  // behind the click that this press becomes
    pressed = 0;
    late = false;
  }
  function press() {
    clearTimeout(pressed);
    pressed = setTimeout(letGo, 2000);  // a menu of the browser's own may take the release
  }
  ["pointerdown", "keydown"].forEach(function (name) { window.addEventListener(name, press, true); });
  ["pointerup", "pointercancel", "keyup", "blur"].forEach(function (name) { window.addEventListener(name, letGo); });
  // What is open, and what the keyboard is at, stays so when a part is exchanged, and with it the bar above the page; htmx
  // keeps what has an id itself.
  var open = [], held;
  function likeness(one) { return [one.tagName, one.getAttribute("href"), one.name, one.value, one.textContent].join("\n"); }
  document.addEventListener("htmx:beforeSwap", function (event) {
    var active = document.activeElement, asks = event.detail.requestConfig.elt.getAttribute("hx-trigger");
    if (pressed && /^(now|every)/.test(asks)) {
      event.detail.shouldSwap = false;
      late = late || /^now/.test(asks);
      return;
    }
    open = Array.from(event.target.querySelectorAll("details[open][id]"), function (one) { return one.id; });
    held = !active.id && active !== document.body && likeness(active);
  });
  document.addEventListener("htmx:afterSwap", function () {
    open.forEach(function (id) { var one = document.getElementById(id); if (one) one.open = true; });
    var same = held && document.activeElement === document.body && Array.from(
      document.querySelectorAll("a, button, summary, input, select")
    ).find(function (one) { return likeness(one) === held; });
    if (same) same.focus({ preventScroll: true });
    held = null;
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

// Bản tin: the editor, listening, uploads and recording.
(function () {
  document.documentElement.classList.add("js");
  var edit = document.getElementById("edit"), sheet = document.getElementById("sheet"), marks = [], now = -1, until = Infinity, kept;
  function all(selector, where) { return Array.prototype.slice.call((where || document).querySelectorAll(selector)); }
  function typed() { return new URLSearchParams(new FormData(edit)).toString(); }
  function step(by) {
    var doubts = all("#doubts .doubt"), at = doubts.findIndex(function (one) { return one.classList.contains("at"); });
    if (!doubts.length) return;
    var next = (Math.max(at, 0) + by + doubts.length) % doubts.length;
    doubts.forEach(function (one, number) { one.classList.toggle("at", number === next); });
    all("#doubts [data-at]").forEach(function (one) { one.textContent = next + 1; });
  }
  if (edit) {
    kept = typed();
    var keep = function () {
      var content = typed();
      if (content === kept || document.getElementById("text").readOnly) return;
      fetch(edit.dataset.autosave, { method: "POST", body: new URLSearchParams(content), keepalive: content.length < 60000 })
        .then(function (answer) { if (answer.ok) kept = content; }, function () {});
    };
    setInterval(keep, 5000);
    window.addEventListener("pagehide", function () { if (!document.querySelector("form[data-sent]")) keep(); });
    edit.addEventListener("input", function (event) {  // the text behind it makes the field as high as it has to be
      if (event.target.id === "text") document.getElementById("backdrop").textContent = event.target.value + "\n";
    });
  }
  step(0);
  document.addEventListener("htmx:afterSwap", function (event) {
    var id = event.detail.target.id;
    if (id === "sheet" && !sheet.open) sheet.showModal();
    if (id !== "work" && id !== "spoken") return;  // the bar above every page is put anew at any time
    if (sheet && sheet.open) sheet.close();
    step(0);
  });
  document.addEventListener("click", function (event) {
    var on = event.target.closest("[data-tab], [data-step], [data-close], [data-copy], [data-rate], [data-play], [data-s]");
    var audio = document.querySelector("audio[data-marks]");
    var part = event.target.closest("a[href^='#']"), meant = part && document.getElementById(part.hash.slice(1));
    if (meant && meant.tagName === "DETAILS") meant.open = true;
    if (!on) return;
    var data = on.dataset;
    if (data.tab) {
      document.querySelector("#work .columns").dataset.shown = data.tab;
      all("[data-tab]").forEach(function (tab) { tab.setAttribute("aria-selected", tab === on); });
    } else if (data.step) step(Number(data.step));
    else if ("close" in data) { if (sheet && sheet.open) { event.preventDefault(); sheet.close(); } }
    else if (data.copy) { document.getElementById(data.copy).select(); document.execCommand("copy"); }
    else if (data.play) hear(audio, Number(data.play), true);
    else if (data.rate) audio.playbackRate = Number(data.rate);
    else if (audio && !event.target.closest("a, button")) hear(audio, Number(data.s), false);
  });

  // Whoever approves has not listened yet, as far as this page can tell: without a script nobody knows.
  all("[name=heard]").forEach(function (one) { one.value = "0"; });

  // The sentence that is heard is marked in both texts.
  function show(number) {
    if (number === now) return;
    now = number;
    all("[data-s]").forEach(function (one) { one.classList.toggle("heard", Number(one.dataset.s) === number); });
  }
  function hear(audio, number, alone) {
    var mark = marks.find(function (one) { return one[0] === number; });
    if (!mark) return;
    audio.currentTime = mark[1];
    until = alone ? mark[2] : Infinity;
    audio.play();
  }
  function follow(audio) {
    if (audio.currentTime >= until) { until = Infinity; audio.pause(); }
    var mark = marks.find(function (one) { return one[1] <= audio.currentTime && audio.currentTime < one[2]; });
    show(mark ? mark[0] : -1);
    if (!audio.paused) requestAnimationFrame(function () { follow(audio); });
  }
  function load(audio) {
    return fetch(audio.dataset.marks).then(function (answer) { return answer.json(); }).then(function (told) {
      marks = told;
      document.documentElement.classList.toggle("sound", marks.length > 0);
    });
  }
  document.addEventListener("play", function (event) {
    var audio = event.target;
    if (!audio.dataset.marks) return;
    all("[data-unheard]").forEach(function (one) { one.hidden = true; });
    all("[name=heard]").forEach(function (one) { one.value = "1"; });
    if (marks.length) follow(audio); else load(audio).then(function () { follow(audio); });
  }, true);
  document.addEventListener("loadedmetadata", function (event) { if (event.target.dataset.marks) load(event.target); }, true);

  // A file is sent when it was chosen; a recording is made here where the browser lets us have the microphone.
  document.addEventListener("change", function (event) {
    if (event.target.dataset.send !== undefined && event.target.files.length) event.target.form.requestSubmit();
  });
  var form = document.querySelector("[data-recorder]"), tools = form && form.querySelector("[data-needs-microphone]");
  if (!form || !navigator.mediaDevices || !window.MediaRecorder) return;
  var part = function (name) { return tools.querySelector("[data-" + name + "]"); }, recorder, chunks;
  tools.hidden = false;
  part("record").addEventListener("click", function () {
    navigator.mediaDevices.getUserMedia({ audio: true }).then(function (stream) {
      var context = new AudioContext(), meter = context.createAnalyser(), samples = new Uint8Array(meter.fftSize);
      context.createMediaStreamSource(stream).connect(meter);
      chunks = [];
      recorder = new MediaRecorder(stream);
      recorder.ondataavailable = function (event) { chunks.push(event.data); };
      recorder.onstop = function () {
        stream.getTracks().forEach(function (track) { track.stop(); });
        context.close();
        var kind = recorder.mimeType.indexOf("mp4") < 0 ? "webm" : "m4a", files = new DataTransfer();
        files.items.add(new File(chunks, "ghi-am." + kind, { type: recorder.mimeType }));
        form.querySelector("[type=file]").files = files.files;
        form.requestSubmit();
      };
      recorder.start();
      part("record").hidden = true;
      ["pause", "finish", "level"].forEach(function (name) { part(name).hidden = false; });
      (function watch() {
        if (recorder.state === "inactive") return;
        meter.getByteTimeDomainData(samples);
        var level = Math.max.apply(null, samples.map(function (one) { return Math.abs(one - 128); })) / 128;
        part("level").value = level;
        part("loudness").textContent = part("loudness").dataset[level < 0.1 ? "quiet" : level > 0.85 ? "loud" : "right"];
        setTimeout(watch, 200);
      })();
    });
  });
  part("pause").addEventListener("click", function () { if (recorder.state === "paused") recorder.resume(); else recorder.pause(); });
  part("finish").addEventListener("click", function () { recorder.stop(); });
})();
