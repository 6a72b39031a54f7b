// Types of two libraries that bring none, as far as the tests use them.

declare module "http_ece" {
  import type { ECDH } from "node:crypto";
  export function decrypt(body: Buffer, options: { version: string; privateKey: ECDH; authSecret: string }): Buffer;
  const ece: { decrypt: typeof decrypt };
  export default ece;
}

declare module "web-push-testing/src/PushApiModel.js" {
  export class PushApiModel {
    notifyUrl: string;
    subscribe(options: { userVisibleOnly: string; applicationServerKey: string }): Promise<{
      endpoint: string;
      keys: { p256dh: string; auth: string };
      clientHash: string;
    }>;
    handleNotification(clientHash: string, headers: Record<string, string | undefined>, body: Buffer): Promise<void>;
    getNotifications(query: { clientHash: string }): { messages: string[] };
  }
}
