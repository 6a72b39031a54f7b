// The demo shop's own pages: basket, order, topics, and the three lines that a website writes to use the kit.

/** What there is to buy; server/src/http/orders.rs knows the same goods. @type {Record<string, { name: string, price: number }>} */
const GOODS = {
  "garden-notebook": { name: "Garden notebook", price: 18 },
  "letter-set": { name: "Letter set, Finch", price: 22 },
  "desk-calendar": { name: "Desk calendar", price: 26 },
};

/** Who may be signed in: a demo asks for no password. @type {Record<string, string>} */
const CUSTOMERS = { "": "Guest", ada: "Ada", ben: "Ben" };

/** @typedef {import("../../pkg/index.js").Softbell} Softbell */

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

/** The kit, awake; nothing where it fails or does not come in time. @returns {Promise<Softbell | undefined>} */
const kit = () =>
  new Promise((resolve) => {
    tell((softbell) => void softbell.ready.then(() => resolve(softbell), () => resolve(undefined)));
    setTimeout(() => Array.isArray(window.softbell) && resolve(undefined), LOADER_LIMIT);
    setTimeout(resolve, KIT_LIMIT);
  });

/** This browser's id on the push server, where it has one. @returns {Promise<string | undefined>} */
const device = async () => (await (await kit())?.getStatus().catch(() => undefined))?.deviceId;

/**
 * A press on a private message leads here with an id in the address, which the kit takes out again: the browser's own entry
 * of this page view still has it. The notification said nothing; the page gets the words, and is the first to show them. (In
 * Safari every message comes that way.)
 */
const cameByNotification = () => /[?&]softbell=[\w-]{22}/.test(performance.getEntriesByType("navigation")[0]?.name ?? "");

/** @param {string} name @param {string} [text] @param {string} [kind] */
const element = (name, text = "", kind = "") => Object.assign(document.createElement(name), { textContent: text, className: kind });

/** In whatever language it is written. @param {HTMLElement} words */
const written = (words) => Object.assign(words, { dir: "auto" });

/** What was written to this visitor, on top of the page that the press led to. */
const letters = () => {
  const room = element("div", "", "wrap");
  const letter = element("section");
  // There before the words: only then they are read out.
  const words = element("div");
  words.setAttribute("role", "status");
  letter.append(words);
  room.append(letter);
  document.querySelector("main")?.prepend(room);

  const close = element("button", "Put away", "plain");
  close.addEventListener("click", () => {
    letter.className = "";
    letter.replaceChildren(words);
    words.replaceChildren();
    // Else whoever uses the keyboard begins again at the top.
    const heading = document.querySelector("h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus();
  });
  /** @param {import("../../pkg/index.js").Message} message */
  const read = ({ title, body }) => {
    letter.className = "letter";
    words.replaceChildren(element("p", "A message for you", "over"), written(element("h2", title)), ...(body ? [written(element("p", body, "words"))] : []));
    letter.append(close);
  };
  tell(["on", "notification.clicked", read]);
};

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

/**
 * Who has not said Yes yet, or has taken it back, is asked first.
 * @param {Softbell} softbell @param {string} topic @param {boolean} wanted
 */
const follow = async (softbell, topic, wanted) => {
  if (wanted && (await softbell.getStatus()).status !== "allowed") await softbell.optIn();
  const { status, topics } = await softbell.getStatus();
  const others = topics.filter((each) => each !== topic);
  // Who takes it back is heard, whatever else is off.
  if (status === "allowed" || !wanted) await softbell.setTopics(wanted ? [...others, topic] : others);
};

/**
 * A button that stays pressed while a topic is followed. Nobody is woken to draw it: until it is pressed it looks as if
 * the topic was not, and a press then says so once more, which changes nothing.
 * @param {HTMLElement} button
 */
const topicButton = (button) => {
  const { topic = "" } = button.dataset;
  const isPressed = () => button.getAttribute("aria-pressed") === "true";
  /** @param {Softbell} softbell */
  const draw = async (softbell) => {
    const { status, topics } = await softbell.getStatus();
    const follows = status === "allowed" && topics.includes(topic);
    button.setAttribute("aria-pressed", String(follows));
    if (status !== "allowed") write("told", "Notifications are off. See the settings at the end of the page.");
    else write("told", follows ? `You hear about ${topic} now. Press again to stop.` : `You hear nothing about ${topic} any more.`);
  };
  /** @type {Softbell | undefined} */
  let awake;
  button.addEventListener("click", async () => {
    const wanted = !isPressed();
    write("told", "One moment …");
    try {
      awake ??= await kit();
      if (!awake) throw new Error("the kit did not come");
      await follow(awake, topic, wanted);
      await draw(awake);
    } catch {
      write("told", "That did not work. Please try again.");
    }
  });
  // "Fewer like this" was perhaps pressed meanwhile, which is no affair of any page.
  document.addEventListener("visibilitychange", () => void (awake && !document.hidden && isPressed() && draw(awake).catch(() => {})));
};

/** What this shop's back end signs for its customer; the kit calls for it only when its server needs one. @param {string} customer */
const pushToken = async (customer) => {
  const response = await fetch(`/push-token?user=${customer}`);
  if (!response.ok) throw new Error(`the shop answered ${response.status}`);
  return response.text();
};

/** On every page, and when somebody else signs in: the kit knows by itself when there is nothing new in it. @param {string} customer */
const identify = (customer) => void (customer && tell(["identify", customer, () => pushToken(customer)]));

/** Who signed in last; nobody where the visitor denies storage. */
const signedIn = () => {
  try {
    return localStorage.getItem("customer") ?? "";
  } catch {
    return "";
  }
};

/** @param {string} customer */
const keepSignedIn = (customer) => {
  try {
    localStorage.setItem("customer", customer);
  } catch {
    // On this page alone, then.
  }
};

/** A head with a list of customers in place of a sign-in page. */
const signIn = () => {
  const customer = signedIn();
  identify(customer);
  const select = document.createElement("select");
  select.append(...Object.entries(CUSTOMERS).map(([id, name]) => new Option(name, id, id === customer, id === customer)));
  select.addEventListener("change", () => {
    keepSignedIn(select.value);
    if (select.value) identify(select.value);
    else tell(["logout"]);
  });
  const label = document.createElement("label");
  label.append("Shopping as", select);
  document.querySelector("header .wrap")?.append(label);
};

signIn();
if (cameByNotification()) letters();
all("settings").forEach((button) => button.addEventListener("click", () => tell(["openPreferences"])));
all("topic").forEach(topicButton);
if (all("basket").length) basket();
if (all("steps").length) {
  status();
  // A notification that leads to the page that is open already changes only what comes after the #.
  addEventListener("hashchange", status);
}
