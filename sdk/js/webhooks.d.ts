export class InvalidSignature extends Error {}

export type WebhookEvent = "new_conversation" | "new_message" | "escalation" | "feedback_received" | "admin_reply";

export interface WebhookPayload {
  event: WebhookEvent;
  timestamp: string;
  data: {
    conversationId: string;
    chatbotId: string;
    visitorId: string;
    message?: string;
    sender?: "visitor" | "assistant" | "admin";
    feedback?: "up" | "down";
    reason?: string;
    ticketNumber?: string;
    trigger?: string;
  };
}

type Body = string | ArrayBuffer | Uint8Array;
type HeaderSource = { get(name: string): string | null } | Record<string, string | string[] | undefined>;

/** Whether `X-Chattery-Signature` is that of `body`. Use the body exactly as it arrived. */
export function verifySignature(body: Body, signature: string, secret: string): Promise<boolean>;

/** The payload of a request whose Standard Webhooks headers hold good; throws `InvalidSignature` where they do not. */
export function verifyWebhook(
  body: Body,
  headers: HeaderSource,
  secret: string,
  options?: { /** Milliseconds since the epoch. */ now?: number; /** Seconds. */ tolerance?: number },
): Promise<WebhookPayload>;
