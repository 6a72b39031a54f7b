// A browser's tasks, and what a test makes wait: time is what has been done, so no test depends on how fast a machine is.

/** @typedef {ReturnType<typeof openTasks>} Tasks */

export const openTasks = () => {
  let waiting = 0;
  /** @type {Record<string, Promise<unknown>[]>} */
  const held = {};

  /** Runs it after all that is on its way. @param {() => void} work */
  const run = (work) => {
    waiting += 1;
    setImmediate(() => {
      waiting -= 1;
      work();
    });
  };

  return {
    run,
    turn: () => new Promise((resolve) => run(() => resolve(undefined))),

    /** Resolves when all that can go on has gone on: what is left waits for the clock, for a test, or for ever. */
    settle: async () => {
      do await new Promise((resolve) => setImmediate(resolve));
      while (waiting);
    },

    /** Makes the next one of this name wait until the test calls what it gets. @param {string} name @returns {() => void} */
    hold: (name) => {
      let go = () => {};
      (held[name] ??= []).push(new Promise((resolve) => (go = () => resolve(undefined))));
      return go;
    },

    /** The place where one of this name waits, if it has to. @param {string} name */
    pass: async (name) => {
      await held[name]?.shift();
    },
  };
};
