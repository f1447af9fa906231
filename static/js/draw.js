// Draws outlines of neighbourhoods on a map, corner by corner, into the lines of a form.
"use strict";
(function () {
  const box = document.querySelector("[data-draw]");
  const middle = document.querySelector("#middle");
  const lat = document.querySelector("#lat"), lng = document.querySelector("#lng");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function pairs(text) {
    return text.split("\n").map((line) => line.split(/[,，]/).map(Number))
      .filter((pair) => pair.length === 2 && pair.every(Number.isFinite));
  }

  function here(button) {
    if (!navigator.geolocation || !middle) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.geolocation.getCurrentPosition((place) => {
        middle.value = place.coords.latitude.toFixed(6) + ", " + place.coords.longitude.toFixed(6);
        middle.dispatchEvent(new Event("change"));
      });
    });
  }

  function start() {
    if (typeof L === "undefined" || !box) return;
    box.hidden = false;
    const says = box.querySelector("[data-draw-says]");
    const map = L.map(box.querySelector(".map"), { attributionControl: false, scrollWheelZoom: false });
    const tiles = document.documentElement.dataset.tiles;
    if (tiles) L.tileLayer(tiles, { maxZoom: 18 }).addTo(map);
    for (const area of JSON.parse(box.dataset.areas || "[]")) {
      const name = document.createElement("span");
      name.textContent = area.name;
      L.polygon(area.polygon, { color: colour("--line"), weight: 2, fillColor: colour("--card"), fillOpacity: tiles ? 0.25 : 1, interactive: false })
        .addTo(map).bindTooltip(name, { permanent: true, direction: "center", className: "area-name" });
    }
    const middleOf = pairs(box.dataset.centre || "")[0];
    if (middleOf) L.circleMarker(middleOf, { radius: 7, weight: 2, color: colour("--card"), fillColor: colour("--accent"), fillOpacity: 1, interactive: false }).addTo(map);
    const shapes = new Map();
    let active = null;

    function shape(field) {
      const corners = pairs(field.value);
      const old = shapes.get(field);
      if (old) old.remove();
      const isActive = field === active;
      const look = { color: colour(isActive ? "--accent" : "--soft"), weight: isActive ? 3 : 2, dashArray: isActive ? "6 4" : null, fillOpacity: 0.15 };
      const drawn = corners.length > 2 ? L.polygon(corners, look) : L.polyline(corners, look);
      const group = L.featureGroup([drawn, ...(isActive ? corners.map((corner) => L.circleMarker(corner, { radius: 6, color: look.color, fillOpacity: 1 })) : [])]);
      shapes.set(field, group.addTo(map));
      return group;
    }

    function write(corners) {
      active.value = corners.map((corner) => corner.map((degree) => degree.toFixed(6)).join(", ")).join("\n");
      shape(active);
      if (lat && lng && corners.length > 2) {
        [lat, lng].forEach((field, place) => { field.value = (corners.reduce((sum, corner) => sum + corner[place], 0) / corners.length).toFixed(6); });
      }
    }

    function choose(field, name, button, isAsked) {
      const before = active;
      active = field;
      document.querySelectorAll(".draw-this").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
      if (before) shape(before);
      shape(field);
      says.textContent = box.dataset.sayDrawing + " " + ((name && name.value) || "…");
      if (isAsked) box.scrollIntoView({ block: "center" });
    }

    const fields = [...document.querySelectorAll("textarea[name$='outline'], textarea[name='polygon']")];
    for (const field of fields) {
      const frame = field.closest("details, form");
      const name = frame.querySelector("input[name$='name'], input[name='name_zh']");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button second draw-this";
      button.textContent = box.dataset.label;
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => choose(field, name, button, true));
      field.closest(".field").after(button);
      field.addEventListener("change", () => shape(field));
      shape(field);
      if (fields.length === 1) choose(field, name, button, false);
    }
    const seen = [...shapes.values()].map((group) => group.getBounds()).filter((bounds) => bounds.isValid());
    const look = () => {
      const centre = pairs(middle ? middle.value : lat && lat.value ? lat.value + "," + lng.value : box.dataset.centre)[0];
      if (centre) map.setView(centre, 15);
      return Boolean(centre);
    };
    if (seen.length) map.fitBounds(seen.reduce((all, one) => all.extend(one), L.latLngBounds([])), { padding: [20, 20] });
    else if (!look()) map.setView([31.27, 120.73], 13);
    if (middle) middle.addEventListener("change", look);
    map.on("click", (event) => { if (active) write([...pairs(active.value), [event.latlng.lat, event.latlng.lng]]); });
    box.querySelector("[data-draw-undo]").addEventListener("click", () => { if (active) write(pairs(active.value).slice(0, -1)); });
    box.querySelector("[data-draw-clear]").addEventListener("click", () => { if (active) write([]); });
  }

  document.querySelectorAll("[data-here]").forEach(here);
  start();
})();
