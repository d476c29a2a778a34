// Small comforts for people of 1C and Excel. Nothing here is needed: every form works without it.
(() => {
  "use strict";
  document.documentElement.classList.add("has-script");

  const toasts = () => document.getElementById("toasts");

  function say(text, kind) {
    const note = document.createElement("div");
    note.className = `toast-note is-${kind}`;
    note.textContent = text;
    toasts().append(note);
    fade(note);
  }

  function fade(note) {
    setTimeout(() => note.remove(), note.classList.contains("is-danger") ? 10000 : 5000);
  }

  // "/" goes to the search, unless somebody is typing.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const search = document.getElementById("search");
    if (event.key === "/" && !typing && search && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
      search.select();
    }
    if (event.key === "Escape") closeDrops(null);
  });

  // The list under the search box: arrows choose, Enter opens, Esc closes; what is chosen is told to a screen reader.
  const searchBox = () => document.getElementById("search");
  const found = () => document.getElementById("found");
  const options = () => [...found().querySelectorAll("[role=option]")];

  function showFound(shown) {
    if (!found()) return;
    found().hidden = !shown;
    searchBox().setAttribute("aria-expanded", String(shown));
    if (!shown) chooseFound(null);
  }

  function chooseFound(option) {
    for (const one of options()) one.setAttribute("aria-selected", String(one === option));
    if (option) {
      searchBox().setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      searchBox().removeAttribute("aria-activedescendant");
    }
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target === found()) showFound(searchBox().value.trim() !== "" && document.activeElement === searchBox());
  });
  document.addEventListener("input", (event) => {
    if (event.target === searchBox() && !event.target.value.trim()) showFound(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target !== searchBox() || !found() || found().hidden) return;
    const all = options();
    const now = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) {
      event.preventDefault();
      chooseFound(all[now < 0 ? (step > 0 ? 0 : all.length - 1) : (now + step + all.length) % all.length]);
    } else if (event.key === "Enter" && now >= 0) {
      event.preventDefault();
      all[now].click();
    } else if (event.key === "Escape") {
      showFound(false);
    }
  });
  document.addEventListener("focusout", (event) => {
    if (event.target === searchBox() && !found()?.contains(event.relatedTarget)) showFound(false);
  });

  // Of choices that exclude each other the last one stands.
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-alone]") || !event.target.checked) return;
    for (const other of event.target.form.querySelectorAll(`[name="${event.target.name}"]`)) {
      if (other !== event.target) other.checked = false;
    }
  }, true);

  // In a quantity: Enter and arrows go to the next row, as in a sheet.
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest("[data-quantity]");
    const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!box || !step) return;
    event.preventDefault();
    const boxes = [...document.querySelectorAll("[data-quantity]")].filter((one) => !one.disabled);
    const next = boxes[boxes.indexOf(box) + step];
    if (next) {
      next.focus();
      next.select();
    } else {
      box.blur();
    }
  });

  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-quantity]")) event.target.select();
  });

  // − and + move by whole packages.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const box = button.parentElement.querySelector("[data-quantity]");
    const now = Number.parseFloat(box.value.replace(/\s/g, "").replace(",", ".")) || 0;
    const next = Math.max(0, now + Number(button.dataset.step));
    box.value = String(Math.round(next * 1000) / 1000).replace(".", ",");
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // "В корзину" beside an empty box puts in one package.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-put]");
    if (!button) return;
    const box = document.getElementById(button.dataset.put);
    if (box && !box.value.trim()) box.value = box.dataset.one || "1";
  }, true);

  // One list of choices is open at a time; a click elsewhere closes it.
  function closeDrops(except) {
    for (const drop of document.querySelectorAll("details.drop[open]")) {
      if (!except || !drop.contains(except)) drop.open = false;
    }
  }
  document.addEventListener("click", (event) => closeDrops(event.target));

  // A new choice of a `data-submit` field is sent at once.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  // A form is sent once: a second click finds the button at rest.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-once]")) return;
    const button = event.submitter;
    if (button) setTimeout(() => { button.disabled = true; }, 0);
  });
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("[data-once] button[disabled]")) button.disabled = false;
  });

  // Caps lock in a password.
  function caps(event) {
    const note = event.target.matches?.("[type=password]") && document.getElementById("caps-note");
    if (note && event.getModifierState) note.classList.toggle("is-on", event.getModifierState("CapsLock"));
  }
  document.addEventListener("keydown", caps);
  document.addEventListener("keyup", caps);

  // "Показать пароль".
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reveal]");
    if (!button) return;
    const box = document.getElementById(button.dataset.reveal);
    const hidden = box.type === "password";
    box.type = hidden ? "text" : "password";
    button.setAttribute("aria-pressed", String(hidden));
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) return;
    navigator.clipboard.writeText(button.dataset.copy).then(() => say(button.dataset.copied, "info"));
  });

  // A row of a list that can be put in order moves up or down.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const row = button.closest("li");
    const other = button.dataset.move < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (button.dataset.move < 0) other.before(row); else other.after(row);
    button.focus();
  });

  // A small picture shows itself big.
  document.addEventListener("click", (event) => {
    const small = event.target.closest("[data-show]");
    if (!small) return;
    event.preventDefault();
    document.getElementById(small.dataset.show).src = small.href;
    for (const one of document.querySelectorAll("[data-show]")) one.toggleAttribute("aria-current", false);
    small.setAttribute("aria-current", "true");
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // What htmx could not do.
  document.addEventListener("htmx:responseError", (event) => {
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    say(page.querySelector(".toast-note")?.textContent || event.detail.xhr.statusText, "danger");
  });
  document.addEventListener("htmx:sendError", () => say(document.body.dataset.offline, "danger"));

  document.addEventListener("DOMContentLoaded", start);
  if (document.readyState !== "loading") start();
  function start() {
    if (start.done) return;
    start.done = true;
    for (const note of document.querySelectorAll(".toast-note")) fade(note);
    const first = document.querySelector("[data-focus]") || document.querySelector("[aria-invalid]");
    if (first) first.focus();
  }
})();
