// Quick order for people of Excel: cells that spread, Enter that goes on, a scanner. The forms work without it.
(() => {
  "use strict";
  const cells = (kind) => [...document.querySelectorAll(`[data-cell=${kind}]`)];
  const rows = document.getElementById("quick-rows");

  // One more row, the last one's copy with nothing in it.
  function grow() {
    const last = rows.lastElementChild;
    const number = rows.children.length + 1;
    const made = last.cloneNode(true);
    made.firstElementChild.textContent = number;
    made.querySelector(".quick-told").textContent = "";
    for (const box of made.querySelectorAll("input")) {
      const kind = box.dataset.cell;
      box.name = `${kind}:${number}`;
      box.value = "";
      box.setAttribute("aria-label", box.getAttribute("aria-label").replace(/\d+$/, number));
    }
    made.setAttribute("hx-params", `code:${number},quantity:${number}`);
    rows.append(made);
    window.htmx.process(made);
    return made;
  }

  function go(box, kind, step) {
    const boxes = cells(kind);
    let next = boxes[cells(box.dataset.cell).indexOf(box) + step];
    if (!next && step > 0 && rows) next = grow().querySelector(`[data-cell=${kind}]`);
    if (next) {
      next.focus();
      next.select();
    }
  }

  document.addEventListener("keydown", (event) => {
    const box = event.target.closest("[data-cell]");
    if (!box || box.matches("[data-quantity]")) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (!event.shiftKey && box.dataset.cell === "code" && box.value.trim()) go(box, "quantity", 0);
      else go(box, "code", event.shiftKey ? -1 : 1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      go(box, box.dataset.cell, event.key === "ArrowDown" ? 1 : -1);
    }
  }, true);

  // Many cells of a sheet spread from the row where they were pasted.
  document.addEventListener("paste", (event) => {
    const box = event.target.closest("#quick-rows [data-cell]");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!box || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const lines = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").slice(0, 10000).map((line) => line.split("\t"));
    let place = [...rows.children].indexOf(box.closest("tr"));
    for (const [first, ...others] of lines) {
      const row = rows.children[place] || grow();
      const [code, quantity] = [row.querySelector("[data-cell=code]"), row.querySelector("[data-cell=quantity]")];
      if (box.dataset.cell === "quantity") quantity.value = first.trim();
      else {
        code.value = first.trim();
        if (others.length) quantity.value = others.at(-1).trim();
      }
      place += 1;
    }
    // a screenful is told at once; a long list is told by «Проверить», in one request
    if (lines.length <= 30) for (const row of [...rows.children].slice(place - lines.length, place)) row.dispatchEvent(new Event("change"));
  });

  // A file that can't pass is told before it is sent.
  document.getElementById("quick-file")?.addEventListener("change", (event) => {
    const box = event.target;
    const big = box.files[0] && box.files[0].size > Number(box.dataset.most);
    box.setCustomValidity(big ? box.dataset.tooBig : "");
    box.reportValidity();
  });

  // --- scanner ---
  const scan = document.getElementById("scan");
  if (!scan) return;
  const box = document.getElementById("scan-code");
  const told = document.getElementById("scan-told");
  const video = document.getElementById("scan-video");
  const camera = document.getElementById("scan-camera");
  let lastCode = "";
  let lastAt = 0;

  function take(code) {
    const plain = code.trim();
    if (!plain) return;
    const found = cells("code").find((one) => one.value.trim() === plain) || cells("code").find((one) => !one.value.trim()) || grow().querySelector("[data-cell=code]");
    const row = found.closest("tr");
    const quantity = row.querySelector("[data-cell=quantity]");
    quantity.value = found.value.trim() ? String((Number.parseFloat(quantity.value.replace(",", ".")) || 0) + 1).replace(".", ",") : "1";
    found.value = plain;
    row.dispatchEvent(new Event("change"));
    told.textContent = scan.dataset.seen.replace("%s", plain);
  }

  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Tab") return;
    if (!box.value.trim()) return;
    event.preventDefault();
    take(box.value);
    box.value = "";
  });

  async function reader() {
    const formats = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "itf", "qr_code", "data_matrix"];
    if ("BarcodeDetector" in window) {
      const known = await window.BarcodeDetector.getSupportedFormats();
      if (known.includes("ean_13")) {
        const detector = new window.BarcodeDetector({ formats: formats.filter((one) => known.includes(one)) });
        return async () => (await detector.detect(video))[0]?.rawValue;
      }
    }
    await new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = scan.dataset.library;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
    const ZXing = window.ZXing;
    const decoder = new ZXing.MultiFormatReader();
    const canvas = document.createElement("canvas");
    return async () => {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      canvas.getContext("2d", { willReadFrequently: true }).drawImage(video, 0, 0);
      try {
        const source = new ZXing.HTMLCanvasElementLuminanceSource(canvas);
        return decoder.decode(new ZXing.BinaryBitmap(new ZXing.HybridBinarizer(source))).getText();
      } catch {
        return undefined;
      }
    };
  }

  function stop() {
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    video.hidden = true;
    camera.setAttribute("aria-pressed", "false");
  }

  async function look(read) {
    while (video.srcObject) {
      const code = video.videoWidth ? await read().catch(() => undefined) : undefined;
      // the same code stays before the camera for a while
      if (code && (code !== lastCode || Date.now() - lastAt > 2000)) {
        take(code);
        navigator.vibrate?.(60);
      }
      if (code) [lastCode, lastAt] = [code, Date.now()];
      await new Promise((next) => setTimeout(next, 120));
    }
  }

  camera.addEventListener("click", async () => {
    if (video.srcObject) {
      stop();
      return;
    }
    try {
      const [stream, read] = await Promise.all([navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }), reader()]);
      video.srcObject = stream;
      video.hidden = false;
      camera.setAttribute("aria-pressed", "true");
      await video.play();
      look(read);
    } catch {
      told.textContent = scan.dataset.noCamera;
    }
  });
  window.addEventListener("pagehide", stop);
})();
