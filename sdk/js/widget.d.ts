import type { ChatDetail, ChatNudge, ChatOptions as Options, ChatState, ChatTheme, ChatUnread, FieldValue } from "./api.js";

export type * from "./api.js";

/** Fetches an identity token from your back end; it is called again before the token ends. */
export type TokenSource = string | (() => string | undefined | Promise<string | undefined>);
export type Theme = ChatTheme;

export interface ChatOptions extends Options {
  identityToken?: TokenSource;
}

export interface ChatEvents {
  ready: null;
  open: null;
  close: null;
  unread: ChatUnread;
  nudge: ChatNudge;
  message_sent: ChatDetail;
  message_received: ChatDetail;
  /** The ticket's number. */
  escalated: ChatDetail;
  /** The score. */
  rated: ChatDetail;
  contact: ChatDetail;
  ended: ChatDetail;
}

export interface Chat {
  open(): void;
  close(): void;
  toggle(): void;
  showLauncher(): void;
  hideLauncher(): void;
  /** Without a token: the visitor is nobody in particular. */
  identify(token?: TokenSource): void;
  setLocale(locale: string): void;
  setTheme(theme: Theme): void;
  /** Opens the chat with a text for the visitor to send. */
  newMessage(text?: string): void;
  /** Opens the chat and sends the text as the visitor's. */
  sendMessage(text: string): void;
  /** Opens the chat and asks for a person. */
  escalate(): void;
  /** Facts about the visitor for the operators to see; null takes one away. Nobody vouches for them. */
  setAttributes(attributes: Record<string, FieldValue | null>): void;
  /** Something the visitor did on your page, for the operators to see. */
  track(name: string, properties?: Record<string, FieldValue>): void;
  /** The visitor has moved on within the application. Browsers that report it do so by themselves. */
  pageView(url?: string): void;
  triggerNudge(id: number): void;
  state(): ChatState;
  /** Kept when the launcher stands, or when it is known that there will be none. */
  ready(): Promise<ChatState>;
  /** Gives the call that ends it. */
  on<Name extends keyof ChatEvents>(name: Name, handler: (detail: ChatEvents[Name]) => void): () => void;
  /** Forgets the visitor's session. */
  shutdown(): void;
  /** Removes the chat with all that it keeps in the browser. `chat` starts it anew. */
  destroy(): void;
}

/** Starts the chat, or takes the one that is on the page already, and gives its calls. On a server they do nothing. */
export function chat(options: ChatOptions): Chat;
