/** Fetches an identity token from your back end; it is called again before the token ends. */
export type TokenSource = string | (() => string | undefined | Promise<string | undefined>);
export type Theme = "light" | "dark" | "auto";

export interface ChatOptions {
  /** Address of your Parlance server, such as `https://chat.example.com`. */
  origin: string;
  /** `site_…` */
  site: string;
  /** The visitor's language, such as `de` or `pt-BR`. */
  locale?: string;
  theme?: Theme;
  /** `none`, or a selector of your own elements that open and close the chat. */
  launcher?: string;
  /** Opens the chat as soon as the page has loaded. */
  open?: boolean;
  /** `inline` puts the chat into `target`. */
  mode?: "inline";
  /** Selector of the element that an inline chat stands in. */
  target?: string;
  identityToken?: TokenSource;
}

export interface ChatState {
  site: string | undefined;
  ready: boolean;
  /** Unknown until the site's configuration is there. */
  enabled: boolean | undefined;
  open: boolean;
  unread: number;
}

export interface ChatEvents {
  ready: null;
  open: null;
  close: null;
  unread: { count: number };
  nudge: { id: number; text: string };
  message_sent: { text: string };
  message_received: { text: string };
  /** The ticket's number. */
  escalated: { text: string };
  /** The score. */
  rated: { text: string };
  contact: { text?: string };
  ended: { text?: string };
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
  setAttributes(attributes: Record<string, string | number | boolean | null>): void;
  track(name: string, properties?: Record<string, unknown>): void;
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
