// Lists whose rows are dragged by a handle; letting go sends the new order as the buttons would.
for (const form of document.querySelectorAll("[data-arrange]")) {
  const list = form.querySelector("ol");
  const ids = () => [...list.children].map((row) => row.dataset.id).join(",");
  for (const handle of list.querySelectorAll("[data-handle]")) {
    handle.hidden = false;
    handle.addEventListener("pointerdown", (down) => begin(down, handle));
  }
  function begin(down, handle) {
    const row = handle.closest("li");
    const before = ids();
    down.preventDefault();
    row.classList.add("is-dragged");
    const move = (event) => {
      for (const other of list.children) {
        if (other === row) continue;
        const box = other.getBoundingClientRect();
        const isAfter = row.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
        const middle = box.top + box.height / 2;
        if (isAfter && event.clientY > middle) other.after(row);
        else if (!isAfter && event.clientY < middle) {
          other.before(row);
          break;
        }
      }
    };
    const end = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
      row.classList.remove("is-dragged");
      if (ids() === before) return;
      const order = document.createElement("input");
      Object.assign(order, { type: "hidden", name: "order", value: ids() });
      form.append(order);
      form.requestSubmit();
    };
    // On the window: a row that is moved in the page would lose what its handle hears.
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  }
}
