// Draws neighbourhoods and pins with Leaflet; tiles only where the town set a server of them.
"use strict";
(function () {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const TONES = { leaf: "--leaf", accent: "--accent", sky: "--sky", sun: "--sun", plain: "--soft" };

  function read(element, name, otherwise) {
    try {
      return JSON.parse(element.dataset[name] || "null") || otherwise;
    } catch (wrong) {
      return otherwise;
    }
  }

  function tooltip(text) {
    const box = document.createElement("span");
    box.textContent = text;
    return box;
  }

  function popup(point) {
    const box = document.createElement("div");
    const link = document.createElement("a");
    link.textContent = point.title;
    if (point.url) link.href = point.url;
    box.append(link);
    if (point.note) {
      const note = document.createElement("p");
      note.textContent = point.note;
      box.append(note);
    }
    return box;
  }

  function ground(element) {
    const tiles = document.documentElement.dataset;
    const map = L.map(element, { zoomControl: true, attributionControl: !!tiles.tiles, scrollWheelZoom: false, zoomSnap: tiles.tiles ? 1 : 0.25 });
    if (tiles.tiles) {
      map.attributionControl.setPrefix(false);
      const words = document.createElement("span");
      words.textContent = tiles.tilesWords || "";
      L.tileLayer(tiles.tiles, { maxZoom: 18, attribution: words.innerHTML }).addTo(map);
    }
    const bounds = L.latLngBounds([]);
    for (const area of read(element, "areas", [])) {
      const shape = L.polygon(area.polygon, {
        color: colour("--line"), weight: 2, fillColor: colour(area.mine ? "--leaf-tint" : "--card"), fillOpacity: tiles.tiles ? 0.25 : 1,
      }).addTo(map);
      const edges = shape.getBounds();
      shape.bindTooltip(tooltip(area.name), { permanent: true, direction: "bottom", className: "area-name" });
      shape.openTooltip(L.latLng(edges.getNorth(), edges.getCenter().lng));
      bounds.extend(edges);
    }
    return { map, bounds };
  }

  function show(element) {
    const { map, bounds } = ground(element);
    const shown = new Set();
    const pin = (point) => {
      if (shown.has(point.url)) return null;
      shown.add(point.url);
      const mark = L.circleMarker([point.lat, point.lng], {
        radius: point.tone === "accent" ? 9 : point.tone === "plain" ? 5 : 7, weight: 2, color: colour("--card"),
        fillColor: colour(TONES[point.tone] || "--sky"), fillOpacity: 1, className: "pin-" + (point.kind || "point"),
      });
      return mark.addTo(map).bindPopup(popup(point));
    };
    for (const point of read(element, "map", [])) {
      const mark = pin(point);
      if (mark) bounds.extend(mark.getLatLng());
    }
    const centre = read(element, "centre", null);
    if (centre) map.setView(centre, 16);
    else if (bounds.isValid()) map.fitBounds(bounds, { padding: [10, 10], maxZoom: 17 });
    else map.setView([0, 0], 2);
    if (element.dataset.more) map.on("moveend", () => more(element.dataset.more, map.getBounds(), pin));
  }

  // Brings the shops of the part that is looked at now; without an answer the map stays as it is.
  async function more(url, seen, pin) {
    const box = [seen.getSouth(), seen.getWest(), seen.getNorth(), seen.getEast()].join(",");
    try {
      const answer = await fetch(url + "?box=" + encodeURIComponent(box), { headers: { Accept: "application/json" } });
      if (answer.ok) (await answer.json()).forEach(pin);
    } catch (wrong) {
      return;
    }
  }

  function choose(box) {
    const fields = box.dataset.pin.split(",").map((name) => document.querySelector(name));
    box.hidden = false;
    const element = box.querySelector(".map");
    const { map, bounds } = ground(element);
    let mark = null;
    const set = (place) => {
      mark = mark || L.circleMarker(place, { radius: 10, weight: 3, color: colour("--card"), fillColor: colour("--accent"), fillOpacity: 1 }).addTo(map);
      mark.setLatLng(place);
    };
    const typed = fields.map((field) => parseFloat(field.value));
    if (typed.every(Number.isFinite)) {
      set(typed);
      map.setView(typed, 16);
    } else if (bounds.isValid()) map.fitBounds(bounds);
    else map.setView(read(element, "centre", [31.27, 120.73]), 14);
    map.on("click", (event) => {
      set(event.latlng);
      fields[0].value = event.latlng.lat.toFixed(6);
      fields[1].value = event.latlng.lng.toFixed(6);
    });
  }

  function start() {
    if (typeof L === "undefined") return;
    document.querySelectorAll(".map[data-map]").forEach(show);
    document.querySelectorAll("[data-pin]").forEach(choose);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
