// Plays one case of the fuzzer: brings the events to the worker's own listeners, and has judged what became of them.

import * as contract from "../../sw/contract.js";
import { copy } from "./fuzz_screen.mjs";
import { judge } from "./fuzz_rules.mjs";

/** @typedef {import("./fuzz_world.mjs").World} World @typedef {import("./fuzz_rules.mjs").Happened} Happened */

/** Types of reports that there are. */
const TYPES = Object.values(contract).filter((value) => typeof value === "string");

/** A push as it comes. @param {{text?: string, declared?: any, unreadable?: boolean}} said */
const pushEvent = (said) => {
  const { text, declared, unreadable } = said;
  const data = text === undefined && !unreadable ? null : { text: () => {
    if (unreadable) throw new TypeError("cannot be decoded");
    return text;
  } };
  return { said, data, ...(declared && { notification: copy(declared) }) };
};

/** A press on a notification. @param {any} notification @param {string} action @param {boolean} shown by the worker */
const clickEvent = (notification, action, shown) => ({ notification, action, shown, stopped: false, stopImmediatePropagation() { this.stopped = true; } });

/** @param {any} data @param {any} [shown] */
const notificationOf = (data, shown) => ({ title: "Title", tag: "", close: () => {}, ...shown, data: copy(data) });

/** The event of a step, and its name. @param {any} step @param {World} world @returns {[string, any]} */
const eventOf = (step, world) => {
  world.forged ||= "press" in step || "close" in step;
  if ("push" in step) return ["push", { ...pushEvent(step.push), stopImmediatePropagation: () => {} }];
  if ("press" in step) return ["notificationclick", clickEvent(notificationOf(step.press), String(typeof step.action === "string" ? step.action : ""), false)];
  if ("close" in step) return ["notificationclose", { notification: notificationOf(step.close) }];
  if ("message" in step) return ["message", { data: step.message, ports: step.port ? [{ postMessage: (/** @type {unknown} */ data) => void world.seen.told.push(copy(data)) }] : [] }];
  if ("change" in step) return ["pushsubscriptionchange", { newSubscription: step.change && { toJSON: () => step.change } }];
  return ["sync", { tag: step.sync }];
};

/** @param {World} world */
export const openRun = (world) => {
  /** @param {string} name @param {any} event @returns {Happened} */
  const fire = (name, event) => {
    const happened = /** @type {Happened} */ ({ name, event, at: world.clock.now(), promises: [], settled: false, rejected: [] });
    event.waitUntil = (/** @type {unknown} */ promise) => void happened.promises.push(promise);
    try {
      world.listeners.get(name)?.(event);
    } catch (error) {
      happened.thrown = error ?? new Error("nothing");
    }
    void Promise.allSettled(happened.promises).then((ends) => {
      happened.settled = true;
      happened.rejected = ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
    });
    return happened;
  };

  /** @param {Happened[]} happened */
  const finish = async (happened) => {
    await world.clock.until(() => happened.every(({ settled }) => settled));
    judge(world, world.seen, happened, TYPES);
    world.seen = { ...world.seen, shows: [], windows: [], focused: [], asked: [], badges: [], told: [], requests: [], faults: [] };
  };

  /** What the visitor does with what shows. @param {any} step @param {any} shown */
  const use = async ({ presses = [], close }, shown) => {
    for (const press of presses) {
      const action = typeof press === "string" ? press : (shown.data?.softbell?.actions?.[press]?.action ?? "");
      await finish([fire("notificationclick", clickEvent(notificationOf(shown.data, shown), action, true))]);
    }
    if (close) await finish([fire("notificationclose", { notification: notificationOf(shown.data, shown) })]);
  };

  /** @param {any} one */
  return async ({ weather, steps, gap, together }) => {
    world.begin(weather);
    if (together) await finish(steps.map((/** @type {any} */ step) => fire(...eventOf(step, world))));
    else for (const step of steps) {
      world.clock.advance(gap);
      for (let times = step.times ?? 0; times > 0; times--) await finish([fire(...eventOf(step, world))]);
      await finish([fire(...eventOf(step, world))]);
      const shown = world.screen.at(-1);
      if ("push" in step && shown) await use(step, shown);
    }
    // What still waits would wake in the next case.
    await world.clock.until(() => false);
    await finish([]);
  };
};
