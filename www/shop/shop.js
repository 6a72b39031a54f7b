// The demo shop's own pages: basket, order, and the three lines that a website writes to use the kit.

/** What there is to buy; server/src/http/orders.rs knows the same goods. @type {Record<string, { name: string, price: number }>} */
const GOODS = {
  "garden-notebook": { name: "Garden notebook", price: 18 },
  "letter-set": { name: "Letter set, Finch", price: 22 },
  "desk-calendar": { name: "Desk calendar", price: 26 },
};

/** How long an order waits for a loader that never comes, ms: whoever blocks it can buy all the same. */
const LOADER_LIMIT = 2000;
/** How long it waits for a loader that is there, ms: it may have to fetch the rest first. */
const KIT_LIMIT = 10_000;

/** An address may name anything, what every object inherits too. @param {string} product */
const goodOf = (product) => (Object.hasOwn(GOODS, product) ? GOODS[product] : undefined);

const query = new URLSearchParams(location.search);

/** @param {string} name @returns {HTMLElement[]} */
const all = (name) => [...document.querySelectorAll(`[data-${name}]`)].map((element) => /** @type {HTMLElement} */ (element));
/** @param {string} name @param {string} text */
const write = (name, text) => all(name).forEach((element) => (element.textContent = text));
/** @param {string} name @param {boolean} [shown] */
const show = (name, shown = true) => all(name).forEach((element) => (element.hidden = !shown));

/** The queue as it is now: the loader puts its own in the place of the page's. @param {import("../../pkg/index.js").Command} command */
const tell = (command) => (window.softbell ||= /** @type {any} */ ([])).push(command);

/** This browser's id on the push server, where it has one. @returns {Promise<string | undefined>} */
const device = () =>
  new Promise((resolve) => {
    tell((softbell) => void softbell.getStatus().then(({ deviceId }) => resolve(deviceId), () => resolve(undefined)));
    setTimeout(() => Array.isArray(window.softbell) && resolve(undefined), LOADER_LIMIT);
    setTimeout(resolve, KIT_LIMIT);
  });

/** @param {string} product */
const order = async (product) => {
  const body = JSON.stringify({ product, device: await device() });
  const response = await fetch("/orders", { method: "POST", headers: { "content-type": "application/json" }, body });
  if (!response.ok) throw new Error(`the shop answered ${response.status}`);
  const { id } = await response.json();
  sessionStorage.setItem("ordered", id);
  return `order.html?order=${id}`;
};

const basket = () => {
  const product = query.get("product") ?? sessionStorage.getItem("basket") ?? "";
  const good = goodOf(product);
  if (!good) return;
  sessionStorage.setItem("basket", product);
  write("name", good.name);
  write("price", `€ ${good.price}`);
  all("picture").forEach((picture) => picture.setAttribute("src", `pictures/${product}.svg`));
  show("basket");
  show("empty", false);
  all("basket").forEach((form) => form.addEventListener("submit", async (event) => {
    event.preventDefault();
    write("said", "One moment …");
    try {
      const next = await order(product);
      sessionStorage.removeItem("basket");
      location.assign(next);
    } catch {
      write("said", "That did not work. Please try again.");
    }
  }));
};

/** The order as the shop's back end knows it, now. */
const status = async () => {
  const id = query.get("order") ?? "";
  const response = await fetch(`/orders/${encodeURIComponent(id)}`);
  if (!response.ok) return void write("title", "We do not know this order");
  const { product, sent } = await response.json();
  // Once, and on the page that the visitor lands on: one that is being left may take what it has to tell with it.
  if (sessionStorage.getItem("ordered") === id) {
    sessionStorage.removeItem("ordered");
    tell(["conversion", "order", { value: goodOf(product)?.price ?? 0, currency: "EUR", id }]);
  }
  write("order", id);
  write("title", sent ? "On its way to you" : "Thank you");
  write("text", sent ? "It left our workshop this morning, and arrives on Thursday." : "We are wrapping it. You can close this page.");
  write("name", goodOf(product)?.name ?? product);
  write("courier", query.get("ring") === "no" ? "The courier will not ring, and leaves it at the door." : "Juniper Post brings it to your door.");
  all("steps").forEach(({ children }) => [...children].forEach((step, at) => {
    const reached = sent ? 2 : 1;
    step.classList.toggle("done", at <= reached);
    step.setAttribute("aria-current", at === reached ? "step" : "false");
  }));
  show("steps");
  show("parcel");
};

all("settings").forEach((button) => button.addEventListener("click", () => tell(["openPreferences"])));
if (all("basket").length) basket();
if (all("steps").length) {
  status();
  // A notification that leads to the page that is open already changes only what comes after the #.
  addEventListener("hashchange", status);
}
