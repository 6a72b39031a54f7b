// Batch: `{title, alert, "com.batch": {icu: icon, imu: image, siu: badge, ni: tag, rn: renotify, ri: requireInteraction,
// sl: silent, da: {a: what a press does, args}, aa: [{l: label, a, args, i: icon}]}}`.

import { object } from "../values.js";
import { list } from "./list.js";

/** `batch.deeplink` has its address in `args.l`; some versions write it beside. @param {Record<string, any>} action */
const link = ({ args, l }) => object(args).l ?? l;

/** @param {Record<string, any>} payload */
export const batch = ({ title, alert, "com.batch": own }) => {
  if (object(own) !== own) return undefined;
  const { icu, imu, siu, ni, rn, ri, sl, da, aa } = own;
  return {
    title, body: alert, icon: icu, image: imu, badge: siu, tag: ni, renotify: rn, requireInteraction: ri, silent: sl,
    navigate: link(object(da)),
    actions: list(aa, ({ l, i, args }, at) => ({ action: `action_${at}`, title: l, icon: i, navigate: object(args).l })),
  };
};
